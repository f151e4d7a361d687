"""The report of a rehearsal: `index.html` for people, `report.json` for programs."""

from pathlib import Path

from rehearsal.record import Page
from rehearsal.report.page import render

__all__ = ["STORY", "read", "write"]

STORY = "story.json"
"""All that the page shows, so that it can be drawn again: `python -m rehearsal.report`."""


def write(page: Page, folder: Path) -> None:
    """Write the files, each whole or not at all.

    Args:
        page: What there is to report.
        folder: Where the files go; created if missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / "report.json", page.report.model_dump_json(indent=2) + "\n")
    _replace(folder / STORY, page.model_dump_json(indent=2) + "\n")
    _replace(folder / "index.html", render(page))


def read(folder: Path) -> Page:
    """Return what an earlier rehearsal reported.

    Args:
        folder: Its report folder.
    """
    return Page.model_validate_json((folder / STORY).read_text(encoding="utf-8"))


def _replace(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
