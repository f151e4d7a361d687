"""docs/add_a_product.md, followed literally in a copy of the repository: its files, commands and output."""

import re
import shlex
import shutil
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
STEPS = re.findall(
    r"^`(?P<file>products/[\w./]+)`|^```console\n(?P<console>.*?)```", PAGE, re.DOTALL | re.MULTILINE
)
"""What a reader does, in order: write a file, or type commands and compare what they print."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone after `make setup`: the repository as git has it, with this one's environment."""
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
            shutil.copy(REPOSITORY / name, folder / name)
    (folder / "build").symlink_to(REPOSITORY / "build")
    # In this order, as `make setup` marks what it has installed: so it installs nothing into the environment
    # that other tests use.
    for environment in (Path(sys.prefix), REPOSITORY / "node_modules"):
        own = folder / (".venv" if environment == Path(sys.prefix) else environment.name)
        own.mkdir()
        for path in environment.iterdir():
            if path.name != ".installed":
                (own / path.name).symlink_to(path)
        (own / ".installed").touch()
    return folder


def run(folder: Path, command: str) -> list[str]:
    """Type a command; what it prints."""
    done = subprocess.run(
        shlex.split(command),
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
        timeout=HANGS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


def commands(console: str) -> list[tuple[str, list[str]]]:
    """The commands of a block, each with the lines that the page shows below it."""
    found: list[tuple[str, list[str]]] = []
    for line in console.splitlines():
        if line.startswith("$ "):
            found.append((line.removeprefix("$ "), []))
        else:
            found[-1][1].append(line)
    return found


def test_the_page_is_read_as_a_reader_does() -> None:
    assert [file or commands(console) for file, console in STEPS] == [
        "products/build/central/product.py",
        "products/build/central/README.md",
        [(".venv/bin/python -m portfolios.versions", ["   create  build_central 1.0.0"])],
        [("make try-product PRODUCT=build_central", [])],
        "products/admin/scratch_bucket/product.py",
        "products/admin/scratch_bucket/stack.py",
        "products/admin/scratch_bucket/README.md",
        [
            (".venv/bin/python -m portfolios.versions", ["   create  scratch_bucket 1.0.0"]),
            ("make try-product PRODUCT=scratch_bucket", []),
        ],
    ]
    assert sorted(FILES) == sorted(file for file, _ in STEPS if file)


def test_following_the_page_adds_its_products(copy: Path) -> None:
    for file, console in STEPS:
        if file:
            (copy / file).parent.mkdir(exist_ok=True)
            (copy / file).write_text(FILES[file], encoding="utf-8")
        for command, shown in commands(console):
            printed = run(copy, command)
            # The page leaves out the lines of products that are there already.
            assert [line for line in printed if line in shown] == shown, printed
    folders = sorted({Path(file).parent.as_posix() for file, _ in STEPS if file})
    for tool in ("check", "format --check"):
        run(copy, f".venv/bin/ruff {tool} {shlex.join(folders)}")
    readme = (copy / "README.md").read_text(encoding="utf-8")
    assert all(f"]({folder}/README.md)" in readme for folder in folders)
