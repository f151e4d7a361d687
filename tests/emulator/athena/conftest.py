"""One lake for the tests of Athena."""

from pathlib import Path

import pytest

from tests.emulator.fixtures import emulator
from tests.emulator.lake_support import HOUSE_COLUMNS, HOUSES, Lake, make_lake
from tests.emulator.support import Emulator

__all__ = ["emulator", "lake"]


@pytest.fixture(scope="package")
def lake(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake with the houses as Parquet (`houses`) and as CSV (`plain`)."""
    made = make_lake(emulator, emulator.development)
    folder: Path = tmp_path_factory.mktemp("lake")
    made.parquet_table("houses", HOUSES, HOUSE_COLUMNS, folder)
    made.csv_table("plain", HOUSES, HOUSE_COLUMNS)
    return made
