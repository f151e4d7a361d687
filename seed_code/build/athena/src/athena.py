"""Runs a query in Athena, and fetches what it returns.

Athena unloads the rows as Parquet into the project's bucket, under the project's key; a step leaves these
files to Preprocess. Lake Formation decides which rows, columns and cells the training role sees.
"""

import importlib.util
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

import parquet
from errors import DataError, UsageError
from refusals import sentence
from step import Arguments

RETRIES = Config(retries={"mode": "standard", "max_attempts": 10})
PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 10.0
RUNNING = ("QUEUED", "RUNNING")
READS_PARQUET = "pyarrow"
SOURCE = re.compile(r"athena://(?P<owner>\d{12})/[a-z0-9_]+/(?P<table>[a-z0-9_]+)")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a query runs, and where its rows go.

    Attributes:
        database: The database whose tables the query names.
        work_group: The workgroup, which sets key, place of results and limit.
        unload_to: S3 URI of the folder for what queries return.
        region: The Region of all three.
    """

    database: str
    work_group: str
    unload_to: str
    region: str


def ask(parser: Arguments) -> None:
    """Declare the arguments that say where a query runs, and with which table it begins."""
    parser.add_argument("--source", required=True, help="athena://account/database/table")
    parser.add_argument("--database", required=True, help="the database whose tables the query names")
    parser.add_argument("--work-group", required=True, help="the project's workgroup of Athena")
    parser.add_argument("--unload-to", required=True, help="S3 URI of the folder for what queries return")
    parser.add_argument("--region", required=True, help="the Region of the project")


def source_of(source: str) -> tuple[str, str]:
    """Account and table of a source.

    Args:
        source: ``athena://account/database/table``.

    Raises:
        UsageError: It is none.
    """
    match = SOURCE.fullmatch(source)
    if match is None:
        raise UsageError(f"The source {source} is not written athena://account/database/table.")
    return match["owner"], match["table"]


def place_of(given: Any) -> Place:
    """Where a query runs, by the arguments that `ask` declares.

    Args:
        given: The parsed arguments.
    """
    return Place(
        database=given.database,
        work_group=given.work_group,
        unload_to=given.unload_to,
        region=given.region,
    )


def query(select: str, place: Place, *, file: str, folder: Path) -> None:
    """Run a query, and write what it returns as CSV files.

    Args:
        select: A SELECT.
        place: Where it runs.
        file: The file of the repository that decides what is asked, for messages.
        folder: Where the files go.

    Raises:
        DataError: Athena refuses the query, or it returns nothing.
    """
    session = boto3.Session(region_name=place.region)
    athena, s3 = (session.client(name, config=RETRIES) for name in ("athena", "s3"))
    # Athena wants a folder that holds nothing, and the step may run again.
    location = f"{place.unload_to}/{uuid.uuid4()}/"
    statement = unload(select, location)
    scanned = run(athena, statement, database=place.database, work_group=place.work_group, file=file)
    rows = fetch(s3, location, folder, file=file)
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


def select_of(path: Path, *, file: str) -> str:
    """The SELECT in a file: without comments that take whole lines, and without a semicolon at its end.

    Args:
        path: The file.
        file: Its name in the repository, for messages.

    Raises:
        DataError: There is none.
    """
    kept = [
        line for line in path.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("--")
    ]
    select = "\n".join(kept).strip().removesuffix(";").strip()
    if not select:
        raise DataError(f"{file} holds no query: write a SELECT into it.")
    return select


def unload(select: str, location: str) -> str:
    """The statement that writes what a query returns as Parquet.

    https://docs.aws.amazon.com/athena/latest/ug/unload.html

    Args:
        select: A SELECT.
        location: S3 URI of an empty folder.
    """
    return f"UNLOAD (\n{select}\n) TO '{location}' WITH (format = 'PARQUET', compression = 'SNAPPY')"


def run(
    athena: Any,
    statement: str,
    *,
    database: str,
    work_group: str,
    file: str,
    pause: Callable[[float], None] = time.sleep,
) -> int:
    """Run a statement, and wait for its end.

    Args:
        athena: A boto3 client.
        statement: The statement.
        database: The database whose tables it names.
        work_group: The workgroup, which sets key, place and limit.
        file: The file of the repository that decides what is asked, for messages.
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
        raise DataError(sentence(error.response["Error"]["Message"], file=file)) from error
    if status["State"] != "SUCCEEDED":
        reason = status.get("StateChangeReason") or f"the query is {status['State']}"
        raise DataError(sentence(reason, file=file))
    return int(execution.get("Statistics", {}).get("DataScannedInBytes", 0))


def fetch(s3: Any, location: str, folder: Path, *, file: str) -> int:
    """Copy the Parquet files that lie in a folder of S3.

    Args:
        s3: A boto3 client.
        location: S3 URI of the folder.
        folder: Where the files go.
        file: The file of the repository that decides what is asked, for messages.

    Returns:
        The number of rows.

    Raises:
        DataError: There are none.
    """
    bucket, _, prefix = location.removeprefix("s3://").partition("/")
    rows = 0
    folder.mkdir(parents=True, exist_ok=True)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    keys = sorted(item["Key"] for page in pages for item in page.get("Contents", []))
    for number, key in enumerate(keys):
        path = folder / f"queried-{number:05}.parquet"
        s3.download_file(bucket, key, str(path))
        rows += parquet.count(path)
    if not rows:
        raise DataError(
            f"The query returns no rows: look at the conditions in {file}, and at the rows that Lake "
            "Formation lets the training role see."
        )
    return rows
