"""A build repository gives a model and its pictures by one command, and predictions by the next."""

import csv
import random
import re
from pathlib import Path

import pytest

from tests.seed_code.seeds import Seed

SEED = Seed("build_from_s3")
# The environment of the tests stands for the one that the command makes.
MAKE = "make --no-print-directory --assume-old=.venv/.installed"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone, with a table whose name and target are unusual."""
    folder = SEED.copy(tmp_path_factory.mktemp("clone"))
    (folder / ".venv").symlink_to(SEED.environment())
    chance = random.Random(4)
    rows = [(round(chance.random() * 100, 2), chance.choice(["red", "blue"])) for _ in range(200)]
    with (folder / "my prices.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["size", "colour", "-price (net)"])
        writer.writerows((size, colour, 3 * size + 50 * (colour == "red")) for size, colour in rows)
    return folder


def test_two_commands_make_a_model_its_pictures_and_predictions(repository: Path) -> None:
    done = SEED.run(f"{MAKE} train DATA='my prices.csv' TARGET='-price (net)'", repository)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The pipeline would register it" in done.stdout
    report = re.search(r"^Report: +(\S+)$", done.stdout, re.MULTILINE)
    assert report
    assert (repository / report[1]).read_text(encoding="utf-8").count("<svg") == 4

    done = SEED.run(f"{MAKE} predict DATA='my prices.csv'", repository)
    assert done.returncode == 0, done.stdout + done.stderr
    with (repository / "build/local/predictions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    errors = [abs(float(row["prediction"]) - float(row["-price (net)"])) for row in rows]
    assert len(rows) == 200
    assert sum(errors) / len(errors) < 15


@pytest.mark.parametrize(
    ("command", "says"),
    [
        pytest.param("train", "make train DATA=table.csv TARGET=price", id="nothing"),
        pytest.param("train DATA=none.csv TARGET=price", "There is no file none.csv", id="no table"),
        pytest.param("predict DATA=none.csv", 'There is no file "none.csv"', id="nothing to predict"),
    ],
)
def test_a_wrong_command_is_one_sentence(repository: Path, command: str, says: str) -> None:
    done = SEED.run(f"{MAKE} {command}", repository)
    lines = (done.stdout + done.stderr).splitlines()
    assert done.returncode == 2
    assert says in lines[0]
    assert len(lines) == 2, lines
