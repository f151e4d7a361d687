"""Puts docker on the path of a build: in privileged mode it works, and otherwise it finds no daemon.

https://docs.aws.amazon.com/codebuild/latest/userguide/sample-docker.html
"""

import shlex
import sys
from pathlib import Path

PROGRAM = Path(__file__).with_name("program.py")
NO_DAEMON = (
    "ERROR: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"
)


def install(folder: Path, *, privileged: bool) -> Path:
    """Write the program into a folder.

    Args:
        folder: The folder; created.
        privileged: Whether the build runs in privileged mode.

    Returns:
        The folder, for the path of the build.
    """
    folder.mkdir()
    command = f'exec {shlex.join([sys.executable, "-I", str(PROGRAM)])} "$@"'
    without = f"echo {shlex.quote(NO_DAEMON)} >&2; exit 1"
    program = folder / "docker"
    program.write_text(f"#!/bin/sh\n{command if privileged else without}\n", encoding="utf-8")
    program.chmod(0o755)
    return folder
