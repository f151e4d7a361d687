"""The operator's command line, run as a person runs it."""

import shlex
import sys
from collections.abc import Sequence

from emulator.machine.isolation import clean_environment
from rehearsal.people import Person
from rehearsal.processes import ProcessError, run
from rehearsal.story import ActError, Story

_BOXES = frozenset(map(chr, range(0x2500, 0x2580)))
"""The characters of which tables are drawn (https://www.unicode.org/charts/PDF/U2500.pdf)."""

REFUSED = 2
"""The exit code with which `catalog` says in a sentence what has to be corrected."""


def catalog(story: Story, person: Person, *arguments: str) -> list[str]:
    """Run `scripts/catalog` as a person, and return the lines it prints.

    Raises:
        ProcessError: It failed.
    """
    credentials = story.accounts.credentials(person)
    # Pages go beside the report; where that lies on this machine matters to nobody who reads it.
    typed = [argument.removeprefix(f"{story.folder}/") for argument in arguments]
    story.accounts.journal.note(shlex.join(["scripts/catalog", *typed]), person.title)
    return run(
        [sys.executable, "-m", "scripts.catalog", *arguments],
        environment=clean_environment(
            story.folder / "home", {"COLUMNS": "160", **story.accounts.command_environment(credentials)}
        ),
    )


def refused(story: Story, person: Person, *arguments: str) -> str:
    """Run `scripts/catalog` as a person where it has to refuse, and return its sentence.

    Raises:
        ActError: It did not refuse.
    """
    try:
        lines = catalog(story, person, *arguments)
    except ProcessError as error:
        if error.exit_code != REFUSED:
            raise
        return sentence(error.lines)
    raise ActError(f"catalog {' '.join(arguments[:2])} was not refused: {' '.join(lines)}")


def sentence(lines: Sequence[str]) -> str:
    """Return what a command says below the last table that it printed; all of it if there is no table."""
    tables = [number for number, line in enumerate(lines) if _BOXES.intersection(line)]
    below = lines[tables[-1] + 1 :] if tables else lines
    return " ".join(line.strip() for line in below or lines)
