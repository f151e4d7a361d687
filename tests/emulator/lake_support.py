"""Tables in a lake, and queries of them: what the tests of AWS Glue, Athena and Lake Formation share."""

import csv
import io
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from tests.emulator.sagemaker_support import unique
from tests.emulator.support import Emulator, Statement, allow

PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
OPEN_CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
LAZY = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"

ENDED = ("SUCCEEDED", "FAILED", "CANCELLED")
PATIENCE = 60.0

Row = tuple[Any, ...]

HOUSES: Sequence[Row] = tuple(
    (number, ("north", "south", "east")[number % 3], 40.0 + number % 90, 1000 * (number % 90) + 7 * number)
    for number in range(1, 301)
)
"""Number, region, size and price of houses."""

HOUSE_COLUMNS = {"id": "bigint", "region": "string", "size": "double", "price": "bigint"}


@dataclass(frozen=True, kw_only=True)
class Lake:
    """A database of an account, the bucket of its data, and a bucket for results.

    Attributes:
        emulator: The emulator.
        account: The account.
        database: The database.
        bucket: The bucket of its data.
        results: The bucket of results.
    """

    emulator: Emulator
    account: str
    database: str
    bucket: str
    results: str

    def client(self, service: str, role: str | None = None) -> Any:
        """A client of the account's root, or of a role."""
        return _client(self.emulator.endpoint, self.emulator, service, self.account, role)

    def put(self, key: str, content: bytes) -> str:
        """Write an object and return its folder's URL."""
        self.client("s3").put_object(Bucket=self.bucket, Key=key, Body=content)
        return f"s3://{self.bucket}/{key.rpartition('/')[0]}/"

    def table(
        self,
        name: str,
        location: str,
        columns: Mapping[str, str],
        *,
        serde: str = PARQUET,
        parameters: Mapping[str, str] | None = None,
        properties: Mapping[str, str] | None = None,
        keys: Mapping[str, str] | None = None,
    ) -> str:
        """Declare a table and return its name."""
        self.client("glue").create_table(
            DatabaseName=self.database,
            TableInput={
                "Name": name,
                "TableType": "EXTERNAL_TABLE",
                "Parameters": dict(properties or {}),
                "PartitionKeys": listed(keys or {}),
                "StorageDescriptor": {
                    "Location": location,
                    "Columns": listed(columns),
                    "SerdeInfo": {"SerializationLibrary": serde, "Parameters": dict(parameters or {})},
                },
            },
        )
        return name

    def parquet_table(self, name: str, rows: Sequence[Row], columns: Mapping[str, str], folder: Path) -> str:
        """Write rows as Parquet, and declare their table."""
        location = self.put(f"{name}/part-0.parquet", parquet(rows, columns, folder))
        return self.table(name, location, columns)

    def csv_table(self, name: str, rows: Sequence[Row], columns: Mapping[str, str], **more: Any) -> str:
        """Write rows as CSV with a header, and declare their table."""
        location = self.put(f"{name}/part-0.csv", comma_separated(rows, columns))
        given = {"serde": OPEN_CSV, "properties": {"skip.header.line.count": "1"}, **more}
        return self.table(name, location, columns, **given)

    def query(self, sql: str, *, role: str | None = None, account: str | None = None, **more: Any) -> "Ended":
        """Run a query to its end, as an account's root or in a role."""
        athena = _client(self.emulator.endpoint, self.emulator, "athena", account or self.account, role)
        given = {
            "QueryExecutionContext": {"Database": self.database},
            "ResultConfiguration": {"OutputLocation": f"s3://{self.results}/out/"},
            **more,
        }
        identifier = athena.start_query_execution(QueryString=sql, **given)["QueryExecutionId"]
        return ended(athena, identifier)

    def reader(self, *more: Statement, account: str | None = None) -> str:
        """A role that may ask Athena and AWS Glue for anything, and write results; `more` opens the data."""
        return self.emulator.role(
            allow(["athena:*", "glue:Get*", "s3:GetBucketLocation"]),
            allow(["s3:PutObject", "s3:GetObject"], f"arn:aws:s3:::{self.results}/*"),
            allow("s3:ListBucket", f"arn:aws:s3:::{self.results}"),
            *more,
            account=account or self.account,
        )

    def data_access(self) -> Statement:
        """What the caller needs in Amazon S3 for data that Lake Formation does not lend."""
        return allow(
            ["s3:GetObject", "s3:ListBucket"], [f"arn:aws:s3:::{self.bucket}{end}" for end in ("", "/*")]
        )


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A query that has ended.

    Attributes:
        athena: A client of whoever started it.
        execution: As the API describes it.
    """

    athena: Any
    execution: Mapping[str, Any]

    @property
    def state(self) -> str:
        """Its state."""
        return str(self.execution["Status"]["State"])

    @property
    def reason(self) -> str:
        """Why it did not succeed."""
        return str(self.execution["Status"].get("StateChangeReason", ""))

    @property
    def scanned(self) -> int:
        """How many bytes it read."""
        return int(self.execution["Statistics"]["DataScannedInBytes"])

    def lines(self) -> list[list[str | None]]:
        """Its result, the names of the columns first."""
        assert self.state == "SUCCEEDED", self.reason
        pages = self.athena.get_paginator("get_query_results").paginate(
            QueryExecutionId=self.execution["QueryExecutionId"]
        )
        return [
            [each.get("VarCharValue") for each in row["Data"]]
            for page in pages
            for row in page["ResultSet"]["Rows"]
        ]

    def rows(self) -> list[list[str | None]]:
        """The rows of its result."""
        return self.lines()[1:]


_clients: dict[tuple[str, str, str, str | None], Any] = {}


def _client(endpoint: str, emulator: Emulator, service: str, account: str, role: str | None) -> Any:
    """A client, made once: making one takes as long as ten requests."""
    key = endpoint, service, account, role
    if key not in _clients:
        _clients[key] = emulator.client(service, account=account, role=role)
    return _clients[key]


def ended(athena: Any, identifier: str) -> Ended:
    """Wait for a query to end."""
    deadline = time.monotonic() + PATIENCE
    while True:
        execution = athena.get_query_execution(QueryExecutionId=identifier)["QueryExecution"]
        if execution["Status"]["State"] in ENDED:
            return Ended(athena=athena, execution=execution)
        assert time.monotonic() < deadline, f"the query runs for more than {PATIENCE} s"
        time.sleep(0.02)


def make_lake(emulator: Emulator, account: str) -> Lake:
    """Make a database with buckets of its own."""
    s3 = emulator.client("s3", account=account)
    buckets = [unique("lake-data"), unique("lake-results")]
    for bucket in buckets:
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": emulator.region})
    database = unique("db").replace("-", "_")
    emulator.client("glue", account=account).create_database(DatabaseInput={"Name": database})
    return Lake(emulator=emulator, account=account, database=database, bucket=buckets[0], results=buckets[1])


def listed(columns: Mapping[str, str]) -> list[dict[str, str]]:
    """Columns as AWS Glue takes them."""
    return [{"Name": name, "Type": kind} for name, kind in columns.items()]


def comma_separated(rows: Sequence[Row], columns: Mapping[str, str]) -> bytes:
    """Rows as CSV with a header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()


def parquet(rows: Sequence[Row], columns: Mapping[str, str], folder: Path) -> bytes:
    """Rows as Parquet."""
    path = folder / f"{unique('rows')}.parquet"
    connection = duckdb.connect()
    names = ", ".join(f'"{name}" {"varchar" if kind == "string" else kind}' for name, kind in columns.items())
    connection.execute(f"CREATE TABLE rows ({names})")
    if rows:
        connection.executemany(f"INSERT INTO rows VALUES ({', '.join('?' * len(columns))})", rows)
    connection.execute(f"COPY rows TO '{path}' (FORMAT parquet)")
    connection.close()
    return path.read_bytes()
