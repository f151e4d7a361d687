"""Generated tables and requests: a model whose endpoint answers as it does, or one sentence.

``make test`` plays the same cases each time, ``make fuzz`` as many others as it is told, and prints their
seed.
"""

import csv
import io
import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.seed_code.fuzz import strategies
from tests.seed_code.fuzz.client import Client

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
MANY = settings(
    deadline=None,
    derandomize=not EXAMPLES,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
COLUMNS = ("number", "word", "text")
TRAINING = "number,word,text,y\n" + "".join(
    f"{number / 2},{'red' if number % 3 else 'blue'},text {number},{'no' if number < 40 else 'yes'}\n"
    for number in range(80)
)


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with Client() as client:
        yield client


@pytest.fixture
def trained(client: Client) -> Client:
    assert client.table({"a.csv": TRAINING.encode()}, "y") == {"rows": 80, "wrong": 0}
    return client


@given(case=strategies.tables())
@settings(MANY, max_examples=EXAMPLES or 800)
def test_a_table_gives_a_model_or_a_sentence(client: Client, case: strategies.TableCase) -> None:
    outcome = client.table(case.files, case.target, case.options)
    if "sentence" in outcome:
        assert outcome["sentence"].endswith((".", "?"))
        assert len(outcome["sentence"]) < 1024
    else:
        assert outcome.get("wrong") == 0, outcome
        assert outcome["rows"] >= 30


@given(request=strategies.requests(width=len(COLUMNS)))
@settings(MANY, max_examples=EXAMPLES or 2500)
def test_a_request_gets_an_answer_for_each_row_or_a_client_error(
    trained: Client, request: tuple[bytes, str]
) -> None:
    outcome = trained.request(*request)
    assert "crash" not in outcome, outcome["crash"]
    if outcome["status"] == 200:
        assert outcome["answers"] == _rows(*request)
    else:
        assert 400 <= outcome["status"] < 500
        assert outcome["sentence"].endswith(".")


def _rows(body: bytes, content_type: str) -> int:
    """How many rows a request has, counted by other means."""
    text = body.decode("utf-8-sig")
    if content_type == "application/json":
        content: dict[str, list[Any]] = json.loads(text)
        return len(content["instances"])
    return sum(1 for _ in csv.reader(io.StringIO(text, newline="")))
