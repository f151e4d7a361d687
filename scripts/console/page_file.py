"""Pages that commands write: whole or not at all."""

import re
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from scripts.console.change import Change, OperatorError, Outcome

TEMPLATES = Path(__file__).with_name("templates")

_SEAM = re.compile(
    r"(?<=[A-Za-z/:][/:=?&_.,@+-])(?=\w)|(?<=\d[/:=?&_.,@+-])(?=[A-Za-z_])|(?<=[a-z0-9])(?=[A-Z][a-z])",
    re.ASCII,
)
"""Where an identifier has parts: after its punctuation, and before a capital within it; not in numbers."""

_DIGEST, _PIECE = re.compile(r"([0-9A-Za-z]{21,})"), 8
"""A run of letters and digits that is longer than words are, and how many of them a person reads at once."""


def environment() -> Environment:
    """For the templates of pages: every text is escaped, and a value that is missing is an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["seams"] = seams
    return made


def seams(text: object) -> Markup:
    """Let a narrow column break identifiers between their parts, and no word in its middle.

    Args:
        text: An identifier, or a sentence that names some.

    Returns:
        The same, escaped; nothing is added to what a person copies.
    """
    return Markup(" ").join(
        Markup("<wbr>").join(escape(piece) for part in _SEAM.split(word) for piece in _pieces(part))
        for word in str(text).split(" ")
    )


def _pieces(part: str) -> Iterator[str]:
    for position, run in enumerate(_DIGEST.split(part)):
        if position % 2:
            yield from (run[start : start + _PIECE] for start in range(0, len(run), _PIECE))
        elif run:
            yield run


def save(page: str, path: Path, *, pretend: bool = False) -> Iterator[Change]:
    """Write a page into a file.

    Args:
        page: The page.
        path: The file.
        pretend: Only tell what would be done.

    Yields:
        What became of the file.

    Raises:
        OperatorError: If the file cannot be written.
    """
    try:
        outcome = _outcome(page, path)
        if not pretend and outcome is not Outcome.IDENTICAL:
            part = path.with_name(f"{path.name}.part")
            part.write_text(page, encoding="utf-8")
            part.replace(path)
    except OSError as error:
        raise OperatorError(f"{path} cannot be written ({error.strerror}): name another place.") from error
    yield Change(outcome, str(path))


def _outcome(page: str, path: Path) -> Outcome:
    if not path.exists():
        return Outcome.CREATE
    return Outcome.IDENTICAL if path.read_bytes() == page.encode() else Outcome.UPDATE
