"""A model of the build seed behind an endpoint: each row is answered, or is the client's error."""

import io
import json
import tarfile
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.sagemaker.test_sagemaker_hosting import Stage
from tests.emulator.support import Emulator
from tests.seed_code.seeds import Seed

TABLE = "size,colour,price\n" + "".join(
    f"{number}.5,{'red' if number % 3 else 'blue'},{number * 7 % 60 + (40 if number % 3 else 0)}\n"
    for number in range(80)
)


@pytest.fixture(scope="module")
def stage(emulator: Emulator) -> Iterator[Stage]:
    made = Stage(emulator)
    yield made
    for name in made.endpoints:
        made.sagemaker.delete_endpoint(EndpointName=name)


@pytest.fixture(scope="module")
def endpoint(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A model that the seed trains on this machine, served as the deploy seed serves it."""
    seed = Seed("build_from_s3")
    folder = seed.copy(tmp_path_factory.mktemp("repository"))
    (folder / "prices.csv").write_text(TABLE, encoding="utf-8")
    done = seed.run("python -m pipelines.local prices.csv --target price --output out", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        archive.add(folder / "out" / "model", ".")
    variables = {"SAGEMAKER_PROGRAM": "inference.py", "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code"}
    model = stage.model(stage.put("prices.tar.gz", buffer.getvalue()), variables=variables, isolated=True)
    return stage.endpoint(stage.configuration(model))


@pytest.mark.parametrize("rows", [["1.5,red"], ["1.5,red", ",", "2.5,green", "3.5,blue"]], ids=len)
def test_each_row_gets_an_answer(stage: Stage, endpoint: str, rows: list[str]) -> None:
    assert len(stage.ask(endpoint, "\n".join(rows))["predictions"]) == len(rows)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param("1.5,red\n2.5\n", "Row 2: It has 1 cell", id="short row"),
        pytest.param("1.5,red\ntall,red\n", 'Row 2: The column "size" holds numbers', id="unreadable row"),
        pytest.param("size,colour\n1.5,red\n", "Row 1 is the header", id="header"),
        pytest.param("", "no rows", id="nothing"),
    ],
)
def test_a_wrong_row_is_the_clients_error_with_its_number(
    stage: Stage, endpoint: str, body: str, says: str
) -> None:
    with pytest.raises(ClientError) as caught:
        stage.ask(endpoint, body)
    response: dict[str, Any] = {**caught.value.response}
    assert (response["Error"]["Code"], response["OriginalStatusCode"]) == ("ModelError", 400)
    assert says in json.dumps(json.loads(response["OriginalMessage"]), ensure_ascii=False).replace('\\"', '"')
