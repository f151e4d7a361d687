"""What the endpoint runs: the four functions of the SageMaker inference toolkit.

What it takes and answers, `endpoint.py` says.

https://github.com/aws/sagemaker-inference-toolkit
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import endpoint
from model import Model

try:
    from sagemaker_inference import content_types
    from sagemaker_inference.errors import BaseInferenceToolkitError
except ImportError:  # Outside of SageMaker's containers.
    BaseInferenceToolkitError = Exception
else:
    # The toolkit decodes the bodies of these types itself, and answers bytes that are not UTF-8 with 500.
    content_types.UTF8_TYPES = ()


class RefusedError(BaseInferenceToolkitError):  # type: ignore[misc, valid-type, unused-ignore]
    """A request that the caller can correct, which the toolkit answers with its status.

    https://github.com/aws/sagemaker-inference-toolkit/blob/master/src/sagemaker_inference/errors.py

    Attributes:
        status_code: A status of HTTP.
        message: What is wrong.
        phrase: What HTTP says of the status.
    """

    def __init__(self, error: endpoint.RequestError) -> None:
        Exception.__init__(self, str(error))
        self.status_code, self.message, self.phrase = error.status.value, str(error), error.status.phrase


def model_fn(model_dir: str) -> Model:
    """Load the model.

    Args:
        model_dir: The unpacked ``model.tar.gz``.
    """
    return Model.load(Path(model_dir))


def input_fn(body: str | bytes, content_type: str) -> list[Any]:
    """Read the rows of a request.

    Raises:
        RefusedError: The request is not of a supported type, or not well-formed.
    """
    with _refusals():
        return endpoint.read_rows(body, content_type)


def predict_fn(rows: list[Any], model: Model) -> dict[str, list[Any]]:
    """Predict.

    Args:
        rows: What `input_fn` read.
        model: What `model_fn` loaded.

    Raises:
        RefusedError: A row does not fit the columns of the model.
    """
    with _refusals():
        return endpoint.predict(model.schema, lambda cells: model.predict(cells).tolist(), rows)


def output_fn(prediction: dict[str, list[Any]], accept: str) -> tuple[str, str]:
    """Write the answer, which is JSON whatever is accepted.

    Args:
        prediction: What `predict_fn` answered.
        accept: The types that the caller accepts.
    """
    del accept
    return endpoint.write(prediction), endpoint.JSON


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except endpoint.RequestError as error:
        raise RefusedError(error) from error
