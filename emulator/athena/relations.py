"""A table as DuckDB reads it: its objects, by the columns and types that the catalog declares.

The catalog's schema holds, not that of the objects: a column that they lack is NULL, one that it lacks is not
there (https://docs.aws.amazon.com/athena/latest/ug/handling-schema-updates-chapter.html).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlglot import exp
from sqlglot.errors import SqlglotError

from emulator.athena.failures import QueryError
from emulator.athena.reading import Object
from emulator.athena.tables import Column, Table

_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
_FRACTIONS = ("FLOAT", "DOUBLE")
_PHYSICAL = {
    "INTEGER": "INT32",
    "BIGINT": "INT64",
    "VARCHAR": "BINARY",
    "DATE": "INT32",
    "TIMESTAMP": "INT64",
}
_SIMPLE = {
    "bigint": "BIGINT",
    "binary": "BLOB",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "double": "DOUBLE",
    "float": "FLOAT",
    "int": "INTEGER",
    "integer": "INTEGER",
    "smallint": "SMALLINT",
    "string": "VARCHAR",
    "timestamp": "TIMESTAMP",
    "tinyint": "TINYINT",
}
"""https://docs.aws.amazon.com/athena/latest/ug/data-types.html"""

_DAY_ZERO, _TIME_ZERO = "DATE '1970-01-01'", "TIMESTAMP '1970-01-01 00:00:00'"


@dataclass(frozen=True, kw_only=True)
class Visible:
    """What of a table its reader may see.

    Attributes:
        columns: Names of the columns.
        filters: Conditions of which a row must meet one, in DuckDB's SQL; None for all rows.
        masks: For columns that not all of these rows show, the conditions of which a row must meet one.
    """

    columns: Sequence[str]
    filters: Sequence[str] | None = None
    masks: Mapping[str, Sequence[str]] = field(default_factory=dict)


def quoted(name: str) -> str:
    """A name in DuckDB's SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text in DuckDB's SQL."""
    return "'" + text.replace("'", "''") + "'"


def duckdb_type(column: Column) -> str:
    """The type of a column in DuckDB; a nested one as sqlglot translates it.

    Raises:
        QueryError: It is no type.
    """
    if column.type in _SIMPLE:
        return _SIMPLE[column.type]

    try:
        return exp.DataType.build(column.type, dialect="hive").sql("duckdb")
    except (SqlglotError, ValueError):
        raise QueryError(f"TYPE_NOT_FOUND: Unknown type: {column.type}") from None


def view(connection: Any, table: Table, found: Sequence[Object], visible: Visible) -> str:
    """The query that gives what a reader may see of a table.

    Args:
        connection: DuckDB's, to look into Parquet files.
        table: The table.
        found: Its objects, fetched.
        visible: What the reader may see.

    Raises:
        QueryError: An object does not have what the catalog declares.
    """
    parts = list(_parts(connection, table, found)) or [_nothing(table)]
    whole = " UNION ALL ".join(parts)
    columns = ", ".join(_cell(name, visible.masks.get(name)) for name in visible.columns)
    condition = ""
    if visible.filters is not None:
        condition = f" WHERE {_any(visible.filters)}"
    return f"SELECT {columns} FROM ({whole}) AS rows{condition}"  # noqa: S608  names are quoted


def _cell(name: str, conditions: Sequence[str] | None) -> str:
    """A column, which is NULL in the rows in which it may not be seen."""
    shown = quoted(name)
    return shown if conditions is None else f"CASE WHEN {_any(conditions)} THEN {shown} END AS {shown}"


def _any(conditions: Sequence[str]) -> str:
    return " OR ".join(f"({each})" for each in conditions) or "false"


def _nothing(table: Table) -> str:
    columns = (f"CAST(NULL AS {duckdb_type(each)}) AS {quoted(each.name)}" for each in table.all_columns())
    return f"SELECT {', '.join(columns)} WHERE false"


def _parts(connection: Any, table: Table, found: Sequence[Object]) -> Iterator[str]:
    """One query for the objects that are read alike."""
    for values, some in groupby(found, key=lambda each: each.values):
        keys = [
            f"CAST({literal(value)} AS {duckdb_type(key)}) AS {quoted(key.name)}"
            for key, value in zip(table.keys, values, strict=True)
        ]
        if table.format.kind != "parquet":
            yield _text(table, list(some), keys)
            continue
        read = [(each, _types(connection, each)) for each in some]
        for types, alike in groupby(read, key=lambda each: each[1]):
            yield _parquet(table, [each for each, _ in alike], dict(types), keys)


