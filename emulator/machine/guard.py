"""Run a command that must not outlive whoever started it.

`python guard.py COMMAND...` runs a command in a process group of its own and ends the whole group when
standard input closes. A closed pipe is the one sign that a starter leaves behind even when it is killed.
"""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

GUARD = Path(__file__)
"""This program."""

GRACE_SECONDS = 3.0


def _end_with_starter(command: subprocess.Popen[bytes]) -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    _end(command)


def _end(command: subprocess.Popen[bytes]) -> None:
    for stop in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(command.pid, stop)
        except ProcessLookupError:
            return
        try:
            command.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            continue


def main() -> int:
    """Run the command of the command line and return its exit code."""
    command = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True)
    threading.Thread(target=_end_with_starter, args=(command,), daemon=True).start()
    code = command.wait()
    _end(command)  # What the command itself left running.
    return code


if __name__ == "__main__":
    sys.exit(main())
