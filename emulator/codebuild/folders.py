"""Folders that builds work in."""

import fcntl
import itertools
import os
import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from emulator.machine import environments

_REMOVED = ".removed"


@contextmanager
def build_folder() -> Iterator[Path]:
    """Lend an empty folder to a build, and remove it in the background.

    A build gets the first folder that no other build of this machine has, be it of this rehearsal or of
    another. So builds that follow one another get the same path, and each finds the modules that the one
    before it compiled: Python keeps them by their path.
    """
    root = environments.FOLDER / "builds"
    root.mkdir(parents=True, exist_ok=True)
    with _first_free(root) as folder:
        _move_away(folder)  # Left by a build that was killed.
        folder.mkdir()
        try:
            yield folder
        finally:
            _move_away(folder)
            # A build's environment is tens of thousands of links, whose removal nobody has to wait for.
            threading.Thread(target=_remove, args=(root,), daemon=True).start()


@contextmanager
def _first_free(root: Path) -> Iterator[Path]:
    """Hold the first folder below a root that nobody holds; its lock goes with the process that holds it."""
    for number in itertools.count(1):
        descriptor = os.open(root / f"{number}.lock", os.O_CREAT | os.O_RDWR)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            continue
        try:
            yield root / str(number)
        finally:
            os.close(descriptor)
        return


def _move_away(folder: Path) -> None:
    with suppress(FileNotFoundError):
        folder.rename(folder.with_name(f"{folder.name}-{secrets.token_hex(4)}{_REMOVED}"))


def _remove(root: Path) -> None:
    """Remove what builds have left, of whichever process."""
    for folder in root.glob(f"*{_REMOVED}"):
        shutil.rmtree(folder, ignore_errors=True)
