"""`python -m rehearsal.report [FOLDER]`: draw the page of the last rehearsal again."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from base.places import REPOSITORY
from rehearsal.report import STORY, read, write

FOLDER = REPOSITORY / "build" / "rehearsal"


def main(folder: Annotated[Path, typer.Argument(help="The report folder.")] = FOLDER) -> None:
    """Draw the page again from what the rehearsal reported."""
    if not (folder / STORY).is_file():
        print(f"There is no {folder / STORY}; `make rehearse` writes it.", file=sys.stderr)  # noqa: T201
        raise typer.Exit(2)
    write(read(folder), folder)


if __name__ == "__main__":
    typer.run(main)
