"""What an adopter decides: `catalog.yaml`, checked as a whole before anything runs."""

import os
from pathlib import Path

from pydantic import ValidationError

from base.configuration.file import CatalogError, CatalogFile
from base.configuration.model import (
    Accounts,
    AssumptionSettings,
    ModelCards,
    Organization,
    OrganizationalUnits,
    Portfolios,
    PortfolioSettings,
    Repository,
    Settings,
)
from base.configuration.rules import mistakes
from base.configuration.sentences import invalid, sentences
from base.places import CATALOG_NAME, CATALOG_VARIABLE, REPOSITORY

__all__ = [
    "CATALOG",
    "CATALOG_VARIABLE",
    "Accounts",
    "AssumptionSettings",
    "CatalogError",
    "ModelCards",
    "Organization",
    "OrganizationalUnits",
    "PortfolioSettings",
    "Portfolios",
    "Repository",
    "Settings",
    "catalog_file",
    "load",
]

CATALOG = REPOSITORY / CATALOG_NAME


def catalog_file() -> Path:
    """The file that is read where none is named: that of `CATALOG_VARIABLE`, or the repository's own."""
    return Path(os.environ.get(CATALOG_VARIABLE) or CATALOG)


def load(path: Path | None = None) -> Settings:
    """Read and check a catalog file.

    Args:
        path: The YAML file; by default the one that `CATALOG_VARIABLE` names, or the repository's own.

    Raises:
        CatalogError: With one sentence for each mistake: its line, what is wrong, and what to do.
    """
    path = path or catalog_file()
    file = CatalogFile.read(path)
    try:
        settings = Settings.model_validate(file.content)
    except ValidationError as error:
        raise CatalogError(path, sentences(file, invalid(error, Settings))) from None
    if found := sentences(file, mistakes(settings)):
        raise CatalogError(path, found)
    return settings
