"""A wrong setting of `config.toml` is one sentence, before anything else runs."""

from pathlib import Path

import pytest

from hyperparameter import Hyperparameter
from pipelines import configuration
from pipelines.configuration import Configuration, ConfigurationError

# A configuration of the tests' own: whoever changes the project's breaks no test by it.
HYPERPARAMETERS = (
    Hyperparameter(name="num_round", kind=int, least=1, most=100_000, needed=True),
    Hyperparameter(name="max_depth", kind=int, least=1, most=30),
    Hyperparameter(name="eta", kind=float, above=0, most=1),
)
CONFIGURATION = """
[data]
problem_type = "auto"
encoding = "auto"
decimal_mark = "auto"
never_missing = ["NA"]
split_seed = 1
validation_fraction = 0.15
test_fraction = 0.15

[checks]
maximum_missing = 0.9
maximum_explained = 0.99
maximum_drift = 0.5
columns_may_change = false

[evaluation]
segment_column = "colour"

[quality]
minimum_skill_score = 0.05
minimum_change = 0

[instances]
processing = "ml.m5.large"
training = "ml.m5.large"
instance_count = 4
volume_gib = 30
maximum_minutes = 60
encrypt_inter_container_traffic = false

[model_card]
purpose_of_model = "Sorts flowers."
intended_uses = ""
factors_affecting_model_efficiency = ""
risk_rating = "Low"
explanations_for_risk_rating = ""
"""
VALUES = """
num_round = 300
max_depth = 4
eta = 0.1
"""


@pytest.fixture(autouse=True)
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configuration, "HYPERPARAMETERS", HYPERPARAMETERS)


@pytest.fixture(autouse=True)
def several_instances(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configuration, "MOST_INSTANCES", 8)


def write(folder: Path, old: str = "", new: str = "") -> Path:
    """Write both files, a text of one of them replaced."""
    path = folder / "config.toml"
    path.write_text(CONFIGURATION.replace(old, new), encoding="utf-8")
    (folder / "hyperparameters.toml").write_text(VALUES.replace(old, new), encoding="utf-8")
    return path


def test_the_command_says_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(configuration, "CONFIGURATION_FILE", write(tmp_path))
    assert configuration.main() == 0
    write(tmp_path, "eta = 0.1", "eta = 0")
    assert configuration.main() == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == 'hyperparameters.toml: eta is "0"; it takes a number above 0 and at most 1.\n'


def test_both_files_make_the_configuration(tmp_path: Path) -> None:
    found = Configuration.load(write(tmp_path))
    assert found.hyperparameters == {"num_round": 300, "max_depth": 4, "eta": 0.1}
    assert found.evaluation.segment_column == "colour"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        pytest.param(
            "max_depth = 4",
            "max_deep = 4",
            "hyperparameters.toml: max_deep is not declared in src/hyperparameters.py; did you mean "
            "max_depth?",
            id="unknown hyperparameter",
        ),
        pytest.param(
            "max_depth = 4",
            "max_depth = 0",
            'hyperparameters.toml: max_depth is "0"; it takes an integer at least 1 and at most 30.',
            id="range",
        ),
        pytest.param(
            "num_round = 300",
            "",
            "hyperparameters.toml: num_round is missing; it takes an integer at least 1 and at most 100000.",
            id="needed hyperparameter",
        ),
        pytest.param(
            "split_seed = 1",
            "split_sed = 1",
            "data.split_sed: There is no such setting; did you mean split_seed?",
            id="unknown",
        ),
        pytest.param("[quality]", "[qualities]", "qualities: There is no such setting; did you", id="table"),
        pytest.param("eta = 0.1", "eta = ", "hyperparameters.toml is not valid TOML", id="toml of values"),
        pytest.param("split_seed = 1", "split_seed = ", "config.toml is not valid TOML", id="toml"),
        pytest.param(
            "[checks]",
            "[hyperparameters]\n[checks]",
            "config.toml, hyperparameters: There is no such setting; remove it.",
            id="values in the other file",
        ),
        pytest.param(
            '"ml.m5.large"', '"m5.large"', "instances.processing: String should match", id="instance"
        ),
        pytest.param(
            "instance_count = 4",
            "instance_count = 9",
            "config.toml, instances: instance_count is at most 8 for this algorithm.",
            id="instances",
        ),
        pytest.param(
            "test_fraction = 0.15", "test_fraction = 0.9", "data.test_fraction: Input", id="fraction"
        ),
        pytest.param(
            '"Low"', '"Minor"', "model_card.risk_rating: Input should be 'High', 'Medium', 'Low'", id="risk"
        ),
        pytest.param(
            "Sorts flowers.",
            "Sorts flowers. " * 140,
            "model_card.purpose_of_model: String should have at most 2048",
            id="text",
        ),
        pytest.param(
            "fraction = 0.15", "fraction = 0.45", "leave less than 20 % for training", id="fractions"
        ),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    assert (old in CONFIGURATION) != (old in VALUES)
    with pytest.raises(ConfigurationError) as refusal:
        Configuration.load(write(tmp_path, old, new))
    assert sentence in str(refusal.value)
