"""The story of a container of one's own, played once for all tests of this module."""

import pytest

from rehearsal.acts.container import ACTS
from rehearsal.denials.images import ROWS
from tests.rehearsal.played import Rehearsal, check, check_commands, played

pytestmark = pytest.mark.rehearsal


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    """The story as `make rehearse STORY=container` plays it."""
    folder = tmp_path_factory.mktemp("container")
    return played(folder, "--story", "container", "--report-folder", str(folder))


def test_everything_comes_out_as_it_must(rehearsal: Rehearsal) -> None:
    check(rehearsal, ACTS, ROWS)


def test_every_act_names_its_commands(rehearsal: Rehearsal) -> None:
    check_commands(rehearsal)


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
