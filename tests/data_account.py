"""The example catalog with a data account."""

from pathlib import Path

from base.settings import Settings
from rehearsal.lake import write_catalog

DATA = "666666666666"
DATA_UNIT = "ou-ml01-dataunit0"


def with_data_account(settings: Settings) -> Settings:
    """Settings that also name a data account and its unit."""
    organization = settings.organization
    units = organization.organizational_units.model_copy(update={"data": DATA_UNIT})
    return settings.model_copy(
        update={
            "accounts": settings.accounts.model_copy(update={"data": DATA}),
            "organization": organization.model_copy(update={"organizational_units": units}),
        }
    )


def catalog_with_data_account(folder: Path) -> Path:
    """Write the example catalog with its data account, and return where.

    Args:
        folder: Where.
    """
    return write_catalog(folder / "catalog.yaml")
