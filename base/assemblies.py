"""Cloud assemblies that are kept: who synthesizes again without a change gets the same files at once.

`cdk` starts the app for each of its commands, and between most of them nothing changes. A synthesis follows
from the files of the bundle, the catalog file, the locked libraries, and what the CDK command line says in
variables. A digest of all these is the name under which its assembly is kept in `build`.

`tests/gates/test_determinism.py` shows that nothing else has a part in it.
"""

import hashlib
import json
import os
import shutil
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from base.places import BUILD, CATALOG_NAME, CATALOG_VARIABLE, REPOSITORY

FOLDER_VARIABLE = "KEPT_ASSEMBLIES"
"""The environment variable that names another folder to keep assemblies in; if empty, none is kept."""

OUTDIR_VARIABLE = "CDK_OUTDIR"
# The CDK command line hands over a large context in a file.
_CONTEXT_FILE_VARIABLE = "CONTEXT_OVERFLOW_LOCATION_ENV"
_CONTEXT_VARIABLE = "CDK_CONTEXT_JSON"
# For which stacks a command wants Docker to build assets. No asset of the bundle is built so.
_WITHOUT_A_PART = frozenset({"aws:cdk:bundling-stacks"})

ROOMS = (
    "app.py",
    "assumptions",
    "base",
    "pipelines",
    "portfolios",
    "products",
    "registry",
    "releases",
    "seed_code",
)
"""The files, and folders of files, that have a part in a synthesis."""

_CACHES = frozenset({"__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".venv", ".git"})

KEPT = 4
"""How many assemblies are kept, of 35 MB each: those that were used last."""

_LEFT_SECONDS = 24 * 3600


def digest(environment: Mapping[str, str], *, root: Path = REPOSITORY, libraries: Path | None = None) -> str:
    """What a synthesis follows from, in 64 hexadecimal digits.

    Args:
        environment: The variables of the process.
        root: The repository's own folder.
        libraries: The folder of the installed libraries; by default that of this Python.
    """
    libraries = libraries or Path(sysconfig.get_path("purelib"))
    context = json.loads(environment.get(_CONTEXT_VARIABLE) or "{}")
    parts = {
        "files": [
            (name, hashlib.sha256(path.read_bytes()).hexdigest()) for name, path in inputs(environment, root)
        ],
        "libraries": sorted(path.name for path in libraries.glob("*.dist-info")),
        "python": sys.version,
        "context": {key: value for key, value in context.items() if key not in _WITHOUT_A_PART},
        "variables": {
            name: value
            for name, value in environment.items()
            if name.startswith("CDK_") and name not in (_CONTEXT_VARIABLE, OUTDIR_VARIABLE)
        },
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def inputs(environment: Mapping[str, str], root: Path = REPOSITORY) -> Iterator[tuple[str, Path]]:
    """The files that have a part in a synthesis, by a name each, in order.

    Args:
        environment: The variables of the process, one of which may name another catalog file.
        root: The repository's own folder.
    """
    yield "catalog", Path(environment.get(CATALOG_VARIABLE) or root / CATALOG_NAME)
    for room in ROOMS:
        if (root / room).is_file():
            yield room, root / room
        for folder, folders, files in os.walk(root / room, followlinks=True):
            folders[:] = sorted(set(folders) - _CACHES)
            for file in sorted(files):
                path = Path(folder, file)
                yield path.relative_to(root).as_posix(), path


class Assembly:
    """The assembly of one process: a kept one, or one that is made now, and kept."""

    def __init__(self, environment: Mapping[str, str], *, root: Path = REPOSITORY) -> None:
        """Find out under which name it is kept.

        Args:
            environment: The variables of the process.
            root: The repository's own folder.
        """
        self._environment = dict(environment)
        self._root = root
        self._digest = digest(environment, root=root)
        self._outdir = Path(environment[OUTDIR_VARIABLE])
        self._folder = Path(environment.get(FOLDER_VARIABLE) or BUILD / "assemblies")
        self._kept = self._folder / self._digest
        self._folder.mkdir(parents=True, exist_ok=True)
        self._scratch = tempfile.TemporaryDirectory(prefix="draft-", dir=self._folder)
        self.draft = Path(self._scratch.name, "assembly")
        """Where this process may synthesize."""

    @classmethod
    def of_process(cls) -> "Assembly | None":
        """That of this process; None where assemblies are not kept."""
        environment = os.environ
        if OUTDIR_VARIABLE not in environment or _CONTEXT_FILE_VARIABLE in environment:
            return None
        if environment.get(FOLDER_VARIABLE) == "":
            return None
        # Whatever keeps from reading an input: the synthesis itself says best what is wrong with it.
        with suppress(OSError, ValueError):
            return cls(environment)
        return None

    def restore(self) -> bool:
        """Give the kept assembly to the CDK command line; tell whether there is one."""
        try:
            if not self._kept.is_dir():
                return False
            os.utime(self._kept)
            _hand_over(self._kept, self._outdir)
        except FileNotFoundError:
            # Another process has just removed it.
            return False
        self._scratch.cleanup()
        return True

    def finish(self, status: int) -> None:
        """Give what was synthesized to the CDK command line, and keep it.

        Args:
            status: The exit code of the synthesis; what failed is neither given nor kept.
        """
        if status == 0:
            _hand_over(self.draft, self._outdir)
            # Whoever edits a file meanwhile would have one version kept under the name of the other.
            if digest(self._environment, root=self._root) == self._digest:
                with suppress(OSError):  # Another process was faster.
                    self.draft.rename(self._kept)
                self._remove_old()
        self._scratch.cleanup()

    def _remove_old(self) -> None:
        with suppress(OSError):
            kept = [path for path in self._folder.iterdir() if not path.name.startswith("draft-")]
            by_use = sorted(kept, key=lambda path: path.stat().st_mtime, reverse=True)
            for number, path in enumerate(by_use[KEPT:]):
                # Gone as a whole before it is gone in parts.
                path.rename(Path(self._scratch.name, f"old-{number}"))
            for draft in self._folder.glob("draft-*"):
                # What a process left that was killed.
                if time.time() - draft.stat().st_mtime > _LEFT_SECONDS:
                    shutil.rmtree(draft, ignore_errors=True)


def _hand_over(source: Path, target: Path) -> None:
    """Copy an assembly, each entry as a whole; what is named by its content may be there already."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".handed-over-", dir=target) as scratch:
        for entry in sorted(source.iterdir()):
            draft, final = Path(scratch, entry.name), target / entry.name
            if entry.is_dir():
                if not final.exists():
                    shutil.copytree(entry, draft)
                    with suppress(OSError):  # Another process was faster.
                        draft.rename(final)
            else:
                shutil.copy2(entry, draft)
                draft.replace(final)


def begin() -> "Assembly | None":
    """End this process if its assembly is kept; otherwise have the CDK write where it can be kept.

    Call it before ``aws_cdk`` is imported, whose other process gets the variables of this one then.
    """
    assembly = Assembly.of_process()
    if assembly is None:
        return None
    if assembly.restore():
        sys.exit(0)
    os.environ[OUTDIR_VARIABLE] = str(assembly.draft)
    return assembly
