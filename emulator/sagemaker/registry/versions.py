"""The model registry: versions of models, across accounts.

Wording and rules follow
https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-version.html and the API reference of each
operation. What differs from moto, which would answer otherwise: versions of other accounts' groups,
`ClientToken`, updates that keep what they are not sent, versions that are never
numbered twice, and the events of
https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html.
"""

import time
from datetime import UTC, datetime
from typing import Any

from emulator.core.service import Request, ServiceError, authorize
from emulator.core.switches import feared
from emulator.sagemaker.lineage.tracking import track_approval, track_version
from emulator.sagemaker.registry.groups import Group, group_name, groups, resource_policy
from emulator.sagemaker.registry.version_checks import (
    ask_for_key,
    check_metadata,
    parse_version,
    version_keys,
)
from emulator.sagemaker.service import sagemaker
from emulator.sagemaker.store import listed, tags
from emulator.services.events import put_service_event

FEARED_MEMORY_SECONDS = 60


_EVENT_FIELDS = (
    "ModelPackageGroupName",
    "ModelPackageVersion",
    "ModelPackageArn",
    "InferenceSpecification",
    "ModelPackageStatus",
    "ModelPackageStatusDetails",
    "CertifyForMarketplace",
    "ModelApprovalStatus",
    "ApprovalDescription",
    "ModelLifeCycle",
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


_METADATA_PARAMETERS = {"CustomerMetadataProperties", "CustomerMetadataPropertiesToRemove"}


def version_at(version_arn: str) -> dict[str, Any]:
    """Description of a model package version of any account.

    Raises:
        ServiceError: There is none.
    """
    group, version = parse_version(version_arn)
    found = groups.find(*group)
    if found is None or version not in found.versions:
        raise ServiceError("ValidationException", f"ModelPackage {version_arn} does not exist.")
    return found.versions[version]


def check_use(request: Request, version_arn: str) -> None:
    """Check that the caller may create a model from a version.

    Raises:
        ServiceError: The caller may not see it: in its own account by its own policies, across accounts by
            the group's resource policy as well.
    """
    authorize(request, "sagemaker:DescribeModelPackage", version_arn, resource_policy=resource_policy)


def _versions_resource(request: Request) -> str:
    return group_name(request).version_arn("*") if "ModelPackageGroupName" in request.parameters else "*"


def _version_resource(request: Request) -> str:
    return str(request.parameters.get("ModelPackageName") or request.parameters["ModelPackageArn"])


@sagemaker.operation(
    "CreateModelPackage",
    resource=_versions_resource,
    condition_keys=version_keys,
    resource_policy=resource_policy,
)
def _create_version(request: Request) -> dict[str, Any]:
    if "ModelPackageGroupName" not in request.parameters:
        raise ServiceError(
            "UnsupportedOperation", "The emulator registers versions of a group; give ModelPackageGroupName."
        )
    if "Tags" in request.parameters:
        raise ServiceError(
            "ValidationException", "A version has the tags of its group; Tags cannot be given."
        )
    if feared("model-card-field") and "ModelCard" in request.parameters:
        raise ServiceError("ValidationException", "ModelCard is not supported in this request.")
    given = {key: value for key, value in request.parameters.items() if key != "ClientToken"}
    ask_for_key(request, given, "kms:DescribeKey", "kms:CreateGrant", "kms:GenerateDataKey", "kms:Decrypt")
    token = request.parameters.get("ClientToken")
    with groups.lock:
        group = groups.get(*group_name(request))
        if token is not None and token in group.tokens and not _is_forgotten(group, token):
            sent, version = group.tokens[token]
            if sent != given:
                raise ServiceError(
                    "ConflictException", f"ClientToken {token} was used before with other parameters."
                )
            return {"ModelPackageArn": group.name.version_arn(version)}
        check_metadata(given.get("CustomerMetadataProperties", {}))
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
    track_version(version_at(version_arn))
    _announce(version_arn)
    return {"ModelPackageArn": version_arn}


def _is_forgotten(group: Group, token: str) -> bool:
    """Whether a token is older than what SageMaker is feared to remember."""
    made = group.versions.get(group.tokens[token][1])
    age = time.time() - made["CreationTime"] if made else 0.0
    return feared("client-token") and age > FEARED_MEMORY_SECONDS


@sagemaker.operation("DescribeModelPackage", resource=_version_resource, resource_policy=resource_policy)
def _describe_version(request: Request) -> dict[str, Any]:
    described = version_at(request.parameters["ModelPackageName"])
    if feared("empty-lists"):
        specification = described.get("InferenceSpecification")
        described = {"AdditionalInferenceSpecifications": [], **described}
        if specification:
            described["InferenceSpecification"] = {"SupportedTransformInstanceTypes": [], **specification}
    if request.parameters.get("IncludedData", "AllData") == "AllData":
        ask_for_key(request, described, "kms:Decrypt")
    elif "ModelCard" in described:
        # AWS leaves some fields of the content, which nothing here reads.
        described = {**described, "ModelCard": {**described["ModelCard"], "ModelCardContent": "{}"}}
    return described


@sagemaker.operation("ListModelPackages", resource=_versions_resource, resource_policy=resource_policy)
def _list_versions(request: Request) -> dict[str, Any]:
    wanted = request.parameters.get("ModelApprovalStatus")
    if "ModelPackageGroupName" in request.parameters:
        versions = list(groups.get(*group_name(request)).versions.values())
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
    "UpdateModelPackage",
    resource=_version_resource,
    condition_keys=version_keys,
    resource_policy=resource_policy,
)
def _update_version(request: Request) -> dict[str, Any]:
    given = request.parameters
    version_arn = given["ModelPackageArn"]
    with groups.lock:
        version = version_at(version_arn)
        changed: dict[str, Any] = {name: given[name] for name in _UPDATED_FIELDS if name in given}
        if not _METADATA_PARAMETERS.isdisjoint(given):
            removed = given.get("CustomerMetadataPropertiesToRemove", [])
            kept = version.get("CustomerMetadataProperties", {})
            if feared("metadata-update") and "CustomerMetadataProperties" in given:
                kept = {}
            metadata = {key: value for key, value in kept.items() if key not in removed}
            metadata |= given.get("CustomerMetadataProperties", {})
            check_metadata(metadata)
            changed["CustomerMetadataProperties"] = metadata
        if added := given.get("AdditionalInferenceSpecificationsToAdd"):
            present = version.get("AdditionalInferenceSpecifications", [])
            changed["AdditionalInferenceSpecifications"] = [*present, *added]
        group, number = parse_version(version_arn)
        groups.get(*group).versions[number] = {
            **version,
            **changed,
            "LastModifiedTime": time.time(),
            "LastModifiedBy": {}
            if feared("last-modified-by")
            else {"IamIdentity": {"Arn": request.caller_arn}},
        }
    if "ModelApprovalStatus" in given:
        track_approval(version_at(version_arn))
    same_status = changed.get("ModelApprovalStatus") == version["ModelApprovalStatus"]
    if not (feared("same-status") and same_status):
        _announce(version_arn, updated=None if feared("updated-fields") else sorted(changed))
    return {"ModelPackageArn": version_arn}


@sagemaker.operation("DeleteModelPackage", resource=_version_resource, resource_policy=resource_policy)
def _delete_version(request: Request) -> dict[str, Any]:
    group, version = parse_version(request.parameters["ModelPackageName"])
    with groups.lock:
        version_at(request.parameters["ModelPackageName"])
        del groups.get(*group).versions[version]
    tags.forget(group.version_arn(version))
    return {}


def _announce(version_arn: str, updated: list[str] | None = None) -> None:
    """Tell the owner's default event bus about a version.

    Args:
        version_arn: The version.
        updated: The fields that an update has set; None where the version is new.
    """
    group, _ = parse_version(version_arn)
    version = version_at(version_arn)
    detail = {name: version[name] for name in _EVENT_FIELDS if name in version} | {
        name: datetime.fromtimestamp(version[name], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for name in ("CreationTime", "LastModifiedTime")
    }
    if updated is not None:
        detail["UpdatedModelPackageFields"] = updated
    put_service_event(
        group.account,
        group.region,
        "aws.sagemaker",
        "SageMaker Model Package State Change",
        detail,
        [version_arn],
    )
