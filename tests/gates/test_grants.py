"""What two roles may do alike is a named grant, and is listed once."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Mapping

import pytest

from base.grants import images, models, objects, runs
from base.places import REPOSITORY

ROOMS = ("base", "pipelines", "portfolios", "products", "registry")
NAMED = {
    name: actions
    for module in (images, models, objects, runs)
    for name, actions in vars(module).items()
    if name.isupper() and isinstance(actions, tuple)
}


def listed(source: str) -> Iterable[tuple[str, ...]]:
    """The lists of two and more actions that a module gives to permissions and statements."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or ast.unparse(node.func) not in ("Permission", "Statement"):
            continue
        for keyword in node.keywords:
            if keyword.arg == "actions" and isinstance(keyword.value, ast.Tuple):
                actions = tuple(
                    str(item.value) for item in keyword.value.elts if isinstance(item, ast.Constant)
                )
                if len(actions) > 1:
                    yield actions


def repeated(sources: Mapping[str, str]) -> list[str]:
    """Lists that stand in two places, and longer ones that hold a named grant of three actions and more."""
    places = defaultdict(list)
    wrong = []
    for file, source in sorted(sources.items()):
        for actions in listed(source):
            places[frozenset(actions)].append(file)
            runs_of = {
                actions[start:end]
                for start in range(len(actions))
                for end in range(start + 3, len(actions) + 1)
            }
            wrong += [f"{file} lists {name}" for name, named in sorted(NAMED.items()) if named in runs_of]
    return wrong + [
        f"{' and '.join(files)} list {', '.join(sorted(actions))}"
        for actions, files in places.items()
        if len(files) > 1
    ]


def test_no_list_of_actions_stands_twice() -> None:
    sources = {
        str(path.relative_to(REPOSITORY)): path.read_text("utf-8")
        for room in ROOMS
        for path in (REPOSITORY / room).rglob("*.py")
    }
    assert repeated(sources) == []


@pytest.mark.parametrize(
    ("sources", "says"),
    [
        (
            {"a.py": 'Permission(actions=("s3:A", "s3:B"))', "b.py": 'Statement(actions=("s3:B", "s3:A"))'},
            "a.py and b.py list s3:A, s3:B",
        ),
        (
            {"a.py": f"Permission(actions={('ecr:A', *images.PULL_IMAGE)})"},
            "a.py lists PULL_IMAGE",
        ),
    ],
)
def test_a_list_that_stands_twice_is_seen(sources: Mapping[str, str], says: str) -> None:
    assert repeated(sources) == [says]
