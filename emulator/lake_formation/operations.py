"""AWS Lake Formation: the service with all its operations, each group a file of its own."""

# Imported for the operations that they add.
from emulator.lake_formation import filters, grants, locations, tags  # noqa: F401
from emulator.lake_formation.service import lake_formation

__all__ = ["lake_formation"]
