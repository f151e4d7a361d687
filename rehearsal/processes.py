"""Start the processes of a rehearsal, each bound to the life of this one."""

import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from base.places import REPOSITORY
from emulator.machine.environments import download_settings
from emulator.machine.guard import GUARD
from emulator.machine.isolation import clean_environment

START_SECONDS = 120.0
END_SECONDS = 10.0


class ProcessError(Exception):
    """A process did not do what it was started for; the message says what it said last.

    Attributes:
        exit_code: What it ended with; None if it is not known.
        lines: What a command printed.
    """

    def __init__(self, message: str, *, exit_code: int | None = None, lines: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.exit_code = exit_code
        self.lines = tuple(lines)


class AlreadyRunningError(Exception):
    """Another rehearsal uses the same report folder."""


@contextmanager
def single_run(folder: Path) -> Iterator[None]:
    """Hold the report folder for as long as the story plays.

    The lock is the operating system's and goes with its process, however that ends.

    Raises:
        AlreadyRunningError: Another process holds the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise AlreadyRunningError(
                f"Another rehearsal (process {file.read().strip() or 'unknown'}) is writing to {folder}; "
                "wait for it, or choose another --report-folder."
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


@contextmanager
def _life_line() -> Iterator[tuple[int, int]]:
    """Two ends of a pipe: a child's standard input, and what keeps it open while this process lives."""
    child_end, own_end = os.pipe()
    try:
        yield child_end, own_end
    finally:
        os.close(child_end)


def run(
    command: Sequence[str], *, environment: Mapping[str, str], tell: Callable[[str], None] = lambda _: None
) -> list[str]:
    """Run a command at the root of the repository to its end, and pass on its lines as they come.

    Args:
        command: The program and its arguments.
        environment: The whole environment of the command.
        tell: Called with each line of output that is not blank.

    Returns:
        The lines.

    Raises:
        ProcessError: The command failed; with the end of its output.
    """
    lines: list[str] = []
    with _life_line() as (child_end, own_end):
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(GUARD), *command],
            env=dict(environment),
            cwd=REPOSITORY,
            stdin=child_end,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
    try:
        for line in process.stdout or ():
            if line.strip():
                lines.append(line.rstrip())
                tell(line.rstrip())
    finally:
        os.close(own_end)
        process.wait()
    if process.returncode:
        shown = " ".join(Path(part).name if os.sep in part else part for part in command[:3])
        raise ProcessError(
            f"`{shown}` failed:\n" + "\n".join(lines[-25:]), exit_code=process.returncode, lines=lines
        )
    return lines


class Emulator:
    """The emulator's process, which answers on a free port of the loopback interface.

    Attributes:
        port: The port.
        endpoint: URL of every service.
        log: What the process writes.
    """

    def __init__(self, folder: Path, *, fears: Iterable[str] = (), catalog: Path | None = None) -> None:
        """Start the process and wait until it answers.

        Args:
            folder: Where it keeps its state, its home and its log; emptied by the caller.
            fears: What AWS is like here, by keys of `emulator.core.switches.FEARS`.
            catalog: Describes the organisation; by default the one that every command follows.

        Raises:
            ProcessError: It ended, or did not answer in time; with the end of its log.
        """
        self.port = _free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.log = folder / "emulator.log"
        self._released = False
        state = folder / "state"
        state.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log, _life_line() as (child_end, self.life_line):
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "emulator"),
                    *("--port", str(self.port), "--state", str(state)),
                    *(f"--fear={key}" for key in fears),
                    *(("--catalog", str(catalog)) if catalog else ()),
                ],
                env=clean_environment(folder / "home", download_settings()),
                cwd=REPOSITORY,
                stdin=child_end,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self._released:
            self.stop()

    @property
    def process_id(self) -> int:
        """The process, and the group of all processes it starts."""
        return self._process.pid

    def stop(self) -> None:
        """Close its standard input, which ends it, and after a while kill what is left of its group."""
        os.close(self.life_line)
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        finally:
            end_group(self._process.pid)
            self._process.wait()

    def release(self) -> None:
        """Release the emulator, which lives on while another process holds its life line."""
        self._released = True
        os.close(self.life_line)

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None:
                raise ProcessError(f"The emulator ended while it started:\n{tail(self.log)}")
            if time.monotonic() > deadline:
                raise ProcessError(f"The emulator did not answer in {START_SECONDS:.0f} s:\n{tail(self.log)}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/_ministack/health")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def end_group(process_group: int) -> None:
    """Kill a process group, if there still is one."""
    try:
        os.killpg(process_group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def tail(path: Path, lines: int = 25) -> str:
    """Return the last lines of a text file; nothing if there is no such file."""
    if not path.exists():
        return ""
    with path.open(encoding="utf-8", errors="replace") as file:
        return "".join(deque(file, maxlen=lines)).rstrip()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
