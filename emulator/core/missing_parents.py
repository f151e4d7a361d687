"""Lists of what belongs to something that does not exist fail, where ministack gives an empty list.

That each of these operations has such an error is in AWS's models of the services, which botocore has.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from ministack import app
from ministack.core.concurrency import run_reentrant

from emulator.core.protocols import Answer


class _Parent(NamedTuple):
    """How to ask for a parent: an operation of the service, and its parameters by those of the list."""

    operation: str
    parameters: Mapping[str, str]


_DATABASE = _Parent("GetDatabase", {"CatalogId": "CatalogId", "DatabaseName": "Name"})
_TABLE = _Parent("GetTable", {"CatalogId": "CatalogId", "DatabaseName": "DatabaseName", "TableName": "Name"})
_JOB = _Parent("GetJob", {"JobName": "JobName"})
_CATALOG = _Parent("GetDatabase", {"CatalogName": "CatalogName", "DatabaseName": "DatabaseName"})

PARENTS: Mapping[str, Mapping[str, _Parent]] = {
    "athena": {
        "ListPreparedStatements": _Parent("GetWorkGroup", {"WorkGroup": "WorkGroup"}),
        "ListTableMetadata": _CATALOG,
    },
    "events": {
        "ListTargetsByRule": _Parent("DescribeRule", {"Rule": "Name", "EventBusName": "EventBusName"})
    },
    "glue": {
        "GetJobRuns": _JOB,
        "GetPartitionIndexes": _TABLE,
        "GetPartitions": _TABLE,
        "GetTables": _DATABASE,
        "GetUserDefinedFunctions": _DATABASE,
    },
}
"""By service and operation, the parent that must exist."""


def install() -> None:
    """Ask for the parent before each list."""
    for service, operations in PARENTS.items():
        app.SERVICE_HANDLERS[service] = _checked(app.SERVICE_HANDLERS[service], operations)


def _checked(handler: Any, operations: Mapping[str, _Parent]) -> Any:
    async def handle(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
    ) -> Answer:
        prefix, _, operation = headers.get("x-amz-target", "").rpartition(".")
        if (parent := operations.get(operation)) is not None:
            given = json.loads(body or b"{}")
            asked = {theirs: given[own] for own, theirs in parent.parameters.items() if own in given}
            found: Answer = await run_reentrant(
                app.call_service_handler_sync,
                handler,
                method,
                path,
                {**headers, "x-amz-target": f"{prefix}.{parent.operation}"},
                json.dumps(asked).encode(),
                query,
            )
            if found[0] >= 400:
                return found
        answer: Answer = await handler(method, path, headers, body, query)
        return answer

    return handle
