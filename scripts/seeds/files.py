"""How workspaces and layers are written: each file whole or not at all, by one command at a time."""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from base.trees import PART
from scripts.console.change import OperatorError


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Wait until no other command works on the layers, and keep others waiting; a killed one keeps nobody.

    Args:
        root: Where layers lie.
    """
    folder = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


@contextmanager
def told(consequence: str) -> Iterator[None]:
    """Tell what the file system refuses in one sentence.

    Args:
        consequence: What has become of the command, as a sentence.

    Raises:
        OperatorError: For each `OSError`, with the file and the reason.
    """
    try:
        yield
    except OSError as error:
        # Errors that gather others have no file of their own.
        said = f"{error.filename}: {error.strerror}" if error.filename else " ".join(str(error).split())
        raise OperatorError(f"{said}. {consequence}") from error


def refuse_unwritable(paths: Iterable[Path]) -> None:
    """Find out whether files can be written, before the first of them is.

    Args:
        paths: The files, which need not be there.

    Raises:
        OperatorError: If one cannot be.
    """
    for path in paths:
        folder = next(parent for parent in path.parents if parent.exists())
        if not os.access(folder, os.W_OK | os.X_OK):
            raise OperatorError(
                f"{path} cannot be written: make {folder} writable, and repeat the command. "
                "Nothing has changed."
            )


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Args:
        path: The file.
        content: All of it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}{PART}")
    part.write_bytes(content)
    part.replace(path)


def remove(path: Path, root: Path) -> None:
    """Remove a file, and the folders that are empty without it.

    Args:
        path: The file, which need not be there.
        root: The uppermost folder, which stays.
    """
    path.unlink(missing_ok=True)
    for parent in path.parents:
        if parent == root or not parent.is_dir() or any(parent.iterdir()):
            return
        parent.rmdir()
