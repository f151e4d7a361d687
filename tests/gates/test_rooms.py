"""The order of the rooms: who may import whom, and that nothing goes in circles."""

import ast
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from base.places import REPOSITORY

ROOMS: Mapping[str, tuple[str, str]] = {
    "base": ("", "What everything stands on imports nothing of the bundle."),
    "assumptions": ("", "A table of what only an account can tell; commands and the rehearsal read it."),
    "pipelines": ("base", "Parts of products."),
    "products": ("base pipelines", "Products are made of parts."),
    "registry": ("base", "The registry knows no product: it takes versions of any model."),
    "portfolios": ("base pipelines products", "Portfolios offer products, under roles derived from them."),
    "app": ("base pipelines portfolios products registry", "The application puts everything together."),
    "access": (
        "app base pipelines portfolios products registry",
        "Who may do what is computed from all templates.",
    ),
    "scripts": (
        "access app assumptions base pipelines portfolios products registry",
        "The command line may call everything that goes to AWS.",
    ),
    "emulator": (
        "base",
        "The emulator knows AWS and the organisation, not the bundle.",
    ),
    "rehearsal": (
        "assumptions base emulator",
        "The story calls from outside: the CDK command line, the AWS API, the operator's commands.",
    ),
}
"""By room: which others it may import, and why just these."""

RUNTIME = ("registry/functions/", "pipelines/functions/")
"""What runs in AWS Lambda imports nothing of the bundle, not even of its own room."""

SEEDS = "seed_code/"

EXCEPTIONS: Mapping[str, tuple[str, str]] = {
    "rehearsal/promotion_bench.py": (
        "registry",
        "Measures the registry's functions in its own process, not by a call from outside.",
    ),
    **dict.fromkeys(
        ("rehearsal/acts/look_back.py", "rehearsal/record.py", "rehearsal/story.py"),
        ("scripts.lineage.node", "Reads what `catalog lineage --json` prints, by the model that prints it."),
    ),
    "rehearsal/report/page.py": (
        "scripts.console.page_file scripts.lineage",
        "Draws the lineage in the report as `catalog lineage --output` draws it.",
    ),
}
"""By file: modules that it may import besides, and why."""

Imports = Mapping[str, set[str]]
"""By file, the modules that it imports, anywhere in it and for whatever purpose."""


def files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    )
    return [file for file in listed.stdout.splitlines() if (REPOSITORY / file).exists()]


def imports(file: str, source: str) -> set[str]:
    """What a file imports; what it imports relatively, by its full name."""
    package = list(Path(file).parent.parts)
    found = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                found |= {name.name for name in names}
            case ast.ImportFrom(module=module, names=names, level=0):
                found |= {str(module), *(f"{module}.{name.name}" for name in names)}
            case ast.ImportFrom(module=module, names=names, level=level):
                above = package[: len(package) - level + 1]
                base = ".".join([*above, *([module] if module else [])])
                found |= {base, *(f"{base}.{name.name}" for name in names)}
            case _:
                pass
    return found


def room(name: str) -> str:
    return name.replace("/", ".").removesuffix(".py").split(".")[0]


def _within(module: str, package: str) -> bool:
    return f"{module}.".startswith(f"{package}.")


def upward(found: Imports) -> list[str]:
    """Each import that the table of rooms does not allow."""
    wrong = []
    for file, modules in sorted(found.items()):
        if file.startswith((SEEDS, "tests/")):
            continue
        own = room(file)
        # A function's own package is at the root of its archive.
        is_runtime = file.startswith(RUNTIME)
        may = set() if is_runtime else {own, *ROOMS[own][0].split()}
        excepted = tuple(EXCEPTIONS[file][0].split()) if file in EXCEPTIONS else ()
        used = {
            room(module)
            for module in modules
            if not (is_runtime and module.startswith(f"{own}.functions"))
            and not any(_within(module, each) or _within(each, module) for each in excepted)
        } & set(ROOMS)
        wrong += [f"{file} imports {other}" for other in sorted(used - may)]
    return wrong


def circles(found: Imports) -> list[str]:
    """Modules that import each other, in whatever number of steps."""
    modules = {file.removesuffix(".py").removesuffix("/__init__").replace("/", "."): file for file in found}
    graph = {
        name: {each for each in found[file] if each in modules} - {name} for name, file in modules.items()
    }
    done: set[str] = set()
    wrong = []

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            wrong.append(" > ".join([*path[path.index(name) :], name]))
        elif name not in done:
            for other in sorted((graph[name] & set(graph)) - {name}):
                visit(other, (*path, name))
            done.add(name)

    for name in sorted(graph):
        visit(name, ())
    return wrong


@pytest.fixture(scope="module")
def all_imports() -> Imports:
    return {file: imports(file, (REPOSITORY / file).read_text("utf-8")) for file in files()}


def test_every_room_is_in_the_table(all_imports: Imports) -> None:
    assert {room(file) for file in all_imports} - {"seed_code", "tests"} == set(ROOMS)


def test_the_table_itself_has_an_order() -> None:
    """Each room stands below those that it may import, but for the emulator and what is beside it."""
    above = {name: set(others.split()) for name, (others, _) in ROOMS.items()}
    for name, others in above.items():
        assert name not in others
        assert all(name not in above[other] for other in others)


def test_no_import_goes_up(all_imports: Imports) -> None:
    assert upward(all_imports) == []


def test_no_circle(all_imports: Imports) -> None:
    assert circles({file: found for file, found in all_imports.items() if not file.startswith(SEEDS)}) == []


def test_seeds_import_nothing_of_the_bundle(all_imports: Imports) -> None:
    """A seed has packages of its own, some of which are called as ours are: `pipelines`, for one."""
    ours = {
        name.replace("/", ".") for name in ("registry", "portfolios", "products", "base", "access", "scripts")
    }
    assert [
        f"{file} imports {module}"
        for file, found in all_imports.items()
        if file.startswith(SEEDS)
        for module in sorted(found)
        if room(module) in ours
    ] == []


@pytest.mark.parametrize(
    ("file", "source", "says"),
    [
        ("base/names.py", "from registry.stack import RegistryStack", "base/names.py imports registry"),
        ("pipelines/x.py", "def f():\n    from products import form", "pipelines/x.py imports products"),
        (
            "registry/x.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import portfolios.stack",
            "registry/x.py imports portfolios",
        ),
        ("emulator/x.py", "import rehearsal.story", "emulator/x.py imports rehearsal"),
        ("registry/functions/model_registry/x.py", "from base.names import Names", "imports base"),
        ("pipelines/functions/custom_resources/x.py", "import pipelines.assets", "imports pipelines"),
    ],
)
def test_an_import_that_goes_up_is_seen(file: str, source: str, says: str) -> None:
    [found] = upward({file: imports(file, source)})
    assert found.endswith(says)


def test_a_circle_is_seen() -> None:
    found = {
        "rehearsal/a.py": imports("rehearsal/a.py", "from rehearsal import b"),
        "rehearsal/b.py": imports("rehearsal/b.py", "def f():\n    from rehearsal.c import g"),
        "rehearsal/c.py": imports("rehearsal/c.py", "import rehearsal.a"),
    }
    assert circles(found) == ["rehearsal.a > rehearsal.b > rehearsal.c > rehearsal.a"]
