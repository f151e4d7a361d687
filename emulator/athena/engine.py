"""Runs queries: tables by AWS Glue, objects by Amazon S3, rows by DuckDB, results to Amazon S3.

DuckDB sees the copies of the objects of one query, and no other file.
"""

import contextlib
import csv
import io
import logging
import re
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from emulator.athena import output, reading
from emulator.athena.failures import CutOffError, QueryError, insufficient
from emulator.athena.lending import Lent, lend
from emulator.athena.plan import Plan, plan
from emulator.athena.relations import duckdb_type, literal, quoted, view
from emulator.athena.store import Execution
from emulator.athena.tables import Partition, Table, table
from emulator.athena.translation import Name
from emulator.core import state
from emulator.iam.credentials import client, credentials_of_key

CUT_OFF = "Bytes scanned limit was exceeded"
FILE_SIZE = "64MB"
"""Of each file of an UNLOAD but the last: Athena writes several at a time."""

logger = logging.getLogger(__name__)

T = TypeVar("T")

_TYPES = {
    "BIGINT": "bigint",
    "BLOB": "varbinary",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DOUBLE": "double",
    "FLOAT": "float",
    "HUGEINT": "bigint",
    "INTEGER": "integer",
    "SMALLINT": "smallint",
    "TIMESTAMP": "timestamp",
    "TINYINT": "tinyint",
    "UBIGINT": "bigint",
    "VARCHAR": "varchar",
}
_OWN = re.compile(r"(HIVE_BAD_DATA|DIVISION_BY_ZERO): .*", re.ASCII)
"""Errors that a query itself raises, in Athena's words."""

_CAST = {"HUGEINT": "BIGINT", "UBIGINT": "BIGINT"}
"""DuckDB's types that Trino does not have: sums of integers, and some counts."""


@dataclass(frozen=True, kw_only=True)
class _Read:
    """A table with what the caller is lent of it."""

    table: Table
    lent: Lent


def run(execution: Execution) -> None:
    """Run a query to its end, which is noted with it."""
    if not execution.run():
        return
    work = state.folder("athena", execution.identifier)
    try:
        _run(execution, work)
        execution.end("SUCCEEDED")
    except CutOffError:
        execution.end("CANCELLED", CUT_OFF)
    except QueryError as error:
        execution.end("FAILED", str(error))
    except Exception as error:
        logger.exception("Athena: %s", execution.query)
        execution.end("FAILED", f"GENERIC_INTERNAL_ERROR: {type(error).__name__}: {error}")
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _run(execution: Execution, work: Path) -> None:
    credentials = credentials_of_key(execution.access_key, execution.account)
    glue = client("glue", credentials, execution.region)
    writer = output.Writer(client("s3", credentials, execution.region), execution.settings)
    if execution.statement.unload:
        writer.check_empty(execution.statement.unload.location)
    read: dict[Name, _Read] = {}

    def look_up(database: str, name: str) -> tuple[Table, list[str]]:
        found = table(glue, execution.region, database, name)
        lent = lend(execution, credentials, found)
        read[database, name] = _Read(table=found, lent=lent)
        return found, list(lent.visible.columns)

    planned = plan(execution.statement, execution.database, look_up)
    connection = _connect(work)
    try:
        with interrupted_when(execution.stopped, connection):
            found = _translate(lambda: _fetch(execution, planned, read, work, connection))
            _translate(lambda: _define(connection, read, found))
            _translate(lambda: _write(execution, planned, connection, writer, work))
    finally:
        connection.close()


@contextlib.contextmanager
def interrupted_when(stopped: threading.Event, connection: Any) -> Iterator[None]:
    """Interrupt what a connection runs, from the moment that it is to stop until the context ends.

    DuckDB interrupts what runs just then. As the next statement may begin a moment later, one call is not
    enough.
    """
    over = threading.Event()

    def interrupt() -> None:
        stopped.wait()
        while not over.wait(0.02):
            connection.interrupt()

    thread = threading.Thread(target=interrupt, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        stopped.set()
        thread.join()


def _connect(work: Path) -> Any:
    connection = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": False,
            "memory_limit": "1GB",
            "temp_directory": str(work / "spilled"),
            "threads": 2,
        },
    )
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"SET allowed_directories = [{literal(str(work))}]")
    connection.execute("SET enable_external_access = false")
    return connection


def _fetch(
    execution: Execution, planned: Plan, read: Mapping[Name, _Read], work: Path, connection: Any
) -> dict[Name, list[reading.Object]]:
    """Fetch the objects that a query needs, unless they are more than its workgroup allows."""
    found: dict[Name, list[reading.Object]] = {}
    for number, (name, each) in enumerate(read.items()):
        if not each.lent.visible.columns:  # Not even its rows can be counted.
            raise insufficient(f"Insufficient Lake Formation permission(s): Required Select on {name[1]}")
        chosen = _chosen(connection, each.table, planned.conditions.get(name))
        found[name] = reading.objects(each.lent.s3, each.table, chosen, work / f"table{number}")
    measured = 0
    for name, each in read.items():
        if each.table.format.kind != "parquet":
            measured += sum(each.size for each in found[name])
            _check_cutoff(execution, measured)
    for name, each in read.items():
        reading.fetch(each.lent.s3, found[name])
        if each.table.format.kind == "parquet":
            measured += sum(_column_bytes(connection, each.path, planned.used[name]) for each in found[name])
            _check_cutoff(execution, measured)
    execution.scanned = measured
    return found


