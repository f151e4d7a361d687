"""Folders of Python code made ready for AWS Lambda, without docker and without a download."""

import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

BUNDLES = Path(__file__).with_name("build") / "functions"

# What every function may import besides boto3, which the Lambda runtime brings. Pure Python, so that the
# bundle runs on any architecture.
LIBRARY = "aws-lambda-powertools"

_REQUIREMENT_NAME = re.compile(r"^[A-Za-z0-9._-]+")


def bundle(folder: Path) -> Path:
    """Copy a function's code and the library it uses into one folder.

    The library comes from the environment this program runs in, which is the locked one. The bundle's
    name carries a digest of its content: equal code gives the same folder, and an existing one is reused.
    Processes may bundle the same function at once.

    Args:
        folder: The function's own files.

    Returns:
        A folder whose content is the deployment package.

    Raises:
        FileNotFoundError: If there is no such folder.
    """
    files = dict(_files(folder)) | dict(_library_files())
    target = BUNDLES / f"{folder.name}-{_digest(files)}"
    if target.is_dir():
        return target
    BUNDLES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUNDLES) as scratch:
        draft = Path(scratch) / target.name
        for name, source in files.items():
            copy = draft / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
        try:
            draft.rename(target)
        except OSError:
            # Another process was faster; a folder of this name holds this content.
            if not target.is_dir():
                raise
    return target


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {folder} to make a function of.")
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(folder).as_posix(), path


def _library_files() -> Iterator[tuple[str, Path]]:
    for part in _with_dependencies(LIBRARY):
        for file in part.files or ():
            is_code = file.suffix not in (".pyc", ".pth") and not file.parts[0].endswith(".dist-info")
            is_license = file.name.upper().startswith(("LICENSE", "NOTICE"))
            if ".." not in file.parts and (is_code or is_license):
                yield file.as_posix(), Path(str(part.locate_file(file)))


def _with_dependencies(name: str) -> list[Distribution]:
    """The distribution and what it requires, extras left out, each once."""
    found: dict[str, Distribution] = {}
    waiting = [name]
    while waiting:
        current = distribution(waiting.pop())
        if current.name in found:
            continue
        found[current.name] = current
        for requirement in current.requires or ():
            match = _REQUIREMENT_NAME.match(requirement)
            if match and "extra ==" not in requirement:
                waiting.append(match.group())
    return [found[key] for key in sorted(found)]


def _digest(files: dict[str, Path]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0".encode())
        digest.update(hashlib.sha256(files[name].read_bytes()).digest())
    return digest.hexdigest()[:16]
