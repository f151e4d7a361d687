"""Amazon CloudWatch Logs: what reads or writes a log stream is authorized on the stream, not on its group.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
"""

import json
from typing import Any

from ministack.core import iam_actions

_STREAM_OPERATIONS = frozenset({"CreateLogStream", "DeleteLogStream", "GetLogEvents", "PutLogEvents"})

_extract_resource_arn = iam_actions.extract_resource_arn


def install() -> None:
    """Put the ARNs of log streams in place."""
    global _extract_resource_arn  # noqa: PLW0603  another seam may stand there already
    _extract_resource_arn = iam_actions.extract_resource_arn
    iam_actions.extract_resource_arn = _resource_arn


def _resource_arn(  # noqa: PLR0917  ministack's signature
    service: str,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
    query_params: dict[str, Any],
    region: str,
    account_id: str,
) -> str:
    arn: str = _extract_resource_arn(service, method, path, headers, body, query_params, region, account_id)
    operation = headers.get("x-amz-target", "").rpartition(".")[2]
    if service != "logs" or operation not in _STREAM_OPERATIONS:
        return arn
    try:
        stream = json.loads(body)["logStreamName"]
    except (ValueError, KeyError, TypeError):
        # The handler says what is wrong with the request.
        return arn
    return f"{arn}:log-stream:{stream}"
