"""Managed permissions of AWS Resource Access Manager: AWS's own, and those that customers write.

Source: the API reference of each operation, such as
https://docs.aws.amazon.com/ram/latest/APIReference/API_CreatePermission.html.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from emulator.core.service import Request, ServiceError
from emulator.core.switches import feared
from emulator.ram import keys as ram_keys
from emulator.ram.requests import given_tags, idempotent, malformed, page
from emulator.ram.service import ram
from emulator.ram.store import (
    FEATURE_GROUP,
    MODEL_CARD,
    RESOURCE_TYPES,
    Permission,
    PermissionVersion,
    ResourceType,
    lock,
    permissions,
    shares,
)

MAXIMUM_VERSIONS = 5

_ARN = re.compile(r"arn:aws:ram:([a-z0-9-]+:\d{12}|:aws):permission/[\w.-]+", re.ASCII)
_SHARED = ("DescribeModelCard", "ListModelCardVersions", "UpdateModelCard")
_EXPORT = ("CreateModelCardExportJob", "DescribeModelCardExportJob")


def permission_at(request: Request, arn: str) -> Permission:
    """A permission that the caller may attach: one of AWS's, or of the own account and Region.

    Raises:
        ServiceError: There is none.
    """
    if not _ARN.fullmatch(arn):
        raise malformed(arn)
    permission = permissions.get(arn)
    own_prefix = f"arn:aws:ram:{request.region}:{request.account}:"
    if permission is None or not (permission.owner is None or arn.startswith(own_prefix)):
        raise ServiceError("UnknownResourceException", f"Permission {arn} could not be found.")
    return permission


def default_permission(resource_type: ResourceType) -> Permission:
    """The permission of shares that ask for none."""
    return next(
        each for each in permissions.values() if each.resource_type == resource_type and each.type_default
    )


def summary(permission: Permission, version: PermissionVersion) -> dict[str, Any]:
    """A version of a permission as RAM lists it."""
    return {
        "arn": permission.arn,
        "version": str(version.number),
        "defaultVersion": version is permission.default,
        "name": permission.name,
        "resourceType": permission.resource_type.name,
        "status": "ATTACHABLE",
        "creationTime": permission.versions[0].created,
        "lastUpdatedTime": version.created,
        "isResourceTypeDefault": permission.type_default,
        "permissionType": "CUSTOMER_MANAGED" if permission.owner else "AWS_MANAGED",
        "featureSet": "STANDARD",
        "tags": [{"key": key, "value": value} for key, value in permission.tags.items()],
    }


def _created_keys(request: Request) -> dict[str, Any]:
    return {
        "ram:PermissionArn": _own_arn(request),
        "ram:PermissionResourceType": request.parameters["resourceType"],
    }


def _own_arn(request: Request) -> str:
    return f"arn:aws:ram:{request.region}:{request.account}:permission/{request.parameters['name']}"


def _named(request: Request) -> str:
    return str(request.parameters["permissionArn"])


@ram.operation("CreatePermission", condition_keys=_created_keys)
@idempotent
def _create_permission(request: Request) -> dict[str, Any]:
    given, arn = request.parameters, _own_arn(request)
    if feared("card-permission"):
        raise ServiceError(
            "InvalidParameterException",
            f"The resource type {given['resourceType']} does not support customer managed permissions.",
        )
    resource_type = RESOURCE_TYPES.get(given["resourceType"])
    if resource_type is None:
        raise ServiceError(
            "InvalidParameterException",
            f"The emulator shares {', '.join(RESOURCE_TYPES)}, and not {given['resourceType']}.",
        )
    if arn in permissions:
        raise ServiceError("PermissionAlreadyExistsException", f"The permission {arn} already exists.")
    _check_template(given["policyTemplate"], resource_type)
    version = PermissionVersion(number=1, template=given["policyTemplate"])
    permissions[arn] = permission = Permission(
        arn=arn,
        resource_type=resource_type,
        versions=[version],
        owner=request.account,
        tags=given_tags(given),
    )
    return {"permission": summary(permission, version)}


@ram.operation("CreatePermissionVersion", resource=_named, condition_keys=ram_keys.named_permission)
@idempotent
def _create_version(request: Request) -> dict[str, Any]:
    permission, template = _own(request), request.parameters["policyTemplate"]
    _check_template(template, permission.resource_type)
    if len(permission.versions) == MAXIMUM_VERSIONS:
        raise ServiceError(
            "PermissionVersionsLimitExceededException",
            f"The permission {permission.arn} has {MAXIMUM_VERSIONS} versions already.",
        )
    version = PermissionVersion(number=permission.default.number + 1, template=template)
    permission.versions.append(version)
    return {"permission": {**summary(permission, version), "permission": template}}


@ram.operation("DeletePermission", resource=_named, condition_keys=ram_keys.named_permission)
@idempotent
def _delete_permission(request: Request) -> dict[str, Any]:
    permission = _own(request)
    attached = (each for share in shares.values() for each, _ in share.permissions.values())
    if any(each is permission for each in attached):
        raise ServiceError(
            "OperationNotPermittedException",
            f"The permission {permission.arn} is attached to a resource share.",
        )
    del permissions[permission.arn]
    return {"returnValue": True, "permissionStatus": "DELETED"}


@ram.operation("GetPermission", resource=_named, condition_keys=ram_keys.named_permission)
def _get_permission(request: Request) -> dict[str, Any]:
    permission = permission_at(request, _named(request))
    wanted = request.parameters.get("permissionVersion", permission.default.number)
    for version in permission.versions:
        if version.number == wanted:
            return {"permission": {**summary(permission, version), "permission": version.template}}
    raise ServiceError(
        "UnknownResourceException", f"Version {wanted} of the permission {permission.arn} could not be found."
    )


@ram.operation("ListPermissions")
def _list_permissions(request: Request) -> dict[str, Any]:
    wanted_type = request.parameters.get("resourceType")
    wanted_owner = request.parameters.get("permissionType", "ALL")
    own_prefix = f"arn:aws:ram:{request.region}:{request.account}:"
    with lock:
        listed = [
            summary(each, each.default)
            for each in permissions.values()
            if (each.owner is None or each.arn.startswith(own_prefix))
            and wanted_type in (None, each.resource_type.name)
            and wanted_owner in ("ALL", "CUSTOMER_MANAGED" if each.owner else "AWS_MANAGED")
        ]
    found, rest = page(request, listed)
    return {"permissions": found, **rest}


def _own(request: Request) -> Permission:
    permission = permission_at(request, _named(request))
    if permission.owner is None:
        raise ServiceError(
            "OperationNotPermittedException", f"{permission.arn} is an AWS managed permission."
        )
    return permission


def _check_template(text: str, resource_type: ResourceType) -> None:
    """Check a policy template: who and on what is for the shares to say."""
    try:
        template = json.loads(text)
    except ValueError:
        template = None
    if not isinstance(template, Mapping):
        raise ServiceError("MalformedPolicyTemplateException", "The policy template is not a JSON object.")
    if unknown := sorted(template.keys() - {"Sid", "Effect", "Action", "Condition"}):
        raise ServiceError(
            "MalformedPolicyTemplateException", f"A policy template has no element {', '.join(unknown)}."
        )
    if str(template.get("Effect")).lower() != "allow":
        raise ServiceError("InvalidPolicyException", "The Effect of a policy template must be Allow.")
    actions = template.get("Action", [])
    actions = [actions] if isinstance(actions, str) else actions
    if not actions or not resource_type.actions.issuperset(actions):
        wrong = sorted(set(actions) - resource_type.actions)
        raise ServiceError(
            "InvalidPolicyException",
            f"Actions not supported for {resource_type.name}: {', '.join(wrong) or 'none given'}.",
        )


def _aws_managed(
    resource_type: ResourceType, name: str, actions: tuple[str, ...], *, type_default: bool = False
) -> None:
    # https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards-xaccount.html,
    # https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-cross-account-access.html
    arn = f"arn:aws:ram::aws:permission/{name}"
    template = {"Effect": "Allow", "Action": [f"sagemaker:{action}" for action in actions]}
    permissions[arn] = Permission(
        arn=arn,
        resource_type=resource_type,
        versions=[PermissionVersion(number=1, template=json.dumps(template), created=0.0)],
        type_default=type_default,
    )


_READ = ("BatchGetRecord", "DescribeFeatureGroup", "DescribeFeatureMetadata", "GetRecord")

_aws_managed(MODEL_CARD, "AWSRAMPermissionSageMakerModelCards", _SHARED, type_default=True)
_aws_managed(MODEL_CARD, "AWSRAMPermissionSageMakerModelCardsAllowExport", _SHARED + _EXPORT)
_aws_managed(FEATURE_GROUP, "AWSRAMPermissionSageMakerFeatureGroupReadOnly", _READ, type_default=True)
_aws_managed(
    FEATURE_GROUP, "AWSRAMPermissionSagemakerFeatureGroupReadWrite", ("DeleteRecord", "PutRecord", *_READ)
)
