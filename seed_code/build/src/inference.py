"""What the endpoint runs: the four functions of the SageMaker inference toolkit.

A request is ``text/csv`` (rows in the order of the training columns, without a header and without the
target) or ``application/json`` (``{"instances": [...]}``, each an object by column name, or a list in the
order of the columns). Empty, absent and null cells are missing values.

The answer is JSON: ``{"predictions": [...]}``, and for a classification also ``"probabilities"``, an object
by class for each row.

https://github.com/aws/sagemaker-inference-toolkit
"""

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xgboost

from tabular import DataError, Schema

CSV = "text/csv"
JSON = "application/json"


@dataclass(frozen=True)
class Model:
    """A trained booster and the schema of its data."""

    booster: xgboost.Booster
    schema: Schema


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
        ValueError: The request is not of a supported type, or not well-formed.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in (CSV, JSON):
        raise ValueError(f'The content type "{content_type}" is not supported; send {CSV} or {JSON}.')
    try:
        text = body.decode("utf-8-sig") if isinstance(body, bytes) else body
        rows = (
            list(csv.reader(io.StringIO(text), strict=True)) if kind == CSV else json.loads(text)["instances"]
        )
    except (UnicodeDecodeError, csv.Error, json.JSONDecodeError, KeyError, TypeError) as error:
        form = "rows of comma-separated cells" if kind == CSV else '{"instances": [...]}'
        raise ValueError(f"The request is not {form} in UTF-8.") from error
    rows = [row for row in rows if row != []] if isinstance(rows, list) else rows
    if not isinstance(rows, list) or not rows or not all(isinstance(row, list | dict) for row in rows):
        raise ValueError("The request has no rows.")
    return rows


def predict_fn(rows: list[Any], model: Model) -> dict[str, list[Any]]:
    """Predict.

    Args:
        rows: What `input_fn` read.
        model: What `model_fn` loaded.

    Raises:
        ValueError: A row does not fit the columns of the model.
    """
    try:
        return predict(model, model.schema.rows([_cells(row, model.schema.names) for row in rows]))
    except DataError as error:
        raise ValueError(str(error)) from error


def output_fn(prediction: dict[str, list[Any]], accept: str) -> tuple[str, str]:
    """Write the answer, which is JSON whatever is accepted.

    Args:
        prediction: What `predict_fn` answered.
        accept: The types that the caller accepts.
    """
    del accept
    return json.dumps(prediction, ensure_ascii=False), JSON


def predict(model: Model, rows: pd.DataFrame) -> dict[str, list[Any]]:
    """Predict rows of texts.

    Args:
        model: What `model_fn` loaded.
        rows: A column of texts for each column of the schema; missing cells are NaN.
    """
    raw = model.booster.predict(xgboost.DMatrix(model.schema.features(rows), enable_categorical=True))
    if model.schema.problem_type == "regression":
        return {"predictions": [float(value) for value in raw]}
    chances = np.column_stack([1 - raw, raw]) if raw.ndim == 1 else raw
    return {
        "predictions": [model.schema.answer(int(code)) for code in chances.argmax(axis=1)],
        "probabilities": [dict(zip(model.schema.classes, map(float, row), strict=True)) for row in chances],
    }


def _cells(row: list[Any] | dict[str, Any], names: list[str]) -> list[str]:
    """Order the cells of a row, as texts; missing ones are empty."""
    if isinstance(row, dict):
        unknown = sorted(set(row) - set(names))
        if unknown:
            raise ValueError(f'The model has no column "{unknown[0]}"; its columns are {", ".join(names)}.')
        row = [row.get(name) for name in names]
    if len(row) != len(names):
        raise ValueError(
            f"A row has {len(row)} cells, and the model has {len(names)} columns: {', '.join(names)}."
        )
    if any(isinstance(cell, list | dict) for cell in row):
        raise ValueError("A cell holds a list or an object; it takes a number, a text, a boolean or null.")
    return ["" if cell is None else str(cell) for cell in row]
