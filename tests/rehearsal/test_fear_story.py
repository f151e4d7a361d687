"""The story on AWS as it is feared to be, as far as production: every act that touches an assumption."""

from pathlib import Path

import pytest
from rich.console import Console

from emulator.machine import environments
from rehearsal import fear
from rehearsal.accounts import Accounts
from rehearsal.acts import ACTS, approve_for_production
from rehearsal.data import default
from rehearsal.display import Display
from rehearsal.processes import Emulator
from rehearsal.runner import play
from rehearsal.story import Story

pytestmark = pytest.mark.rehearsal

AS_FAR_AS = ACTS.index(approve_for_production.ACT) + 1


def test_the_story_reaches_production_where_no_assumption_holds(tmp_path: Path) -> None:
    environments.prepare_all(tell=lambda _: None)
    with Emulator(tmp_path, fears=fear.PLAYED) as emulator, Display(Console(quiet=True)) as display:
        accounts = Accounts(emulator.endpoint, fear.write_catalog(tmp_path / "catalog.yaml"))
        story = Story(accounts=accounts, data=default(), folder=tmp_path, tell=display.tell)
        played = play(ACTS[:AS_FAR_AS], story, display)
    assert [(act.name, act.detail) for act in played.acts if act.status != "ok"] == []
    assert story.serving == 1
