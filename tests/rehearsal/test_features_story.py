"""The story of a feature group, played once for all tests of this module."""

import pytest

from rehearsal.acts.features import ACTS
from rehearsal.denials.features import ROWS
from tests.rehearsal.played import Rehearsal, check, check_commands, played

pytestmark = pytest.mark.rehearsal


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    """The story as `make rehearse STORY=features` plays it."""
    folder = tmp_path_factory.mktemp("features")
    return played(folder, "--story", "features", "--report-folder", str(folder))


def test_everything_comes_out_as_it_must(rehearsal: Rehearsal) -> None:
    check(rehearsal, ACTS, ROWS)


def test_every_act_names_its_commands(rehearsal: Rehearsal) -> None:
    check_commands(rehearsal)


def test_a_model_was_trained_well_on_what_was_known_then(rehearsal: Rehearsal) -> None:
    [model] = rehearsal.report["models"]
    assert model["metrics"]["accuracy"] > 0.9
    assert "Join" in rehearsal.page


def test_the_tables_and_the_key_stay_in_the_data_account(rehearsal: Rehearsal) -> None:
    assert [line for line in rehearsal.report["left"] if line.startswith("data: ")] == [
        "data: bucket mlplatform-lake-666666666666-eu-west-1",
        "data: key The tables of the data lake",
        "data: role AWSServiceRoleForCloudFormationStackSetsOrgMember",
    ]
