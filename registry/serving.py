"""Whom the central registry lets use its versions, as everybody needs it who writes a group's policy."""

from collections.abc import Sequence

from base.names import PlatformNames
from base.settings import Organization, Settings
from registry.functions.model_registry.card_sharing import aws_managed_permission
from registry.functions.model_registry.readers import Readers


def readers(names: PlatformNames, organization: Organization, serving_roles: Sequence[str]) -> Readers:
    """Whoever uses central versions and their images in accounts that serve models.

    Args:
        names: The platform's names.
        organization: The organisation whose units hold these accounts.
        serving_roles: The names of the roles under which models serve there.
    """
    return Readers(
        organization_id=organization.id,
        organization_paths=tuple(map(organization.path_pattern, serving_units(organization))),
        roles=(names.deployment_cloudformation_role, *serving_roles),
    )


def serving_units(organization: Organization) -> tuple[str, ...]:
    """The units whose accounts serve models."""
    units = organization.organizational_units
    return units.test, units.production


def card_reader_permission_arn(settings: Settings) -> str:
    """The managed permission with which a card is shared with accounts that only read it.

    Args:
        settings: What the adopter decided.
    """
    if settings.assumptions.model_card_permission == "aws_managed":
        return aws_managed_permission()
    return settings.names.card_reader_permission_arn
