"""Write down who may do what with a model, as the policies of the platform say."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from base.places import REPOSITORY
from base.settings import CATALOG, load
from scripts.console.change import OperatorError
from scripts.console.command import CatalogFile, Pretend, report, sentences
from scripts.console.page_file import save

PAGE = REPOSITORY / "docs" / "access_matrix.md"

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
        from access.access_matrix import compute  # noqa: PLC0415
        from access.access_page import page  # noqa: PLC0415
        from access.platform import synthesize  # noqa: PLC0415

        report(save(page(compute(settings, synthesize(settings), document)), output, pretend=pretend))


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
