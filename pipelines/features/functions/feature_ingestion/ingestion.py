"""Fills a feature group from a table of the data lake.

Whoever invokes the function starts a query for the records that the offline store does not have. When Athena
tells of its end, the function puts them. All of it may happen twice: a record that is put again is written
once more, and those who read take what was written last.
"""

import csv
import itertools
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from botocore.config import Config

from .query import EVENT_TIME, IS_DELETED, features_of, missing_records

WORKERS = 16
BATCH = 500
# Long enough for the records under way, and for the answer.
RESERVE_MILLISECONDS = 20_000
STATE_CHANGE = "Athena Query State Change"

_RETRIES = Config(retries={"mode": "adaptive", "max_attempts": 10}, max_pool_connections=WORKERS)

logger = Logger(service="feature-ingestion")
athena = boto3.client("athena")
s3 = boto3.client("s3")
records = boto3.client("sagemaker-featurestore-runtime", config=_RETRIES)


class IngestionError(Exception):
    """Records are missing in the group; the message says why, and what to do."""


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Start an ingestion, or put what its query has found.

    Args:
        event: "Athena Query State Change" of the group's workgroup; anything else starts an ingestion.
        context: Tells how much time is left.

    Returns:
        The id of the query, or how many records were put and deleted.

    Raises:
        IngestionError: Not all of them were.
    """
    if event.get("detail-type") == STATE_CHANGE:
        return _finish(event["detail"]["queryExecutionId"], context)
    query = missing_records(
        lake=(os.environ["LAKE_DATABASE"], os.environ["LAKE_TABLE"]),
        store=(os.environ["FEATURE_DATABASE"], os.environ["FEATURE_GROUP"]),
        features=features_of(os.environ["FEATURES"]),
        has_deletions=os.environ["DELETIONS"] == "Marked",
    )
    started = athena.start_query_execution(QueryString=query, WorkGroup=os.environ["WORK_GROUP"])
    logger.info("Started the query", query=started["QueryExecutionId"])
    return {"query": started["QueryExecutionId"]}


def _finish(identifier: str, context: Any) -> dict[str, Any]:
    execution = athena.get_query_execution(QueryExecutionId=identifier)["QueryExecution"]
    status = execution["Status"]
    if status["State"] != "SUCCEEDED":
        reason = status.get("StateChangeReason", "no reason is given").rstrip(".")
        raise IngestionError(
            f"The query for new records of {os.environ['FEATURE_GROUP']} is {status['State']}: {reason}. "
            f"Nothing was put; look at the columns and types of the lake's table {os.environ['LAKE_TABLE']}."
        )
    counts = {"put": 0, "deleted": 0}
    with ThreadPoolExecutor(WORKERS) as pool:
        rows = _rows(execution["ResultConfiguration"]["OutputLocation"])
        while batch := list(itertools.islice(rows, BATCH)):
            for kind in pool.map(_write, batch):
                counts[kind] += 1
            if context.get_remaining_time_in_millis() < RESERVE_MILLISECONDS:
                raise IngestionError(
                    f"The time was over after {sum(counts.values()):,} records of "
                    f"{os.environ['FEATURE_GROUP']}: start the ingestion again for the rest."
                )
    logger.info("Put what was missing", query=identifier, put=counts["put"], deleted=counts["deleted"])
    return counts


def _rows(location: str) -> Iterator[dict[str, str]]:
    bucket, _, key = location.removeprefix("s3://").partition("/")
    body = s3.get_object(Bucket=bucket, Key=key)["Body"]
    return csv.DictReader(line.decode() for line in body.iter_lines(keepends=True))


def _write(row: dict[str, str]) -> str:
    group = os.environ["FEATURE_GROUP"]
    if row.pop(IS_DELETED) == "true":
        identifier = next(iter(features_of(os.environ["FEATURES"])))
        records.delete_record(
            FeatureGroupName=group, RecordIdentifierValueAsString=row[identifier], EventTime=row[EVENT_TIME]
        )
        return "deleted"
    # An empty cell is a missing value, which a record leaves out.
    given = [{"FeatureName": name, "ValueAsString": value} for name, value in row.items() if value]
    records.put_record(FeatureGroupName=group, Record=given)
    return "put"
