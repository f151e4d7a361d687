"""Tables in Parquet, batch by batch, as the texts that a CSV file of the same table would hold."""

import datetime
import decimal
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from cells import Decimal
from errors import DataError

MARK = b"PAR1"
SUFFIXES = (".parquet", ".parq", ".pq")
# Of a batch, whatever the size of the file's row groups.
BATCH_ROWS = 10_000
SAMPLED_ROWS = 500
# What pandas calls an index that has no name.
_INDEX = "__index_level_0__"


@dataclass(frozen=True)
class Parquet:
    """How a Parquet file writes a table: its types and names are in the file.

    Attributes:
        decimal: What stands before the fraction of numbers in columns of texts, and so in all.
    """

    decimal: Decimal = "."
    sentence = "Parquet"
    delimiter = ""

    def rows(self, path: Path) -> Iterator[list[str]]:
        """Yield the rows of a file, without a header.

        Raises:
            DataError: The file cannot be read.
        """
        import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]  # noqa: PLC0415

        with _open(path) as file:
            try:
                for batch in file.iter_batches(batch_size=BATCH_ROWS):
                    # Column by column, which is how a batch holds them.
                    columns = [
                        [text(value, self.decimal) for value in column.to_pylist()]
                        for column in batch.columns
                    ]
                    yield from map(list, zip(*columns, strict=True))
            except (OSError, pa.ArrowException) as error:
                raise DataError(f"{path.name} is damaged ({error}); store it again.") from error


def count(path: Path) -> int:
    """How many rows a file has.

    Raises:
        DataError: It cannot be read as a table.
    """
    begin(path)
    with _open(path) as file:
        return int(file.metadata.num_rows)


def begin(path: Path) -> tuple[Parquet, list[list[str]]] | None:
    """Look into a Parquet file.

    Returns:
        How it is read, and the first records, the header first, with the cells of columns of texts alone;
        None when it has no rows.

    Raises:
        DataError: It is damaged, or a column holds something else than single values.
    """
    from pyarrow import types  # type: ignore[import-untyped, unused-ignore]  # noqa: PLC0415

    with _open(path) as file:
        schema = file.schema_arrow
        if not file.metadata.num_rows:
            return None
    for name, kind in zip(schema.names, _kinds(schema), strict=True):
        if types.is_nested(kind) or types.is_binary(kind):
            raise DataError(
                f'The column "{name}" of {path.name} holds {kind}; give its parts, each as a '
                "column of texts, numbers, booleans or dates."
            )
    header = ["" if name == _INDEX else name for name in schema.names]
    if len(header) < 2:
        raise DataError(f"{path.name} has one column; a table has a feature and the target at least.")
    of_texts = [types.is_string(kind) or types.is_large_string(kind) for kind in _kinds(schema)]
    return Parquet(), [
        header,
        *(
            [cell if is_text else "" for cell, is_text in zip(cells, of_texts, strict=True)]
            for cells in islice(Parquet().rows(path), SAMPLED_ROWS)
        ),
    ]


def text(value: Any, mark: Decimal = ".") -> str:
    """A value as the cell of a CSV file; empty for one that is missing.

    Args:
        value: What Parquet holds.
        mark: What stands before the fraction of a number.
    """
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            # Not a number is a missing one.
            return "" if math.isnan(value) else repr(value).replace(".", mark)
        case decimal.Decimal():
            return format(value, "f").replace(".", mark)
        case datetime.datetime() | datetime.date() | datetime.time():
            return value.isoformat()
        case _:
            return str(value).strip()


def _kinds(schema: Any) -> list[Any]:
    """The types of the columns; a dictionary is one of its values' type."""
    from pyarrow import types  # noqa: PLC0415

    return [
        kind.value_type if types.is_dictionary(kind) else kind for kind in (field.type for field in schema)
    ]


def _open(path: Path) -> Any:
    """Open a file; only here, so that who reads none does without the library."""
    try:
        import pyarrow as pa  # noqa: PLC0415
        import pyarrow.parquet as pq  # type: ignore[import-untyped, unused-ignore]  # noqa: PLC0415
    except ImportError:
        raise DataError(f"{path.name} is a Parquet file, for which pyarrow must be installed.") from None
    try:
        return pq.ParquetFile(path)
    except (OSError, pa.ArrowException) as error:
        raise DataError(f"{path.name} is damaged ({error}); store it again.") from error
