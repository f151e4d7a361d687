import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from base.places import REPOSITORY
from rehearsal.__main__ import _acts, app
from rehearsal.acts import ACTS, LEAVING
from rehearsal.processes import single_run
from rehearsal.stories import STORIES
from tests.hangs import HANGS

REHEARSE = [sys.executable, "-m", "rehearsal", "--report-folder"]


@pytest.mark.parametrize(
    ("arguments", "content", "says"),
    [
        pytest.param(
            ["--target", "colour"], "size,colour\n1,red\n2,blue\n", "at least 30", id="too few rows"
        ),
        pytest.param(
            ["--target", "weight"],
            "size,colour\n1,red\n",
            'no target column "weight"',
            id="missing target",
        ),
        pytest.param(["--target", "colour"], "", "is empty", id="empty"),
        pytest.param(
            ["--target", "colour"], "size,colour\n" + "1,red\n" * 40, "the same value", id="constant"
        ),
        pytest.param(["--target", "colour"], "<html></html>", "is not a table", id="not a CSV"),
        pytest.param([], "size,colour\n1,red\n", "Give its name as TARGET", id="no target given"),
    ],
)
def test_bad_data_ends_with_one_sentence_before_anything_starts(
    tmp_path: Path, arguments: list[str], content: str, says: str
) -> None:
    data = tmp_path / "data.csv"
    data.write_text(content)
    folder = tmp_path / "report"
    result = CliRunner().invoke(app, ["--data", str(data), *arguments, "--report-folder", str(folder)])
    assert result.exit_code == 2
    assert says in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not result.stdout
    assert not folder.exists()


def test_a_target_alone_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["--target", "colour", "--report-folder", str(tmp_path / "report")])
    assert result.exit_code == 2
    assert "give DATA" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(
            ["--story", "dragons"],
            "There is no story 'dragons'; give STORY one of container, features, lake, model, "
            "neural-network.",
            id="unknown",
        ),
        pytest.param(
            ["--story", "lake", "--target", "x"], "The story lake takes no DATA and TARGET", id="own data"
        ),
        pytest.param(["--story", "lake", "--fear"], "The story lake takes no FEAR", id="fear"),
    ],
)
def test_a_story_that_cannot_be_played_is_refused_in_one_sentence(
    tmp_path: Path, arguments: list[str], says: str
) -> None:
    folder = tmp_path / "report"
    result = CliRunner().invoke(app, [*arguments, "--report-folder", str(folder)])
    assert result.exit_code == 2
    assert says in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not folder.exists()


@pytest.mark.parametrize("name", STORIES)
def test_every_story_ends_with_leaving_which_keeping_leaves_out(name: str) -> None:
    acts = STORIES[name].acts
    assert [act.name for act in acts].count("Leave") == 1
    assert [act.name for act in _acts(True, acts)] == [act.name for act in acts[:-1]]
    assert acts[-1].name == "Leave"


def test_a_rehearsal_that_is_kept_stops_before_everybody_leaves() -> None:
    assert [act.name for act in ACTS][-1] == LEAVING.name == "Leave"
    assert _acts(False) == ACTS
    assert _acts(True) == ACTS[:-1]


def test_a_second_rehearsal_says_that_one_is_running(tmp_path: Path) -> None:
    with single_run(tmp_path):
        result = CliRunner().invoke(app, ["--report-folder", str(tmp_path)])
    assert result.exit_code == 2
    assert f"process {os.getpid()}" in result.stderr


@contextmanager
def _started(folder: Path) -> Iterator[tuple[subprocess.Popen[str], list[psutil.Process]]]:
    """A rehearsal whose emulator is there, and the processes that it has started; ended whatever happens."""
    run = subprocess.Popen(
        [*REHEARSE, str(folder)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Whoever runs these tests in the background ignores SIGINT, and so would all that they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    try:
        for line in run.stdout or ():
            if "0  Prepare" in line:
                break
        yield run, psutil.Process(run.pid).children(recursive=True)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)


@pytest.mark.parametrize(
    ("signal_number", "code"),
    [
        pytest.param(signal.SIGINT, 130, id="Ctrl-C"),
        pytest.param(signal.SIGTERM, 130, id="ended"),
        pytest.param(signal.SIGKILL, -signal.SIGKILL, id="killed"),
    ],
)
@pytest.mark.rehearsal
def test_an_interrupted_rehearsal_leaves_nothing_behind(
    tmp_path: Path, signal_number: signal.Signals, code: int
) -> None:
    with _started(tmp_path) as (run, started):
        ports = [
            connection.laddr[1]
            for process in started
            for connection in process.net_connections(kind="tcp")
            if connection.status == psutil.CONN_LISTEN
        ]
        assert ports
        os.kill(run.pid, signal_number)
        _, stderr = run.communicate(timeout=HANGS)
        assert run.returncode == code
        assert "Traceback" not in stderr
        _, alive = psutil.wait_procs(started, timeout=HANGS)
        assert not alive
        for port in ports:
            with socket.socket() as probe:
                assert probe.connect_ex(("127.0.0.1", port))
        with single_run(tmp_path):
            pass  # The folder is free for the next run.
