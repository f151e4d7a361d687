"""The handler, with a server beside it that answers as TensorFlow Serving does."""

import csv
import io
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest

import endpoint
import inference
import inputs
from conftest import Run, ask
from evaluate import rows_of
from features import matrix
from model import Model
from model_schema import Column, Schema
from network import widened

ROW = 'F0001,4.5,"blue, pale",TRUE,north'


@dataclass
class Serving:
    """TensorFlow Serving's stand-in.

    Attributes:
        uri: Where it predicts.
        refuses: What it refuses every request with; it answers if empty.
    """

    uri: str
    refuses: str = ""


@dataclass
class Request:
    """What the container tells of a request."""

    rest_uri: str
    request_content_type: str


@pytest.fixture
def serving(run: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serving]:
    model = Model.load(run.model)
    monkeypatch.setattr(inference, "SCHEMA", run.model / "schema.json")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer: dict[str, Any] = {"error": found.refuses}
            if not found.refuses:
                assert set(body) == {"instances"}
                answer = {"predictions": model.outputs(np.array(body["instances"], "float32")).tolist()}
            self.send_response(400 if found.refuses else 200)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Serving(f"http://127.0.0.1:{server.server_port}/v1/models/network:predict")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()


def handle(serving: Serving, body: str, content_type: str = "text/csv") -> Any:
    text, kind = inference.handler(io.BytesIO(body.encode()), Request(serving.uri, content_type))
    assert kind == "application/json"
    return json.loads(text)


def test_the_handler_answers_as_the_model_does(run: Run, serving: Serving) -> None:
    model = Model.load(run.model)
    body = io.StringIO()
    csv.writer(body).writerows(rows_of(model.schema, run.folder / "processing/test/test.csv"))
    found, expected = handle(serving, body.getvalue()), ask(model, body.getvalue(), "text/csv")
    assert found.keys() == expected.keys()
    if model.schema.classes:
        assert found["predictions"] == expected["predictions"]
        for one, other in zip(found["probabilities"], expected["probabilities"], strict=True):
            assert one == pytest.approx(other, rel=1e-5)
    else:
        assert found["predictions"] == pytest.approx(expected["predictions"], rel=1e-5)
    one = handle(serving, json.dumps({"instances": [ROW_AS_OBJECT]}), "application/json")
    assert one["predictions"] == handle(serving, ROW)["predictions"]


ROW_AS_OBJECT = {"label": "F0001", "petal": 4.5, "colour": "blue, pale", "wild": True, "station": "north"}


def test_a_wrong_request_is_refused_before_anything_is_asked(serving: Serving) -> None:
    serving.refuses = "never asked"
    with pytest.raises(endpoint.RequestError, match="Row 2: It has 1 cell"):
        handle(serving, f"{ROW}\n1")
    with pytest.raises(
        endpoint.RequestError, match='Row 2: The column "petal" holds numbers, and "tall" is none'
    ):
        handle(serving, f"{ROW}\n,tall,,,")


def test_what_tensorflow_serving_refuses_is_quoted(serving: Serving) -> None:
    serving.refuses = "Servable not found"
    with pytest.raises(inference.ServingError, match="Servable not found"):
        handle(serving, ROW)


def test_inputs_of_a_request_are_those_of_training(run: Run) -> None:
    schema = Model.load(run.model).schema
    rows = [
        *rows_of(schema, run.folder / "processing/test/test.csv"),
        ["", "", "", "", ""],
        ["?", "1e300", "purple", "maybe", ""],
        ["?", "-1e300", "red", "TRUE", ""],
    ]
    np.testing.assert_array_equal(
        np.array(inputs.of_rows(schema, rows), "float32"), widened(matrix(schema, rows))
    )


def test_a_number_that_is_rescaled_is_rescaled_in_both() -> None:
    columns = (Column("at", "numeric", center=1.6e18, scale=1e9),)
    schema = Schema(target="y", problem_type="regression", columns=columns)
    rows = [["1600000000000000001"], ["1700000000000000000"], ["1e320"]]
    np.testing.assert_array_equal(
        np.array(inputs.of_rows(schema, rows), "float32"), widened(matrix(schema, rows))
    )


def test_the_handler_takes_pythons_own_library_alone(run: Run) -> None:
    """The image that serves has TensorFlow's server, and neither TensorFlow nor NumPy."""
    code = run.model / "code"
    program = (
        f"import sys; sys.path.insert(0, {str(code)!r}); import inference; "
        "print(inference.SCHEMA.exists(), sorted(set(sys.modules) & {'numpy', 'tensorflow', 'keras'}))"
    )
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-B", "-I", "-S", "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stdout == "True []\n", done.stderr
    assert {path.name for path in code.iterdir()} >= {"inference.py", "inputs.py", "endpoint.py"}
