"""Whom the central registry lets use its versions, as everybody needs it who writes a group's policy."""

from names import PlatformNames
from registry.functions.model_registry.readers import Readers
from settings import Organization


def readers(names: PlatformNames, organization: Organization) -> Readers:
    """Whoever uses central versions and their images in accounts that serve models.

    Args:
        names: The platform's names.
        organization: The organisation whose units hold these accounts.
    """
    units = organization.organizational_units
    return Readers(
        organization_id=organization.id,
        organization_paths=tuple(organization.path_pattern(unit) for unit in (units.test, units.production)),
        roles=(names.deployment_cloudformation_role, names.endpoint_role),
    )
