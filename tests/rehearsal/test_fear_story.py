"""The story on AWS as it is feared to be, as far as production: every act that touches an assumption."""

from pathlib import Path

import pytest
from rich.console import Console

from emulator.machine import environments
from rehearsal import fear
from rehearsal.accounts import Accounts
from rehearsal.acts import ACTS, approve_for_production, change
from rehearsal.data import default
from rehearsal.display import Display
from rehearsal.processes import Emulator
from rehearsal.runner import play
from rehearsal.story import Story

pytestmark = pytest.mark.rehearsal

# A second training meets no assumption that the first has not met.
AS_FAR_AS = tuple(act for act in ACTS[: ACTS.index(approve_for_production.ACT) + 1] if act is not change.ACT)


def test_the_story_reaches_production_where_no_assumption_holds(tmp_path: Path) -> None:
    environments.prepare_all(tell=lambda _: None)
    with Emulator(tmp_path, fears=fear.PLAYED) as emulator, Display(Console(quiet=True)) as display:
        accounts = Accounts(emulator.endpoint, fear.write_catalog(tmp_path / "catalog.yaml"))
        story = Story(accounts=accounts, data=default(), folder=tmp_path, tell=display.tell)
        played = play(AS_FAR_AS, story, display)
    assert [(act.name, act.detail) for act in played.acts if act.status != "ok"] == []
    assert story.serving == 1
