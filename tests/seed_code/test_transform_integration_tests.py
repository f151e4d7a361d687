"""The integration tests of a transform pass against a right transform, and fail against each wrong one."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.seed_code.seeds import Seed
from tests.seed_code.small_cloud import LABEL, NUMBER, ROW, Cloud, metadata, served

SEED = Seed("deploy_batch")
SCHEDULE = "penguins-p-1"
BUCKET = "mlplatform-batch-444444444444-eu-west-1"
NAME = "p-1-<aws.scheduler.execution-id>"
SCHEDULED: dict[str, Any] = {
    "TransformJobName": NAME,
    "ModelName": "penguins",
    "BatchStrategy": "MultiRecord",
    "TransformInput": {
        "ContentType": "text/csv",
        "SplitType": "Line",
        "DataSource": {
            "S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/penguins-p-1/input/"}
        },
    },
    "TransformOutput": {
        "Accept": "application/json",
        "AssembleWith": "Line",
        "S3OutputPath": f"s3://{BUCKET}/penguins-p-1/output/",
    },
    "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
}


def one_document(answer: dict[str, Any]) -> Callable[[list[str]], str]:
    """A model that gives one answer to each row; SageMaker has sent all rows at once."""

    def respond(rows: list[str]) -> str:
        assert set(rows) == {ROW}
        return json.dumps({name: values * len(rows) for name, values in answer.items()}) + "\n"

    return respond


def a_document_a_row(answer: dict[str, Any]) -> Callable[[list[str]], str]:
    """The same model; SageMaker has sent the rows one by one."""
    return lambda rows: "".join(one_document(answer)([row]) for row in rows)


def changed(**values: Any) -> Callable[[list[str]], str]:
    """A model whose answer to the sample differs from the registered one."""
    return one_document({**LABEL, **values})


@dataclass(frozen=True, kw_only=True)
class World:
    """What the tests reach in AWS.

    Attributes:
        output: What a transform writes for its rows.
        status: How the job ends.
        reason: Why it failed.
        scheduled: The request of the schedule.
        metadata: What the model version says of itself.
        session: The access key that the role's session has.
    """

    output: Callable[[list[str]], str]
    status: str = "Completed"
    reason: str = ""
    scheduled: dict[str, Any] = field(default_factory=lambda: SCHEDULED)
    metadata: dict[str, str] = field(default_factory=lambda: metadata(LABEL))
    session: str = "SESSION"


RIGHT = World(output=one_document(LABEL))
REGRESSION = World(output=a_document_a_row(NUMBER), metadata=metadata(NUMBER))
WRONG = {
    "another label": replace(RIGHT, output=changed(predictions=["Gentoo"])),
    "another probability": replace(RIGHT, output=changed(probabilities=[{"Adelie": 0.96, "Gentoo": 0.04}])),
    "another number": replace(REGRESSION, output=one_document({"predictions": [181.3]})),
    "a row without an answer": replace(RIGHT, output=lambda rows: one_document(LABEL)(rows[1:])),
    "a row answered twice": replace(RIGHT, output=lambda rows: one_document(LABEL)([*rows, rows[0]])),
    "no answer": replace(RIGHT, output=lambda _: ""),
    "no JSON": replace(RIGHT, output=lambda _: "Adelie\nAdelie\nAdelie\n"),
    "a job that fails": replace(RIGHT, status="Failed", reason="ClientError: the model gave no answer"),
    "a job that is stopped": replace(RIGHT, status="Stopped"),
    "a job of one name for ever": replace(RIGHT, scheduled={**SCHEDULED, "TransformJobName": "p-1"}),
    "a version without a sample": replace(RIGHT, metadata={}),
    "the role may not start it": replace(RIGHT, session="OTHER"),
}


class TransformCloud(Cloud):
    """Besides, what the tests of a transform call: the schedule, the job and its files."""

    world: World
    objects: dict[str, str]
    jobs: dict[str, dict[str, Any]]

    def call(self, operation: str, body: str) -> None:
        """Respond to a call."""
        if not self.as_role:
            super().call(operation, body)
            return
        method, _, path = operation.partition(" ")
        match method:
            case "GET" if path == f"/schedules/{SCHEDULE}":
                self.send(200, {"Name": SCHEDULE, "Target": {"Input": json.dumps(self.world.scheduled)}})
            case "PUT" if path.startswith(f"/{BUCKET}/"):
                self.objects[path] = body
                self.send_text(200, "", "text/xml")
            case "GET" if path in self.objects:
                self.send_text(200, self.objects[path], "text/plain")
            case "CreateTransformJob":
                self._create(json.loads(body))
            case "DescribeTransformJob":
                # As SageMaker, which has not ended when it is asked for the first time.
                job = self.jobs[json.loads(body)["TransformJobName"]]
                job["asked"] += 1
                ended = job["asked"] > 1
                self.send(
                    200,
                    {"TransformJobStatus": self.world.status if ended else "InProgress"}
                    | ({"FailureReason": self.world.reason} if ended and self.world.reason else {}),
                )
            case _:
                super().call(operation, body)

    def _create(self, request: dict[str, Any]) -> None:
        source = request["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"].removeprefix("s3:/")
        target = request["TransformOutput"]["S3OutputPath"].removeprefix("s3:/")
        kept = {name: request[name] for name in ("ModelName", "BatchStrategy", "TransformResources")}
        assert kept == {name: self.world.scheduled[name] for name in kept}
        assert source != target
        for key, rows in list(self.objects.items()):
            if key.startswith(source) and self.world.status == "Completed":
                # The input's name and .out: https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform.html
                written = f"{target}{key.removeprefix(source)}.out"
                self.objects[written] = self.world.output(rows.splitlines())
        self.jobs[request["TransformJobName"]] = {"asked": 0}
        self.send(200, {"TransformJobArn": "arn:aws:sagemaker:eu-west-1:444444444444:transform-job/p-1"})


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return SEED.copy(tmp_path_factory.mktemp("deploy"))


def outcome(repository: Path, world: World) -> tuple[int, str]:
    """Run the integration tests against a world; the exit code, and what pytest says."""
    attributes = {
        "world": world,
        "metadata": world.metadata,
        "session": world.session,
        "objects": {},
        "jobs": {},
    }
    with served(type("Handler", (TransformCloud,), attributes)) as environment:
        done = SEED.run(
            "python -m pytest integration_tests",
            repository,
            environment
            | {
                "NAME_PREFIX": "mlplatform",
                "SAGEMAKER_PROJECT_ID": "p-1",
                "SAGEMAKER_PROJECT_NAME": "penguins",
                "SCHEDULE_NAME": SCHEDULE,
                "SECONDS_BETWEEN_LOOKS": "0",
                "STAGE_ACCOUNT_ID": "444444444444",
            },
        )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("world", [RIGHT, REGRESSION], ids=["classification", "regression"])
def test_a_right_transform_passes(repository: Path, world: World) -> None:
    code, said = outcome(repository, world)
    assert code == 0, said
    assert "skipped" not in said


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_transform_fails(repository: Path, name: str) -> None:
    code, said = outcome(repository, WRONG[name])
    # 1: tests failed; anything else would be tests that could not run, or none at all.
    assert code == 1, said
