"""A query ends when it is stopped, whenever that is."""

import threading

import duckdb
import pytest

from emulator.athena.engine import interrupted_when
from tests.hangs import HANGS

ENDLESS = (
    "SELECT count(*) FROM range(1000000) a, range(1000000) b, range(1000000) c "
    "WHERE a.range * b.range > c.range"
)


@pytest.mark.parametrize("when", ["before it begins", "while it runs"])
def test_a_query_that_is_stopped_ends(when: str) -> None:
    stopped = threading.Event()
    connection = duckdb.connect(":memory:")
    ended: list[str] = []

    def run() -> None:
        with interrupted_when(stopped, connection):
            if when == "while it runs":
                threading.Timer(0.1, stopped.set).start()
            try:
                connection.execute(ENDLESS).fetchall()
            except duckdb.InterruptException:
                ended.append("interrupted")

    if when == "before it begins":
        stopped.set()
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(HANGS)
    assert ended == ["interrupted"]


def test_what_is_not_stopped_runs_to_its_end() -> None:
    connection = duckdb.connect(":memory:")
    with interrupted_when(threading.Event(), connection):
        assert connection.execute("SELECT sum(range) FROM range(1000000)").fetchall() == [(499999500000,)]
    assert connection.execute("SELECT 1").fetchall() == [(1,)]
