"""AWS Resource Access Manager: the service with all its operations, each group a file of its own."""

# Imported for the operations that they add.
from emulator.ram import listings, permissions, principals, shares  # noqa: F401
from emulator.ram.service import ram

__all__ = ["ram"]
