"""AWS CloudFormation: ministack's stacks, run on the credentials that AWS would use.

ministack takes no notice of `RoleARN` and provisions with nobody's credentials. Here each operation notes
who acts, the role it names or else its caller, and each step of the stack is asked of that principal first
(`cloudformation_gate`). A role stays with its stack
(https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html, `RoleARN`).
"""

import contextvars
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ministack.core import router
from ministack.core.responses import request_scope
from ministack.services import cloudformation, iam, s3
from ministack.services.cloudformation import handlers, helpers, stacks

from emulator.cloudformation.provisioning import (
    acting_principal,
    gated_delete,
    gated_provision,
    gated_update,
    waits,
)
from emulator.core.authorization import Principal, principal_of_key, principal_of_role, refusal
from emulator.core.names import RegionalName
from emulator.core.service import current_account, current_region
from emulator.core.switches import feared
from emulator.iam.conditions import owner_of
from emulator.iam.credentials import trusts_service
from emulator.s3.access import s3_location

CLOUDFORMATION = "cloudformation.amazonaws.com"
WATCH_SECONDS = 0.02
WAIT_SECONDS = 600.0

Parameters = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]
Action = Callable[[Parameters], Answer]

_caller: contextvars.ContextVar[Principal] = contextvars.ContextVar("cloudformation_caller")


class StackName(RegionalName):
    """A stack of any account."""

    __slots__ = ()


@dataclass(frozen=True, kw_only=True)
class StackResult:
    """How an operation on a stack ended.

    Attributes:
        status: The stack's status.
        reasons: Why resources failed, first to last.
        outputs: Outputs of the stack, by their key.
    """

    status: str
    reasons: tuple[str, ...]
    outputs: Mapping[str, str]

    @property
    def ok(self) -> bool:
        """Whether the operation did what it was asked."""
        return self.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE")


class _RefusedError(Exception):
    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(message)
        self.answer: Answer = helpers._error(code, message, status)


_CHANGING = (
    "ContinueUpdateRollback",
    "CreateChangeSet",
    "CreateStack",
    "DeleteStack",
    "ExecuteChangeSet",
    "RollbackStack",
    "UpdateStack",
)
_READING = ("GetTemplateSummary", "ValidateTemplate")

_roles: dict[StackName, str] = {}

_handle = cloudformation.handle_request
_validate_stack_tags = helpers._validate_stack_tags


def install() -> None:
    """Put the gate in place."""
    cloudformation.handle_request = _handle_request
    stacks._provision_resource = gated_provision
    stacks._update_resource = gated_update
    stacks._delete_resource = gated_delete
    stacks._runs_on_worker_thread = waits
    helpers._validate_stack_tags = _check_tags
    for name in _CHANGING:
        add_action(name, _with_principal(handlers._ACTION_HANDLERS[name]))
    for name in _READING:
        add_action(name, _with_template(handlers._ACTION_HANDLERS[name]))


def add_action(name: str, action: Action) -> None:
    """Teach CloudFormation's API an action; its permission is checked by ministack."""
    handlers._ACTION_HANDLERS[name] = action


def caller() -> Principal:
    """Return who sent the request that this action answers."""
    return _caller.get()


def acting() -> Principal | None:
    """Return on whose credentials the current step of a stack is taken."""
    return acting_principal.get()


def identifier(stack: StackName) -> str:
    """Return the id of a stack."""
    with request_scope(stack.account, stack.region):
        found: str = cloudformation._stacks[stack.name]["StackId"]
    return found


def exists(stack: StackName) -> bool:
    """Return whether there is a stack of this name, or was one."""
    with request_scope(stack.account, stack.region):
        return stack.name in cloudformation._stacks


def wait(stack: StackName, *, deleted: bool = False) -> StackResult:
    """Wait until the operation that runs on a stack has ended; call in a thread that may wait.

    Args:
        stack: The stack.
        deleted: Whether the operation deletes it, which does not show at once.
    """
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        with request_scope(stack.account, stack.region):
            record = cloudformation._stacks[stack.name]
            status: str = record["StackStatus"]
            begun = status.startswith("DELETE_") or not deleted
            if (begun and not status.endswith("_IN_PROGRESS")) or time.monotonic() > deadline:
                events = cloudformation._stack_events.get(record["StackId"], [])
                return StackResult(
                    status=status,
                    reasons=_reasons(stack.name, events),
                    outputs={output["OutputKey"]: output["OutputValue"] for output in record["Outputs"]},
                )
        time.sleep(WATCH_SECONDS)


