"""The story of the data lake, played once for all tests of this module."""

import pytest

from base.places import REPOSITORY
from rehearsal.acts.lake import ACTS
from rehearsal.denials.lake import ROWS
from tests.rehearsal.played import Rehearsal, played

pytestmark = pytest.mark.rehearsal


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    """The story as `make rehearse STORY=lake` plays it."""
    folder = tmp_path_factory.mktemp("lake")
    return played(folder, "--story", "lake", "--report-folder", str(folder))


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


def test_a_model_was_trained_well_on_what_the_query_returned(rehearsal: Rehearsal) -> None:
    [model] = rehearsal.report["models"]
    assert model["metrics"]["accuracy"] > 0.9
    assert "Query" in rehearsal.page


def test_the_page_tells_of_this_story(rehearsal: Rehearsal) -> None:
    for expected in (
        "A model from the data lake, rehearsed",
        "Six accounts",
        "666666666666",
        "Data engineer",
    ):
        assert expected in rehearsal.page


def test_the_tables_and_the_key_stay_in_the_data_account(rehearsal: Rehearsal) -> None:
    assert [line for line in rehearsal.report["left"] if line.startswith("data: ")] == [
        "data: bucket mlplatform-lake-666666666666-eu-west-1",
        "data: key The tables of the data lake",
        "data: role AWSServiceRoleForCloudFormationStackSetsOrgMember",
    ]