def _check_cutoff(execution: Execution, measured: int) -> None:
    """Athena stops reading at the limit: https://docs.aws.amazon.com/athena/latest/ug/workgroups-setting-control-limits-cloudwatch.html."""
    cutoff = execution.settings.cutoff
    if cutoff is not None and measured > cutoff:
        execution.scanned = cutoff
        raise CutOffError


def _column_bytes(connection: Any, path: Path, columns: frozenset[str]) -> int:
    """What a query reads of a Parquet file: the chunks of the columns that it needs."""
    chunks = connection.execute(
        f"SELECT path_in_schema, total_compressed_size FROM parquet_metadata({literal(str(path))})"  # noqa: S608
    ).fetchall()
    return sum(size for name, size in chunks if name.partition(",")[0].lower() in columns)


def _chosen(connection: Any, found: Table, conditions: Sequence[str] | None) -> list[Partition] | None:
    """The partitions that can hold a row of the result; None for a table without partitions."""
    if found.partitions is None:
        return None
    if not conditions or not found.partitions:
        return list(found.partitions)
    rows = ", ".join(
        f"({number}, {', '.join(map(literal, each.values))})" for number, each in enumerate(found.partitions)
    )
    names = ", ".join(quoted(key.name) for key in found.keys)
    typed = ", ".join(
        f"CAST({quoted(key.name)} AS {duckdb_type(key)}) AS {quoted(key.name)}" for key in found.keys
    )
    condition = " OR ".join(f"({each})" for each in conditions)
    sql = (
        f"SELECT number FROM (SELECT number, {typed} FROM (VALUES {rows}) AS v(number, {names})) AS p "  # noqa: S608
        f"WHERE {condition} ORDER BY number"
    )
    return [found.partitions[row[0]] for row in _translate(lambda: connection.execute(sql).fetchall())]


def _define(
    connection: Any, read: Mapping[Name, _Read], found: Mapping[Name, Sequence[reading.Object]]
) -> None:
    for (database, name), each in read.items():
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(database)}")
        sql = view(connection, each.table, found[database, name], each.lent.visible)
        connection.execute(f"CREATE VIEW {quoted(database)}.{quoted(name)} AS {sql}")


def _write(execution: Execution, planned: Plan, connection: Any, writer: output.Writer, work: Path) -> None:
    described = connection.execute(f"DESCRIBE {planned.sql}").fetchall()
    kinds = [str(row[1]) for row in described]
    execution.columns = [
        (name, _TYPES.get(kind, kind.lower())) for name, kind in zip(planned.names, kinds, strict=True)
    ]
    if execution.statement.unload:
        _unload(execution, planned, kinds, connection, writer, work)
        return
    path = work / "result.csv"
    cursor = connection.execute(planned.sql)
    rows = (row for some in iter(lambda: cursor.fetchmany(10_000), []) for row in some)
    execution.rows = output.write_rows(path, planned.names, rows, [kind for _, kind in execution.columns])
    with path.open("rb") as content:
        writer.put(execution.output, content)
    writer.put(f"{execution.output}.metadata", output.metadata(execution.columns))


def _unload(  # noqa: PLR0917  what a query is made of
    execution: Execution,
    planned: Plan,
    kinds: Sequence[str],
    connection: Any,
    writer: output.Writer,
    work: Path,
) -> None:
    unload = execution.statement.unload
    if unload is None:
        return
    folder = work / "unloaded"
    inner = ", ".join(f"c{number}" for number in range(len(kinds)))
    columns = ", ".join(
        f"CAST(c{number} AS {_CAST.get(kind, kind)}) AS {quoted(name.lower())}"
        for number, (name, kind) in enumerate(zip(planned.names, kinds, strict=True))
    )
    sql = (
        f"COPY (SELECT {columns} FROM ({planned.sql}) AS q({inner})) TO {literal(str(folder))} "  # noqa: S608
        f"(FORMAT parquet, COMPRESSION {unload.compression}, FILE_SIZE_BYTES '{FILE_SIZE}')"
    )
    execution.rows = int(connection.execute(sql).fetchone()[0])
    files = sorted(folder.glob("*.parquet")) if execution.rows else []
    urls = [f"{unload.location}{_file_name(execution, number)}" for number in range(len(files))]
    for url, path in zip(urls, files, strict=True):
        with path.open("rb") as content:
            writer.put(url, content)
    execution.manifest = f"{execution.output}-manifest.csv"
    writer.put(execution.manifest, _manifest(urls))
    writer.put(f"{execution.output}.metadata", output.metadata(execution.columns))


def _file_name(execution: Execution, number: int) -> str:
    """Names of Athena's files have no extension."""
    return f"{execution.identifier.replace('-', '_')}_{number:05}"


def _manifest(urls: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([url] for url in urls)
    return text.getvalue().encode()


def _translate(step: Callable[[], T]) -> T:
    """Take a step of DuckDB's, and say in Athena's words why it fails."""
    try:
        return step()
    except duckdb.InterruptException:
        raise QueryError("Query cancelled by user") from None
    except duckdb.Error as error:
        message = str(error).partition("\n")[0]
        if own := _OWN.search(message):
            raise QueryError(own[0]) from None
        _, _, reason = message.partition(": ")
        if isinstance(error, duckdb.CatalogException):
            raise QueryError(f"FUNCTION_NOT_FOUND: {reason}") from None
        if isinstance(error, duckdb.BinderException):
            raise QueryError(f"TYPE_MISMATCH: {reason}") from None
        if isinstance(error, duckdb.ConversionException):
            raise QueryError(f"INVALID_CAST_ARGUMENT: {reason}") from None
        raise QueryError(f"GENERIC_INTERNAL_ERROR: {message}") from None
