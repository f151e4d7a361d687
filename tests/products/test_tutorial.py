"""docs/add_a_product.md, followed literally in a copy of the repository."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from base.places import REPOSITORY
from tests.hangs import HANGS

PAGE = (REPOSITORY / "docs" / "add_a_product.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"((?:[^\n]+\n)+)\n```(?:python|markdown)\n(.*?)```", PAGE, re.DOTALL)
FILES = {
    name: text
    for before, text in BLOCKS
    for name in re.findall(r"^`(products/[\w./]+)`", before, re.MULTILINE)
}
"""Content by name: the paragraph before a block begins with the file's name."""
CREATED = re.findall(r"^ +create  (\w+) 1\.0\.0$", PAGE, re.MULTILINE)
TRIED = re.findall(r"^\$ make try-product PRODUCT=(\w+)$", PAGE, re.MULTILINE)
PRODUCTS = {"build_central": "products/build/central", "scratch_bucket": "products/admin/scratch_bucket"}
TRY = (
    "tests/emulator/bundle/test_derived_roles.py"
    "::test_each_product_launches_changes_and_leaves_under_its_derived_role"
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository as git has it, with what this one has built."""
    folder = tmp_path_factory.mktemp("copy")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (REPOSITORY / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((REPOSITORY / name).read_bytes())
    (folder / "build").symlink_to(REPOSITORY / "build")
    return folder


def run(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        check=False,
        capture_output=True,
        text=True,
        timeout=HANGS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_page_is_read_as_a_reader_does() -> None:
    assert sorted(FILES) == [
        "products/admin/scratch_bucket/README.md",
        "products/admin/scratch_bucket/product.py",
        "products/admin/scratch_bucket/stack.py",
        "products/build/central/README.md",
        "products/build/central/product.py",
    ]
    assert [[*PRODUCTS], [*PRODUCTS]] == [CREATED, TRIED]


def test_following_the_page_adds_its_products(copy: Path) -> None:
    for product, folder in PRODUCTS.items():
        for name, text in FILES.items():
            if name.startswith(f"{folder}/"):
                (copy / name).parent.mkdir(exist_ok=True)
                (copy / name).write_text(text, encoding="utf-8")
        told = run(copy, "portfolios.versions").splitlines()
        assert [line for line in told if "create" in line] == [f"   create  {product} 1.0.0"]
    folders = list(PRODUCTS.values())
    run(copy, "ruff", "check", *folders)
    run(copy, "ruff", "format", "--check", *folders)
    done = run(copy, "pytest", "--verbose", *(f"{TRY}[{product}]" for product in PRODUCTS))
    assert f"{len(PRODUCTS)} passed" in done
    readme = (copy / "README.md").read_text(encoding="utf-8")
    assert all(f"]({folder}/README.md)" in readme for folder in folders)
