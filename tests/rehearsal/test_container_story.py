"""The story of a container of one's own, played once for all tests of this module."""

import pytest

from base.places import REPOSITORY
from rehearsal.acts.container import ACTS
from rehearsal.denials.images import ROWS
from tests.rehearsal.played import Rehearsal, played

pytestmark = pytest.mark.rehearsal


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    """The story as `make rehearse STORY=container` plays it."""
    folder = tmp_path_factory.mktemp("container")
    return played(folder, "--story", "container", "--report-folder", str(folder))


def test_everything_comes_out_as_it_must(rehearsal: Rehearsal) -> None:
    failed = [
        entry for table in ("acts", "denied") for entry in rehearsal.report[table] if entry["status"] != "ok"
    ]
    assert not failed, rehearsal.output
    assert rehearsal.report["status"] == "ok"
    assert rehearsal.exit_code == 0
    assert [act["name"] for act in rehearsal.report["acts"]] == [act.name for act in ACTS]
    assert [row["action"] for row in rehearsal.report["denied"]] == [row.action for row in ROWS]


def test_every_act_names_its_commands(rehearsal: Rehearsal) -> None:
    lines = [command["line"] for act in rehearsal.report["acts"] for command in act["commands"]]
    assert [act["name"] for act in rehearsal.report["acts"] if not act["commands"]] == []
    assert [line for line in lines if str(REPOSITORY) in line] == []


def test_a_model_was_trained_well_in_the_image(rehearsal: Rehearsal) -> None:
    [model] = rehearsal.report["models"]
    assert model["metrics"]["accuracy"] > 0.9


def test_the_page_tells_of_this_story(rehearsal: Rehearsal) -> None:
    for expected in (
        "A model in a container of its own, rehearsed",
        "mlplatform-images/",
        "mlplatform-models/",
    ):
        assert expected in rehearsal.page


def test_the_images_stay_where_they_are(rehearsal: Rehearsal) -> None:
    kept = [line for line in rehearsal.report["left"] if "image repository mlplatform-" in line]
    assert [line.partition(": image repository ")[0] for line in kept] == ["development", "shared services"]
