"""The integration tests of an endpoint pass against a right endpoint, and fail against each wrong one."""

import csv
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.seed_code.seeds import Seed
from tests.seed_code.small_cloud import LABEL, NUMBER, ROW, Cloud, metadata, served

SEED = Seed("deploy_realtime")
ENDPOINT = "penguins-p-1"

Answer = tuple[int, Any]


def sound(answer: dict[str, Any]) -> Callable[[str, str], Answer]:
    """An endpoint that gives one answer to the sample, and refuses what it cannot read."""

    def respond(body: str, content_type: str) -> Answer:
        try:
            if content_type == "text/csv":
                row = next(csv.reader([body], strict=True))
            elif content_type == "application/json":
                (row,) = json.loads(body)["instances"]
            else:
                return 415, "unknown content type"
        except (csv.Error, ValueError):
            return 400, "cannot be read"
        return (200, answer) if row == ROW.split(",") else (400, "another row")

    return respond


@dataclass(frozen=True, kw_only=True)
class World:
    """What the tests reach in AWS.

    Attributes:
        answer: What the endpoint answers to a body and a content type.
        status: The state of the endpoint.
        metadata: What the model version says of itself.
        session: The access key that the role's session has; others may not ask the endpoint.
    """

    answer: Callable[[str, str], Answer]
    status: str = "InService"
    metadata: dict[str, str] = field(default_factory=lambda: metadata(LABEL))
    session: str = "SESSION"


RIGHT = World(answer=sound(LABEL))
REGRESSION = World(answer=sound(NUMBER), metadata=metadata(NUMBER))


def forgetful() -> Callable[[str, str], Answer]:
    """An endpoint that breaks at the first request that it cannot read."""
    broken = threading.Event()

    def respond(body: str, content_type: str) -> Answer:
        code, answer = sound(LABEL)(body, content_type)
        if code != 200:
            broken.set()
        return (500, "broken") if broken.is_set() else (code, answer)

    return respond


def only(content_type: str) -> Callable[[str, str], Answer]:
    """An endpoint that answers one content type alone."""
    return lambda body, given: sound(LABEL)(body, given) if given == content_type else (415, "unknown")


def lenient(kind: str) -> Callable[[str, str], Answer]:
    """An endpoint that answers requests of a content type whatever they hold."""
    return lambda body, given: (200, LABEL) if given == kind else sound(LABEL)(body, given)


def changed(**values: Any) -> Callable[[str, str], Answer]:
    """An endpoint whose answer to the sample differs from the model's."""
    return sound({**LABEL, **values})


WRONG = {
    "another label": replace(RIGHT, answer=changed(predictions=["Gentoo"])),
    "another probability": replace(RIGHT, answer=changed(probabilities=[{"Adelie": 0.971, "Gentoo": 0.029}])),
    "another number": replace(REGRESSION, answer=sound({"predictions": [181.3]})),
    "a second answer to one row": replace(RIGHT, answer=changed(predictions=["Adelie", "Adelie"])),
    "no answer": replace(RIGHT, answer=changed(predictions=[])),
    "still being updated": replace(RIGHT, status="Updating"),
    "a version without a sample": replace(RIGHT, metadata={}),
    "a version without the sample's answer": replace(
        RIGHT, metadata={"sample_request": metadata(LABEL)["sample_request"]}
    ),
    "no JSON": replace(RIGHT, answer=only("text/csv")),
    "no CSV": replace(RIGHT, answer=only("application/json")),
    "answers to what is no CSV": replace(RIGHT, answer=lenient("text/csv")),
    "answers to what is no JSON": replace(RIGHT, answer=lenient("application/json")),
    "answers to an unknown type": replace(RIGHT, answer=lenient("application/xml")),
    "breaks at a wrong request": replace(RIGHT, answer=forgetful()),
    "the role may not ask it": replace(RIGHT, session="OTHER"),
}


class EndpointCloud(Cloud):
    """Besides, what the tests of an endpoint call."""

    world: World

    def call(self, operation: str, body: str) -> None:
        """Respond to a call."""
        match operation:
            case "DescribeEndpoint" if self.as_role and json.loads(body) == {"EndpointName": ENDPOINT}:
                self.send(200, {"EndpointName": ENDPOINT, "EndpointStatus": self.world.status})
            case operation if operation == f"POST /endpoints/{ENDPOINT}/invocations" and self.as_role:
                code, answer = self.world.answer(body, self.headers["Content-Type"])
                if code == 200:
                    self.send(200, answer)
                else:
                    self.send(424, {"Message": answer, "OriginalStatusCode": code}, error="ModelError")
            case _:
                super().call(operation, body)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return SEED.copy(tmp_path_factory.mktemp("deploy"))


def outcome(repository: Path, world: World) -> tuple[int, str]:
    """Run the integration tests against a world; the exit code, and what pytest says."""
    attributes = {"world": world, "metadata": world.metadata, "session": world.session}
    with served(type("Handler", (EndpointCloud,), attributes)) as environment:
        done = SEED.run(
            "python -m pytest integration_tests", repository, environment | {"ENDPOINT_NAME": ENDPOINT}
        )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("world", [RIGHT, REGRESSION], ids=["classification", "regression"])
def test_a_right_endpoint_passes(repository: Path, world: World) -> None:
    code, said = outcome(repository, world)
    assert code == 0, said
    assert "skipped" not in said


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_endpoint_fails(repository: Path, name: str) -> None:
    code, said = outcome(repository, WRONG[name])
    # 1: tests failed; anything else would be tests that could not run, or none at all.
    assert code == 1, said
