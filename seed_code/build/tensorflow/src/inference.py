"""What the endpoint runs beside TensorFlow Serving: the handler that SageMaker's container calls.

It reads a request as `endpoint.py` says, asks TensorFlow Serving for the outputs of its rows, and writes the
answer. A request that is refused is answered with the sentence and, as the container has it for whatever a
handler raises, with a status of 500.

https://github.com/aws/sagemaker-tensorflow-serving-container
"""

import json
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol
from urllib.error import HTTPError

import endpoint
import inputs
from encoding import Cell
from model_schema import Schema

SCHEMA = Path(__file__).parents[1] / "schema.json"
SECONDS = 60


class Body(Protocol):
    """The stream of a request's body."""

    def read(self) -> bytes:
        """Read all of it."""


class Context(Protocol):
    """What the container tells of a request.

    Attributes:
        rest_uri: Where TensorFlow Serving predicts.
        request_content_type: The media type of the body.
    """

    rest_uri: str
    request_content_type: str


class ServingError(Exception):
    """TensorFlow Serving refused what the handler sent; the message is its own."""


def handler(data: Body, context: Context) -> tuple[str, str]:
    """Answer a request.

    Args:
        data: The request's body.
        context: What else the container knows of it.

    Returns:
        The answer and its media type.

    Raises:
        RequestError: The caller can correct the request.
        ServingError: TensorFlow Serving cannot answer.
    """
    schema = Schema.load(SCHEMA)

    def ask(cells: Sequence[Sequence[Cell]]) -> list[Any]:
        return predictions(context.rest_uri, inputs.of_rows(schema, cells))

    rows = endpoint.read_rows(data.read(), context.request_content_type)
    return endpoint.write(endpoint.predict(schema, ask, rows)), endpoint.JSON


def predictions(uri: str, instances: list[list[float]]) -> list[Any]:
    """Ask TensorFlow Serving: https://www.tensorflow.org/tfx/serving/api_rest#predict_api.

    Args:
        uri: Where it predicts.
        instances: The inputs of each row.
    """
    request = urllib.request.Request(  # noqa: S310
        uri,
        data=json.dumps({"instances": instances}, allow_nan=False).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as response:  # noqa: S310
            answered: list[Any] = json.load(response)["predictions"]
    except HTTPError as error:
        raise ServingError(error.read().decode(errors="replace")) from error
    return answered
