"""The story of the neural network, played once for all tests of this module."""

import pytest

from rehearsal.acts.neural_network import ACTS
from rehearsal.denials.neural_network import ROWS
from tests.rehearsal.played import Rehearsal, check, played

pytestmark = pytest.mark.rehearsal


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    """The story as `make rehearse STORY=neural-network` plays it."""
    folder = tmp_path_factory.mktemp("neural")
    return played(folder, "--story", "neural-network", "--report-folder", str(folder))


def test_everything_comes_out_as_it_must(rehearsal: Rehearsal) -> None:
    check(rehearsal, ACTS, ROWS)


def test_a_network_was_trained_well_and_measured_by_its_squared_error(rehearsal: Rehearsal) -> None:
    [model] = rehearsal.report["models"]
    metrics = model["metrics"]
    assert metrics["mse"] == pytest.approx(metrics["rmse"] ** 2)
    # A third of the variance and more is what models of this table explain.
    assert metrics["r2"] > 0.3


def test_it_was_registered_centrally_and_served_by_an_earlier_version(rehearsal: Rehearsal) -> None:
    details = {act["name"]: act["detail"] for act in rehearsal.report["acts"]}
    assert "in the central registry alone" in details["Train"]
    assert "tensorflow-inference:2.20-cpu-py312" in details["Train"]
    assert "The endpoint in test passed the integration tests" in details["Deploy to test"]


def test_the_page_tells_of_this_story(rehearsal: Rehearsal) -> None:
    for expected in ("A neural network, registered centrally, rehearsed", "Prepare the central group"):
        assert expected in rehearsal.page
