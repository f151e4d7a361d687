"""How often, and for how long, a command looks again."""

import time

import pytest

from scripts.console.polling import polls


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.pauses.append(seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "sleep", clock.sleep)
    monkeypatch.setattr(time, "monotonic", lambda: clock.now)
    return clock


@pytest.mark.parametrize(
    ("seconds", "options", "pauses"),
    [
        pytest.param(3, {"pause": 1}, [1, 1, 1, 1], id="even, and once more after the deadline"),
        pytest.param(
            20, {"pause": 1, "growth": 2, "longest": 5}, [1, 2, 4, 5, 5, 5], id="growing to the longest"
        ),
        pytest.param(0, {"pause": 1}, [1], id="no time still looks twice"),
    ],
)
def test_pauses(clock: Clock, seconds: float, options: dict[str, float], pauses: list[float]) -> None:
    occasions = sum(1 for _ in polls(seconds, **options))
    assert clock.pauses == pauses
    assert occasions == len(pauses) + 1


def test_the_first_look_waits_for_nothing(clock: Clock) -> None:
    next(polls(60, pause=1))
    assert clock.pauses == []
