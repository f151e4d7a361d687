"""The model registry: model package groups and their versions, across accounts.

Wording and rules follow
https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-version.html and the API reference of each
operation. What differs from moto, which would answer otherwise: groups by ARN and in other accounts, the
group's resource policy, `ClientToken`, updates that keep what they are not sent, versions that are never
numbered twice, and the events of
https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html.
"""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ministack.core.iam_evaluator import validate_policy_document

from rehearsal.emulator.authorization import ResourcePolicy
from rehearsal.emulator.events import put_service_event
from rehearsal.emulator.sagemaker_service import sagemaker
from rehearsal.emulator.sagemaker_store import Table, arn, listed, tags
from rehearsal.emulator.service import Request, ServiceError, authorize

MAXIMUM_CUSTOMER_METADATA = 50

_GROUP_ARN = re.compile(
    r"arn:aws:sagemaker:(?P<region>[^:]+):(?P<account>\d{12}):model-package-group/(?P<name>[\w-]+)"
)
_VERSION_ARN = re.compile(
    r"arn:aws:sagemaker:(?P<region>[^:]+):(?P<account>\d{12}):model-package/(?P<group>[\w-]+)/(?P<version>\d+)"
)

_GOVERNED_ARN = re.compile(
    r"arn:aws:sagemaker:(?P<region>[^:]+):(?P<account>\d{12}):model-package(-group)?/(?P<name>[\w-]+)"
)

_EVENT_FIELDS = (
    "ModelPackageGroupName",
    "ModelPackageVersion",
    "ModelPackageArn",
    "InferenceSpecification",
    "ModelPackageStatus",
    "ModelPackageStatusDetails",
    "CertifyForMarketplace",
    "ModelApprovalStatus",
    "MetadataProperties",
)
"""Fields of the event's detail, beside its times. CustomerMetadataProperties is not among them on AWS."""

_SUMMARY_FIELDS = (
    "ModelPackageGroupName",
    "ModelPackageVersion",
    "ModelPackageArn",
    "ModelPackageDescription",
    "CreationTime",
    "ModelPackageStatus",
    "ModelApprovalStatus",
    "ModelLifeCycle",
    "ModelPackageRegistrationType",
)

_UPDATED_FIELDS = (
    "ModelApprovalStatus",
    "ApprovalDescription",
    "ModelPackageRegistrationType",
    "InferenceSpecification",
    "SourceUri",
    "ModelCard",
    "ModelLifeCycle",
)


class GroupName(NamedTuple):
    """A model package group of any account."""

    account: str
    region: str
    name: str

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


def version_at(version_arn: str) -> dict[str, Any]:
    """Description of a model package version of any account.

    Raises:
        ServiceError: There is none.
    """
    group, version = _parse_version(version_arn)
    found = groups.find(*group)
    if found is None or version not in found.versions:
        raise ServiceError("ValidationException", f"ModelPackage {version_arn} does not exist.")
    return found.versions[version]


def policy_of(request: Request, resource_arn: str) -> ResourcePolicy | None:  # noqa: ARG001 (one of many lookups)
    """The resource policy that governs a group or a version, and the account that owns it."""
    match = _GOVERNED_ARN.match(resource_arn)
    if match is None:
        return None
    group = groups.find(match["account"], match["region"], match["name"])
    return (group.policy if group else None), match["account"]


def check_use(request: Request, version_arn: str) -> None:
    """Check that the caller may create a model from a version.

    Raises:
        ServiceError: The caller may not see it: in its own account by its own policies, across accounts by
            the group's resource policy as well.
    """
    authorize(request, "sagemaker:DescribeModelPackage", version_arn, resource_policy=policy_of)


def _group_name(request: Request) -> GroupName:
    given = str(request.parameters["ModelPackageGroupName"])
    if match := _GROUP_ARN.fullmatch(given):
        return GroupName(match["account"], match["region"], match["name"])
    if given.startswith("arn:"):
        raise ServiceError("ValidationException", f"{given} is not the ARN of a model package group.")
    return GroupName(request.account, request.region, given)


def _parse_version(version_arn: str) -> tuple[GroupName, int]:
    match = _VERSION_ARN.fullmatch(version_arn)
    if match is None:
        raise ServiceError("ValidationException", f"{version_arn} is not the ARN of a model package version.")
    return GroupName(match["account"], match["region"], match["group"]), int(match["version"])


def _group_resource(request: Request) -> str:
    return _group_name(request).arn


def _versions_resource(request: Request) -> str:
    return _group_name(request).version_arn("*") if "ModelPackageGroupName" in request.parameters else "*"


def _version_resource(request: Request) -> str:
    return str(request.parameters.get("ModelPackageName") or request.parameters["ModelPackageArn"])


