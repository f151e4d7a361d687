"""The story of the data lake, played once for all tests of this module."""

import pytest

from rehearsal.acts.lake import ACTS
from rehearsal.denials.lake import ROWS
from tests.rehearsal.played import Rehearsal, check, check_commands, played

pytestmark = pytest.mark.rehearsal


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    """The story as `make rehearse STORY=lake` plays it."""
    folder = tmp_path_factory.mktemp("lake")
    return played(folder, "--story", "lake", "--report-folder", str(folder))


def test_everything_comes_out_as_it_must(rehearsal: Rehearsal) -> None:
    check(rehearsal, ACTS, ROWS)


def test_every_act_names_its_commands(rehearsal: Rehearsal) -> None:
    check_commands(rehearsal)


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
