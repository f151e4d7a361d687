"""Amazon EventBridge: events of services, the policies of buses, and what is refused of what callers send.

ministack has buses and rules; `event_delivery` takes events to targets.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ministack.core.iam_evaluator import validate_policy_document
from ministack.core.responses import error_response_json, json_response, request_scope
from ministack.services import eventbridge

from emulator.core.service import current_account, current_region
from emulator.services import event_delivery

_take_events = eventbridge._put_events


def install() -> None:
    """Put authorised delivery, and the checks that ministack lacks, in place of ministack's."""
    eventbridge._invoke_target = event_delivery.invoke_target
    eventbridge._put_events = _put_events
    eventbridge._put_permission = _put_permission


def put_service_event(  # noqa: PLR0917
    account: str,
    region: str,
    source: str,
    detail_type: str,
    detail: Mapping[str, Any],
    resources: Iterable[str] = (),
) -> None:
    """Put an event of an AWS service on the default bus of an account.

    Args:
        account: The account.
        region: The Region.
        source: Such as `aws.sagemaker`, which only services may use.
        detail_type: Such as `SageMaker Model Package State Change`.
        detail: What happened; datetimes and the like become text.
        resources: ARNs of what it happened to.
    """
    entry = {
        "Source": source,
        "DetailType": detail_type,
        "Detail": json.dumps(detail, default=str),
        "Resources": list(resources),
    }
    with request_scope(account, region):
        eventbridge._ensure_default_bus()
        eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)


def _put_events(data: dict[str, Any], allow_aws_source: bool = False) -> Any:
    """PutEvents, where ministack also takes events whose detail is not JSON.

    https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html
    """
    entries = data.get("Entries", [])
    good = [entry for entry in entries if _is_json(entry.get("Detail", "{}"))]
    status, headers, body = _take_events({**data, "Entries": good}, allow_aws_source)
    if len(good) == len(entries) or status != 200:
        return status, headers, body
    taken = json.loads(body)
    answers = iter(taken["Entries"])
    malformed = {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
    return json_response(
        {
            "FailedEntryCount": taken["FailedEntryCount"] + len(entries) - len(good),
            "Entries": [next(answers) if entry in good else malformed for entry in entries],
        }
    )


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def put_bus_statement(bus: str, statement: Mapping[str, Any]) -> None:
    """Add a statement to the policy of a bus of the current account, in place of the one of its `Sid`."""
    policy = eventbridge._event_bus_policies.get(bus) or {"Version": "2012-10-17", "Statement": []}
    kept = [given for given in policy["Statement"] if given.get("Sid") != statement.get("Sid")]
    eventbridge._event_bus_policies[bus] = {**policy, "Statement": [*kept, dict(statement)]}


def remove_bus_statement(bus: str, identifier: str) -> None:
    """Remove a statement from the policy of a bus of the current account, if it is there."""
    eventbridge._remove_permission({"EventBusName": bus, "StatementId": identifier})


def bus_arn(bus: str) -> str:
    """Return the ARN of a bus of the current account."""
    return f"arn:aws:events:{current_region()}:{current_account()}:event-bus/{bus}"


def _put_permission(data: dict[str, Any]) -> Any:
    """PutPermission, which ministack answers by opening the bus to everybody, whatever the policy says.

    https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutPermission.html
    """
    bus = data.get("EventBusName", "default")
    if "Policy" in data:
        fault = validate_policy_document(data["Policy"])
        if fault:
            return error_response_json("ValidationException", fault, 400)
        eventbridge._event_bus_policies[bus] = json.loads(data["Policy"])
        return json_response({})
    principal = data.get("Principal", "*")
    statement: dict[str, Any] = {
        "Sid": data.get("StatementId", ""),
        "Effect": "Allow",
        "Principal": "*" if principal == "*" else {"AWS": f"arn:aws:iam::{principal}:root"},
        "Action": data.get("Action", "events:PutEvents"),
        "Resource": bus_arn(bus),
    }
    if condition := data.get("Condition"):
        statement["Condition"] = {condition["Type"]: {condition["Key"]: condition["Value"]}}
    put_bus_statement(bus, statement)
    return json_response({})
