"""The Python service of SageMaker's image of TensorFlow Serving: `tensorflow_service.py REST_URI`.

It calls what `code/inference.py` of the model defines: `handler(data, context)`, or `input_handler` and
`output_handler` around a request to TensorFlow Serving; without the file, requests go there as they are.
Whatever a handler raises is answered with a status of 500 and its message
(https://github.com/aws/sagemaker-tensorflow-serving-container, `python_service.py`).
"""

import importlib.util
import io
import json
import os
import sys
import threading
import traceback
import urllib.error
import urllib.request
from collections import namedtuple
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

# As the image has it: the image's own service makes a named tuple of these fields.
Context = namedtuple(
    "Context",
    "model_name, model_version, method, rest_uri, grpc_port, channel, custom_attributes, "
    "request_content_type, accept_header, content_length",
)
JSON = "application/json"


class Forwarded:
    """What a request to TensorFlow Serving brings back, as the image's handlers know it."""

    def __init__(self, status_code: int, content: bytes) -> None:
        self.status_code, self.content = status_code, content


def ask(uri: str, body: bytes | str) -> Forwarded:
    """Send a body to TensorFlow Serving."""
    data = body.encode("utf-8") if isinstance(body, str) else body
    try:
        with urllib.request.urlopen(urllib.request.Request(uri, data=data)) as response:  # noqa: S310
            return Forwarded(response.status, response.read())
    except urllib.error.HTTPError as error:
        return Forwarded(error.code, error.read())


def import_script(path: Path) -> ModuleType:
    """Import a team's script, as the image does."""
    spec = importlib.util.spec_from_file_location("inference", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be imported.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def handler_of(code: Path) -> Callable[[Any, Any], tuple[Any, str]]:
    """The handler of a model's code folder.

    Raises:
        NotImplementedError: Its script defines none.
    """
    if not (code / "inference.py").exists():
        return lambda data, context: (ask(context.rest_uri, data.read()).content, context.accept_header)
    sys.path[:0] = [str(code), str(code / "lib")]
    script = import_script(code / "inference.py")
    if hasattr(script, "handler"):
        found: Callable[[Any, Any], tuple[Any, str]] = script.handler
        return found
    if not hasattr(script, "input_handler") or not hasattr(script, "output_handler"):
        raise NotImplementedError("Handlers are not implemented correctly in user script.")

    def handle(data: Any, context: Any) -> tuple[Any, str]:
        answer: tuple[Any, str] = script.output_handler(
            ask(context.rest_uri, script.input_handler(data, context)), context
        )
        return answer

    return handle


class Handler(BaseHTTPRequestHandler):
    """Answers pings and invocations."""

    handle_request: Callable[[Any, Any], tuple[Any, str]]
    rest_uri: str
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer a health check."""
        self._send(200 if self.path == "/ping" else 404, b"", "text/plain")

    def do_POST(self) -> None:
        """Answer an invocation."""
        length = int(self.headers.get("Content-Length") or 0)
        body = io.BytesIO(self.rfile.read(length))
        if self.path != "/invocations":
            self._send(404, b"", "text/plain")
            return
        context = Context(
            model_name=None,
            model_version=None,
            method="predict",
            rest_uri=self.rest_uri,
            grpc_port=None,
            channel=None,
            custom_attributes=self.headers.get("X-Amzn-SageMaker-Custom-Attributes"),
            request_content_type=self.headers.get("Content-Type") or JSON,
            accept_header=self.headers.get("Accept") or JSON,
            content_length=length,
        )
        try:
            content, media_type = type(self).handle_request(body, context)
        except Exception as error:
            traceback.print_exc()
            self._send(500, json.dumps({"error": str(error)}).encode("utf-8"), JSON)
        else:
            self._send(200, content.encode("utf-8") if isinstance(content, str) else content, media_type)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the name of the overridden method)
        """Keep the log to what the handler writes."""

    def _send(self, status: int, content: bytes, media_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def end_with_parent() -> None:
    """End the process when the one that started it has ended."""
    sys.stdin.buffer.read()
    os._exit(0)


def main(uri: str) -> None:
    """Serve until the process is ended."""
    threading.Thread(target=end_with_parent, daemon=True).start()
    base = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
    Handler.handle_request = staticmethod(handler_of(base / "model" / "code"))
    Handler.rest_uri = uri
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
