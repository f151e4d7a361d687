"""A rehearsal, played by its command."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from base.places import REPOSITORY
from rehearsal.denied import Denial
from rehearsal.story import Act


@dataclass(frozen=True)
class Rehearsal:
    """A rehearsal that was played to its end."""

    exit_code: int
    output: str
    report: dict[str, Any]
    page: str


def check(rehearsal: Rehearsal, acts: Sequence[Act], denials: Sequence[Denial]) -> None:
    """Check that a rehearsal came out as it must, with all its acts and refusals in their order.

    Args:
        rehearsal: The rehearsal.
        acts: The acts of the story.
        denials: What is refused in it.
    """
    failed = [
        entry for table in ("acts", "denied") for entry in rehearsal.report[table] if entry["status"] != "ok"
    ]
    assert not failed, rehearsal.output
    assert rehearsal.report["status"] == "ok"
    assert rehearsal.exit_code == 0
    assert [act["name"] for act in rehearsal.report["acts"]] == [act.name for act in acts]
    assert [row["action"] for row in rehearsal.report["denied"]] == [denial.action for denial in denials]


def check_commands(rehearsal: Rehearsal) -> None:
    """Check that every act names its commands, and none of them a path of this machine."""
    lines = [command["line"] for act in rehearsal.report["acts"] for command in act["commands"]]
    assert [act["name"] for act in rehearsal.report["acts"] if not act["commands"]] == []
    assert [line for line in lines if str(REPOSITORY) in line] == []


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
