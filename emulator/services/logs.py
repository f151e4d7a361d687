"""Amazon CloudWatch Logs: a call is authorized on a log stream, if need be on one without a name.

A policy names a log group as ``log-group:NAME:*`` for every call but those that tag
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html). What AWS says
when it refuses tells why: a call on a group is refused "on resource: ...:log-group:NAME:log-stream:", and one
on all groups on ``log-group::log-stream:`` (https://github.com/hashicorp/terraform-provider-aws/issues/8804,
https://github.com/vectordotdev/vector/issues/714). So ``log-group:NAME`` alone allows nothing of it.
"""

import json

from emulator.iam import resource_arns
from emulator.iam.resource_arns import Asked

_TAGGING = frozenset({"ListTagsForResource", "TagResource", "UntagResource"})


def install() -> None:
    """Put the ARNs of log streams in place."""
    resource_arns.register("logs", _stream)


def _stream(asked: Asked) -> str:
    if asked.operation in _TAGGING:
        return asked.found
    try:
        request = dict(json.loads(asked.body or b"{}"))
    except (ValueError, TypeError):
        # The handler says what is wrong with the request.
        return asked.found
    # By its name, or by its ARN, with or without an asterisk at the end.
    identifier = str(request.get("logGroupName") or request.get("logGroupIdentifier") or "")
    group = identifier.rpartition(":log-group:")[2].removesuffix(":*")
    if not group and asked.operation != "DescribeLogGroups":
        return asked.found
    stream = request.get("logStreamName", "")
    return f"arn:aws:logs:{asked.region}:{asked.account}:log-group:{group}:log-stream:{stream}"
