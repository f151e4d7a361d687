"""The story on AWS as it is feared to be: no assumption holds, and the catalog chooses the fallbacks.

What AWS is like then is said in `emulator.core.switches.FEARS`, what the bundle does in `assumptions`; a
test holds them against each other.
"""

from pathlib import Path

import yaml

from assumptions import ASSUMPTIONS
from base.settings import CATALOG
from emulator.core.switches import FEARS

NOT_PLAYED = {
    "codecommit-closed": "The emulator's other repositories have no seed: pushing one through a connection "
    "takes AWS.",
    "instance-quota": "The teams' own repositories choose other instances, and the emulator has them all.",
    "lake-location-trust": "The story has no data account.",
    "lake-settings-context": "The story has no data account.",
    "last-modified-by": "The emulator has no CloudTrail, which says who approved in place of the version.",
}
"""Fears of which the story does not tell, and why."""

PLAYED = tuple(key for key in FEARS if key not in NOT_PLAYED)


def write_catalog(path: Path) -> Path:
    """Write the repository's catalog file, with the fallback of every setting that the story plays.

    Args:
        path: The file.

    Returns:
        The same.
    """
    section, settings = "assumptions", {}
    for row in ASSUMPTIONS:
        if row.setting is not None and row.key in PLAYED:
            place, _, name = row.setting.path.partition(".")
            if place != section:
                raise ValueError(f"{row.key} is chosen by {row.setting.path}, outside of '{section}'.")
            settings[name] = row.setting.fallback
    text = CATALOG.read_text(encoding="utf-8")
    path.write_text(f"{text}\n{yaml.safe_dump({section: settings})}", encoding="utf-8")
    return path
