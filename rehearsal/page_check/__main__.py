"""`python -m rehearsal.page_check [PAGE] [--pictures FOLDER]`."""

import sys
from pathlib import Path
from typing import Annotated, Never

import typer

from base.places import REPOSITORY
from rehearsal.page_check.browser import BrowserError, browser, find_browser
from rehearsal.page_check.look import SCHEMES, WIDTHS, problems

PAGE = REPOSITORY / "build" / "rehearsal" / "index.html"


def main(
    page: Annotated[Path, typer.Argument(help="The report.")] = PAGE,
    pictures: Annotated[Path | None, typer.Option(help="Folder for a picture of each width.")] = None,
) -> None:
    """Look at the report and its neighbours: nothing cut off or broken, and every link leads somewhere."""
    if not page.is_file():
        _end(f"There is no report {page}; `make rehearse` writes it.", 2)
    if pictures is not None:
        pictures.mkdir(parents=True, exist_ok=True)
    try:
        executable = find_browser()
    except BrowserError as error:
        _end(str(error), 2)
    try:
        with browser(executable) as chromium:
            found = problems(chromium, page, pictures)
    except BrowserError as error:
        _end(str(error), 1)
    if found:
        _end("\n".join(found), 1)
    widths = ", ".join(map(str, WIDTHS))
    print(  # noqa: T201
        f"{page} and the pages that it links are well at {widths} px, {' and '.join(SCHEMES)}, and on paper; "
        "they ask nothing of anyone."
    )


def _end(sentence: str, code: int) -> Never:
    print(sentence, file=sys.stderr)  # noqa: T201
    raise typer.Exit(code)


if __name__ == "__main__":
    typer.run(main)
