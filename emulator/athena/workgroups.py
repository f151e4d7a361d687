"""Workgroups: where a team's queries write, how they are encrypted, and how many bytes one may read.

https://docs.aws.amazon.com/athena/latest/APIReference/API_WorkGroupConfiguration.html. ministack keeps them,
for its CloudFormation type as well.
"""

from typing import Any

from ministack.core.responses import request_scope
from ministack.services import athena as ministack_athena

from emulator.athena import store
from emulator.athena.service import athena, invalid, workgroup_arn
from emulator.athena.workgroup_settings import Settings
from emulator.core.service import Request

PRIMARY = "primary"

_PLAIN = (
    "AdditionalConfiguration",
    "BytesScannedCutoffPerQuery",
    "EnableMinimumEncryptionConfiguration",
    "EnforceWorkGroupConfiguration",
    "EngineVersion",
    "ExecutionRole",
    "PublishCloudWatchMetricsEnabled",
    "RequesterPaysEnabled",
)
_OF_RESULTS = ("OutputLocation", "EncryptionConfiguration", "ExpectedBucketOwner", "AclConfiguration")
_DEFAULTS = {"EnforceWorkGroupConfiguration": True, "PublishCloudWatchMetricsEnabled": True}


def settings(request: Request) -> Settings:
    """What holds for a query that a request starts: its own wishes, or the workgroup's.

    https://docs.aws.amazon.com/athena/latest/ug/workgroups-settings-override.html

    Raises:
        ServiceError: There is no such workgroup, it is disabled, or nothing says where results go.
    """
    record = _record(request, name_of(request))
    if record["State"] != "ENABLED":
        raise invalid(f"WorkGroup {record['Name']} is disabled.")
    configuration = record.get("Configuration") or {}
    theirs = configuration.get("ResultConfiguration") or {}
    own = request.parameters.get("ResultConfiguration") or {}
    enforced = str(configuration.get("EnforceWorkGroupConfiguration", record["Name"] != PRIMARY)).lower()
    chosen = theirs if enforced == "true" else {**theirs, **own}  # A template may say it as text.
    location = chosen.get("OutputLocation")
    if not location:
        raise invalid(
            "No output location provided. An output location is required either through the Workgroup result "
            "configuration setting or as an API input."
        )
    return Settings(
        location=location if location.endswith("/") else f"{location}/",
        encryption=chosen.get("EncryptionConfiguration") or {},
        bucket_owner=chosen.get("ExpectedBucketOwner"),
        cutoff=_number(configuration.get("BytesScannedCutoffPerQuery")),
    )


def name_of(request: Request) -> str:
    """The workgroup that a request names; without a name, the primary one."""
    return str(request.parameters.get("WorkGroup", PRIMARY))


def named(request: Request) -> str:
    """ARN of the workgroup that a request names."""
    return workgroup_arn(request.account, request.region, name_of(request))


def _number(value: Any) -> int | None:
    return None if value is None else int(value)


def _record(request: Request, name: str) -> dict[str, Any]:
    with request_scope(request.account, request.region):
        ministack_athena._ensure_default_workgroup()
        found: dict[str, Any] | None = ministack_athena._workgroups.get(name)
    if found is None:
        raise invalid("WorkGroup is not found.")
    return found


@athena.operation(
    "CreateWorkGroup",
    resource=lambda request: workgroup_arn(request.account, request.region, request.parameters["Name"]),
)
def _create(request: Request) -> dict[str, Any]:
    given = request.parameters
    configuration = {**_DEFAULTS, **given.get("Configuration", {})}
    with request_scope(request.account, request.region):
        ministack_athena._ensure_default_workgroup()
        if given["Name"] in ministack_athena._workgroups:
            raise invalid("WorkGroup is already created")
        ministack_athena._create_workgroup({**given, "Configuration": configuration})
    return {}


@athena.operation("UpdateWorkGroup", resource=named)
def _update(request: Request) -> dict[str, Any]:
    given = request.parameters
    record = _record(request, name_of(request))
    updates = given.get("ConfigurationUpdates", {})
    configuration = dict(record.get("Configuration") or {})
    configuration |= {name: updates[name] for name in _PLAIN if name in updates}
    if updates.get("RemoveBytesScannedCutoffPerQuery"):
        configuration.pop("BytesScannedCutoffPerQuery", None)
    results = dict(configuration.get("ResultConfiguration") or {})
    changes = updates.get("ResultConfigurationUpdates", {})
    results |= {name: changes[name] for name in _OF_RESULTS if name in changes}
    for name in _OF_RESULTS:
        if changes.get(f"Remove{name}"):
            results.pop(name, None)
    record["Configuration"] = {**configuration, "ResultConfiguration": results}
    record |= {name: given[name] for name in ("Description", "State") if name in given}
    return {}


@athena.operation("DeleteWorkGroup", resource=named)
def _delete(request: Request) -> dict[str, Any]:
    name = name_of(request)
    if name == PRIMARY:
        raise invalid("The primary WorkGroup could not be deleted.")
    _record(request, name)
    held = store.of_workgroup(request.account, request.region, name)
    if held and not request.parameters.get("RecursiveDeleteOption", False):
        raise invalid(f"WorkGroup {name} is not empty")
    for execution in held:
        store.executions.pop(execution.identifier, None)
    with request_scope(request.account, request.region):
        ministack_athena._delete_workgroup({"WorkGroup": name})
    return {}
