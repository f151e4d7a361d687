"""Amazon DataZone with all its operations; import the service from here."""

# Imported for the operations that they add.
from emulator.datazone import (  # noqa: F401
    domains,
    environments,
    grants,
    listings,
    projects,
    sources,
    subscriptions,
)
from emulator.datazone.service import datazone

__all__ = ["datazone"]
