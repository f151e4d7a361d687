"""The operator's command line, run as a person runs it."""

import sys

from emulator.machine.isolation import clean_environment
from rehearsal.people import Person
from rehearsal.processes import ProcessError, run
from rehearsal.story import ActError, Story

REFUSED = 2
"""The exit code with which `catalog` says in a sentence what has to be mended."""


def catalog(story: Story, person: Person, *arguments: str) -> list[str]:
    """Run `scripts/catalog` as a person, and return the lines it prints.

    Raises:
        ProcessError: It failed.
    """
    credentials = story.stage.credentials(person)
    return run(
        [sys.executable, "-m", "scripts.catalog", *arguments],
        environment=clean_environment(
            story.folder / "home", {"COLUMNS": "160", **story.stage.command_environment(credentials)}
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
        return " ".join(error.lines)
    raise ActError(f"catalog {' '.join(arguments[:2])} was not refused: {' '.join(lines)}")
