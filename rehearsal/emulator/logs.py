"""Amazon CloudWatch Logs: a call is authorized on a log stream, if need be on one without a name.

A policy names a log group as ``log-group:NAME:*`` for every call but those that tag
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html). What AWS says
when it refuses tells why: a call on a group is refused "on resource: ...:log-group:NAME:log-stream:", and one
on all groups on ``log-group::log-stream:`` (https://github.com/hashicorp/terraform-provider-aws/issues/8804,
https://github.com/vectordotdev/vector/issues/714). So ``log-group:NAME`` alone allows nothing of it.
"""

import json
from typing import Any

from ministack.core import iam_actions

_TAGGING = frozenset({"ListTagsForResource", "TagResource", "UntagResource"})

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
    if service != "logs" or operation in _TAGGING:
        return arn
    try:
        request = dict(json.loads(body or b"{}"))
    except (ValueError, TypeError):
        # The handler says what is wrong with the request.
        return arn
    # By its name, or by its ARN, with or without an asterisk at the end.
    identifier = str(request.get("logGroupName") or request.get("logGroupIdentifier") or "")
    group = identifier.rpartition(":log-group:")[2].removesuffix(":*")
    if not group and operation != "DescribeLogGroups":
        return arn
    stream = request.get("logStreamName", "")
    return f"arn:aws:logs:{region}:{account_id}:log-group:{group}:log-stream:{stream}"
