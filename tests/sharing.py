"""Things that take long to make, made once: not by each worker, and not again while nothing has changed."""

import fcntl
import hashlib
import pickle
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar, cast

from base import assemblies
from base.places import BUILD, REPOSITORY

KEPT = BUILD / "tests"

Made = TypeVar("Made")


def made_once(name: str, make: Callable[[Path], Made], *, root: Path | None = None) -> Made:
    """What some worker has made of the same code, or else what this one makes now.

    Whoever asks at the same time waits. What was left half-made is made anew.

    Args:
        name: What it is called, unlike anything else that is made.
        make: Makes it, and is given a folder for its files, which stay where they are.
        root: Where things are kept.
    """
    place = (root or KEPT) / _digest() / name
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.with_name(f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result, draft = place / "result", place / "draft"
        if not result.exists():
            shutil.rmtree(place, ignore_errors=True)
            (place / "files").mkdir(parents=True)
            draft.write_bytes(pickle.dumps(make(place / "files")))
            draft.rename(result)
        return cast("Made", pickle.loads(result.read_bytes()))


@cache
def _digest() -> str:
    """What all that is made here follows from: the bundle, its libraries, and how tests make it."""
    helpers = [
        path
        for room in ("access", "tests")
        for path in sorted((REPOSITORY / room).rglob("*.py"))
        if not path.name.startswith("test_")
    ]
    lines = [assemblies.digest({}), *(hashlib.sha256(path.read_bytes()).hexdigest() for path in helpers)]
    found = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
    _remove_others(found)
    return found


def _remove_others(digest: str) -> None:
    """Remove what other code made, but for the newest: two branches take turns without starting anew."""
    if KEPT.is_dir():
        others = [path for path in KEPT.iterdir() if path.name != digest]
        for path in sorted(others, key=lambda path: path.stat().st_mtime)[:-1]:
            shutil.rmtree(path, ignore_errors=True)
