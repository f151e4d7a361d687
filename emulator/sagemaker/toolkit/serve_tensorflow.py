"""Serves a SavedModel as SageMaker's image of TensorFlow Serving does, by two processes.

This one stands for TensorFlow Serving: it finds the SavedModel where the image does, in a folder with a
number as its name, and predicts by `POST /v1/models/NAME:predict`
(https://www.tensorflow.org/tfx/serving/api_rest) on a port of its own. The other is the image's Python
service (`tensorflow_service.py`), which takes the requests; it runs with Python's own library alone,
because the image installs TensorFlow's server and not its library.
"""

import importlib
import json
import os
import socket
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

SERVICE = Path(__file__).with_name("tensorflow_service.py")


class ModelError(ValueError):
    """A request that TensorFlow Serving refuses."""


class Served:
    """A SavedModel and its default signature.

    Attributes:
        name: The name of the model: that of the folder above the version's.
    """

    def __init__(self, folder: Path) -> None:
        """Load the model of a folder.

        Raises:
            FileNotFoundError: There is none.
        """
        # In the process that serves, and in no other that imports this file.
        tensorflow: Any = importlib.import_module("tensorflow")
        self._tensorflow = tensorflow
        found = sorted(path.parent for path in folder.rglob("saved_model.pb") if path.parent.name.isdecimal())
        if not found:
            raise FileNotFoundError("no SavedModel bundles found!")
        self.name = found[0].parent.name
        self._loaded = tensorflow.saved_model.load(str(found[0]))
        self._signature = self._loaded.signatures["serving_default"]
        self._inputs: dict[str, Any] = self._signature.structured_input_signature[1]

    def predict(self, instances: Any) -> list[Any]:
        """Answer instances in the row format.

        Raises:
            ModelError: They do not fit the signature.
        """
        if not isinstance(instances, list) or not instances:
            raise ModelError("Malformed request: 'instances' is no list of values")
        try:
            columns = (
                {name: [instance[name] for instance in instances] for name in self._inputs}
                if isinstance(instances[0], dict)
                else {next(iter(self._inputs)): instances}
            )
            given = {
                name: self._tensorflow.constant(values, self._inputs[name].dtype)
                for name, values in columns.items()
            }
            answers = {name: tensor.numpy().tolist() for name, tensor in self._signature(**given).items()}
        except (KeyError, TypeError, ValueError, self._tensorflow.errors.OpError) as error:
            raise ModelError(" ".join(str(error).split())[:500]) from error
        if len(answers) == 1:
            return list(next(iter(answers.values())))
        return [dict(zip(answers, row, strict=True)) for row in zip(*answers.values(), strict=True)]


class Handler(BaseHTTPRequestHandler):
    """Answers predictions."""

    served: Served
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Predict."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            if self.path != f"/v1/models/{self.served.name}:predict":
                self._send(404, {"error": f"Servable not found for request: {self.path}"})
                return
            self._send(200, {"predictions": self.served.predict(json.loads(body)["instances"])})
        except (ModelError, KeyError, TypeError, ValueError) as error:
            self._send(400, {"error": str(error)})

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the name of the overridden method)
        """Keep the log to what the handler writes."""

    def _send(self, status: int, answer: dict[str, Any]) -> None:
        content = json.dumps(answer).encode("utf-8")
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def main() -> None:
    """Load the model and serve until the process is ended, or its Python service ends."""
    base = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    Handler.served = Served(base / "model")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    uri = f"http://127.0.0.1:{port}/v1/models/{Handler.served.name}:predict"
    # Whoever ends this process closes the pipe, by which the other one ends.
    subprocess.Popen([sys.executable, "-I", "-S", str(SERVICE), uri], stdin=subprocess.PIPE)
    server.serve_forever()


if __name__ == "__main__":
    main()
