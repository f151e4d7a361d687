"""A rehearsal, played by its command."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from base.places import REPOSITORY


@dataclass(frozen=True)
class Rehearsal:
    """A rehearsal that was played to its end."""

    exit_code: int
    output: str
    report: dict[str, Any]
    page: str


def played(folder: Path, *options: str) -> Rehearsal:
    """Play a rehearsal.

    Args:
        folder: Where it reports.
        options: Options of the command.
    """
    command = [sys.executable, "-m", "rehearsal", *options]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    return Rehearsal(
        exit_code=done.returncode,
        output=done.stdout + done.stderr,
        report=json.loads((folder / "report.json").read_text(encoding="utf-8")),
        page=(folder / "index.html").read_text(encoding="utf-8").replace("<wbr>", ""),
    )
