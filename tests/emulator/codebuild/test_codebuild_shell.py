"""Commands share what they export, report how they end, and leave no process behind."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import psutil
import pytest

from emulator.codebuild.shell import (
    BuildLog,
    BuildStoppedError,
    BuildTimedOutError,
    CommandFailedError,
    Shell,
)
from tests.hangs import HANGS


class Console:
    """A shell with the lines that its commands print."""

    def __init__(self, folder: Path, program: Literal["bash", "sh"], seconds: float = 30) -> None:
        self.lines: list[str] = []
        self.log = BuildLog(self.lines.extend)
        self.source = folder / "source"
        scratch = folder / "scratch"
        for path in (self.source, scratch):
            path.mkdir()
        environment = {"PATH": "/usr/bin:/bin", "CODEBUILD_BUILD_ID": f"test:{folder}"}
        self.shell = Shell(
            program,
            directory=self.source,
            environment=environment,
            scratch=scratch,
            log=self.log,
            seconds=seconds,
        )

    def printed(self) -> list[str]:
        """Return what commands printed, without the notes of the build."""
        self.log.last_lines()
        return [line for line in self.lines if not line.startswith("[Container]")]

    def close(self) -> None:
        self.shell.close()
        self.log.close()


@pytest.fixture(params=["sh", "bash"])
def console(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Console]:
    opened = Console(tmp_path, request.param)
    yield opened
    opened.close()


def test_exports_and_folder_carry_over(console: Console) -> None:
    for command in (
        "mkdir sub && cd sub",
        "export GREETING='two\nlines' && export QUOTED=\"it's\"",
        'pwd; echo "$GREETING $QUOTED"',
    ):
        console.shell.run(command)

    assert console.printed() == [str(console.source / "sub"), "two", "lines it's"]
    assert console.shell.environment["GREETING"] == "two\nlines"


def test_a_variable_that_is_not_exported_stays_in_its_command(console: Console) -> None:
    console.shell.run("LOCAL=here; echo $LOCAL")
    console.shell.run('echo "${LOCAL:-gone}"')

    assert console.printed() == ["here", "gone"]


def test_commands_may_span_lines_and_exit(console: Console) -> None:
    console.shell.run("cat <<'END'\nfirst\nsecond\nEND\nexit 0\necho never")

    assert console.printed() == ["first", "second"]


def test_a_failure_names_the_command_its_status_and_its_last_lines(console: Console) -> None:
    console.shell.run("echo earlier")
    with pytest.raises(CommandFailedError) as caught:
        console.shell.run("echo why >&2; export SEEN=1; exit 3")

    assert str(caught.value).splitlines() == [
        "Error while executing command: echo why >&2; export SEEN=1; exit 3. Reason: exit status 3",
        "why",
    ]
    assert console.shell.environment["SEEN"] == "1"


@pytest.mark.parametrize(
    ("command", "status"),
    [
        pytest.param("false", 1, id="false"),
        pytest.param("no-such-program", 127, id="no such program"),
        pytest.param("kill -9 $$", 137, id="killed"),
        pytest.param("set -e; false; echo unreached", 1, id="strict"),
    ],
)
def test_statuses(command: str, status: int, console: Console) -> None:
    with pytest.raises(CommandFailedError, match=rf"exit status {status}\b"):
        console.shell.run(command)


def test_notes_stand_between_what_commands_print(console: Console) -> None:
    console.shell.run("echo one")
    console.log.note("Phase complete: BUILD State: SUCCEEDED")
    console.shell.run("printf two")
    console.log.last_lines()

    shown = [line.split(" ", 3)[-1] if line.startswith("[Container]") else line for line in console.lines]
    assert shown == [
        "Running command echo one",
        "one",
        "Phase complete: BUILD State: SUCCEEDED",
        "Running command printf two",
        "two",
    ]


def test_time_is_limited(tmp_path: Path) -> None:
    console = Console(tmp_path, "sh", seconds=0.5)
    with pytest.raises(BuildTimedOutError):
        console.shell.run("sleep 60")
    console.close()


def test_can_be_stopped_from_another_thread(console: Console) -> None:
    threading.Timer(0.3, console.shell.stop).start()
    with pytest.raises(BuildStoppedError):
        console.shell.run("sleep 60")


def test_ends_what_commands_left_running(console: Console) -> None:
    console.shell.run("setsid sleep 300 & echo $!")
    left = psutil.Process(int(console.printed()[0]))
    assert left.is_running()

    console.shell.close()

    left.wait(timeout=HANGS)
