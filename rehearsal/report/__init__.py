"""The report of a rehearsal: `report.json` for programs and `index.html` for people."""

from pathlib import Path

from rehearsal.record import Page
from rehearsal.report.page import render

__all__ = ["write"]


def write(page: Page, folder: Path) -> None:
    """Write both files, each whole or not at all.

    Args:
        page: What there is to report.
        folder: Where the files go; created if missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / "report.json", page.report.model_dump_json(indent=2) + "\n")
    _replace(folder / "index.html", render(page))


def _replace(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
