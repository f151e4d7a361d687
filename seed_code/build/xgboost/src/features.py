"""How rows become numbers for XGBoost, by what the schema says of each column."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import xgboost

from cells import word
from chunks import chunks
from errors import RowError
from model_schema import CellError, Column, Schema

Array = np.ndarray[Any, Any]
# A text, or a number or boolean of a JSON request; None is missing.
Cell = str | int | float | bool | None

LARGEST = float(np.finfo("float32").max)


def matrix(schema: Schema, rows: Iterable[Sequence[Cell]]) -> Array:
    """Encode rows.

    Args:
        schema: What the columns are.
        rows: A cell for each of the schema's columns.

    Returns:
        A column of single precision for each feature that is not ignored, missing cells being NaN. A word
        that the schema does not know counts as missing.

    Raises:
        RowError: A cell does not fit its column.
    """
    parts, count = [], 0
    for chunk in chunks(rows, len(schema.columns)):
        part = np.empty((len(chunk), len(schema.used)), "float32")
        for feature, (position, column) in enumerate(schema.used):
            cells = [row[position] for row in chunk]
            try:
                part[:, feature] = _encode(schema, column, cells)
            except CellError:
                raise _wrong(schema, column, cells, count) from None
        parts.append(part)
        count += len(chunk)
    return np.concatenate(parts) if parts else np.empty((0, len(schema.used)), "float32")


def labels(schema: Schema, cells: Sequence[str]) -> Array:
    """Encode cells of the target: class codes, or numbers for a regression."""
    if schema.classes:
        return np.array([schema.codes[word(cell)] for cell in cells], "int64")
    return np.array([schema.target_numbers.read(cell) for cell in cells], "float64")


def for_xgboost(schema: Schema, features: Array, label: Array | None = None) -> xgboost.DMatrix:
    """What XGBoost reads: features without names, for it does not take all that people give to columns."""
    kinds = ["c" if column.kind == "categorical" else "q" for _, column in schema.used]
    return xgboost.DMatrix(
        features, label=label, feature_types=kinds, enable_categorical=True, missing=math.nan
    )


def _encode(schema: Schema, column: Column, cells: Sequence[Cell]) -> Array:
    missing = schema.missing_texts
    if column.kind == "categorical":
        codes: dict[str, float] = {category: code for code, category in enumerate(column.categories)}
        known = codes.get
        return np.array([math.nan if cell is None else known(word(cell), math.nan) for cell in cells])
    read = column.numbers.read
    values = np.array(
        [math.nan if cell is None or cell == "" or cell in missing else read(cell) for cell in cells]
    )
    if column.scale != 1 or column.center:
        with np.errstate(over="ignore"):
            values = (values - column.center) / column.scale
    # Beyond single precision a number is the largest one: the order, which is all that trees use, stays.
    return values.clip(-LARGEST, LARGEST)


def _wrong(schema: Schema, column: Column, cells: Sequence[Cell], before: int) -> RowError:
    """Say which cell does not fit."""
    for number, cell in enumerate(cells):
        try:
            _encode(schema, column, [cell])
        except CellError as error:
            return RowError(before + number, f'The column "{column.name}" {error}.')
    raise AssertionError("one of the cells does not fit")