def _version_keys(request: Request) -> dict[str, Any]:
    """Condition keys of CreateModelPackage and UpdateModelPackage.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html.
    """
    given = request.parameters
    stage = given.get("ModelLifeCycle", {})
    keys = {
        "sagemaker:ModelApprovalStatus": given.get("ModelApprovalStatus"),
        "sagemaker:ModelLifeCycle:Stage": stage.get("Stage"),
        "sagemaker:ModelLifeCycle:StageStatus": stage.get("StageStatus"),
        "sagemaker:CustomerMetadataPropertiesToRemove": given.get("CustomerMetadataPropertiesToRemove"),
    } | {
        f"sagemaker:CustomerMetadataProperties/{key}": value
        for key, value in given.get("CustomerMetadataProperties", {}).items()
    }
    return {key: value for key, value in keys.items() if value is not None}


# Groups.


def create_group(
    name: GroupName, description: str | None, creator: str, given_tags: list[dict[str, str]]
) -> Group:
    """Create a model package group.

    Raises:
        ServiceError: There is one of that name.
    """
    details = {
        "ModelPackageGroupName": name.name,
        "ModelPackageGroupArn": name.arn,
        "CreationTime": time.time(),
        "CreatedBy": {"IamIdentity": {"Arn": creator}},
        "ModelPackageGroupStatus": "Completed",
    } | ({"ModelPackageGroupDescription": description} if description else {})
    group = groups.add(*name, Group(name, details))
    tags.put(name.arn, given_tags)
    return group


def delete_group(name: GroupName) -> None:
    """Delete a model package group.

    Raises:
        ServiceError: There is none, or it still has versions.
    """
    with groups.lock:
        if groups.get(*name).versions:
            raise ServiceError(
                "ConflictException",
                f"Model Package Group {name.arn} cannot be deleted because it still contains Model Packages.",
            )
        groups.remove(*name)


def put_group_policy(name: GroupName, policy: str) -> None:
    """Attach a resource policy to a group, in place of the one it has.

    Raises:
        ServiceError: The policy is malformed.
    """
    group = groups.get(*name)
    if problem := validate_policy_document(policy):
        raise ServiceError("ValidationException", f"Invalid resource policy: {problem}")
    group.policy = policy


@sagemaker.operation("CreateModelPackageGroup", resource=_group_resource)
def _create_group(request: Request) -> dict[str, Any]:
    given = request.parameters
    name = _group_name(request)
    create_group(name, given.get("ModelPackageGroupDescription"), request.caller_arn, given.get("Tags", []))
    return {"ModelPackageGroupArn": name.arn}


@sagemaker.operation("DescribeModelPackageGroup", resource=_group_resource, resource_policy=policy_of)
def _describe_group(request: Request) -> dict[str, Any]:
    return groups.get(*_group_name(request)).description


@sagemaker.operation("ListModelPackageGroups")
def _list_groups(request: Request) -> dict[str, Any]:
    described = [group.description for group in groups.all(request.account, request.region)]
    found, rest = listed(request, described, name="ModelPackageGroupName")
    return {
        "ModelPackageGroupSummaryList": [{k: v for k, v in g.items() if k != "CreatedBy"} for g in found],
        **rest,
    }


@sagemaker.operation("DeleteModelPackageGroup", resource=_group_resource, resource_policy=policy_of)
def _delete_group(request: Request) -> dict[str, Any]:
    delete_group(_group_name(request))
    return {}


@sagemaker.operation("PutModelPackageGroupPolicy", resource=_group_resource)
def _put_group_policy(request: Request) -> dict[str, Any]:
    name = _group_name(request)
    put_group_policy(name, request.parameters["ResourcePolicy"])
    return {"ModelPackageGroupArn": name.arn}


@sagemaker.operation("GetModelPackageGroupPolicy", resource=_group_resource)
def _get_group_policy(request: Request) -> dict[str, Any]:
    name = _group_name(request)
    policy = groups.get(*name).policy
    if policy is None:
        raise ServiceError("ValidationException", f"Cannot find resource policy for: {name.arn}.")
    return {"ResourcePolicy": policy}


@sagemaker.operation("DeleteModelPackageGroupPolicy", resource=_group_resource)
def _delete_group_policy(request: Request) -> dict[str, Any]:
    groups.get(*_group_name(request)).policy = None
    return {}


# Versions.


