"""Amazon CloudWatch Logs matches policies as AWS does: a log group by `NAME:*`, and not by its name alone."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.support import Emulator, allow

HERE = f"arn:aws:logs:eu-west-1:{Emulator.development}"
GROUP = "/aws/sagemaker/ProcessingJobs"

Call = Callable[[Any, str], Any]
CALLS: dict[str, Call] = {
    "FilterLogEvents": lambda logs, group: logs.filter_log_events(logGroupName=group),
    "DescribeLogStreams": lambda logs, group: logs.describe_log_streams(logGroupName=group),
    "GetLogEvents": lambda logs, group: logs.get_log_events(logGroupName=group, logStreamName="job/1"),
}


@pytest.fixture
def group(emulator: Emulator) -> str:
    name = f"{GROUP}-{uuid.uuid4().hex[:8]}"
    logs = emulator.client("logs")
    logs.create_log_group(logGroupName=name)
    logs.create_log_stream(logGroupName=name, logStreamName="job/1")
    return name


def is_allowed(emulator: Emulator, action: str, resource: str, group: str) -> bool:
    role = emulator.role(allow(f"logs:{action}", resource))
    try:
        CALLS[action](emulator.client("logs", role=role), group)
    except ClientError as error:
        if error.response["Error"]["Code"] != "AccessDeniedException":
            raise
        return False
    return True


@pytest.mark.parametrize("action", CALLS)
@pytest.mark.parametrize(
    ("form", "allowed"),
    [
        ("{group}", False),
        ("{group}:*", True),
        ("{group}*", True),
        ("{group}:log-stream:*", True),
        ("another:*", False),
    ],
)
def test_a_group_is_matched_with_its_streams(
    emulator: Emulator, group: str, action: str, form: str, allowed: bool
) -> None:
    resource = f"{HERE}:log-group:{form.format(group=group)}"
    assert is_allowed(emulator, action, resource, group) is allowed


@pytest.mark.parametrize("action", CALLS)
def test_one_stream_is_not_its_group(emulator: Emulator, group: str, action: str) -> None:
    resource = f"{HERE}:log-group:{group}:log-stream:job/1"
    assert is_allowed(emulator, action, resource, group) is (action == "GetLogEvents")


@pytest.mark.parametrize("resource", ["*", f"{HERE}:log-group:*"])
def test_all_groups_are_listed_by_who_may_list_all(emulator: Emulator, resource: str) -> None:
    role = emulator.role(allow("logs:DescribeLogGroups", resource))
    assert "logGroups" in emulator.client("logs", role=role).describe_log_groups()
