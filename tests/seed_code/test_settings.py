"""A mistake in the settings of the build seed is told first, in one sentence, and nothing else is."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.seed_code.seeds import Seed

SEED = Seed("build_from_s3")
CHECK = "make --jobs --output-sync check"
CONFIGURATION = "config.toml"
VALUES = "hyperparameters.toml"
DECLARATION = "src/hyperparameters.py"
# What make says of a failed command, beside the command and the sentence.
MOST_LINES = 4


@dataclass(frozen=True)
class Change:
    """A text of a file, and what replaces it."""

    file: str
    old: str
    new: str

    def make(self, folder: Path) -> None:
        """Change the file."""
        path = folder / self.file
        text = path.read_text(encoding="utf-8")
        assert text.count(self.old) == 1, self
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")


VALUE = Change(VALUES, "reg_lambda = 1.0\n", "reg_lambda = 1.0\ngamma = 0.5\n")
DECLARED = Change(
    DECLARATION,
    '    Hyperparameter(name="seed"',
    '    Hyperparameter(name="gamma", kind=float, least=0),\n    Hyperparameter(name="seed"',
)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return SEED.copy(tmp_path)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param(
            [VALUE],
            "hyperparameters.toml: gamma is not declared in src/hyperparameters.py",
            id="no declaration",
        ),
        pytest.param(
            [VALUE, Change(DECLARATION, 'name="seed"', 'name="gama"')],
            "hyperparameters.toml: gamma is not declared in src/hyperparameters.py; did you mean gama?",
            id="misspelt declaration",
        ),
        pytest.param(
            [Change(VALUES, "eta = 0.1", "eta = 1.1")],
            'hyperparameters.toml: eta is "1.1"; it takes a number above 0 and at most 1.',
            id="range",
        ),
        pytest.param(
            [Change(VALUES, "max_depth = 4", "max_depth = 4.5")],
            'hyperparameters.toml: max_depth is "4.5"; it takes an integer',
            id="kind",
        ),
        pytest.param(
            [Change(VALUES, "num_round = 300\n", "")],
            "hyperparameters.toml: num_round is missing",
            id="needed",
        ),
        pytest.param(
            [Change(CONFIGURATION, "split_seed = 1", "split_sed = 1")],
            "data.split_sed: There is no such setting; did you mean split_seed?",
            id="another table",
        ),
        pytest.param([Change(VALUES, "eta = 0.1", "eta = 0,1")], "is not valid TOML", id="toml"),
    ],
)
def test_a_wrong_setting_fails_first_and_alone(
    repository: Path, changes: list[Change], sentence: str
) -> None:
    for change in changes:
        change.make(repository)
    done = SEED.run(CHECK, repository)
    lines = (done.stdout + done.stderr).splitlines()
    assert done.returncode == 2
    assert len(lines) <= MOST_LINES, lines
    assert (
        [line for line in lines if line.startswith((CONFIGURATION, VALUES))]
        == [line for line in lines if sentence in line]
        != []
    )


def test_a_declaration_and_a_value_are_all_that_a_hyperparameter_takes(repository: Path) -> None:
    """The command that reads it, the definition, the job's arguments and the script follow."""
    for change in (DECLARED, VALUE):
        change.make(repository)
    tests = "tests/test_booster.py tests/test_pipeline.py"
    done = SEED.run(
        f"python -m pipelines.configuration && python -m pytest {tests} -k 'gamma or hyperparameter'",
        repository,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_declaration_that_the_algorithm_does_not_know_is_noticed(repository: Path) -> None:
    Change(DECLARATION, 'name="reg_lambda"', 'name="reg_lamda"').make(repository)
    done = SEED.run("python -m pytest tests/test_booster.py", repository)
    assert done.returncode == 1
    assert "FAILED tests/test_booster.py::test_each_one_reaches_the_algorithm[reg_lamda]" in done.stdout
