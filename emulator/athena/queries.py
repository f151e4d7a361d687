"""Queries as the API has them: started, followed, read and stopped.

Operations and errors: https://docs.aws.amazon.com/athena/latest/APIReference/Welcome.html. Each is authorized
on the workgroup of the query
(https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonathena.html).
"""

import threading
import uuid
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from emulator.athena import output, store, workgroups
from emulator.athena.reading import bucket_and_key
from emulator.athena.service import athena, invalid, workgroup_arn
from emulator.athena.store import Execution
from emulator.core.service import Request, ServiceError
from emulator.iam.credentials import client, credentials_of_key

PAGE = 1000

_PRECISIONS = {
    "bigint": 19,
    "boolean": 0,
    "date": 0,
    "double": 17,
    "float": 17,
    "integer": 10,
    "smallint": 5,
    "timestamp": 3,
    "tinyint": 3,
    "varbinary": 1073741824,
    "varchar": 2147483647,
}
_tokens: dict[tuple[str, str, str], str] = {}
"""By account, Region and client's token, the query that it started."""

_starting = threading.Lock()


@athena.operation("StartQueryExecution", resource=workgroups.named)
def _start(request: Request) -> dict[str, Any]:
    given = request.parameters
    token = request.account, request.region, given.get("ClientRequestToken", uuid.uuid4().hex)
    with _starting:
        if token in _tokens:
            earlier = store.executions.get(_tokens[token])
            if earlier is not None and earlier.query != given["QueryString"]:
                raise invalid("Idempotent parameters do not match")
            return {"QueryExecutionId": _tokens[token]}
        execution = _execution(request)
        store.executions[execution.identifier] = execution
        _tokens[token] = execution.identifier
    from emulator.athena import engine  # noqa: PLC0415  DuckDB takes a moment, and not every run needs it

    threading.Thread(target=engine.run, args=(execution,), daemon=True).start()
    return {"QueryExecutionId": execution.identifier}


def _execution(request: Request) -> Execution:
    from emulator.athena.statements import StatementError, parse  # noqa: PLC0415  and so does sqlglot

    given, context = request.parameters, request.parameters.get("QueryExecutionContext", {})
    if given.get("ExecutionParameters"):
        raise invalid("The emulator runs queries without parameters; AWS also takes them.")
    settings = workgroups.settings(request)
    try:
        statement = parse(given["QueryString"])
    except StatementError as error:
        raise invalid(str(error)) from None
    _check_bucket(request, settings.location)
    database = context.get("Database")
    return Execution(
        identifier=str(uuid.uuid4()),
        account=request.account,
        region=request.region,
        access_key=request.access_key,
        query=given["QueryString"],
        statement=statement,
        catalog=context.get("Catalog", store.CATALOG),
        database=database.lower() if database else None,
        workgroup=workgroups.name_of(request),
        settings=settings,
    )


def _check_bucket(request: Request, location: str) -> None:
    bucket, _ = bucket_and_key(location)
    credentials = credentials_of_key(request.access_key, request.account)
    try:
        client("s3", credentials, request.region).get_bucket_location(Bucket=bucket)
    except ClientError:
        raise invalid(f"Unable to verify/create output bucket {bucket}") from None


def _found(request: Request) -> Execution:
    identifier = request.parameters["QueryExecutionId"]
    execution = store.executions.get(identifier)
    if execution is None or (execution.account, execution.region) != (request.account, request.region):
        raise invalid(f"QueryExecution {identifier} was not found")
    return execution


def _its_workgroup(request: Request) -> str:
    return workgroup_arn(request.account, request.region, _found(request).workgroup)


@athena.operation("GetQueryExecution", resource=_its_workgroup)
def _get(request: Request) -> dict[str, Any]:
    return {"QueryExecution": _found(request).described()}


