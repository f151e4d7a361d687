"""Amazon CloudWatch's alarms: what they tell reaches a topic only as its policy and its key allow.

ministack publishes whatever the topic's policy says. On AWS an alarm publishes as `cloudwatch.amazonaws.com`
on behalf of itself; a refusal reaches nobody, and stands in the alarm's history
(https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger).
"""

import json
import time
from typing import Any

from ministack.services import cloudwatch, kms, sns

from emulator.core.authorization import service_refusal
from emulator.core.service import current_account, current_region
from emulator.services.kms import key_arn

CLOUDWATCH = "cloudwatch.amazonaws.com"

_FIELDS = {
    "ALARM": "AlarmActions",
    "OK": "OKActions",
    "INSUFFICIENT_DATA": "InsufficientDataActions",
}

_dispatch = cloudwatch._dispatch_alarm_actions


def install() -> None:
    """Put the topics' policies between alarms and topics."""
    cloudwatch._dispatch_alarm_actions = _dispatch_what_is_allowed


def _dispatch_what_is_allowed(alarm: dict[str, Any], old_state: str, new_state: str, reason: str) -> None:
    field = _FIELDS[new_state]
    allowed = []
    for action in alarm.get(field) or ():
        refused = _refusal(alarm["AlarmArn"], action) if cloudwatch._is_sns_action_arn(action) else None
        if refused is None:
            allowed.append(action)
        elif alarm.get("ActionsEnabled", True):
            _note(alarm["AlarmName"], f'Failed to execute action {action}. Received error: "{refused}"')
    _dispatch({**alarm, field: allowed}, old_state, new_state, reason)


def _refusal(alarm_arn: str, topic_arn: str) -> str | None:
    """Why an alarm may not publish to a topic of its account, or None."""
    found = sns.topic_policy_for_arn(topic_arn)
    if found is None:
        return f"Topic does not exist: {topic_arn}"
    on_behalf = {
        "source_arn": alarm_arn,
        "source_account": current_account(),
        "region": current_region(),
    }
    refused = service_refusal(CLOUDWATCH, "sns:Publish", topic_arn, found[0], **on_behalf)
    key = sns._topic_by_arn_any_scope(topic_arn)["attributes"].get("KmsMasterKeyId")
    if refused is not None or not key:
        return refused
    return _key_refusal(key, on_behalf)


def _key_refusal(key: str, on_behalf: dict[str, str]) -> str | None:
    """Why CloudWatch may not use the key of a topic: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html."""
    resource = key if key.startswith("alias/") else f"key/{key}"
    arn = key_arn(
        key if key.startswith("arn:") else f"arn:aws:kms:{current_region()}:{current_account()}:{resource}"
    )
    found = kms.key_policy_for_arn(arn)
    policy = found[0] if found else None
    for action in ("kms:Decrypt", "kms:GenerateDataKey"):
        refused = service_refusal(CLOUDWATCH, action, arn, policy, **on_behalf)
        if refused is not None:
            return refused
    return None


def _note(alarm_name: str, summary: str) -> None:
    """Write a failed action into the alarm's history."""
    cloudwatch._history_entries().append(
        {
            "AlarmName": alarm_name,
            "AlarmType": "MetricAlarm",
            "Timestamp": cloudwatch._ts_iso(time.time()),
            "HistoryItemType": "Action",
            "HistorySummary": summary,
            "HistoryData": json.dumps({"actionState": "Failed", "error": summary}),
        }
    )
