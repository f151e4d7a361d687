"""Who of other accounts may use what the central registry shares."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Readers:
    """Roles of certain names, in accounts of certain units of the organisation.

    No policy that is made of this grows with the number of accounts.

    Attributes:
        organization_id: The organisation.
        organization_paths: Patterns of the paths of its units, such as ``o-a1b2c3d4e5/*/ou-a1b2-c3d4e5f6/*``.
        roles: The names of the roles.
        accounts: The accounts themselves, for a policy that takes neither paths nor other conditions; None
            where it does. What their roles may do is then for their own policies to say.
    """

    organization_id: str
    organization_paths: tuple[str, ...]
    roles: tuple[str, ...]
    accounts: tuple[str, ...] | None = None

    @property
    def condition(self) -> dict[str, Any]:
        """What a policy asks of a caller.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
        """
        return {
            "StringEquals": {"aws:PrincipalOrgID": self.organization_id},
            "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": list(self.organization_paths)},
            "ArnLike": {"aws:PrincipalArn": [f"arn:aws:iam::*:role/{role}" for role in self.roles]},
        }
