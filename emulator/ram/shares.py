"""Resource shares of AWS Resource Access Manager: made, changed and deleted by the account that owns them.

Source: the API reference of each operation, such as
https://docs.aws.amazon.com/ram/latest/APIReference/API_CreateResourceShare.html. As on AWS, what was taken
off a share and shares that were deleted stay on record. On AWS an association takes a moment; here it is
done when the operation answers, though the answer says so as AWS's does.
"""

import time
import uuid
from collections.abc import Iterable
from typing import Any

from emulator.core.authorization import tag_keys
from emulator.core.service import Request, ServiceError, authorize
from emulator.ram import keys as ram_keys
from emulator.ram.permissions import default_permission, permission_at
from emulator.ram.principals import check_principal
from emulator.ram.requests import given_tags, idempotent, malformed, own_share, share_resource
from emulator.ram.service import ram
from emulator.ram.store import (
    RESOURCE_TYPES,
    Association,
    Kind,
    Permission,
    Share,
    exists,
    lock,
    permissions,
    shares,
    type_of,
)


def described(share: Share) -> dict[str, Any]:
    """A share as RAM describes it."""
    return {
        "resourceShareArn": share.arn,
        "name": share.name,
        "owningAccountId": share.account,
        "allowExternalPrincipals": share.external,
        "status": share.status,
        "tags": [{"key": key, "value": value} for key, value in share.tags.items()],
        "creationTime": share.created,
        "lastUpdatedTime": share.updated,
        "featureSet": "STANDARD",
        "resourceShareConfiguration": {"retainSharingOnAccountLeaveOrganization": share.retain},
    }


def described_association(share: Share, association: Association) -> dict[str, Any]:
    """A principal or a resource of a share as RAM describes it."""
    return {
        "resourceShareArn": share.arn,
        "resourceShareName": share.name,
        "associatedEntity": association.entity,
        "associationType": association.kind,
        "status": association.status,
        "creationTime": association.created,
        "lastUpdatedTime": association.updated,
        "external": False,
    }


@ram.operation("CreateResourceShare", condition_keys=ram_keys.created_share)
@idempotent
def _create_share(request: Request) -> dict[str, Any]:
    given = request.parameters
    arn = f"arn:aws:ram:{request.region}:{request.account}:resource-share/{uuid.uuid4()}"
    if given.get("tags"):
        authorize(request, "ram:TagResource", arn, condition_keys=tag_keys(given))
    configuration = given.get("resourceShareConfiguration", {})
    share = Share(
        arn=arn,
        name=given["name"],
        external=given.get("allowExternalPrincipals", True),
        retain=configuration.get("retainSharingOnAccountLeaveOrganization", False),
        tags=given_tags(given),
    )
    for permission_arn in given.get("permissionArns", ()):
        permission = permission_at(request, permission_arn)
        if permission.resource_type.name in share.permissions:
            raise _one_permission(permission)
        _attach(share, permission)
    _associate(request, share)
    shares[arn] = share
    return {"resourceShare": described(share)}


@ram.operation("AssociateResourceShare", resource=share_resource, condition_keys=ram_keys.changed_share)
@idempotent
def _associate_share(request: Request) -> dict[str, Any]:
    share, keys = own_share(request), _named(request)
    before = set(_active(share))
    _associate(request, share)
    return {
        "resourceShareAssociations": [
            described_association(share, share.associations[key])
            | ({} if key in before else {"status": "ASSOCIATING"})
            for key in keys
        ]
    }


@ram.operation("DisassociateResourceShare", resource=share_resource, condition_keys=ram_keys.changed_share)
@idempotent
def _disassociate_share(request: Request) -> dict[str, Any]:
    share, keys = own_share(request), _named(request)
    for kind, entity in keys:
        if (kind, entity) not in _active(share):
            raise ServiceError("UnknownResourceException", f"{entity} is not associated with {share.arn}.")
    _take_off(share, keys)
    return {
        "resourceShareAssociations": [
            described_association(share, share.associations[key]) | {"status": "DISASSOCIATING"}
            for key in keys
        ]
    }


@ram.operation("UpdateResourceShare", resource=share_resource, condition_keys=ram_keys.changed_share)
@idempotent
def _update_share(request: Request) -> dict[str, Any]:
    share = own_share(request)
    share.name = request.parameters.get("name", share.name)
    share.external = request.parameters.get("allowExternalPrincipals", share.external)
    share.updated = time.time()
    return {"resourceShare": described(share)}


