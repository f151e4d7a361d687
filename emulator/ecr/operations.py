"""Everything that adds operations to the service."""

from emulator.ecr import images, layers, tokens
from emulator.ecr.service import ecr

__all__ = ["ecr", "images", "layers", "tokens"]
