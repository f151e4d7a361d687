"""How queries fail, in Athena's words: https://docs.aws.amazon.com/athena/latest/ug/troubleshooting-athena.html."""

import pytest

from tests.emulator.lake_support import ENDED, Lake, ended
from tests.emulator.sagemaker_support import refused, unique

UNRESOLVED = "cannot be resolved or requester is not authorized to access requested resources"


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT nope FROM houses", f"COLUMN_NOT_FOUND: line 1:8: Column 'nope' {UNRESOLVED}"),
        ("SELECT id,\n  h.nope FROM houses h", f"COLUMN_NOT_FOUND: line 2:3: Column 'h.nope' {UNRESOLVED}"),
        (
            "SELECT id FROM houses WHERE nope > 1",
            f"COLUMN_NOT_FOUND: line 1:29: Column 'nope' {UNRESOLVED}",
        ),
        ("SELECT id AS n FROM houses GROUP BY n", f"COLUMN_NOT_FOUND: line 1:37: Column 'n' {UNRESOLVED}"),
        ("SELECT * FROM nope", "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.{db}.nope' does not exist"),
        ("SELECT * FROM no.houses", "SCHEMA_NOT_FOUND: line 1:18: Schema 'no' does not exist"),
        ("SELECT * FROM my.no.houses", "CATALOG_NOT_FOUND: line 1:21: Catalog 'my' does not exist"),
        ("SELECT id FROM houses, plain", "AMBIGUOUS_NAME: line 1:8: Column 'id' is ambiguous"),
        ("SELECT unheard(id) FROM houses", "FUNCTION_NOT_FOUND: "),
        ("SELECT size FROM read_csv('/etc/hostname')", "FUNCTION_NOT_FOUND: "),
        ("SELECT id / 0 FROM houses", "DIVISION_BY_ZERO: Division by zero"),
        ("SELECT CAST(region AS bigint) FROM houses", "INVALID_CAST_ARGUMENT: "),
    ],
)
def test_a_query_fails(lake: Lake, sql: str, reason: str) -> None:
    failed = lake.query(sql)
    assert failed.state == "FAILED"
    assert failed.reason.startswith(reason.format(db=lake.database)), failed.reason
    error = failed.execution["Status"]["AthenaError"]
    assert (error["ErrorCategory"], error["ErrorMessage"]) == (2, failed.reason)
    identifier = failed.execution["QueryExecutionId"]
    code, message = refused(failed.athena.get_query_results, QueryExecutionId=identifier)
    assert (code, message) == (
        "InvalidRequestException",
        "Query did not finish successfully. Final query state: FAILED",
    )


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("SELEC id FROM houses", "line 1:"),
        ("SELECT id FROM houses WHERE", "line 1:"),
        ("SELECT 1; SELECT 2", "Only one sql statement is allowed."),
        ("DROP TABLE houses", "The emulator runs SELECT and UNLOAD, and not DROP; AWS does."),
        ("CREATE TABLE a AS SELECT 1 AS b", "The emulator runs SELECT and UNLOAD, and not CREATE; AWS does."),
        ("MSCK REPAIR TABLE houses", "The emulator runs SELECT and UNLOAD, and not MSCK; AWS does."),
        (
            "UNLOAD (SELECT 1 AS a) WITH (format='PARQUET')",
            "line 1:23: mismatched input 'WITH'. Expecting: 'TO'",
        ),
        ("UNLOAD (SELECT 1 AS a TO 's3://b/c/'", "line 1:"),
        ("UNLOAD (SELECT 1 AS a) TO 's3://b/c/'", "UNLOAD requires the property format."),
        ("UNLOAD (SELECT 1 AS a) TO 's3://b/c/' WITH (format='ORC')", "The emulator unloads to PARQUET"),
        (
            "UNLOAD (SELECT 1 AS a) TO 's3://b/c/' WITH (format='PARQUET', colour='red')",
            "Unknown UNLOAD property: colour.",
        ),
        (
            "UNLOAD (SELECT 1 AS a) TO '/tmp/c/' WITH (format='PARQUET')",
            "Invalid S3 folder location: /tmp/c/",
        ),
    ],
)
def test_a_statement_is_refused_at_once(lake: Lake, sql: str, sentence: str) -> None:
    athena = lake.client("athena")
    code, message = refused(
        athena.start_query_execution,
        QueryString=sql,
        ResultConfiguration={"OutputLocation": f"s3://{lake.results}/"},
    )
    assert (code, message.startswith(sentence)) == ("InvalidRequestException", True), message


def test_a_query_without_a_database_names_one(lake: Lake) -> None:
    assert lake.query("SELECT * FROM houses", QueryExecutionContext={}).reason == (
        "MISSING_SCHEMA_NAME: line 1:15: Schema must be specified when session schema is not set"
    )
    named = lake.query(f"SELECT count(*) FROM {lake.database}.houses", QueryExecutionContext={})
    assert named.rows() == [["300"]]


def test_results_need_a_place(lake: Lake) -> None:
    start = lake.client("athena").start_query_execution
    code, message = refused(start, QueryString="SELECT 1")
    assert (code, message.startswith("No output location provided.")) == ("InvalidRequestException", True)
    missing = unique("no-bucket")
    given = {"OutputLocation": f"s3://{missing}/"}
    code, message = refused(start, QueryString="SELECT 1", ResultConfiguration=given)
    assert (code, message) == ("InvalidRequestException", f"Unable to verify/create output bucket {missing}")


def test_a_token_starts_a_query_once(lake: Lake) -> None:
    athena = lake.client("athena")
    given = {
        "ClientRequestToken": unique("token").ljust(40, "x"),
        "ResultConfiguration": {"OutputLocation": f"s3://{lake.results}/"},
    }
    first, second = (athena.start_query_execution(QueryString="SELECT 1", **given) for _ in range(2))
    assert first["QueryExecutionId"] == second["QueryExecutionId"]
    code, message = refused(athena.start_query_execution, QueryString="SELECT 2", **given)
    assert (code, message) == ("InvalidRequestException", "Idempotent parameters do not match")


def test_a_query_is_stopped(lake: Lake) -> None:
    athena = lake.client("athena")
    endless = (
        "SELECT count(*) FROM houses a, houses b, houses c, houses d, houses e WHERE a.size * b.size > c.size"
    )
    started = athena.start_query_execution(
        QueryString=endless,
        QueryExecutionContext={"Database": lake.database},
        ResultConfiguration={"OutputLocation": f"s3://{lake.results}/"},
    )["QueryExecutionId"]
    code, message = refused(athena.get_query_results, QueryExecutionId=started)
    assert (code, "has not yet finished" in message) == ("InvalidRequestException", True)
    athena.stop_query_execution(QueryExecutionId=started)
    stopped = ended(athena, started)
    assert (stopped.state, stopped.reason) == ("CANCELLED", "Query cancelled by user")
    athena.stop_query_execution(QueryExecutionId=started)
    assert stopped.state in ENDED
