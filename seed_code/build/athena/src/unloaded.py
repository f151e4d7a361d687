"""The Parquet files that a query has left, written as CSV files for the steps that follow.

A file is read batch by batch, so that the table may be larger than memory.
"""

import datetime
import decimal
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from errors import DataError
from parts import PartWriter

BATCH_ROWS = 10_000


def write_csv(source: Path, target: Path) -> int:
    """Write a Parquet file as a CSV file.

    Args:
        source: The Parquet file.
        target: The CSV file; there is none if the table has no rows.

    Returns:
        The number of rows.

    Raises:
        DataError: A column holds something else than single values.
    """
    with pq.ParquetFile(source) as file:
        schema = file.schema_arrow
        for field in schema:
            if pa.types.is_nested(field.type) or pa.types.is_binary(field.type):
                raise DataError(
                    f'The column "{field.name}" of the query holds {field.type}: select its parts, each as a '
                    "column of texts, numbers, booleans or dates."
                )
        if not file.metadata.num_rows:
            return 0
        with PartWriter(target, schema.names) as writer:
            for cells in _rows(file):
                writer.write(cells)
        return int(file.metadata.num_rows)


def _rows(file: pq.ParquetFile) -> Iterator[list[str]]:
    for batch in file.iter_batches(batch_size=BATCH_ROWS):
        columns = [column.to_pylist() for column in batch.columns]
        for values in zip(*columns, strict=True):
            yield [text(value) for value in values]


def text(value: Any) -> str:
    """A value as the cell of a CSV file; empty for one that is missing.

    Args:
        value: What Parquet holds.
    """
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            # Not a number is a missing one.
            return "" if math.isnan(value) else repr(value)
        case decimal.Decimal():
            return format(value, "f")
        case datetime.datetime() | datetime.date() | datetime.time():
            return value.isoformat()
        case _:
            return str(value)
