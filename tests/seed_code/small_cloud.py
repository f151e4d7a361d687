"""A small cloud that integration tests of deploy seeds talk to over HTTP."""

import base64
import contextlib
import json
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

VERSION = "arn:aws:sagemaker:eu-west-1:222222222222:model-package/penguins/7"
ROLE = "arn:aws:iam::444444444444:role/mlplatform-integration-test"
ROW = "Torgersen,39.1,18.7"
LABEL = {"predictions": ["Adelie"], "probabilities": [{"Adelie": 0.9731, "Gentoo": 0.0269}]}
NUMBER = {"predictions": [181.25]}

SESSION = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<Credentials><AccessKeyId>SESSION</AccessKeyId><SecretAccessKey>none</SecretAccessKey>
<SessionToken>none</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>
</AssumeRoleResult></AssumeRoleResponse>"""


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


class Cloud(BaseHTTPRequestHandler):
    """What every deploy seed's tests call: the role of the tests, and the model version.

    Attributes:
        metadata: What the model version says of itself.
        session: The access key that the role's session has; what the role may do is refused to others.
    """

    metadata: dict[str, str]
    session = "SESSION"

    def call(self, operation: str, body: str) -> None:
        """Respond to a call by its operation, or its method and path. A subclass adds what it offers."""
        match operation:
            case "DescribeModelPackage" if json.loads(body)["ModelPackageName"] == VERSION:
                self.send(200, {"CustomerMetadataProperties": self.metadata})
            case "POST /" if "Action=AssumeRole" in body and f"RoleArn={ROLE}" in unquote(body):
                self.send_text(200, SESSION, "text/xml")
            case _:
                self.send(400, {"Message": "not authorized"}, error="AccessDeniedException")

    @property
    def as_role(self) -> bool:
        """Whether the session of the tests' role calls."""
        return f"Credential={self.session}/" in self.headers["Authorization"]

    def do_GET(self) -> None:
        """Respond to a request."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        target = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        self.call(target or f"{self.command} {unquote(self.path)}", body)

    do_POST = do_GET  # noqa: N815  (the names that BaseHTTPRequestHandler calls)
    do_PUT = do_GET  # noqa: N815

    def send(self, code: int, content: dict[str, Any], *, error: str = "") -> None:
        """Send a document."""
        self.send_text(code, json.dumps(content), "application/json", error)

    def send_text(self, code: int, text: str, content_type: str, error: str = "") -> None:
        """Send a text."""
        self.send_response(code)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(text)))
        if error:
            self.send_header("x-amzn-ErrorType", error)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


@contextlib.contextmanager
def served(cloud: type[Cloud]) -> Iterator[dict[str, str]]:
    """Serve a cloud as long as the context is open; the environment of a build that calls it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), cloud)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
            "AWS_ACCESS_KEY_ID": "BUILD",
            "AWS_SECRET_ACCESS_KEY": "none",
            "AWS_REGION": "eu-west-1",
            "AWS_MAX_ATTEMPTS": "1",
            "INTEGRATION_TEST_ROLE_ARN": ROLE,
            "MODEL_PACKAGE_ARN": VERSION,
        }
    finally:
        server.shutdown()
        server.server_close()
