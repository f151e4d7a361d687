"""What AWS Resource Access Manager tells of shares, to the account that owns them and to those they are for.

Source: the API reference of each operation, such as
https://docs.aws.amazon.com/ram/latest/APIReference/API_GetResourceShares.html.
"""

from collections.abc import Iterator
from typing import Any

from emulator.core.service import Request, ServiceError
from emulator.ram import keys as ram_keys
from emulator.ram.permissions import summary
from emulator.ram.requests import own_share, own_shares, page, share_resource, visible_shares
from emulator.ram.service import ram
from emulator.ram.shares import described, described_association
from emulator.ram.store import Association, Kind, Share, exists, type_of


@ram.operation("GetResourceShares")
def _get_shares(request: Request) -> dict[str, Any]:
    given = request.parameters
    found, rest = page(
        request,
        [
            described(share)
            for share in _named(request, visible_shares(request))
            if given.get("resourceShareStatus") in (None, share.status)
            and given.get("name") in (None, share.name)
            and given.get("permissionArn") in (None, *(each.arn for each, _ in share.permissions.values()))
            and all(_has_tag(share, each) for each in given.get("tagFilters", ()))
        ],
    )
    return {"resourceShares": found, **rest}


@ram.operation("GetResourceShareAssociations")
def _get_associations(request: Request) -> dict[str, Any]:
    given, kind = request.parameters, request.parameters["associationType"]
    entity = {"PRINCIPAL": "principal", "RESOURCE": "resourceArn"}.get(kind)
    for other in {"principal", "resourceArn"} - {entity}:
        if other in given:
            raise ServiceError(
                "InvalidParameterException",
                f"You cannot specify {other} when the association type is {kind}.",
            )
    own = own_shares(request)
    for arn in given.get("resourceShareArns", ()):
        if arn not in (share.arn for share in own):
            raise ServiceError("UnknownResourceException", f"ResourceShare {arn} could not be found.")
    found, rest = page(
        request,
        [
            described_association(share, each)
            for share in _named(request, own)
            for each in tuple(share.associations.values())
            if each.kind == kind
            and given.get(str(entity)) in (None, each.entity)
            and given.get("associationStatus") in (None, each.status)
        ],
    )
    return {"resourceShareAssociations": found, **rest}


@ram.operation("ListResources")
def _list_resources(request: Request) -> dict[str, Any]:
    given = request.parameters
    found, rest = page(
        request,
        [
            {
                "arn": each.entity,
                "type": _type_name(each.entity),
                "resourceShareArn": share.arn,
                "status": "AVAILABLE" if exists(each.entity) else "UNAVAILABLE",
                "creationTime": each.created,
                "lastUpdatedTime": each.updated,
                "resourceRegionScope": "REGIONAL",
            }
            for share, each in _associated(request, "RESOURCE")
            if given.get("principal") in (None, *share.entities("PRINCIPAL"))
            and given.get("resourceType") in (None, _type_name(each.entity))
            and each.entity in given.get("resourceArns", [each.entity])
            and given.get("resourceRegionScope", "ALL") in ("ALL", "REGIONAL")
        ],
    )
    return {"resources": found, **rest}


@ram.operation("ListPrincipals")
def _list_principals(request: Request) -> dict[str, Any]:
    """List whom the caller shares with or, of others' shares, who shares with the caller."""
    given = request.parameters
    own = given["resourceOwner"] == "SELF"
    principals = [
        {
            "id": each.entity if own else share.account,
            "resourceShareArn": share.arn,
            "creationTime": each.created,
            "lastUpdatedTime": each.updated,
            "external": False,
        }
        for share, each in _associated(request, "PRINCIPAL")
        if given.get("resourceArn") in (None, *share.entities("RESOURCE"))
        and given.get("resourceType") in (None, *map(_type_name, share.entities("RESOURCE")))
    ]
    found, rest = page(
        request, [each for each in principals if each["id"] in given.get("principals", [each["id"]])]
    )
    return {"principals": found, **rest}


@ram.operation("ListResourceSharePermissions", resource=share_resource, condition_keys=ram_keys.changed_share)
def _list_share_permissions(request: Request) -> dict[str, Any]:
    attached = own_share(request).permissions.values()
    found, rest = page(
        request,
        [
            summary(permission, version)
            for permission, number in attached
            for version in permission.versions
            if version.number == number
        ],
    )
    return {"permissions": [{**each, "status": "ASSOCIATED"} for each in found], **rest}


def _associated(request: Request, kind: Kind) -> Iterator[tuple[Share, Association]]:
    for share in _named(request, visible_shares(request)):
        yield from ((share, each) for each in share.associated(kind))


def _named(request: Request, shares: list[Share]) -> list[Share]:
    """Those of the shares that a request names; all of them if it names none."""
    named = request.parameters.get("resourceShareArns")
    return [share for share in shares if named is None or share.arn in named]


def _has_tag(share: Share, wanted: dict[str, Any]) -> bool:
    key = wanted.get("tagKey", "")
    return key in share.tags and share.tags[key] in wanted.get("tagValues", [share.tags[key]])


def _type_name(arn: str) -> str | None:
    resource_type = type_of(arn)
    return resource_type.name if resource_type else None
