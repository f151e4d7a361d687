"""One emulator for all tests of a process; tests keep apart by the names they choose."""

from collections.abc import Iterator

import pytest

from emulator.machine.isolation import LoopbackSession
from rehearsal.processes import Emulator as EmulatorProcess
from tests.emulator.support import SETTINGS, Emulator


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """The emulator, started once for all tests of this process."""
    with EmulatorProcess(tmp_path_factory.mktemp("emulator")) as process:
        yield Emulator(
            process=process,
            endpoint=process.endpoint,
            region=SETTINGS.region,
            session=LoopbackSession(process.endpoint, SETTINGS.region),
        )
