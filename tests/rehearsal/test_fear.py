"""AWS as it is feared to be: the emulator's switches and the bundle's table are two opinions of one thing."""

from pathlib import Path

import pytest

from assumptions import ASSUMPTIONS
from base.settings import load
from emulator.core import switches
from rehearsal import fear
from tests.assumptions.fallbacks import FALLBACKS

# What the emulator always does, or what no program can show.
WITHOUT_A_SWITCH = {
    "card-resource-policy": "nothing depends on it",
    "csv-empty-numbers": "the emulator's Athena always refuses them",
    "domain-version": "the emulator has domains of V1 alone",
    "feature-deletion": "the emulator takes no deletion without an online store",
    "feature-table-creator": "the emulator asks the caller",
    "feature-table-writer": "the emulator asks for two of the documented permissions",
    "image-format": "the emulator's docker writes the format that is asked for",
    "image-pyarrow": "the emulator runs steps in the environment of the tests",
    "image-scan": "the emulator scans at the push",
    "link-name": "the emulator calls the link as the table",
    "list-tags": "the emulator never lists the tags of another account's group",
    "listing-forms": "the function's own tests give it other forms",
    "shared-domain-actions": "the emulator refuses a guest what governs the domain, and nothing else",
    "subscription-terms": "the emulator accepts requests at once where the terms say so",
    "tensorflow-images": "the emulator has every image that the repository names",
    "tensorflow-packages": "the emulator's environment has what the documented images have",
    "tensorflow-serving": "the emulator really serves with the older release",
}


def test_every_assumption_has_a_switch() -> None:
    assert {row.key for row in ASSUMPTIONS} == switches.FEARS.keys() | WITHOUT_A_SWITCH.keys()


def test_the_story_plays_all_but_what_is_named() -> None:
    assert set(fear.PLAYED) == switches.FEARS.keys() - {
        "codecommit-closed",
        "instance-quota",
        "lake-location-trust",
        "lake-settings-context",
        "last-modified-by",
    }


def test_the_catalog_of_the_story_chooses_every_fallback(tmp_path: Path) -> None:
    settings = load(fear.write_catalog(tmp_path / "catalog.yaml"))
    hoped = {"approver": "version", "lake_location_trust": "source_account"}
    assert settings.assumptions == FALLBACKS.model_copy(update=hoped)
    assert settings.model_copy(update={"assumptions": load().assumptions}) == load()


def test_an_unknown_fear_is_refused() -> None:
    with pytest.raises(switches.FearError, match="There is no fear dragons"):
        switches.fear(["dragons"])
    with pytest.raises(switches.FearError, match="There is no fear dragons"):
        switches.feared("dragons")
