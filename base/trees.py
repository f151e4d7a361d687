"""Folders put together from files of several places, under a name that follows from their content."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

PART = ".part"
"""How the name of a file ends that is being written: where its writer was killed, it is not whole."""

COMPILED = "__pycache__"
"""Where Python keeps compiled modules."""

# What tools leave in a folder, and an author of code does not mean to hand on.
LEFT_BEHIND = frozenset(
    {COMPILED, ".git", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".venv", "build", "cdk.out"}
)


def files_of(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files of a folder by their names below it, in order; not what tools left, nor half-written ones.

    Args:
        folder: The folder.
    """
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and not LEFT_BEHIND & set(name.parts) and path.suffix not in {".pyc", PART}:
            yield name.as_posix(), path


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal.

    Args:
        path: The file.
    """
    return hashlib.sha256(path.read_bytes()).hexdigest()


def assemble(
    parent: Path, name: str, files: Mapping[str, Path], digests: Mapping[str, str] | None = None
) -> Path:
    """Copy files into one folder, whose name carries a digest of its content.

    Equal content gives the same folder, and an existing one is used again. Several processes may assemble
    the same at once.

    Args:
        parent: Where the folder is made.
        name: What the folder's name begins with.
        files: What it holds: the file to copy, by its name there.
        digests: The SHA-256 of files, by name, as far as they are known.
    """
    known = digests or {}
    lines = (f"{each}\0{known.get(each) or digest_of(files[each])}\n" for each in sorted(files))
    target = parent / f"{name}-{hashlib.sha256(''.join(lines).encode()).hexdigest()[:16]}"
    if target.is_dir():
        # Whoever has imported from it left compiled modules, which would be published along.
        for folder, folders, _ in os.walk(target):
            if COMPILED in folders:
                folders.remove(COMPILED)
                shutil.rmtree(Path(folder, COMPILED), ignore_errors=True)
        return target
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=parent) as scratch:
        draft = Path(scratch) / target.name
        for each, source in files.items():
            copy = draft / each
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
        try:
            draft.rename(target)
        except OSError:
            # Another process was faster; a folder of this name holds this content.
            if not target.is_dir():
                raise
    return target
