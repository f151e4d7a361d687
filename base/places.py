"""Where things are in the repository."""

from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
"""The repository's own folder."""

BUILD = REPOSITORY / "build"
"""What commands make and keep between runs; git ignores it."""

CATALOG_NAME = "catalog.yaml"
"""The file of the repository's own folder in which an adopter describes the platform."""

CATALOG_VARIABLE = "CATALOG_FILE"
"""The environment variable that names another file, for the app and the operator's commands alike."""
