"""Each seed is complete, locked, and stands on its own."""

import ast
import re
import sys
import tomllib

import pytest
import yaml

from base.places import REPOSITORY
from base.trees import LEFT_BEHIND
from tests.seed_code.seeds import Seed

LOCKS = ("requirements.lock", "requirements-uv.lock")
REQUIRED = {".gitignore", "README.md", "buildspec.yml", "pyproject.toml", *LOCKS}


def imports(source: str) -> set[str]:
    """The top-level names that a module imports, without those that it can do without."""
    found = set()
    tree = ast.parse(source)
    optional = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.Try)
        and any(getattr(handler.type, "id", "") == "ImportError" for handler in node.handlers)
        for statement in node.body
        for inner in ast.walk(statement)
    }
    for node in ast.walk(tree):
        if node in optional:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.partition(".")[0])
    return found


def own_modules(seed: Seed) -> set[str]:
    """What a seed can import of itself: its packages, and single modules of the folders on its path."""
    packages = {path.parts[0] for path in seed.modules if len(path.parts) > 1}
    return packages | {path.stem for path in seed.modules}


def test_a_seed_is_a_whole_repository(seed: Seed) -> None:
    assert {str(path) for path in seed.files} >= REQUIRED


def test_what_git_ignores_in_a_seed_stays_out_of_its_archive(seed: Seed) -> None:
    ignored = (seed.folder / ".gitignore").read_text(encoding="utf-8").split()
    assert {pattern.rstrip("/") for pattern in ignored} <= LEFT_BEHIND


def test_a_seed_imports_nothing_of_the_bundle(seed: Seed) -> None:
    bundle = {path.stem for path in REPOSITORY.iterdir() if path.suffix == ".py" or path.is_dir()}
    foreign = bundle - own_modules(seed)
    for path in seed.modules:
        assert not imports((seed.folder / path).read_text(encoding="utf-8")) & foreign, path


def test_a_seed_imports_what_its_lock_brings_or_its_own(seed: Seed) -> None:
    installed = {path.name.partition(".")[0] for path in seed.environment().glob("lib/*/site-packages/*")}
    known = set(sys.stdlib_module_names) | own_modules(seed) | installed
    for path in seed.modules:
        assert imports((seed.folder / path).read_text(encoding="utf-8")) <= known, path


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_every_package_by_hashes_and_names_no_host(seed: Seed, lock: str) -> None:
    text = (seed.folder / lock).read_text(encoding="utf-8")
    pins = re.findall(r"^[a-z0-9.-]+(?:\[[^\]]*\])?==\S+.*\\$", text, re.MULTILINE)
    others = [line for line in text.splitlines() if line not in pins]
    assert pins
    assert all(re.fullmatch(r" {4}--hash=sha256:[0-9a-f]{64}( \\)?", line) for line in others)


def test_a_lock_brings_what_the_project_asks_for(seed: Seed) -> None:
    project = tomllib.loads((seed.folder / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["test"]]
    lock = (seed.folder / "requirements.lock").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", lock, re.MULTILINE))
    for requirement in asked:
        # Some are asked for on one kind of machine only; the lock is for all kinds.
        name, *exact = requirement.partition(";")[0].split("==")
        name = re.split(r"[<>=~!]", name)[0]
        assert name in pinned
        assert not exact or pinned[name] == exact[0]


def test_buildspecs_name_the_python_of_the_build_image(seed: Seed) -> None:
    """The image's own default changes with its releases."""
    for path in seed.folder.glob("buildspec*.yml"):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert content["version"] == 0.2
        assert content["phases"]["install"]["runtime-versions"] == {"python": "3.12"}


def test_no_file_knows_where_it_comes_from(seed: Seed) -> None:
    """A seed knows roles and names by the variables of its builds, never by those of the example."""
    for path in seed.files:
        text = (seed.folder / path).read_text(encoding="utf-8")
        assert "rehearsal" not in text.lower(), path
        assert "ministack" not in text.lower(), path


def test_every_file_that_a_readme_names_is_there(seed: Seed) -> None:
    text = (seed.folder / "README.md").read_text(encoding="utf-8")
    named = re.findall(
        r"`((?:config|deploy|integration_tests|pipelines|src)/[\w./]+|\w+\.(?:toml|yml))`", text
    )
    assert named
    for name in named:
        assert (seed.folder / name).exists(), name