@ram.operation("DeleteResourceShare", resource=share_resource, condition_keys=ram_keys.changed_share)
@idempotent
def _delete_share(request: Request) -> dict[str, Any]:
    share = own_share(request)
    _take_off(share, _active(share))
    share.permissions.clear()
    share.status = "DELETED"
    return {"returnValue": True}


def _share_and_permission(request: Request) -> list[str]:
    return [request.parameters["resourceShareArn"], request.parameters["permissionArn"]]


def _keys_of_share_and_permission(request: Request) -> dict[str, Any]:
    share = shares.get(request.parameters["resourceShareArn"])
    return (ram_keys.of_share(share) if share else {}) | ram_keys.named_permission(request)


@ram.operation(
    "AssociateResourceSharePermission",
    resource=_share_and_permission,
    condition_keys=_keys_of_share_and_permission,
)
@idempotent
def _associate_permission(request: Request) -> dict[str, Any]:
    share = own_share(request)
    permission = permission_at(request, request.parameters["permissionArn"])
    if permission.resource_type.name in share.permissions and not request.parameters.get("replace", False):
        raise _one_permission(permission)
    _attach(share, permission)
    return {"returnValue": True}


def _tagged(request: Request) -> str:
    arn = request.parameters.get("resourceShareArn") or request.parameters.get("resourceArn")
    if arn is None:
        raise ServiceError("InvalidParameterException", "Give the ARN of what is to be tagged.")
    return str(arn)


@ram.operation("TagResource", resource=_tagged)
def _tag(request: Request) -> dict[str, Any]:
    with lock:
        _tags(request).update(given_tags(request.parameters))
    return {}


@ram.operation("UntagResource", resource=_tagged)
def _untag(request: Request) -> dict[str, Any]:
    with lock:
        for key in request.parameters["tagKeys"]:
            _tags(request).pop(key, None)
    return {}


def _tags(request: Request) -> dict[str, str]:
    arn = _tagged(request)
    found = shares.get(arn) or permissions.get(arn)
    if found is None or not arn.startswith(f"arn:aws:ram:{request.region}:{request.account}:"):
        raise ServiceError("UnknownResourceException", f"{arn} could not be found.")
    return found.tags


def _named(request: Request) -> list[tuple[Kind, str]]:
    """What a request adds or takes off."""
    given = request.parameters
    named: list[tuple[Kind, str]] = [("RESOURCE", arn) for arn in given.get("resourceArns", ())]
    named += [("PRINCIPAL", principal) for principal in given.get("principals", ())]
    if not named:
        raise ServiceError("InvalidParameterException", "Give at least one resource or one principal.")
    return named


def _associate(request: Request, share: Share) -> None:
    """Add a request's resources and principals, all of them or none."""
    if request.parameters.get("sources"):
        raise ServiceError("UnsupportedOperation", "The emulator shares without source constraints.")
    resources = request.parameters.get("resourceArns", [])
    principals = request.parameters.get("principals", [])
    for arn in resources:
        _check_resource(request, arn)
    for principal in principals:
        check_principal(request, principal, external=share.external)
    for arn in resources:
        resource_type = type_of(arn)
        if resource_type is not None and resource_type.name not in share.permissions:
            _attach(share, default_permission(resource_type))
        _add(share, "RESOURCE", arn)
    for principal in principals:
        _add(share, "PRINCIPAL", principal)


def _check_resource(request: Request, arn: str) -> None:
    if not arn.startswith("arn:"):
        raise malformed(arn)
    if type_of(arn) is None:
        raise ServiceError(
            "UnsupportedOperation",
            f"The emulator shares {', '.join(RESOURCE_TYPES)}, and not {arn}; AWS shares others, too.",
        )
    if arn.split(":")[3:5] != [request.region, request.account] or not exists(arn):
        raise ServiceError("UnknownResourceException", f"Resource {arn} could not be found.")


def _attach(share: Share, permission: Permission) -> None:
    share.permissions[permission.resource_type.name] = permission, permission.default.number


def _one_permission(permission: Permission) -> ServiceError:
    return ServiceError(
        "InvalidParameterException",
        f"A resource share has one permission for {permission.resource_type.name}.",
    )


def _active(share: Share) -> list[tuple[Kind, str]]:
    return [key for key, each in share.associations.items() if each.status == "ASSOCIATED"]


def _add(share: Share, kind: Kind, entity: str) -> None:
    if (kind, entity) not in _active(share):
        share.associations[kind, entity] = Association(kind=kind, entity=entity)
        share.updated = time.time()


def _take_off(share: Share, keys: Iterable[tuple[Kind, str]]) -> None:
    share.updated = time.time()
    for key in keys:
        share.associations[key].status = "DISASSOCIATED"
        share.associations[key].updated = share.updated
