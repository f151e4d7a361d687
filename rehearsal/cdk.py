"""Synthesize the bundle for the CDK command line, and read what it prints."""

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from base.places import REPOSITORY
from base.settings import CATALOG_VARIABLE
from emulator.machine.isolation import clean_environment
from rehearsal.processes import run
from rehearsal.story import Story

_DEPLOYED = re.compile(r"^\s*✅\s+(?P<stack>\S+)")


def synthesize(story: Story) -> Path:
    """Synthesize the bundle's app, offline, and return the cloud assembly."""
    assembly = story.folder / "assembly"
    environment = clean_environment(
        story.folder / "home", {"CDK_OUTDIR": str(assembly), CATALOG_VARIABLE: str(story.accounts.catalog)}
    )
    run([sys.executable, str(REPOSITORY / "app.py")], environment=environment)
    return assembly


def deployed(lines: Iterable[str]) -> Iterator[str]:
    """Find in the lines of `cdk deploy` the stacks that are deployed now, those without changes as well."""
    for line in lines:
        if found := _DEPLOYED.search(line):
            yield found["stack"]
