"""An assembly is kept under what it follows from: a change of that makes another, and nothing else does."""

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from base.assemblies import FOLDER_VARIABLE, KEPT, ROOMS, Assembly, digest

Environment = dict[str, str]
Change = Callable[[Path, Environment], object]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with a file in each room, and its libraries."""
    root = tmp_path / "repository"
    for room in ROOMS:
        path = root / room if room.endswith(".py") else root / room / "build" / "file.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"of {room}", encoding="utf-8")
    root.joinpath("catalog.yaml").write_text("region: eu-west-1", encoding="utf-8")
    root.joinpath("other.yaml").write_text("region: eu-west-2", encoding="utf-8")
    root.joinpath("libraries", "aws_cdk_lib-2.275.0.dist-info").mkdir(parents=True)
    return root


@pytest.fixture
def environment(root: Path) -> Environment:
    return {
        "CDK_OUTDIR": str(root / "cdk.out"),
        "CDK_DEFAULT_ACCOUNT": "222222222222",
        "CDK_CONTEXT_JSON": json.dumps({"a": 1, "aws:cdk:bundling-stacks": ["**"]}),
    }


def of(root: Path, environment: Mapping[str, str]) -> str:
    return digest(environment, root=root, libraries=root / "libraries")


def write(name: str, text: str = "changed") -> Change:
    def change(root: Path, _: Environment) -> None:
        root.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
        root.joinpath(name).write_text(text, encoding="utf-8")

    return change


def context(**values: object) -> Change:
    return lambda _, environment: environment.update(CDK_CONTEXT_JSON=json.dumps({"a": 1, **values}))


MISSES: Mapping[str, Change] = {
    **{
        f"a file of {room}": write(room if room.endswith(".py") else f"{room}/build/file.txt")
        for room in ROOMS
    },
    "a file more": write("products/build/new/product.py"),
    "a hidden file": write("seed_code/build/base/.gitignore"),
    "a file less": lambda root, _: root.joinpath("products/build/file.txt").unlink(),
    "another name": lambda root, _: root.joinpath("base/build").rename(root / "base" / "built"),
    "the catalog": write("catalog.yaml"),
    "another catalog": lambda root, environment: environment.update(CATALOG_FILE=str(root / "other.yaml")),
    "another version of a library": lambda root, _: root.joinpath(
        "libraries", "aws_cdk_lib-2.275.0.dist-info"
    ).rename(root / "libraries" / "aws_cdk_lib-2.276.0.dist-info"),
    "one library more": lambda root, _: root.joinpath("libraries", "six-1.17.0.dist-info").mkdir(),
    "another account": lambda _, environment: environment.update(CDK_DEFAULT_ACCOUNT="333333333333"),
    "no account": lambda _, environment: environment.pop("CDK_DEFAULT_ACCOUNT"),
    "another command line": lambda _, environment: environment.update(CDK_CLI_VERSION="2.2000.0"),
    "another context": context(a=2),
    "more context": context(b=1),
}

HITS: Mapping[str, Change] = {
    "nothing": lambda _, __: None,
    "another folder to write to": lambda root, environment: environment.update(CDK_OUTDIR=str(root / "out")),
    "other credentials": lambda _, environment: environment.update(AWS_PROFILE="other"),
    "stacks to bundle for": context(**{"aws:cdk:bundling-stacks": ["mlplatform-foundation"]}),
    "a compiled module": write("base/__pycache__/names.cpython-311.pyc"),
    "the same file again": write("base/build/file.txt", "of base"),
    "a file that has no part": write("docs/projects.md"),
}


@pytest.mark.parametrize("change", MISSES.values(), ids=MISSES)
def test_a_change_of_any_input_misses(root: Path, environment: Environment, change: Change) -> None:
    before = of(root, environment)
    change(root, environment)
    assert of(root, environment) != before


@pytest.mark.parametrize("change", HITS.values(), ids=HITS)
def test_all_else_hits(root: Path, environment: Environment, change: Change) -> None:
    before = of(root, environment)
    change(root, environment)
    assert of(root, environment) == before


def test_another_python_misses(root: Path, environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    before = of(root, environment)
    monkeypatch.setattr(sys, "version", "3.13.9 (main)")
    assert of(root, environment) != before


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


MADE = {"manifest.json": "manifest", "asset.1/app.py": "code", "asset.1/a/b.py": "more"}


def make(assembly: Assembly) -> None:
    """Write what a synthesis would."""
    for name, text in MADE.items():
        path = assembly.draft / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture
def start(root: Path, environment: Environment, tmp_path: Path) -> Callable[..., Assembly]:
    """The assembly of a process that writes to a folder of some name."""

    def run(outdir: str = "first") -> Assembly:
        own = environment | {"CDK_OUTDIR": str(tmp_path / outdir), FOLDER_VARIABLE: str(tmp_path / "kept")}
        return Assembly(own, root=root)

    return run


def test_what_was_made_is_given_again(start: Callable[..., Assembly], tmp_path: Path) -> None:
    first = start()
    assert not first.restore()
    make(first)
    first.finish(0)
    assert start("second").restore()
    assert files(tmp_path / "first") == files(tmp_path / "second") == MADE


def test_a_folder_keeps_what_it_holds_besides(start: Callable[..., Assembly], tmp_path: Path) -> None:
    other = {"asset.2/app.py": "of another catalog", "manifest.json": "older", "asset.1/app.py": "code"}
    for name, text in other.items():
        write(f"second/{name}", text)(tmp_path, {})
    first = start()
    make(first)
    first.finish(0)
    assert start("second").restore()
    # What an asset's name says is there already.
    assert files(tmp_path / "second") == other | {"manifest.json": "manifest"}


def test_what_failed_is_neither_given_nor_kept(start: Callable[..., Assembly], tmp_path: Path) -> None:
    first = start()
    make(first)
    first.finish(2)
    assert not (tmp_path / "first").exists()
    assert not start("second").restore()


def test_what_changed_meanwhile_is_given_and_not_kept(
    start: Callable[..., Assembly], root: Path, tmp_path: Path
) -> None:
    first = start()
    make(first)
    write("base/build/file.txt")(root, {})
    first.finish(0)
    assert files(tmp_path / "first") == MADE
    assert not start("second").restore()
    write("base/build/file.txt", "of base")(root, {})
    assert not start("third").restore()


def test_processes_may_end_at_once(start: Callable[..., Assembly], tmp_path: Path) -> None:
    started = [start(f"out-{number}") for number in range(8)]
    for each in started:
        make(each)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda each: each.finish(0), started))
    assert [files(tmp_path / f"out-{number}") for number in range(8)] == [MADE] * 8
    (kept,) = tmp_path.joinpath("kept").iterdir()
    assert files(kept) == MADE


def test_what_is_removed_while_it_is_given_is_made_anew(
    start: Callable[..., Assembly], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = start()
    make(first)
    first.finish(0)
    copied = shutil.copytree

    def remove_first(source: Path, target: Path) -> None:
        shutil.rmtree(source)
        copied(source, target)

    monkeypatch.setattr(shutil, "copytree", remove_first)
    assert not start("second").restore()
    assert not (tmp_path / "second" / "asset.1").exists()


def test_those_that_were_used_last_are_kept(
    start: Callable[..., Assembly], root: Path, tmp_path: Path
) -> None:
    for number in range(KEPT + 3):
        write("base/build/file.txt", f"version {number}")(root, {})
        each = start(f"out-{number}")
        assert not each.restore()
        make(each)
        each.finish(0)
        write("base/build/file.txt", "version 0")(root, {})
        again = start(f"again-{number}")
        assert again.restore()
    assert len(list(tmp_path.joinpath("kept").iterdir())) == KEPT


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({FOLDER_VARIABLE: ""}, id="nothing is to be kept"),
        pytest.param({"CONTEXT_OVERFLOW_LOCATION_ENV": "/tmp/context.json"}, id="a context in a file"),
        pytest.param({"CATALOG_FILE": "/nowhere/catalog.yaml"}, id="no catalog file"),
        pytest.param({"CDK_CONTEXT_JSON": "{"}, id="a context that nobody can read"),
        pytest.param({"CDK_OUTDIR": None}, id="no folder to write to"),
    ],
)
def test_then_nothing_is_kept(
    changes: Mapping[str, str | None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {FOLDER_VARIABLE: str(tmp_path / "kept"), "CDK_OUTDIR": str(tmp_path / "out"), **changes}
    for name, value in given.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert Assembly.of_process() is None
    assert not list(tmp_path.iterdir())
