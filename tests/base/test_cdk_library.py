"""The CDK's library is large and far: each process loads it compiled, and asks it for each value once."""

import os
import subprocess
import sys
from pathlib import Path

from base.places import REPOSITORY

ROOMS = ("base", "pipelines", "portfolios", "products", "registry")


def test_pseudo_parameters_are_read_in_one_place() -> None:
    readers = [
        path.relative_to(REPOSITORY).as_posix()
        for room in ROOMS
        for path in REPOSITORY.joinpath(room).rglob("*.py")
        if "cdk.Aws." in path.read_text(encoding="utf-8")
    ]
    assert readers == ["base/pseudo_parameters.py"]


def test_modules_are_kept_compiled_whatever_the_environment_says(tmp_path: Path) -> None:
    tmp_path.joinpath("far.py").write_text("", encoding="utf-8")
    subprocess.run(
        [sys.executable, "-c", "import base.embedded_node, far"],
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(tmp_path)},
        check=True,
    )
    assert [path.suffix for path in tmp_path.glob("__pycache__/far.*")] == [".pyc"]
