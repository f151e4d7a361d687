"""The emulator of these tests."""

from tests.emulator.fixtures import emulator

__all__ = ["emulator"]
