"""Rows and targets as arrays, by what the schema says of each column."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from cells import word
from chunks import chunks
from encoding import Cell, encode, wrong_row
from model_schema import CellError, Schema

Array = np.ndarray[Any, Any]


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
                part[:, feature] = encode(schema, column, cells)
            except CellError:
                raise wrong_row(schema, column, cells, count) from None
        parts.append(part)
        count += len(chunk)
    return np.concatenate(parts) if parts else np.empty((0, len(schema.used)), "float32")


def labels(schema: Schema, cells: Sequence[str]) -> Array:
    """Encode cells of the target: class codes, or numbers for a regression."""
    if schema.classes:
        return np.array([schema.codes[word(cell)] for cell in cells], "int64")
    return np.array([schema.target_numbers.read(cell) for cell in cells], "float64")
