"""Write down what is taken for granted of AWS, from the table in `assumptions/`."""

from pathlib import Path
from typing import Annotated

import typer

from assumptions import ASSUMPTIONS
from assumptions.page import page
from base.places import REPOSITORY
from scripts.console.command import Pretend, report, sentences
from scripts.console.page_file import save

PAGE = REPOSITORY / "docs" / "assumptions.md"


def command(
    output: Annotated[Path, typer.Option("--output", help="The page.")] = PAGE, pretend: Pretend = False
) -> None:
    """Write what is taken for granted of AWS to docs/assumptions.md."""
    with sentences():
        report(save(page(ASSUMPTIONS), output, pretend=pretend))
