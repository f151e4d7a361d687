"""What CloudFormation would receive at the address of its requests to custom resources."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

STACK = "arn:aws:cloudformation:eu-west-1:333333333333:stack/SC-1/1"


class CloudFormation:
    """Makes requests, and receives the answers.

    Attributes:
        answers: What came, first to last.
        status: With which HTTP status it is received.
    """

    def __init__(self, logical_id: str, properties: dict[str, str]) -> None:
        self.answers: list[dict[str, Any]] = []
        self.status = 200
        self._resource = {"LogicalResourceId": logical_id, "ResourceProperties": properties}
        received = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                assert self.headers["Content-Type"] == ""
                assert len(body) <= 4096
                received.answers.append(json.loads(body))
                self.send_response(received.status)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/answer"

    def request(self, kind: str, **more: Any) -> dict[str, Any]:
        """A request as CloudFormation sends it."""
        return {
            "RequestType": kind,
            "ResponseURL": self.url,
            "StackId": STACK,
            "RequestId": "request-1",
            **self._resource,
        } | more


@contextmanager
def listening(logical_id: str, properties: dict[str, str]) -> Iterator[CloudFormation]:
    """CloudFormation with one custom resource, as long as the context is open."""
    received = CloudFormation(logical_id, properties)
    thread = threading.Thread(target=received.server.serve_forever, args=(0.01,))
    thread.start()
    yield received
    received.server.shutdown()
    received.server.server_close()
    thread.join()
