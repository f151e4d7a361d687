"""AWS Resource Access Manager: the service with all its operations, each group a file of its own."""

from emulator import (  # noqa: F401 (imported for the operations that they add)
    ram_listings,
    ram_permissions,
    ram_principals,
    ram_shares,
)
from emulator.ram_service import ram

__all__ = ["ram"]
