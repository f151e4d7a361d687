"""Step 0: run `query.sql` in Athena, and fetch what it returns.

Athena unloads the rows as Parquet into the project's bucket, under the project's key; the step writes them as
CSV files to ``queried``. Lake Formation decides which rows, columns and cells the training role sees.
"""

import importlib.util
import re
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

import folders
import step
from errors import DataError, UsageError
from refusals import sentence

RETRIES = Config(retries={"mode": "standard", "max_attempts": 10})
QUERY = Path(__file__).parent / "query.sql"
SOURCE = re.compile(r"athena://\d{12}/[a-z0-9_]+/(?P<table>[a-z0-9_]+)")
PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 10.0
RUNNING = ("QUEUED", "RUNNING")
READS_PARQUET = "pyarrow"
NO_ROWS = (
    "The query returns no rows: look at the conditions in src/query.sql, and at the rows that Lake Formation "
    "lets the training role see."
)


def main() -> None:
    """Run the step."""
    parser = step.Arguments(__doc__)
    parser.add_argument("--source", required=True, help="athena://account/database/table")
    parser.add_argument("--database", required=True, help="the project's link to that database")
    parser.add_argument("--work-group", required=True, help="the project's workgroup of Athena")
    parser.add_argument("--unload-to", required=True, help="S3 URI of the folder for what queries return")
    parser.add_argument("--region", required=True, help="the Region of the project")
    given = parser.given()
    check_image()
    session = boto3.Session(region_name=given.region)
    athena, s3 = (session.client(name, config=RETRIES) for name in ("athena", "s3"))
    # Athena wants a folder that holds nothing, and the step may run again.
    location = f"{given.unload_to}/{uuid.uuid4()}/"
    statement = unload(QUERY.read_text(encoding="utf-8"), table_of(given.source), location)
    scanned = run(athena, statement, database=given.database, work_group=given.work_group)
    rows = fetch(s3, location, folders.processing("queried"))
    print(f"The query read {scanned:,} bytes and returned {rows:,} rows.")


def check_image() -> None:
    """Look whether the image can read what Athena unloads, before a query costs anything.

    Raises:
        UsageError: It cannot.
    """
    if importlib.util.find_spec(READS_PARQUET) is None:
        raise UsageError(
            f"The image of this job has no {READS_PARQUET}, with which the step reads what Athena unloads: "
            "name a version that has it in pipelines/image.py."
        )


def table_of(source: str) -> str:
    """The table of a source.

    Args:
        source: ``athena://account/database/table``.

    Raises:
        UsageError: It is none.
    """
    match = SOURCE.fullmatch(source)
    if match is None:
        raise UsageError(f"The source {source} is not written athena://account/database/table.")
    return match["table"]


def unload(query: str, table: str, location: str) -> str:
    """The statement that writes what a query returns as Parquet.

    https://docs.aws.amazon.com/athena/latest/ug/unload.html

    Args:
        query: A SELECT.
        table: What {table} stands for.
        location: S3 URI of an empty folder.

    Raises:
        DataError: There is no query.
    """
    kept = [line for line in query.splitlines() if not line.lstrip().startswith("--")]
    select = "\n".join(kept).strip().removesuffix(";").strip()
    if not select:
        raise DataError("src/query.sql holds no query: write a SELECT into it.")
    named = select.replace("{table}", f'"{table}"')
    return f"UNLOAD (\n{named}\n) TO '{location}' WITH (format = 'PARQUET', compression = 'SNAPPY')"


def run(
    athena: Any,
    statement: str,
    *,
    database: str,
    work_group: str,
    pause: Callable[[float], None] = time.sleep,
) -> int:
    """Run a statement, and wait for its end.

    Args:
        athena: A boto3 client.
        statement: The statement.
        database: The database whose tables it names.
        work_group: The workgroup, which sets key, place and limit.
        pause: Waits for some seconds.

    Returns:
        How many bytes the query has read.

    Raises:
        DataError: Athena refuses the statement, or ends it.
    """
    try:
        started = athena.start_query_execution(
            QueryString=statement, WorkGroup=work_group, QueryExecutionContext={"Database": database}
        )["QueryExecutionId"]
        seconds = PAUSE_SECONDS
        while True:
            execution = athena.get_query_execution(QueryExecutionId=started)["QueryExecution"]
            status = execution["Status"]
            if status["State"] not in RUNNING:
                break
            pause(seconds)
            seconds = min(seconds * 2, LONGEST_PAUSE_SECONDS)
    except ClientError as error:
        raise DataError(sentence(error.response["Error"]["Message"])) from error
    if status["State"] != "SUCCEEDED":
        raise DataError(sentence(status.get("StateChangeReason") or f"the query is {status['State']}"))
    return int(execution.get("Statistics", {}).get("DataScannedInBytes", 0))


def fetch(s3: Any, location: str, folder: Path) -> int:
    """Write what lies in a folder of S3 as CSV files.

    Args:
        s3: A boto3 client.
        location: S3 URI of the folder.
        folder: Where the files go.

    Returns:
        The number of rows.

    Raises:
        DataError: There are none.
    """
    from unloaded import write_csv  # noqa: PLC0415  after `check_image`

    bucket, _, prefix = location.removeprefix("s3://").partition("/")
    rows = 0
    folder.mkdir(parents=True, exist_ok=True)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    keys = sorted(item["Key"] for page in pages for item in page.get("Contents", []))
    for number, key in enumerate(keys):
        # One file at a time on the disk of the job, besides the table.
        downloaded = folder / f".{number:05}.parquet"
        s3.download_file(bucket, key, str(downloaded))
        rows += write_csv(downloaded, folder / f"queried-{number:05}.csv")
        downloaded.unlink()
    if not rows:
        raise DataError(NO_ROWS)
    return rows


if __name__ == "__main__":
    step.run(main)
