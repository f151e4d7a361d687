"""Delivery of Amazon EventBridge's events to targets, each authorised.

ministack matches events and renders inputs. Here a target's role must be
assumable by EventBridge and allowed to do what the delivery does, a bus of another account must let the
role in by its policy, and a function, queue or topic must let EventBridge in by its own. What is refused
goes to the target's dead-letter queue, if it has one, and to the log.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html,
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html,
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
"""

import contextvars
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from ministack.core.concurrency import spawn_background
from ministack.core.responses import request_scope
from ministack.services import eventbridge, lambda_svc, sns, sqs

from emulator.core.authorization import (
    AuthenticationError,
    Policy,
    principal_of_role,
    refusal,
    service_refusal,
)
from emulator.core.service import ServiceError, current_account, current_region
from emulator.iam.credentials import service_role_credentials

logger = logging.getLogger(__name__)

EVENTBRIDGE = "events.amazonaws.com"
_FORWARDED = "_Forwarded"


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """An event on its way to a target.

    Attributes:
        target_arn: Where to.
        payload: JSON text of the event, or of the input that the target asked for in its place.
        role_arn: The target's role, if it names one.
        rule_arn: The rule that matched.
        account: The account of the rule.
        region: The Region of the rule.
    """

    target_arn: str
    payload: str
    role_arn: str | None
    rule_arn: str
    account: str
    region: str

    def credentials(self) -> dict[str, Any]:
        """Return credentials of the target's role.

        Raises:
            ServiceError: The target has no role, or the role does not trust EventBridge.
        """
        if self.role_arn is None:
            raise ServiceError("AccessDenied", f"The target {self.target_arn} needs a RoleArn.")
        return service_role_credentials(
            self.role_arn,
            EVENTBRIDGE,
            "EventBridge",
            source_arn=self.rule_arn,
            source_account=self.account,
        )


class _TargetKind(NamedTuple):
    matches: Callable[[str], bool]
    deliver: Callable[[Delivery], None]


_target_kinds: list[_TargetKind] = []


def register_event_target(matches: Callable[[str], bool], deliver: Callable[[Delivery], None]) -> None:
    """Teach EventBridge a kind of target.

    Args:
        matches: Tells by the target's ARN whether it is of this kind.
        deliver: Delivers, on the credentials of the target's role. Runs in a thread of its own; a
            `ServiceError` or `ClientError` sends the event to the dead-letter queue.
    """
    _target_kinds.append(_TargetKind(matches, deliver))


_deliver_within_account = eventbridge._invoke_target


def invoke_target(
    target: dict[str, Any], event: dict[str, Any], rule: dict[str, Any], view: Any = None
) -> None:
    """Deliver an event to a target of a rule that matches it; with ministack's parameters."""
    view = view or eventbridge._pattern_event_view(event)
    delivery = Delivery(
        target_arn=target.get("Arn", ""),
        payload=_payload(target, rule, view),
        role_arn=target.get("RoleArn") or rule.get("RoleArn") or None,
        rule_arn=rule["Arn"],
        account=current_account(),
        region=current_region(),
    )
    kind = next((kind for kind in _target_kinds if kind.matches(delivery.target_arn)), None)
    if kind is not None:
        spawn_background(_deliver, delivery, target, lambda: kind.deliver(delivery))
    elif _is_foreign_bus(delivery):
        _deliver(delivery, target, lambda: _forward(delivery, target, event))
    else:
        _deliver(delivery, target, lambda: _deliver_here(delivery, target, event, rule, view))


def _deliver(delivery: Delivery, target: dict[str, Any], attempt: Callable[[], None]) -> None:
    try:
        attempt()
    except Exception as error:  # Whatever went wrong, the event must not vanish.
        logger.warning("%s did not reach %s: %s", delivery.rule_arn, delivery.target_arn, error)
        _dead_letter(delivery, target, error)


def _payload(target: dict[str, Any], rule: dict[str, Any], view: Any) -> str:
    """What the target receives, https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html."""
    if target.get("InputTransformer"):
        transformed: str = eventbridge._apply_input_transformer(target["InputTransformer"], rule, view)
        return transformed
    if target.get("Input"):
        return str(target["Input"])
    content = view.event_with_detail()
    for part in (target.get("InputPath") or "$").removeprefix("$").split("."):
        content = content[part] if part else content
    return json.dumps(content)


def _is_foreign_bus(delivery: Delivery) -> bool:
    fields = delivery.target_arn.split(":", 5)
    return (
        len(fields) == 6
        and fields[2] == "events"
        and fields[5].startswith("event-bus/")
        and (fields[3], fields[4]) != (delivery.region, delivery.account)
    )


