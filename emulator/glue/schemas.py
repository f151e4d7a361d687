"""What a crawler makes of the objects of a table: columns, types, and how they are read.

How it reads text: https://docs.aws.amazon.com/glue/latest/dg/add-classifier.html.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
OPEN_CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
LAZY = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"

_TEXT = (
    "org.apache.hadoop.mapred.TextInputFormat",
    "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
)
_PARQUET_FORMATS = (
    "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
)
_TYPES = {
    "BIGINT": "bigint",
    "BLOB": "binary",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DOUBLE": "double",
    "FLOAT": "float",
    "INTEGER": "int",
    "SMALLINT": "smallint",
    "TIMESTAMP": "timestamp",
    "TINYINT": "tinyint",
    "VARCHAR": "string",
}
_OF_TEXT = {"bigint": "bigint", "boolean": "boolean", "double": "double", "int": "bigint"}
"""What a crawler makes of text: numbers, and everything else, dates too, as strings."""


class CrawlError(Exception):
    """A crawl that fails; its text is for the crawler's last crawl."""


def of_parquet(paths: Sequence[Path]) -> dict[str, Any]:
    """What the catalog says of Parquet files: `storage`, and `parameters` of the table."""
    listed = ", ".join(f"'{path}'" for path in paths)
    rows = (
        duckdb.connect()
        .execute(
            f"DESCRIBE SELECT * FROM read_parquet([{listed}], union_by_name=true)"  # noqa: S608
        )
        .fetchall()
    )
    columns = [{"Name": name.lower(), "Type": _hive(kind)} for name, kind, *_ in rows]
    given, parameters = {"serialization.format": "1"}, {"classification": "parquet"}
    return _schema_of(columns, PARQUET, _PARQUET_FORMATS, given, parameters)


def of_text(paths: Sequence[Path], classifier: Mapping[str, Any]) -> dict[str, Any]:
    """What the catalog says of text with a delimiter, as `of_parquet`.

    Args:
        paths: The files.
        classifier: `CsvClassifier` of the crawler, or nothing.

    Raises:
        CrawlError: They are no such text.
    """
    said = classifier.get("ContainsHeader", "")
    delimiter = classifier.get("Delimiter", ",")
    options = f"delim='{delimiter}', sample_size=-1"
    options += {"PRESENT": ", header=true", "ABSENT": ", header=false"}.get(said, "")
    listed = ", ".join(f"'{path}'" for path in paths)
    connection = duckdb.connect()
    try:
        [described] = connection.execute(
            f"SELECT HasHeader FROM sniff_csv('{paths[0]}', {options})"  # noqa: S608
        ).fetchall()
        rows = connection.execute(
            f"DESCRIBE SELECT * FROM read_csv([{listed}], {options}, union_by_name=true)"  # noqa: S608
        ).fetchall()
    except duckdb.Error as error:
        raise CrawlError(f"No classifier recognizes the data: {str(error).partition(chr(10))[0]}") from None
    has_header = bool(described[0])
    columns = [
        {
            "Name": name.lower() if has_header else f"col{number}",
            "Type": _OF_TEXT.get(_hive(kind), "string"),
        }
        for number, (name, kind, *_) in enumerate(rows)
    ]
    quoted = any(b'"' in path.read_bytes() for path in paths if path.suffix != ".gz")
    quote = classifier.get("QuoteSymbol", '"')
    given = {"separatorChar": delimiter, "quoteChar": quote} if quoted else {"field.delim": delimiter}
    parameters = {"classification": "csv", "delimiter": delimiter, "areColumnsQuoted": "false"}
    parameters |= {"skip.header.line.count": "1"} if has_header else {}
    return _schema_of(columns, OPEN_CSV if quoted else LAZY, _TEXT, given, parameters)


def _schema_of(
    columns: Sequence[Mapping[str, str]],
    serde: str,
    formats: Sequence[str],
    given: Mapping[str, str],
    parameters: Mapping[str, str],
) -> dict[str, Any]:
    storage = {
        "Columns": list(columns),
        "InputFormat": formats[0],
        "OutputFormat": formats[1],
        "SerdeInfo": {"SerializationLibrary": serde, "Parameters": dict(given)},
    }
    return {"storage": storage, "parameters": dict(parameters)}


def _hive(kind: str) -> str:
    """A type of DuckDB's as AWS Glue calls it."""
    if kind in _TYPES:
        return _TYPES[kind]
    if kind.startswith("DECIMAL"):
        return kind.lower()
    return "timestamp" if kind.startswith("TIMESTAMP") else "string"
