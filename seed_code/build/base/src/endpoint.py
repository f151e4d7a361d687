"""What an endpoint takes and answers, whatever computes the predictions.

A request is ``text/csv`` (rows in the order of the training columns, without a header and without the
target) or ``application/json`` (``{"instances": [...]}``, each an object by column name, or a list in the
order of the columns). Empty, absent and null cells are missing values.

The answer is JSON: ``{"predictions": [...]}``, and for a classification also ``"probabilities"``, an object
by class for each row. There is an answer for each row, or the request is refused with a status of 4xx and one
sentence that names the first row that does not fit.
"""

import csv
import io
import json
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, Never

from encoding import Cell
from errors import RowError
from model_schema import Schema

CSV = "text/csv"
JSON = "application/json"

Predict = Callable[[list[list[Cell]]], Sequence[Any]]
"""Gives of each row a number in the unit of the target, or the chances of the classes; may raise RowError."""


class RequestError(Exception):
    """A request that the caller can correct.

    Attributes:
        status: A status of HTTP.
    """

    def __init__(self, message: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        # What a JSON request quotes may be no text that can be sent.
        super().__init__(message.encode(errors="replace").decode())
        self.status = status


def read_rows(body: str | bytes, content_type: str) -> list[Any]:
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


def predict(schema: Schema, model: Predict, rows: list[Any]) -> dict[str, list[Any]]:
    """Predict the rows of a request.

    Args:
        schema: What the model was trained on.
        model: What gives the predictions.
        rows: What `read_rows` read.

    Returns:
        What is answered.

    Raises:
        RequestError: A row does not fit the columns of the model.
    """
    if _is_header(rows[0], schema):
        raise RequestError("Row 1 is the header; send rows alone, in the order of the columns.")
    try:
        return answer(schema, model([_cells(number, row, schema) for number, row in enumerate(rows)]))
    except RowError as error:
        raise RequestError(str(error)) from error


def answer(schema: Schema, predicted: Sequence[Any]) -> dict[str, list[Any]]:
    """What is answered for predictions.

    Args:
        schema: What the model was trained on.
        predicted: Of each row a number, or the chances of the classes.
    """
    if not schema.classes:
        return {"predictions": list(predicted)}
    return {
        # The first of the most likely ones.
        "predictions": [schema.answer(max(range(len(row)), key=row.__getitem__)) for row in predicted],
        "probabilities": [dict(zip(schema.classes, row, strict=True)) for row in predicted],
    }


def write(prediction: dict[str, list[Any]]) -> str:
    """Write an answer."""
    return json.dumps(prediction, ensure_ascii=False, allow_nan=False)


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