@sagemaker.operation(
    "CreateModelPackage", resource=_versions_resource, condition_keys=_version_keys, resource_policy=policy_of
)
def _create_version(request: Request) -> dict[str, Any]:
    if "ModelPackageGroupName" not in request.parameters:
        raise ServiceError(
            "UnsupportedOperation", "The emulator registers versions of a group; give ModelPackageGroupName."
        )
    given = {key: value for key, value in request.parameters.items() if key not in ("ClientToken", "Tags")}
    token = request.parameters.get("ClientToken")
    with groups.lock:
        group = groups.get(*_group_name(request))
        if token is not None and token in group.tokens:
            sent, version = group.tokens[token]
            if sent != given:
                raise ServiceError(
                    "ConflictException", f"ClientToken {token} was used before with other parameters."
                )
            return {"ModelPackageArn": group.name.version_arn(version)}
        _check_metadata(given.get("CustomerMetadataProperties", {}))
        group.last_version += 1
        version_arn = group.name.version_arn(group.last_version)
        now = time.time()
        group.versions[group.last_version] = {
            "ModelApprovalStatus": "PendingManualApproval",
            "CertifyForMarketplace": False,
            **given,
            "ModelPackageGroupName": group.name.name,
            "ModelPackageVersion": group.last_version,
            "ModelPackageRegistrationType": given.get("ModelPackageRegistrationType", "Registered"),
            "ModelPackageArn": version_arn,
            "ModelPackageStatus": "Completed",
            "ModelPackageStatusDetails": {"ValidationStatuses": [], "ImageScanStatuses": []},
            "CreationTime": now,
            "CreatedBy": {"IamIdentity": {"Arn": request.caller_arn}},
            "LastModifiedTime": now,
        }
        if token is not None:
            group.tokens[token] = given, group.last_version
    tags.put(version_arn, request.parameters.get("Tags", []))
    _announce(version_arn)
    return {"ModelPackageArn": version_arn}


@sagemaker.operation("DescribeModelPackage", resource=_version_resource, resource_policy=policy_of)
def _describe_version(request: Request) -> dict[str, Any]:
    return version_at(request.parameters["ModelPackageName"])


@sagemaker.operation("ListModelPackages", resource=_versions_resource, resource_policy=policy_of)
def _list_versions(request: Request) -> dict[str, Any]:
    wanted = request.parameters.get("ModelApprovalStatus")
    if "ModelPackageGroupName" in request.parameters:
        versions = list(groups.get(*_group_name(request)).versions.values())
    elif request.parameters.get("ModelPackageType") in ("Versioned", "Both"):
        versions = [v for g in groups.all(request.account, request.region) for v in g.versions.values()]
    else:
        versions = []
    matching = [version for version in versions if wanted in (None, version["ModelApprovalStatus"])]
    found, rest = listed(request, matching, name="ModelPackageGroupName")
    return {
        "ModelPackageSummaryList": [{k: v[k] for k in _SUMMARY_FIELDS if k in v} for v in found],
        **rest,
    }


@sagemaker.operation(
    "UpdateModelPackage", resource=_version_resource, condition_keys=_version_keys, resource_policy=policy_of
)
def _update_version(request: Request) -> dict[str, Any]:
    given = request.parameters
    version_arn = given["ModelPackageArn"]
    with groups.lock:
        version = version_at(version_arn)
        removed = given.get("CustomerMetadataPropertiesToRemove", [])
        metadata = {
            key: value
            for key, value in version.get("CustomerMetadataProperties", {}).items()
            if key not in removed
        } | given.get("CustomerMetadataProperties", {})
        _check_metadata(metadata)
        changed: dict[str, Any] = {name: given[name] for name in _UPDATED_FIELDS if name in given}
        if metadata or "CustomerMetadataProperties" in version:
            changed["CustomerMetadataProperties"] = metadata
        if added := given.get("AdditionalInferenceSpecificationsToAdd"):
            kept = version.get("AdditionalInferenceSpecifications", [])
            changed["AdditionalInferenceSpecifications"] = [*kept, *added]
        changed["LastModifiedTime"] = time.time()
        changed["LastModifiedBy"] = {"IamIdentity": {"Arn": request.caller_arn}}
        group, number = _parse_version(version_arn)
        groups.get(*group).versions[number] = version | changed
    if "ModelApprovalStatus" in given:
        _announce(version_arn)
    return {"ModelPackageArn": version_arn}


@sagemaker.operation("DeleteModelPackage", resource=_version_resource, resource_policy=policy_of)
def _delete_version(request: Request) -> dict[str, Any]:
    group, version = _parse_version(request.parameters["ModelPackageName"])
    with groups.lock:
        version_at(request.parameters["ModelPackageName"])
        del groups.get(*group).versions[version]
    tags.forget(group.version_arn(version))
    return {}


def _check_metadata(metadata: Mapping[str, str]) -> None:
    if len(metadata) > MAXIMUM_CUSTOMER_METADATA:
        raise ServiceError(
            "ValidationException",
            f"CustomerMetadataProperties has {len(metadata)} of {MAXIMUM_CUSTOMER_METADATA} entries.",
        )


def _announce(version_arn: str) -> None:
    """Tell the owner's default event bus about a version."""
    group, _ = _parse_version(version_arn)
    version = version_at(version_arn)
    detail = {name: version[name] for name in _EVENT_FIELDS if name in version} | {
        name: datetime.fromtimestamp(version[name], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for name in ("CreationTime", "LastModifiedTime")
    }
    put_service_event(
        group.account,
        group.region,
        "aws.sagemaker",
        "SageMaker Model Package State Change",
        detail,
        [version_arn],
    )