def _types(connection: Any, found: Object) -> tuple[tuple[str, str], ...]:
    """Columns of a Parquet file, and their types."""
    described = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({literal(str(found.path))})")  # noqa: S608
    return tuple((row[0], row[1]) for row in described.fetchall())


def _parquet(table: Table, found: Sequence[Object], types: Mapping[str, str], keys: Sequence[str]) -> str:
    theirs = {name.lower(): (name, kind) for name, kind in types.items()}
    columns = []
    for column in table.columns:
        declared = duckdb_type(column)
        if column.name not in theirs:
            columns.append(f"CAST(NULL AS {declared}) AS {quoted(column.name)}")
            continue
        name, kind = theirs[column.name]
        if not _fits(kind, declared):
            physical = _PHYSICAL.get(kind, kind)
            raise QueryError(
                f"HIVE_BAD_DATA: Field {column.name}'s type {physical} in parquet file {found[0].url} is "
                f"incompatible with type {column.type} defined in table schema"
            )
        columns.append(f"CAST({quoted(name)} AS {declared}) AS {quoted(column.name)}")
    return f"SELECT {', '.join([*columns, *keys])} FROM read_parquet([{_paths(found)}])"  # noqa: S608


def _fits(kind: str, declared: str) -> bool:
    """Whether Trino reads a type of a Parquet file as a declared one."""
    if kind == declared or kind.split("(", maxsplit=1)[0] == declared.split("(", maxsplit=1)[0]:
        return True
    return (
        (kind in _INTEGERS and (declared in _INTEGERS or declared.startswith("DECIMAL")))
        or (kind in _FRACTIONS and declared in _FRACTIONS)
        or (kind in ("BLOB", "VARCHAR") and declared.split("(", maxsplit=1)[0] in ("BLOB", "VARCHAR", "TEXT"))
        or (kind.startswith("TIMESTAMP") and declared == "TIMESTAMP")
        or declared.endswith(("]", ")"))  # Nested types are compared by DuckDB's cast.
    )


def _text(table: Table, found: Sequence[Object], keys: Sequence[str]) -> str:
    form = table.format
    named = ", ".join(f"{literal(each.name)}: 'VARCHAR'" for each in table.columns)
    options = (
        f"columns={{{named}}}, header=false, auto_detect=false, null_padding=true, strict_mode=false, "
        f"skip={form.skip}, delim={literal(form.delimiter)}, quote={literal(form.quote)}, "
        f"escape={literal(form.escape)}, nullstr={literal(form.null)}"
    )
    columns = [
        f"{_value(name, duckdb_type(each), number, strict=form.kind == 'csv')} AS {name}"
        for number, each in enumerate(table.columns)
        for name in (quoted(each.name),)
    ]
    return f"SELECT {', '.join([*columns, *keys])} FROM read_csv([{_paths(found)}], {options})"  # noqa: S608


def _value(name: str, declared: str, number: int, *, strict: bool) -> str:
    """The value of a text, as the SerDe of the table makes it."""
    if declared in ("VARCHAR", "TEXT"):
        return f"coalesce({name}, '')" if strict else name
    plain, form = f"TRY_CAST({name} AS {declared})", None
    if declared in _INTEGERS:
        form = "[+-]?[0-9]+"  # DuckDB would round 1.5.
    elif strict and declared in ("DATE", "TIMESTAMP"):
        # OpenCSVSerde reads dates as days and times as milliseconds since 1970.
        form = "[+-]?[0-9]+"
        since = f"CAST({name} AS BIGINT)"
        plain = (
            f"{_DAY_ZERO} + CAST({since} AS INTEGER)"
            if declared == "DATE"
            else f"{_TIME_ZERO} + to_milliseconds({since})"
        )
    if form is not None:
        plain = f"CASE WHEN regexp_full_match({name}, '{form}') THEN {plain} END"
    if not strict:
        return plain
    reason = (
        f"'HIVE_BAD_DATA: Error parsing field value ''' || coalesce({name}, '') || ''' for field {number}'"
    )
    return f"CASE WHEN {plain} IS NULL THEN error({reason}) ELSE {plain} END"


def _paths(found: Sequence[Object]) -> str:
    return ", ".join(literal(str(each.path)) for each in found)
