"""Serves a model with a team's inference script, as the inference toolkit in SageMaker's images does.

A process of the model's own environment runs this file, so it imports the standard library only. The code in
`SAGEMAKER_SUBMIT_DIRECTORY` is copied to the container's code folder and installed, as for training
(`modules.import_module` of https://github.com/aws/sagemaker-containers). Its script, `SAGEMAKER_PROGRAM`,
defines `model_fn(model_dir)` and either
`transform_fn(model, body, content_type, accept)` or `input_fn(body, content_type)`, `predict_fn(data, model)`
and `output_fn(prediction, accept)`
(https://docs.aws.amazon.com/sagemaker/latest/dg/adapt-inference-container.html). Requests come as to any
container: `GET /ping` and `POST /invocations`, on the port in `SAGEMAKER_BIND_TO_PORT`
(https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html).
"""

import importlib
import json
import os
import shutil
import sys
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

from code_installation import install

TEXT_TYPES = ("application/json", "text/csv")
"""Content types whose bodies the script receives as text rather than bytes."""

REQUIRED_FUNCTIONS = ("input_fn", "predict_fn", "output_fn")


class Model:
    """A loaded model and the script that answers with it."""

    def __init__(self, script: ModuleType, model_folder: Path) -> None:
        """Load the model.

        Args:
            script: The team's module.
            model_folder: The folder of the unpacked artifact.

        Raises:
            AttributeError: The script lacks a function.
        """
        needed = ("model_fn", *(() if hasattr(script, "transform_fn") else REQUIRED_FUNCTIONS))
        if missing := [name for name in needed if not hasattr(script, name)]:
            raise AttributeError(f"{script.__name__}.py does not define {', '.join(missing)}.")
        self._script = script
        self._model = script.model_fn(str(model_folder))
        self._lock = threading.Lock()

    def answer(self, body: bytes, content_type: str, accept: str) -> tuple[bytes, str]:
        """Answer a request.

        Args:
            body: What the client sent.
            content_type: Its media type.
            accept: The media type that the client wants.

        Returns:
            The body of the answer and its media type.
        """
        given = body.decode("utf-8") if content_type.partition(";")[0].strip() in TEXT_TYPES else body
        with self._lock:
            result = self._transform(given, content_type, accept)
        content, media_type = result if isinstance(result, tuple) else (result, accept)
        return (content.encode("utf-8") if isinstance(content, str) else bytes(content)), media_type

    def _transform(self, body: Any, content_type: str, accept: str) -> Any:
        if hasattr(self._script, "transform_fn"):
            return self._script.transform_fn(self._model, body, content_type, accept)
        data = self._script.input_fn(body, content_type)
        return self._script.output_fn(self._script.predict_fn(data, self._model), accept)


class Handler(BaseHTTPRequestHandler):
    """Answers pings and invocations."""

    model: Model
    default_accept = "application/json"
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer a health check."""
        self._send(200 if self.path == "/ping" else 404, b"", "text/plain")

    def do_POST(self) -> None:
        """Answer an invocation."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path != "/invocations":
            self._send(404, b"", "text/plain")
            return
        accept = self.headers.get("Accept") or "*/*"
        if accept == "*/*":
            accept = self.default_accept
        try:
            content, media_type = self.model.answer(body, self.headers.get("Content-Type") or "", accept)
        except Exception as error:
            traceback.print_exc()
            status = getattr(error, "status_code", 500)
            message = json.dumps({"error": type(error).__name__, "message": str(error)})
            self._send(
                status if isinstance(status, int) else 500, message.encode("utf-8"), "application/json"
            )
        else:
            self._send(200, content, media_type)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the name of the overridden method)
        """Keep the log to what the script writes."""

    def _send(self, status: int, content: bytes, media_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def main() -> None:
    """Load the model and serve until the process is ended."""
    base = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
    source = os.environ.get("SAGEMAKER_SUBMIT_DIRECTORY") or str(base / "model" / "code")
    module = Path(os.environ.get("SAGEMAKER_PROGRAM", "inference.py")).stem
    code = base / "code"
    shutil.copytree(source, code)
    install(code, module)
    sys.path.insert(0, str(code))
    Handler.model = Model(importlib.import_module(module), base / "model")
    Handler.default_accept = os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", Handler.default_accept)
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()


if __name__ == "__main__":
    main()
