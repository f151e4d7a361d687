"""Services that one file each is enough for."""
