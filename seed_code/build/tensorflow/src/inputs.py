"""What the network reads of a row: a number for each feature, and behind them a 1 for each that is missing.

A missing number is 0, for JSON has no NaN. The endpoint makes inputs of a request with Python's own library,
all that there is in the image that serves; training makes the same of a matrix.
"""

import math
from collections.abc import Sequence

from encoding import Cell, encode, wrong_row
from model_schema import CellError, Schema


def of_rows(schema: Schema, rows: Sequence[Sequence[Cell]]) -> list[list[float]]:
    """Make inputs of rows.

    Args:
        schema: What the columns are.
        rows: A cell for each of the schema's columns.

    Raises:
        RowError: A cell does not fit its column.
    """
    columns = []
    for position, column in schema.used:
        cells = [row[position] for row in rows]
        try:
            columns.append(encode(schema, column, cells))
        except CellError:
            raise wrong_row(schema, column, cells) from None
    return [
        [
            *(0.0 if math.isnan(value) else value for value in values),
            *(1.0 if math.isnan(value) else 0.0 for value in values),
        ]
        for values in zip(*columns, strict=True)
    ]