@athena.operation("StopQueryExecution", resource=_its_workgroup)
def _stop(request: Request) -> dict[str, Any]:
    """Stop a query; one that has ended stays as it is."""
    execution = _found(request)
    if execution.end("CANCELLED", "Query cancelled by user"):
        execution.stopped.set()
    return {}


def _asked(request: Request) -> list[Execution]:
    found = (store.executions.get(each) for each in request.parameters["QueryExecutionIds"])
    wanted = request.account, request.region
    return [each for each in found if each is not None and (each.account, each.region) == wanted]


@athena.operation(
    "BatchGetQueryExecution",
    resource=lambda request: (
        [workgroup_arn(request.account, request.region, each.workgroup) for each in _asked(request)] or "*"
    ),
)
def _batch_get(request: Request) -> dict[str, Any]:
    found = _asked(request)
    known = {each.identifier for each in found}
    return {
        "QueryExecutions": [each.described() for each in found],
        "UnprocessedQueryExecutionIds": [
            {
                "QueryExecutionId": each,
                "ErrorCode": "INVALID_INPUT",
                "ErrorMessage": f"QueryExecution {each} was not found",
            }
            for each in request.parameters["QueryExecutionIds"]
            if each not in known
        ],
    }


@athena.operation("ListQueryExecutions", resource=workgroups.named)
def _list(request: Request) -> dict[str, Any]:
    listed = store.of_workgroup(request.account, request.region, workgroups.name_of(request))
    start, size = _page(request, 50)
    page = [each.identifier for each in listed[start : start + size]]
    more = {"NextToken": str(start + size)} if start + size < len(listed) else {}
    return {"QueryExecutionIds": page, **more}


@athena.operation("GetQueryResults", resource=_its_workgroup)
def _results(request: Request) -> dict[str, Any]:
    """Rows from where the query has written them, with the caller's own permission to read it."""
    execution = _found(request)
    if execution.state != "SUCCEEDED":
        raise invalid(
            f"Query did not finish successfully. Final query state: {execution.state}"
            if execution.state in store.ENDED
            else f"Query has not yet finished. Current state: {execution.state}"
        )
    described = {"ColumnInfo": [_column(name, kind) for name, kind in execution.columns]}
    if execution.statement.unload:
        return {"UpdateCount": execution.rows, "ResultSet": {"Rows": [], "ResultSetMetadata": described}}
    start, size = _page(request, PAGE)
    lines = list(islice(output.read_rows(_content(request, execution)), start, start + size))
    more = {"NextToken": str(start + size)} if start + size < execution.rows + 1 else {}
    rows = [{"Data": [{} if each is None else {"VarCharValue": each} for each in line]} for line in lines]
    return {"UpdateCount": 0, "ResultSet": {"Rows": rows, "ResultSetMetadata": described}, **more}


def _content(request: Request, execution: Execution) -> str:
    bucket, key = bucket_and_key(execution.output)
    credentials = credentials_of_key(request.access_key, request.account)
    try:
        body: bytes = (
            client("s3", credentials, request.region).get_object(Bucket=bucket, Key=key)["Body"].read()
        )
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchKey", "NoSuchBucket"):
            raise invalid(f"Could not find results of the query at {execution.output}") from None
        raise ServiceError("AccessDeniedException", error.response["Error"]["Message"]) from None
    return body.decode()


def _page(request: Request, size: int) -> tuple[int, int]:
    token = request.parameters.get("NextToken", "0")
    if not token.isdigit():
        raise invalid("The NextToken is not valid.")
    return int(token), int(request.parameters.get("MaxResults", size))


def _column(name: str, kind: str) -> dict[str, Any]:
    return {
        "CatalogName": "hive",
        "SchemaName": "",
        "TableName": "",
        "Name": name,
        "Label": name,
        "Type": kind.partition("(")[0],
        "Precision": _PRECISIONS.get(kind, 0),
        "Scale": 0,
        "Nullable": "UNKNOWN",
        "CaseSensitive": kind == "varchar",
    }
