"""Many functions start at the same moment, and each gets its credentials."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from ministack.services import sts

from emulator.iam import credentials


@pytest.fixture
def impatient_threads() -> Iterator[None]:
    """Switch between threads as often as possible."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("impatient_threads")
def test_sessions_that_begin_at_once_do_not_disturb_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    sessions: dict[str, dict[str, float]] = {}
    monkeypatch.setattr(sts, "_sessions", sessions)
    monkeypatch.setattr(sts, "register_session", sts.register_session)
    credentials.install()

    def begin(number: int) -> None:
        for turn in range(50):
            sts.register_session(f"{number}-{turn}", {"Expiration": sys.maxsize})

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(begin, range(20)))

    assert len(sessions) == 20 * 50
