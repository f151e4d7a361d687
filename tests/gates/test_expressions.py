"""Digits and letters of a regular expression are those of ASCII: AWS takes no others in ids, names and ARNs.

In Python, `\\d` and `\\w` match the digits and letters of every script, so that an account id in full-width
digits would pass.
"""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHORTHAND = re.compile(r"(?<!\\)(?:\\\\)*\\[dw]")
FUNCTIONS = {"compile", "findall", "finditer", "fullmatch", "match", "search", "split", "sub", "subn"}


def sources() -> list[str]:
    """The Python files of the bundle, but for tests; the seeds read people's data, in any script."""
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [name for name in listed.stdout.split() if not {"tests", "seed_code"} & {*Path(name).parts}]


def expressions(source: str) -> Iterator[tuple[int, bool]]:
    """The line of each expression with such a shorthand, and whether it is limited to ASCII."""
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if not (isinstance(node.func.value, ast.Name) and node.func.value.id == "re"):
            continue
        pattern = node.args[0] if node.func.attr in FUNCTIONS and node.args else None
        texts = (
            [part.value for part in ast.walk(pattern) if isinstance(part, ast.Constant)] if pattern else []
        )
        written = "".join(text.decode() if isinstance(text, bytes) else str(text) for text in texts)
        if SHORTHAND.search(written):
            # An expression over bytes knows ASCII alone.
            limited = any(isinstance(text, bytes) for text in texts) or "re.ASCII" in ast.unparse(node)
            yield node.lineno, limited


def test_digits_and_letters_are_those_of_ascii() -> None:
    texts = {name: (ROOT / name).read_text(encoding="utf-8") for name in sources()}
    found = [
        (f"{name}:{line}", limited)
        for name, text in texts.items()
        if r"\d" in text or r"\w" in text
        for line, limited in expressions(text)
    ]
    assert len(found) > 10
    assert [place for place, limited in found if not limited] == []


@pytest.mark.parametrize(
    ("source", "limited"),
    [
        (r're.compile(r"\d{12}")', [False]),
        (r're.fullmatch(rf"{x}\w", y)', [False]),
        (r're.compile(r"\d{12}", re.ASCII)', [True]),
        (r're.compile(rb"\w")', [True]),
        (r're.compile(r"\\d")', []),
        (r're.compile("[0-9]")', []),
    ],
)
def test_an_expression_is_seen(source: str, limited: list[bool]) -> None:
    assert [each for _, each in expressions(source)] == limited
