"""How the objects of a table are read: Parquet, and text with a delimiter.

Which SerDe reads what: https://docs.aws.amazon.com/athena/latest/ug/supported-serdes.html.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from emulator.athena.failures import QueryError

_PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
_LAZY = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
_OPEN_CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"


@dataclass(frozen=True, kw_only=True)
class Format:
    """How objects are read.

    Attributes:
        kind: `parquet`; `csv` for text whose values may be quoted; `text` for text without quotes.
        delimiter: Between the values of a line.
        quote: Around a value.
        escape: Before a character that stands for itself.
        null: What stands for no value.
        skip: How many lines at the beginning of an object are no rows.
    """

    kind: Literal["parquet", "csv", "text"]
    delimiter: str = ","
    quote: str = ""
    escape: str = ""
    null: str = ""
    skip: int = 0


def format_of(table: Mapping[str, Any]) -> Format:
    """Return how the objects of a table are read.

    Args:
        table: As AWS Glue describes it.

    Raises:
        QueryError: In a way that the emulator does not have.
    """
    serde = table.get("StorageDescriptor", {}).get("SerdeInfo") or {}
    library, given = serde.get("SerializationLibrary", _LAZY), serde.get("Parameters") or {}
    skip = int(
        (table.get("Parameters") or {}).get("skip.header.line.count", given.get("skip.header.line.count", 0))
    )
    match library:
        case _ if library == _PARQUET:
            return Format(kind="parquet")
        case _ if library == _OPEN_CSV:
            # https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html. By default a backslash escapes, and
            # so does a doubled quote; DuckDB takes one of them.
            return Format(
                kind="csv",
                delimiter=given.get("separatorChar", ","),
                quote=given.get("quoteChar", '"'),
                escape=given.get("escapeChar", given.get("quoteChar", '"')),
                skip=skip,
            )
        case _ if library == _LAZY:
            # https://docs.aws.amazon.com/athena/latest/ug/lazy-simple-serde.html
            return Format(
                kind="text",
                delimiter=given.get("field.delim", given.get("serialization.format", "\x01")),
                null=given.get("serialization.null.format", "\\N"),
                skip=skip,
            )
    raise QueryError(f"NOT_SUPPORTED: The emulator does not read objects with {library}; AWS may.")
