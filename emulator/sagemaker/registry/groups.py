"""Model package groups: what the versions of one model belong to, and who of other accounts may use them.

Source: the API reference of each operation, such as
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_PutModelPackageGroupPolicy.html.
"""

import json
import re
import time
from dataclasses import dataclass, field
from typing import Any

from ministack.core.iam_evaluator import validate_policy_document

from emulator.core.authorization import ResourcePolicy
from emulator.core.names import RegionalName
from emulator.core.service import Request, ServiceError
from emulator.core.switches import feared
from emulator.sagemaker.service import check_tagging, sagemaker
from emulator.sagemaker.store import Table, arn, listed, tags

_GROUP_ARN = re.compile(
    r"arn:aws:sagemaker:(?P<region>[^:]+):(?P<account>\d{12}):model-package-group/(?P<name>[\w-]+)", re.ASCII
)
_GOVERNED_ARN = re.compile(
    r"arn:aws:sagemaker:(?P<region>[^:]+):(?P<account>\d{12}):model-package(-group)?/(?P<name>[\w-]+)",
    re.ASCII,
)


class GroupName(RegionalName):
    """A model package group of any account."""

    __slots__ = ()

    @property
    def arn(self) -> str:
        """ARN of the group."""
        return arn(self.region, self.account, f"model-package-group/{self.name}")

    def version_arn(self, version: int | str) -> str:
        """ARN of a version, or with `*` of all versions."""
        return arn(self.region, self.account, f"model-package/{self.name}/{version}")


@dataclass
class Group:
    """A model package group.

    Attributes:
        versions: Descriptions of the versions, as DescribeModelPackage answers them.
        tokens: By client token, what was sent with it and the version that came of it.
    """

    name: GroupName
    description: dict[str, Any]
    policy: str | None = None
    last_version: int = 0
    versions: dict[int, dict[str, Any]] = field(default_factory=dict)
    tokens: dict[str, tuple[dict[str, Any], int]] = field(default_factory=dict)


groups: Table[Group] = Table(
    "model-package-group",
    missing="ModelPackageGroup {arn} does not exist.",
    duplicate="Model Package Group already exists: {arn}",
)


def policy_of(resource_arn: str) -> ResourcePolicy | None:
    """The resource policy that governs a group or a version, and the account that owns it."""
    match = _GOVERNED_ARN.match(resource_arn)
    if match is None:
        return None
    group = groups.find(match["account"], match["region"], match["name"])
    return (group.policy if group else None), match["account"]


def resource_policy(_: Request, resource_arn: str) -> ResourcePolicy | None:
    """Look up for an operation what `policy_of` finds."""
    return policy_of(resource_arn)


def group_name(request: Request) -> GroupName:
    """The group that a request names, by its name or by an ARN of any account.

    Raises:
        ServiceError: The ARN is not that of a group.
    """
    given = str(request.parameters["ModelPackageGroupName"])
    if match := _GROUP_ARN.fullmatch(given):
        return GroupName(match["account"], match["region"], match["name"])
    if given.startswith("arn:"):
        raise ServiceError("ValidationException", f"{given} is not the ARN of a model package group.")
    return GroupName(request.account, request.region, given)


def _group_resource(request: Request) -> str:
    return group_name(request).arn


@sagemaker.operation("CreateModelPackageGroup", resource=_group_resource)
def _create_group(request: Request) -> dict[str, Any]:
    given = request.parameters
    name = group_name(request)
    check_tagging(request, name.arn)
    description = {
        **{key: value for key, value in given.items() if key != "Tags"},
        "ModelPackageGroupArn": name.arn,
        "ModelPackageGroupStatus": "Completed",
        "CreationTime": time.time(),
        "CreatedBy": {"IamIdentity": {"Arn": request.caller_arn}},
    }
    groups.add(*name, Group(name, description))
    tags.put(name.arn, given.get("Tags", []))
    return {"ModelPackageGroupArn": name.arn}


@sagemaker.operation("DescribeModelPackageGroup", resource=_group_resource, resource_policy=resource_policy)
def _describe_group(request: Request) -> dict[str, Any]:
    return groups.get(*group_name(request)).description


@sagemaker.operation("ListModelPackageGroups")
def _list_groups(request: Request) -> dict[str, Any]:
    described = [group.description for group in groups.all(request.account, request.region)]
    found, rest = listed(request, described, name="ModelPackageGroupName")
    return {
        "ModelPackageGroupSummaryList": [{k: v for k, v in g.items() if k != "CreatedBy"} for g in found],
        **rest,
    }


@sagemaker.operation("DeleteModelPackageGroup", resource=_group_resource, resource_policy=resource_policy)
def _delete_group(request: Request) -> dict[str, Any]:
    name = group_name(request)
    with groups.lock:
        if groups.get(*name).versions:
            raise ServiceError(
                "ConflictException",
                f"Model Package Group {name.arn} cannot be deleted because it still contains Model Packages.",
            )
        groups.remove(*name)
    return {}


@sagemaker.operation("PutModelPackageGroupPolicy", resource=_group_resource)
def _put_group_policy(request: Request) -> dict[str, Any]:
    name, policy = group_name(request), request.parameters["ResourcePolicy"]
    group = groups.get(*name)
    if problem := validate_policy_document(policy):
        raise ServiceError("ValidationException", f"Invalid resource policy: {problem}")
    if feared("group-policy"):
        _refuse_beyond_accounts(policy)
    group.policy = policy
    return {"ModelPackageGroupArn": name.arn}


def _refuse_beyond_accounts(policy: str) -> None:
    for statement in json.loads(policy)["Statement"]:
        principals = statement["Principal"]["AWS"]
        named = [principals] if isinstance(principals, str) else principals
        if "Condition" in statement or not all(
            re.fullmatch(r"arn:aws:iam::\d{12}:root", each, flags=re.ASCII) for each in named
        ):
            raise ServiceError("ValidationException", "Invalid resource policy: only accounts can be named.")


@sagemaker.operation("GetModelPackageGroupPolicy", resource=_group_resource)
def _get_group_policy(request: Request) -> dict[str, Any]:
    name = group_name(request)
    policy = groups.get(*name).policy
    if policy is None:
        raise ServiceError("ValidationException", f"Cannot find resource policy for: {name.arn}.")
    return {"ResourcePolicy": policy}


@sagemaker.operation("DeleteModelPackageGroupPolicy", resource=_group_resource)
def _delete_group_policy(request: Request) -> dict[str, Any]:
    groups.get(*group_name(request)).policy = None
    return {}