def _check_tags(tags: list[Mapping[str, str]]) -> Answer | None:
    """Ministack's check of a stack's tags; only Service Catalog sets those of its own prefix."""
    by_service_catalog = caller().arn.endswith("/servicecatalog")
    own = [tag for tag in tags if by_service_catalog and tag["Key"].startswith("aws:servicecatalog:")]
    fault: Answer | None = _validate_stack_tags([tag for tag in tags if tag not in own])
    return fault


def _reasons(stack_name: str, events: list[Mapping[str, Any]]) -> tuple[str, ...]:
    """Why resources failed in the last operation on a stack; events are kept first to last."""
    found: list[str] = []
    for event in events:
        status, about_stack = event["ResourceStatus"], event["LogicalResourceId"] == stack_name
        if about_stack and status in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS"):
            found = []
        reason = event.get("ResourceStatusReason", "")
        if status.endswith("_FAILED") and reason and not about_stack:
            found.append(f"{event['LogicalResourceId']} ({event['ResourceType']}): {reason}")
    return tuple(found)


async def _handle_request(
    method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
) -> Answer:
    key = router.extract_access_key_id(headers, query_params)
    _caller.set(principal_of_key(key, current_account()))
    answer: Answer = await _handle(method, path, headers, body, query_params)
    return answer


def _with_template(action: Action) -> Action:
    """Check that the caller may read the template in S3 that a request names."""

    def run(parameters: Parameters) -> Answer:
        try:
            _read_template(parameters)
        except _RefusedError as refused:
            return refused.answer
        return action(parameters)

    return run


def _with_principal(action: Action) -> Action:
    """Note on whose credentials the steps of an operation are taken."""

    def run(parameters: Parameters) -> Answer:
        name = helpers._p(parameters, "StackName")
        record = handlers._resolve_stack(name) if name else None
        stack = StackName(current_account(), current_region(), record["StackName"] if record else name)
        if record is None or record["StackStatus"] == "DELETE_COMPLETE":
            _roles.pop(stack, None)  # That of an earlier stack of the name.
        try:
            _read_template(parameters)
            given = helpers._p(parameters, "RoleARN")
            if given:
                _check_role(given, stack.name)
        except _RefusedError as refused:
            return refused.answer
        role = given or _roles.get(stack)
        acting_principal.set(principal_of_role(role, "AWSCloudFormation") if role else caller())
        answer = action(parameters)
        if given and answer[0] < 400:
            _roles[stack] = given
        return answer

    return run


def _check_role(role_arn: str, stack_name: str) -> None:
    reason = refusal(
        caller(),
        "iam:PassRole",
        role_arn,
        region=current_region(),
        condition_keys={"iam:PassedToService": CLOUDFORMATION},
    )
    if reason is not None:
        raise _RefusedError("AccessDenied", reason, 403)
    role = iam._roles.get_scoped(current_account(), None, role_arn.rpartition("/")[2])
    place = f"{current_region()}:{current_account()}"
    keys = {
        "aws:sourceaccount": current_account(),
        "aws:sourcearn": f"arn:aws:cloudformation:{place}:stack/{stack_name}/*",
    }
    if feared("cloudformation-trust"):
        keys = {}
    if role is None or not trusts_service(role["AssumeRolePolicyDocument"], CLOUDFORMATION, keys):
        raise _RefusedError("ValidationError", f"Role {role_arn} is invalid or cannot be assumed", 400)


def _read_template(parameters: Parameters) -> None:
    url = helpers._p(parameters, "TemplateURL")
    if not url:
        return
    bucket, key = s3_location(url)
    parameters["TemplateURL"] = [f"https://s3.amazonaws.com/{bucket}/{key}"]  # The one form ministack reads.
    reason = unreadable(caller(), url)
    if reason is not None:
        raise _RefusedError("ValidationError", f"S3 error: Access Denied ({reason})", 400)


def unreadable(principal: Principal, url: str) -> str | None:
    """Return why a principal may not read an object by its S3 URL, or None if it may."""
    bucket, key = s3_location(url)
    arn = f"arn:aws:s3:::{bucket}/{key}"
    owner = owner_of(arn) or current_account()
    tags = s3.object_tags_for_condition(bucket, key, {})
    return refusal(
        principal,
        "s3:GetObject",
        arn,
        region=current_region(),
        condition_keys={f"s3:ExistingObjectTag/{name}": value for name, value in tags.items()},
        resource_policy=(s3._bucket_policies.get_scoped(owner, None, bucket), owner),
    )
