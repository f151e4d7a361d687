"""The three parties that reach into the central registry from other accounts.

Data science accounts register models, the shared services account deploys them to target accounts, and these
read what is approved for them. They are told by the place of their account in the organisation and by the
name of a role, so that no policy grows with the number of accounts. The deployment account is the registry's
own: its roles need no statement here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

from base.names import PlatformNames, ProjectNames
from base.roles import role_arn
from base.settings import Organization

Conditions = Mapping[str, Mapping[str, Any]]


def both(*conditions: Conditions) -> dict[str, dict[str, Any]]:
    """What holds if all of several conditions hold.

    Args:
        conditions: Conditions as in a policy; no two ask for the same key with the same operator.
    """

    def joined(first: dict[str, dict[str, Any]], second: Conditions) -> dict[str, dict[str, Any]]:
        return first | {operator: {**first.get(operator, {}), **keys} for operator, keys in second.items()}

    return reduce(joined, conditions, {})


@dataclass(frozen=True, kw_only=True)
class Parties:
    """Whom the policies of the central registry mean.

    Attributes:
        names: The platform's names.
        organization: The organisation.
        serving_roles: The names of the roles under which models serve in other accounts.
    """

    names: PlatformNames
    organization: Organization
    serving_roles: tuple[str, ...] = ()

    @property
    def training_roles(self) -> str:
        """ARN pattern of the roles of projects' SageMaker pipelines, in whichever account."""
        project = ProjectNames(
            prefix=self.names.prefix,
            project_name="*",
            project_id="*",
            account="*",
            region=self.names.region,
        )
        return role_arn("*", project.role("training"))

    @property
    def leads(self) -> Conditions:
        """The lead data scientists of the data science accounts."""
        unit = self.organization.organizational_units.development
        return self._roles(role_arn("*", self.names.lead_data_scientist_role), unit)

    @property
    def trainings(self) -> Conditions:
        """The training roles of the data science accounts."""
        return self._roles(self.training_roles, self.organization.organizational_units.development)

    @property
    def endpoints(self) -> Conditions:
        """Whatever serves models, in all accounts for that."""
        units = self.organization.organizational_units
        return self._endpoints(units.test, units.production)

    @property
    def test_endpoints(self) -> Conditions:
        """Whatever serves models in accounts that try them."""
        return self._endpoints(self.organization.organizational_units.test)

    @property
    def production_endpoints(self) -> Conditions:
        """Whatever serves models in accounts that use them."""
        return self._endpoints(self.organization.organizational_units.production)

    def _endpoints(self, *units: str) -> Conditions:
        patterns = [role_arn("*", role) for role in self.serving_roles]
        return self._roles(patterns[0] if len(patterns) == 1 else patterns, *units)

    def _roles(self, pattern: str | list[str], *units: str) -> Conditions:
        return {
            # S3 takes a path with asterisks for a public policy, if this does not stand beside it.
            "StringEquals": {"aws:PrincipalOrgID": self.organization.id},
            "ArnLike": {"aws:PrincipalArn": pattern},
            "ForAnyValue:StringLike": {
                "aws:PrincipalOrgPaths": [self.organization.path_pattern(unit) for unit in units]
            },
        }
