"""What the endpoint runs: the four functions of the SageMaker inference toolkit.

A request is ``text/csv`` (rows in the order of the training columns, without a header and without the
target) or ``application/json`` (``{"instances": [...]}``, each an object by column name, or a list in the
order of the columns). Empty, absent and null cells are missing values.

The answer is JSON: ``{"predictions": [...]}``, and for a classification also ``"probabilities"``, an object
by class for each row. There is an answer for each row, or the request is refused with a status of 4xx and one
sentence that names the first row that does not fit.

https://github.com/aws/sagemaker-inference-toolkit
"""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Never

import numpy as np
import xgboost

from errors import RowError
from features import Array, Cell, for_xgboost, matrix
from model_schema import Schema

try:
    from sagemaker_inference import content_types
    from sagemaker_inference.errors import BaseInferenceToolkitError
except ImportError:  # Outside of SageMaker's containers.
    BaseInferenceToolkitError = Exception
else:
    # The toolkit decodes the bodies of these types itself, and answers bytes that are not UTF-8 with 500.
    content_types.UTF8_TYPES = ()

CSV = "text/csv"
JSON = "application/json"


class RequestError(BaseInferenceToolkitError):  # type: ignore[misc, valid-type, unused-ignore]
    """A request that the caller can correct, which the toolkit answers with its status.

    https://github.com/aws/sagemaker-inference-toolkit/blob/master/src/sagemaker_inference/errors.py

    Attributes:
        status_code: A status of HTTP.
        message: What is wrong.
        phrase: What HTTP says of the status.
    """

    def __init__(self, message: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        # What a JSON request quotes may be no text that can be sent.
        message = message.encode(errors="replace").decode()
        Exception.__init__(self, message)
        self.status_code, self.message, self.phrase = status.value, message, status.phrase


@dataclass(frozen=True)
class Model:
    """A trained booster and the schema of its data."""

    booster: xgboost.Booster
    schema: Schema

    @property
    def training(self) -> dict[str, Any]:
        """What `train.train` says of how it came about."""
        summary: dict[str, Any] = json.loads(self.booster.attr("training"))
        return summary


def model_fn(model_dir: str) -> Model:
    """Load the model.

    Args:
        model_dir: The unpacked ``model.tar.gz``.
    """
    booster = xgboost.Booster()
    booster.load_model(Path(model_dir) / "model.json")
    return Model(booster, Schema.load(Path(model_dir) / "schema.json"))


def input_fn(body: str | bytes, content_type: str) -> list[Any]:
    """Read the rows of a request.

    Returns:
        A list of cells, or an object of cells by column name, for each row.

    Raises:
        RequestError: The request is not of a supported type, or not well-formed.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in (CSV, JSON):
        raise RequestError(
            f'The content type "{content_type}" is not supported; send {CSV} or {JSON}.',
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        )
    csv.field_size_limit(2**31 - 1)
    try:
        text = bytes(body).decode("utf-8-sig") if not isinstance(body, str) else body.removeprefix("\ufeff")
        rows = (
            list(csv.reader(io.StringIO(text, newline=""), strict=True))
            if kind == CSV
            else json.loads(text, parse_constant=_no_number)["instances"]
        )
    # Among them errors of decoding and of JSON, and integers of too many digits.
    except (ValueError, csv.Error, KeyError, TypeError, RecursionError) as error:
        form = "rows of comma-separated cells" if kind == CSV else '{"instances": [...]}'
        raise RequestError(f"The request is not {form} in UTF-8.") from error
    if not isinstance(rows, list) or not rows:
        raise RequestError("The request has no rows.")
    return rows


def predict_fn(rows: list[Any], model: Model) -> dict[str, list[Any]]:
    """Predict.

    Args:
        rows: What `input_fn` read.
        model: What `model_fn` loaded.

    Raises:
        RequestError: A row does not fit the columns of the model.
    """
    schema = model.schema
    if _is_header(rows[0], schema):
        raise RequestError("Row 1 is the header; send rows alone, in the order of the columns.")
    try:
        return answer(model, predict(model, [_cells(number, row, schema) for number, row in enumerate(rows)]))
    except RowError as error:
        raise RequestError(str(error)) from error


def output_fn(prediction: dict[str, list[Any]], accept: str) -> tuple[str, str]:
    """Write the answer, which is JSON whatever is accepted.

    Args:
        prediction: What `predict_fn` answered.
        accept: The types that the caller accepts.
    """
    del accept
    return json.dumps(prediction, ensure_ascii=False, allow_nan=False), JSON


def predict(model: Model, rows: Iterable[Sequence[Cell]]) -> Array:
    """Predict rows.

    Args:
        model: What `model_fn` loaded.
        rows: A cell for each column of the schema.

    Returns:
        Numbers in the unit of the target; or the chances of each class, a row of them for each row.

    Raises:
        RowError: A cell does not fit its column.
    """
    raw: Array = model.booster.predict(for_xgboost(model.schema, matrix(model.schema, rows)))
    raw = raw.astype("float64")
    if not model.schema.classes:
        center, scale = (float(model.booster.attr(f"target_{name}")) for name in ("center", "scale"))
        return raw * scale + center
    return np.stack([1 - raw, raw], axis=1) if raw.ndim == 1 else raw


def answer(model: Model, predicted: Array) -> dict[str, list[Any]]:
    """What is answered for what `predict` returned."""
    if not model.schema.classes:
        return {"predictions": predicted.tolist()}
    classes = model.schema.classes
    return {
        "predictions": [model.schema.answer(int(code)) for code in predicted.argmax(axis=1)],
        "probabilities": [dict(zip(classes, row, strict=True)) for row in predicted.tolist()],
    }


def _cells(number: int, row: object, schema: Schema) -> list[Cell]:
    """Order the cells of a row."""
    if isinstance(row, dict):
        unknown = sorted(set(row) - set(schema.names))
        if unknown:
            raise RowError(number, f'The model has no column "{unknown[0]}"; it has {schema.described()}.')
        row = [row.get(name) for name in schema.names]
    if not isinstance(row, list):
        raise RowError(number, "It is neither a list of cells nor an object of cells by column.")
    # A blank line is a row of one cell.
    row = row or [""] if len(schema.columns) == 1 else row
    if len(row) != len(schema.columns):
        cells = "1 cell" if len(row) == 1 else f"{len(row):,} cells"
        raise RowError(number, f"It has {cells}, and the model has {schema.described()}.")
    if any(isinstance(cell, list | dict) for cell in row):
        raise RowError(
            number, "A cell holds a list or an object; it takes a number, a text, a boolean or null."
        )
    return [cell.strip() if isinstance(cell, str) else cell for cell in row]


def _is_header(row: object, schema: Schema) -> bool:
    """Whether a row holds the names of the columns, at least one of which is no value of its column."""
    if not isinstance(row, list) or not all(isinstance(cell, str) for cell in row):
        return False
    cells = [cell.strip() for cell in row]
    if cells != list(schema.names):
        return len(cells) > len(schema.names) and set(cells) >= {*schema.names, schema.target}
    return any(not column.knows(cells[position]) for position, column in schema.used)


def _no_number(constant: str) -> Never:
    raise ValueError(f"{constant} is not JSON")