def _forward(delivery: Delivery, target: dict[str, Any], event: dict[str, Any]) -> None:
    """Put an event on a bus of another account or Region; such an event is not forwarded once more."""
    if event.get(_FORWARDED):
        raise ServiceError("AccessDenied", "An event from another account cannot be sent to a third one.")
    _, _, _, region, account, resource = delivery.target_arn.split(":", 5)
    bus = resource.removeprefix("event-bus/")
    delivery.credentials()  # The role must trust EventBridge.
    policy = eventbridge._event_bus_policies.get_scoped(account, region, bus)
    _check_role(delivery, "events:PutEvents", policy, account)
    with request_scope(account, region):
        eventbridge._ensure_default_bus()
        if bus not in eventbridge._event_buses:
            raise ServiceError("ResourceNotFoundException", f"Event bus {bus} does not exist.")
        forwarded = {**event, "EventBusName": bus, _FORWARDED: True}
        forwarded.pop("_DispatchPath", None)  # Names of rules, which another account may use as well.
        if any(target.get(key) for key in ("Input", "InputPath", "InputTransformer")):
            forwarded["Detail"] = delivery.payload
        eventbridge._dispatch_event(forwarded)
        eventbridge._archive_event(forwarded)


def _check_role(delivery: Delivery, action: str, policy: Policy, owner: str) -> None:
    if delivery.role_arn is None:
        raise ServiceError("AccessDenied", f"The target {delivery.target_arn} needs a RoleArn.")
    try:
        principal = principal_of_role(delivery.role_arn, "EventBridge")
    except AuthenticationError as error:
        raise ServiceError(error.code, str(error)) from None
    reason = refusal(
        principal,
        action,
        delivery.target_arn,
        region=delivery.region,
        resource_policy=(policy, owner),
    )
    if reason is not None:
        raise ServiceError("AccessDenied", reason)


_POLICIES: dict[str, tuple[str, Callable[[str], tuple[Policy, str] | None]]] = {
    "lambda": ("lambda:InvokeFunction", lambda_svc.function_policy_for_arn),
    "sqs": ("sqs:SendMessage", sqs.queue_policy_for_arn),
    "sns": ("sns:Publish", sns.topic_policy_for_arn),
}
"""Targets that let EventBridge in by their own policy: what it does there, and where the policy is found."""


def _deliver_here(
    delivery: Delivery, target: dict[str, Any], event: dict[str, Any], rule: dict[str, Any], view: Any
) -> None:
    service = delivery.target_arn.split(":")[2]
    if service in _POLICIES and not delivery.role_arn:
        _check_policy(service, delivery.target_arn, delivery)
    if service == "lambda":
        _invoke_function(delivery)
    else:
        _deliver_within_account(target, event, rule, view)


def _invoke_function(delivery: Delivery) -> None:
    """Invoke a function asynchronously, with the retries and the destination of its configuration.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
    """
    function, configuration, _ = lambda_svc._get_func_record_for_ref(delivery.target_arn)
    record = lambda_svc._execution_record_for_config(function, configuration)
    lambda_svc.invoke_async_with_retry(record, json.loads(delivery.payload))


def _check_policy(service: str, arn: str, delivery: Delivery) -> None:
    action, find = _POLICIES[service]
    found = find(arn)
    if found is None:
        raise ServiceError("ResourceNotFoundException", f"{arn} does not exist.")
    reason = service_refusal(
        EVENTBRIDGE,
        action,
        arn,
        found[0],
        source_arn=delivery.rule_arn,
        source_account=delivery.account,
        region=delivery.region,
    )
    if reason is not None:
        raise ServiceError("AccessDenied", reason)


def _dead_letter(delivery: Delivery, target: dict[str, Any], error: Exception) -> None:
    queue_arn = (target.get("DeadLetterConfig") or {}).get("Arn")
    if not queue_arn:
        return
    attributes = {
        "RULE_ARN": delivery.rule_arn,
        "TARGET_ARN": delivery.target_arn,
        "ERROR_CODE": getattr(error, "code", type(error).__name__),
        "ERROR_MESSAGE": str(error),
    }
    message = {
        "MessageBody": delivery.payload,
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        },
    }

    def send() -> None:
        with request_scope(delivery.account, delivery.region):
            _check_policy("sqs", queue_arn, delivery)
            queue = sqs._queue_by_arn(queue_arn)
            sqs._act_send_message(message, queue["url"])

    try:
        contextvars.Context().run(send)  # In nobody's request: EventBridge itself sends.
    except ServiceError as refused:
        logger.warning("The event is lost: %s", refused)
