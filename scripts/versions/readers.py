"""Whom the products on offer let use central versions, for the commands that write policies themselves."""

from base.settings import Settings
from registry.functions.model_registry.readers import Readers
from registry.serving import readers


def central_readers(settings: Settings) -> Readers:
    """Whoever uses central versions and their images in accounts that serve models.

    Args:
        settings: What the adopter decided.
    """
    # Takes a second, because it starts the CDK.
    from pipelines.deliveries.delivery import roles_that_read_versions  # noqa: PLC0415
    from products.discovery import discover  # noqa: PLC0415
    from products.product import deliveries  # noqa: PLC0415

    serving_roles = roles_that_read_versions(deliveries(discover()), settings.names)
    return readers(settings.names, settings.organization, serving_roles)
