"""The example catalog with a data account."""

from base.settings import Settings

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
