"""Where things are in the repository."""

from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
"""The repository's own folder."""

BUILD = REPOSITORY / "build"
"""What commands make and keep between runs; git ignores it."""
