"""Every package that the code of a build's jobs imports is in the image that runs them."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.machine.environments import Environment, prepare, prepare_requirements
from tests.seed_code.seeds import SEEDS, Seed

PROGRAM = "import importlib, sys; [importlib.import_module(name) for name in sys.argv[1:]]"
OWN_LOCK = "requirements-image.lock"
"""What the image of a seed installs, of one that has an image of its own."""


def nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk a tree, but for what is tried, and may be lacking."""
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, ast.Try):
            yield node
            yield from nodes(node)


def imported(folder: Path) -> set[str]:
    """Names of the modules that jobs import: neither Python's nor the repository's own."""
    files = sorted(folder.glob("src/*.py"))
    own = {file.stem for file in files}
    names: set[str] = set()
    for file in files:
        for node in nodes(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module)
    return {name for name in names if name.partition(".")[0] not in own | sys.stdlib_module_names}


def image(folder: Path) -> Environment:
    """What stands for the image."""
    lock = folder / OWN_LOCK
    if lock.exists():
        return prepare_requirements(lock.read_bytes())
    return prepare("tensorflow" if (folder / "src" / "network.py").exists() else "xgboost")


@pytest.mark.parametrize("name", [name for name in SEEDS if name.startswith("build_")])
def test_the_image_has_every_package_that_a_job_imports(name: str) -> None:
    folder = Seed(name).folder
    names = sorted(imported(folder))
    assert {"numpy", "pyarrow"} <= {name.partition(".")[0] for name in names}
    done = subprocess.run(
        [str(image(folder).python), "-I", "-c", PROGRAM, *names],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
