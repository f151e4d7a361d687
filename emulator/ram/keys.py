"""What policies may ask about requests to AWS Resource Access Manager.

Keys: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsresourceaccessmanagerram.html.
RAM asks for each resource and each principal by itself, so that a policy never sees both at once
(https://docs.aws.amazon.com/ram/latest/userguide/security-iam-policies-examples.html, example 2).
"""

from collections.abc import Mapping
from typing import Any

from emulator.core.service import Request
from emulator.ram.service import ram
from emulator.ram.store import Permission, Share, permissions, shares, type_of

Context = dict[str, Any]

_ONE_BY_ONE = ("AssociateResourceShare", "CreateResourceShare", "DisassociateResourceShare")


def created_share(request: Request) -> list[Context]:
    """Condition keys of CreateResourceShare."""
    return of_parameters("CreateResourceShare", request.parameters)


def changed_share(request: Request) -> list[Context]:
    """Condition keys of an operation on a share."""
    share = shares.get(request.parameters["resourceShareArn"])
    own = of_share(share) if share else {}
    return [own | each for each in of_parameters(request.operation, request.parameters)]


def of_parameters(operation: str, parameters: Mapping[str, Any]) -> list[Context]:
    """Condition keys that follow from what is asked for.

    Args:
        operation: The operation, such as `AssociateResourceShare`.
        parameters: Its parameters, or the properties of a resource share in a template spelled alike.

    Returns:
        A dictionary for each resource and each principal; a single one if there are none.
    """
    asked: Context = {}
    if operation == "CreateResourceShare" or "allowExternalPrincipals" in parameters:
        asked["ram:RequestedAllowsExternalPrincipals"] = _truth(
            parameters.get("allowExternalPrincipals", True)
        )
    if operation == "CreateResourceShare":
        configuration = parameters.get("resourceShareConfiguration", {})
        asked["ram:AllowsExternalPrincipals"] = asked["ram:RequestedAllowsExternalPrincipals"]
        asked["ram:RetainSharingOnAccountLeaveOrganization"] = _truth(
            configuration.get("retainSharingOnAccountLeaveOrganization", False)
        )
    contexts: list[Context] = []
    if operation in _ONE_BY_ONE:
        contexts += [_of_resource(arn) for arn in parameters.get("resourceArns", ())]
        contexts += [{"ram:Principal": principal} for principal in parameters.get("principals", ())]
    return [asked | each for each in contexts] or [asked]


def of_properties(action: str, properties: Mapping[str, Any]) -> list[Context]:
    """Condition keys of what CloudFormation does to a resource share or a permission.

    Args:
        action: The IAM action; any but RAM's has none of RAM's keys.
        properties: Of the resource in the template.

    Returns:
        As `of_parameters`.
    """
    service, _, operation = action.partition(":")
    if service != ram.name:
        return [{}]
    named = {"ram:ResourceShareName": "Name", "ram:PermissionResourceType": "ResourceType"}
    own = {key: properties[name] for key, name in named.items() if name in properties}
    return [own | each for each in of_parameters(operation, _as_parameters(properties))]


def of_share(share: Share) -> Context:
    """Condition keys of a share."""
    return {
        "ram:AllowsExternalPrincipals": _truth(share.external),
        "ram:ResourceShareName": share.name,
        "ram:RetainSharingOnAccountLeaveOrganization": _truth(share.retain),
    }


def of_permission(permission: Permission) -> Context:
    """Condition keys of a permission."""
    return {
        "ram:PermissionArn": permission.arn,
        "ram:PermissionResourceType": permission.resource_type.name,
    }


def named_permission(request: Request) -> Context:
    """Condition keys of an operation on a permission."""
    permission = permissions.get(request.parameters["permissionArn"])
    return of_permission(permission) if permission else {}


def _of_resource(arn: str) -> Context:
    resource_type = type_of(arn)
    return {"ram:ResourceArn": arn} | (
        {"ram:RequestedResourceType": resource_type.name} if resource_type else {}
    )


def _as_parameters(properties: Mapping[str, Any]) -> Context:
    return {
        name[0].lower() + name[1:]: _as_parameters(value) if isinstance(value, Mapping) else value
        for name, value in properties.items()
    }


def _truth(value: bool | str) -> str:
    return str(value).lower()
