"""The integration tests of the deploy seed pass against a right endpoint, and fail against each wrong one."""

import base64
import csv
import json
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from tests.seed_code.seeds import Seed

SEED = Seed("deploy_realtime")
ROW = "Torgersen,39.1,18.7"
LABEL = {"predictions": ["Adelie"], "probabilities": [{"Adelie": 0.9731, "Gentoo": 0.0269}]}
NUMBER = {"predictions": [181.25]}
VERSION = "arn:aws:sagemaker:eu-west-1:222222222222:model-package/penguins/7"
ENDPOINT = "penguins-p-1"
ROLE = "arn:aws:iam::444444444444:role/mlplatform-integration-test"

Answer = tuple[int, Any]


def encoded(text: str) -> str:
    """A text as a version carries it: zlib and base64, at most 256 characters of metadata."""
    return base64.b64encode(zlib.compress(text.encode())).decode()


def metadata(answer: dict[str, Any]) -> dict[str, str]:
    """What training registers of a model that gives an answer."""
    (prediction,) = answer["predictions"]
    sample = {"prediction": prediction}
    if "probabilities" in answer:
        sample["probability"] = answer["probabilities"][0][prediction]
    return {"sample_request": encoded(ROW), "sample_prediction": encoded(json.dumps(sample))}


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


class Cloud(BaseHTTPRequestHandler):
    """The four calls of AWS that the tests make."""

    world: World

    def do_POST(self) -> None:
        """Answer a request."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        target = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        as_role = f"Credential={self.world.session}/" in self.headers["Authorization"]
        match target or self.path:
            case "DescribeEndpoint" if as_role and json.loads(body) == {"EndpointName": ENDPOINT}:
                self._send(200, {"EndpointName": ENDPOINT, "EndpointStatus": self.world.status})
            case "DescribeModelPackage" if json.loads(body)["ModelPackageName"] == VERSION:
                self._send(200, {"CustomerMetadataProperties": self.world.metadata})
            case invoked if unquote(invoked) == f"/endpoints/{ENDPOINT}/invocations" and as_role:
                code, answer = self.world.answer(body, self.headers["Content-Type"])
                if code == 200:
                    self._send(200, answer)
                else:
                    self._send(424, {"Message": answer, "OriginalStatusCode": code}, error="ModelError")
            case "/" if "Action=AssumeRole" in body and f"RoleArn={ROLE}" in unquote(body):
                self._send_text(200, SESSION, "text/xml")
            case _:
                self._send(400, {"Message": "not authorized"}, error="AccessDeniedException")

    def _send(self, code: int, content: dict[str, Any], *, error: str = "") -> None:
        self._send_text(code, json.dumps(content), "application/json", error)

    def _send_text(self, code: int, text: str, content_type: str, error: str = "") -> None:
        self.send_response(code)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(text)))
        if error:
            self.send_header("x-amzn-ErrorType", error)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


SESSION = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<Credentials><AccessKeyId>SESSION</AccessKeyId><SecretAccessKey>none</SecretAccessKey>
<SessionToken>none</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>
</AssumeRoleResult></AssumeRoleResponse>"""


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return SEED.copy(tmp_path_factory.mktemp("deploy"))


@pytest.fixture
def outcome(repository: Path) -> Iterator[Callable[[World], tuple[int, str]]]:
    """Run the integration tests against a world; the exit code, and what pytest says."""
    servers = []

    def run(world: World) -> tuple[int, str]:
        handler = type("Handler", (Cloud,), {"world": world})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        done = SEED.run(
            "python -m pytest integration_tests",
            repository,
            {
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
                "AWS_ACCESS_KEY_ID": "BUILD",
                "AWS_SECRET_ACCESS_KEY": "none",
                "AWS_REGION": "eu-west-1",
                "AWS_MAX_ATTEMPTS": "1",
                "ENDPOINT_NAME": ENDPOINT,
                "INTEGRATION_TEST_ROLE_ARN": ROLE,
                "MODEL_PACKAGE_ARN": VERSION,
            },
        )
        return done.returncode, done.stdout + done.stderr

    yield run
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("world", [RIGHT, REGRESSION], ids=["classification", "regression"])
def test_a_right_endpoint_passes(outcome: Callable[[World], tuple[int, str]], world: World) -> None:
    code, said = outcome(world)
    assert code == 0, said
    assert "skipped" not in said


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_endpoint_fails(outcome: Callable[[World], tuple[int, str]], name: str) -> None:
    code, said = outcome(WRONG[name])
    # 1: tests failed; anything else would be tests that could not run, or none at all.
    assert code == 1, said
