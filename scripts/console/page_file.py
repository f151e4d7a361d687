"""Pages that commands write: whole or not at all."""

from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from scripts.console.change import Change, OperatorError, Outcome

TEMPLATES = Path(__file__).with_name("templates")


def environment() -> Environment:
    """For the templates of pages: every text is escaped, and a value that is missing is an error."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


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
