"""How cells become numbers, by what the schema says of each column.

It uses nothing but Python's own library, as all that an endpoint needs to read a request: not every image
that serves models has more.
"""

import math
from collections.abc import Sequence

from cells import word
from errors import RowError
from model_schema import CellError, Column, Schema

# A text, or a number or boolean of a JSON request; None is missing.
Cell = str | int | float | bool | None

LARGEST = 3.4028234663852886e38
"""The largest number of single precision."""


def encode(schema: Schema, column: Column, cells: Sequence[Cell]) -> list[float]:
    """Encode cells of a column.

    Args:
        schema: What the columns are.
        column: The column, which is not ignored.
        cells: Its cell of each row.

    Returns:
        The number of each, in the range of single precision; of a word its code. Missing cells are NaN, and
        so are words that the schema does not know.

    Raises:
        CellError: A cell does not fit.
    """
    if column.kind == "categorical":
        codes: dict[str, float] = {category: code for code, category in enumerate(column.categories)}
        known = codes.get
        return [math.nan if cell is None else known(word(cell), math.nan) for cell in cells]
    missing, read = schema.missing_texts, column.numbers.read
    values = [math.nan if cell is None or cell == "" or cell in missing else read(cell) for cell in cells]
    center, scale = column.center, column.scale
    if scale != 1 or center:
        values = [(value - center) / scale for value in values]
    return [value if -LARGEST <= value <= LARGEST else _clipped(value) for value in values]


def wrong_row(schema: Schema, column: Column, cells: Sequence[Cell], before: int = 0) -> RowError:
    """Say which cell of a column does not fit.

    Args:
        schema: What the columns are.
        column: The column.
        cells: Its cell of each row, one of which does not fit.
        before: How many rows are before the first of them.
    """
    for number, cell in enumerate(cells):
        try:
            encode(schema, column, [cell])
        except CellError as error:
            return RowError(before + number, f'The column "{column.name}" {error}.')
    raise AssertionError("one of the cells does not fit")


def _clipped(value: float) -> float:
    """Beyond single precision a number is the largest one: the order stays. NaN stays what it is."""
    return value if math.isnan(value) else math.copysign(LARGEST, value)
