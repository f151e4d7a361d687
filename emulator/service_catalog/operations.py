"""AWS Service Catalog: the service with all its operations, each group of which is a file of its own."""

# Imported for the operations that they add.
from emulator.service_catalog import (  # noqa: F401
    constraints,
    offers,
    portfolios,
    products,
    provisioning,
    sharing,
    tag_options,
)
from emulator.service_catalog.store import service_catalog

__all__ = ["service_catalog"]
