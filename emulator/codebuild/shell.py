"""Runs the commands of a build, one after the other, and keeps what they print.

CodeBuild runs each command in a shell of its own and carries the working directory and the exported
variables over to the next; so does this. A command may therefore call `exit` without ending the build.
"""

import os
import shlex
import shutil
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

import psutil

LAST_LINES = 20
_MARK = b"\0"


class CommandFailedError(Exception):
    """A command ended with another status than 0."""

    def __init__(self, command: str, status: int, last_lines: Sequence[str]) -> None:
        """Describe the failure as CodeBuild does, followed by what the command printed last."""
        reason = f"Error while executing command: {command.strip()}. Reason: exit status {status}"
        super().__init__("\n".join([reason, *last_lines]))
        self.status = status


class BuildTimedOutError(Exception):
    """The build took longer than its project allows."""


class BuildStoppedError(Exception):
    """Somebody stopped the build."""


class BuildLog:
    """A pipe that commands write to, and a thread that hands its lines on."""

    def __init__(self, deliver: Callable[[list[str]], None]) -> None:
        """Open the pipe.

        Args:
            deliver: Called with the lines that came together, in their order, from one thread.
        """
        self._deliver = deliver
        self._reading, self.writing = os.pipe()
        self._last: deque[str] = deque(maxlen=LAST_LINES)
        self._seen = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def note(self, sentence: str) -> None:
        """Add a line of the build's own, between those of its commands."""
        self._write(f"[Container] {time.strftime('%Y/%m/%d %H:%M:%S', time.gmtime())} {sentence}\n".encode())

    def last_lines(self) -> list[str]:
        """Return what was printed last, once all that was printed so far has been delivered."""
        self._seen.clear()
        self._write(_MARK + b"\n")
        self._seen.wait(timeout=10)
        return list(self._last)

    def forget_last_lines(self) -> None:
        """Let `last_lines` begin here."""
        self.last_lines()
        self._last.clear()

    def close(self) -> None:
        """Deliver the rest and end the thread. No command may be running any more."""
        os.close(self.writing)
        self._reader.join(timeout=10)
        os.close(self._reading)

    def _write(self, content: bytes) -> None:
        while content:
            content = content[os.write(self.writing, content) :]

    def _read(self) -> None:
        rest = b""
        while chunk := os.read(self._reading, 65536):
            *complete, rest = (rest + chunk).split(b"\n")
            lines = [
                line.removesuffix(_MARK).decode(errors="replace").rstrip("\r")
                for line in complete
                if line != _MARK
            ]
            self._last.extend(line for line in lines if line.strip())
            if lines:
                self._deliver(lines)
            if any(line.endswith(_MARK) for line in complete):
                self._seen.set()
        if rest:
            self._deliver([rest.decode(errors="replace")])


class Shell:
    """The shell of one build."""

    def __init__(
        self,
        program: Literal["bash", "sh"],
        *,
        directory: Path,
        environment: dict[str, str],
        scratch: Path,
        log: BuildLog,
        seconds: float,
    ) -> None:
        """Prepare the shell.

        Args:
            program: The shell that reads the commands.
            directory: Where the first command starts.
            environment: The whole environment of the first command. One variable must be unlike that of
                any other process, for `close` to know the build's processes by.
            scratch: An empty folder of this shell.
            log: Takes what the commands print.
            seconds: How long all commands may take together.
        """
        self.environment = environment
        self._program = program
        self._directory = directory
        self._log = log
        self._deadline = time.monotonic() + seconds
        self._state = scratch / "environment"
        self._working_directory = scratch / "directory"
        self._stopped = threading.Event()
        self._identity = environment["CODEBUILD_BUILD_ID"]

    def run(self, command: str) -> None:
        """Run a command to its end.

        Raises:
            CommandFailedError: It ended with another status than 0.
            BuildTimedOutError: The time of the build is over.
            BuildStoppedError: `stop` was called.
        """
        first, *more = command.strip().splitlines() or [""]
        self._log.note(f"Running command {first}{' ...' if more else ''}")
        self._log.forget_last_lines()
        state, directory = (shlex.quote(str(path)) for path in (self._state, self._working_directory))
        remember = f"remember_shell() {{ /usr/bin/env -0 > {state}; pwd > {directory}; }}"
        script = f"{remember}\ntrap remember_shell EXIT\n{command}\n"
        process = subprocess.Popen(
            [str(shutil.which(self._program)), "-c", script],
            cwd=self._directory,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=self._log.writing,
            stderr=subprocess.STDOUT,
        )
        status = self._wait(process)
        self._remember()
        if status:
            shown = status if status > 0 else 128 - status
            raise CommandFailedError(command, shown, self._log.last_lines())

    def stop(self) -> None:
        """End the running command, and let no other start. May be called from any thread."""
        self._stopped.set()

    def close(self) -> None:
        """End every process that the build left behind, however it was started."""
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.environ().get("CODEBUILD_BUILD_ID") == self._identity:
                    process.kill()

    def _wait(self, process: subprocess.Popen[bytes]) -> int:
        while True:
            try:
                return process.wait(timeout=0.2)
            except subprocess.TimeoutExpired:
                if self._stopped.is_set() or time.monotonic() > self._deadline:
                    self.close()
                    process.wait()
                    if self._stopped.is_set():
                        raise BuildStoppedError from None
                    raise BuildTimedOutError from None

    def _remember(self) -> None:
        """Take over the variables and the folder in which the command left its shell."""
        if not self._state.exists():
            return
        exported = dict(
            entry.split("=", 1)
            for entry in self._state.read_text(encoding="utf-8", errors="replace").split("\0")
            if "=" in entry
        )
        self.environment = {
            name: value for name, value in exported.items() if name not in ("_", "SHLVL", "PWD", "OLDPWD")
        }
        self._directory = Path(self._working_directory.read_text(encoding="utf-8").removesuffix("\n"))
        self._state.unlink()
