"""A network that the seed trains with TensorFlow 2.21 is served by an earlier version, as in AWS's image."""

import csv
import io
import json
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from emulator.machine import environments
from tests.emulator.sagemaker.test_sagemaker_hosting import Stage
from tests.emulator.support import Emulator
from tests.seed_code.seeds import Seed

IMAGE = "763104351884.dkr.ecr.eu-west-1.amazonaws.com/tensorflow-inference:2.20-cpu-py312"
# With a column whose cells are words, and with cells that are missing.
TABLE = "size,colour,price\n" + "".join(
    f"{'' if number % 9 == 0 else number + 0.5},{'red' if number % 3 else 'blue'},"
    f"{number * 7 % 60 + (40 if number % 3 else 0)}\n"
    for number in range(80)
)
VERSIONS = "import tensorflow; print(tensorflow.__version__)"


@dataclass(frozen=True)
class Served:
    """A model behind an endpoint.

    Attributes:
        endpoint: Its name.
        predictions: What the model says of the rows of the table, in the environment that trained it.
    """

    endpoint: str
    predictions: list[float]


@pytest.fixture(scope="module")
def stage(emulator: Emulator) -> Iterator[Stage]:
    made = Stage(emulator)
    yield made
    for name in made.endpoints:
        made.sagemaker.delete_endpoint(EndpointName=name)


@pytest.fixture(scope="module")
def served(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Served:
    seed = Seed("build_neural_network")
    folder = seed.copy(tmp_path_factory.mktemp("repository"))
    (folder / "prices.csv").write_text(TABLE, encoding="utf-8")
    for command in (
        "python -m pipelines.local prices.csv --target price --output out",
        "python src/predict.py --model out/model --output out/predictions.csv prices.csv",
    ):
        done = seed.run(command, folder)
        assert done.returncode == 0, done.stdout + done.stderr
    with (folder / "out/predictions.csv").open(encoding="utf-8", newline="") as file:
        predictions = [float(row["prediction"]) for row in csv.DictReader(file)]
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        archive.add(folder / "out" / "model", ".")
    artifact = stage.put("network.tar.gz", buffer.getvalue())
    model = stage.model(artifact, image=IMAGE, isolated=True)
    return Served(stage.endpoint(stage.configuration(model)), predictions)


def version_of(python: Path) -> tuple[int, ...]:
    done = subprocess.run([str(python), "-c", VERSIONS], capture_output=True, text=True, check=True)
    return tuple(map(int, done.stdout.strip().split(".")))


def test_an_earlier_version_gives_the_answers_of_the_one_that_trained(stage: Stage, served: Served) -> None:
    trained = version_of(Seed("build_neural_network").environment() / "bin" / "python")
    serves = version_of(environments.prepare("tensorflow_serving").python)
    assert serves < trained == (2, 21, 0)
    rows = [line.rpartition(",")[0] for line in TABLE.splitlines()[1:]]
    answer = stage.ask(served.endpoint, "\n".join(rows))
    assert answer["predictions"] == pytest.approx(served.predictions, rel=1e-5)
    assert max(served.predictions) - min(served.predictions) > 30


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param("1.5,red\n2.5\n", "Row 2: It has 1 cell", id="short row"),
        pytest.param("1.5,red\ntall,red\n", 'Row 2: The column "size" holds numbers', id="unreadable row"),
        pytest.param("size,colour\n1.5,red\n", "Row 1 is the header", id="header"),
    ],
)
def test_a_wrong_row_is_refused_with_its_number(stage: Stage, served: Served, body: str, says: str) -> None:
    """The container answers whatever a handler raises with 500, and with its message."""
    with pytest.raises(ClientError) as caught:
        stage.ask(served.endpoint, body)
    response: dict[str, Any] = {**caught.value.response}
    assert (response["Error"]["Code"], response["OriginalStatusCode"]) == ("ModelError", 500)
    assert says in json.loads(response["OriginalMessage"])["error"]
