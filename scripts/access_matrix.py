"""Write down who may do what with a model, as the policies of the platform say."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from scripts.change import Change, OperatorError, Outcome
from scripts.command import CatalogFile, Pretend, report, sentences
from settings import CATALOG, load

PAGE = Path(__file__).parents[1] / "docs" / "access_matrix.md"

Boundary = Annotated[
    Path | None, typer.Option("--boundary", help="The document of the permissions boundary, as JSON.")
]
Output = Annotated[Path, typer.Option("--output", help="The page.")]


def command(
    catalog: CatalogFile = CATALOG,
    boundary: Boundary = None,
    output: Output = PAGE,
    pretend: Pretend = False,
) -> None:
    """Compute who may do what with a model, and write it to docs/access_matrix.md."""
    with sentences():
        settings = load(catalog)
        document = None if boundary is None else read_policy(boundary)
        # Takes seconds, because it starts the CDK.
        from registry.policies.access_matrix import compute  # noqa: PLC0415
        from registry.policies.access_page import page  # noqa: PLC0415
        from registry.policies.platform import synthesize  # noqa: PLC0415

        report([write(page(compute(settings, synthesize(settings), document)), output, pretend=pretend)])


def read_policy(path: Path) -> dict[str, Any]:
    """Read a policy document.

    Args:
        path: A JSON file.

    Raises:
        OperatorError: If it cannot be read, or is no policy.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OperatorError(
            f"{path} cannot be read as JSON ({error}): save the policy's document in it."
        ) from None
    if not isinstance(document, dict) or "Statement" not in document:
        raise OperatorError(f"{path} holds no Statement: save the policy's document in it.")
    return document


def write(text: str, path: Path, *, pretend: bool) -> Change:
    """Write a page, unless it is there already.

    Args:
        text: The page.
        path: Where it lies.
        pretend: Only tell what would be done.

    Raises:
        OperatorError: If it cannot be written.
    """
    try:
        there = path.read_text(encoding="utf-8") if path.exists() else None
        if there == text:
            return Change(Outcome.IDENTICAL, str(path))
        if not pretend:
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OperatorError(f"{path} cannot be written ({error.strerror}): name another --output.") from None
    return Change(Outcome.CREATE if there is None else Outcome.UPDATE, str(path))
