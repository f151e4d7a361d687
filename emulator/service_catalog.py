"""AWS Service Catalog: the service with all its operations, each group of which is a file of its own."""

from emulator import (  # noqa: F401 (imported for the operations that they add)
    service_catalog_constraints,
    service_catalog_offers,
    service_catalog_portfolios,
    service_catalog_products,
    service_catalog_provisioning,
    service_catalog_sharing,
    service_catalog_tag_options,
)
from emulator.service_catalog_store import service_catalog

__all__ = ["service_catalog"]
