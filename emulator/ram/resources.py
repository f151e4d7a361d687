"""The CloudFormation types of AWS Resource Access Manager, made of its own operations.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_RAM.html. CloudFormation has
checked the permissions before, so the operations are called as the account.
"""

import json
from collections.abc import Mapping
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError

from emulator.core import api_shapes
from emulator.core.resource_schemas import fixed_properties
from emulator.core.service import current_account, current_region, register_resource_type
from emulator.iam.credentials import client, root_credentials

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]
"""What `Ref` and what `Fn::GetAtt` answer."""

_DIRECT = ("Name", "AllowExternalPrincipals")
_MEMBERS = ("Principals", "ResourceArns")


def install() -> None:
    """Register the types."""
    for type_name, create, update, delete in (
        ("AWS::RAM::Permission", _create_permission, _update_permission, _delete_permission),
        ("AWS::RAM::ResourceShare", _create_share, _update_share, _delete_share),
    ):
        register_resource_type(
            type_name, create=create, update=update, delete=delete, replacing=fixed_properties(type_name)
        )


def _create_permission(_: str, properties: Properties, __: str) -> Created:
    template = properties["PolicyTemplate"]
    text = template if isinstance(template, str) else json.dumps(template)
    answer = _call("CreatePermission", {**properties, "PolicyTemplate": text})
    return _permission(answer["permission"]["arn"])


def _update_permission(physical_id: str, old: Properties, new: Properties, _: str) -> Created:
    _tag(physical_id, old, new)
    return _permission(physical_id)


def _delete_permission(physical_id: str, _: Properties) -> None:
    _call_on_existing("DeletePermission", {"PermissionArn": physical_id})


def _permission(arn: str) -> Created:
    described = _call("GetPermission", {"PermissionArn": arn})["permission"]
    return arn, {
        "Arn": arn,
        "IsResourceTypeDefault": described["isResourceTypeDefault"],
        "PermissionType": described["permissionType"],
        "Version": described["version"],
    }


def _create_share(_: str, properties: Properties, __: str) -> Created:
    return _share(_call("CreateResourceShare", properties)["resourceShare"]["resourceShareArn"])


def _update_share(physical_id: str, old: Properties, new: Properties, _: str) -> Created:
    named: Properties = {"ResourceShareArn": physical_id}
    direct = {name: new[name] for name in _DIRECT if name in new}
    _call("UpdateResourceShare", {**named, **direct})
    for arn in _only_in(new, old, "PermissionArns"):
        _call("AssociateResourceSharePermission", {**named, "PermissionArn": arn, "Replace": True})
    for operation, more, less in (
        ("AssociateResourceShare", new, old),
        ("DisassociateResourceShare", old, new),
    ):
        if changed := {name: found for name in _MEMBERS if (found := _only_in(more, less, name))}:
            _call(operation, {**named, **changed})
    _tag(physical_id, old, new)
    return _share(physical_id)


def _delete_share(physical_id: str, _: Properties) -> None:
    _call_on_existing("DeleteResourceShare", {"ResourceShareArn": physical_id})


def _share(arn: str) -> Created:
    named = {"ResourceOwner": "SELF", "ResourceShareArns": [arn]}
    described = _call("GetResourceShares", named)["resourceShares"][0]
    return arn, {
        "Arn": arn,
        "CreationTime": described["creationTime"].isoformat(),
        "FeatureSet": described["featureSet"],
        "LastUpdatedTime": described["lastUpdatedTime"].isoformat(),
        "OwningAccountId": described["owningAccountId"],
        "Status": described["status"],
    }


def _tag(arn: str, old: Properties, new: Properties) -> None:
    kept = {tag["Key"] for tag in new.get("Tags", ())}
    if added := _only_in(new, old, "Tags"):
        _call("TagResource", {"ResourceArn": arn, "Tags": added})
    if removed := [tag["Key"] for tag in old.get("Tags", ()) if tag["Key"] not in kept]:
        _call("UntagResource", {"ResourceArn": arn, "TagKeys": removed})


def _only_in(more: Properties, less: Properties, name: str) -> list[Any]:
    return [each for each in more.get(name, ()) if each not in less.get(name, ())]


def _call(operation: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    parameters = api_shapes.parameters("ram", operation, properties)
    ram = client("ram", root_credentials(current_account()), current_region())
    answer: dict[str, Any] = getattr(ram, xform_name(operation))(**parameters)
    return answer


def _call_on_existing(operation: str, properties: Mapping[str, Any]) -> None:
    try:
        _call(operation, properties)
    except ClientError as error:
        if error.response["Error"]["Code"] != "UnknownResourceException":
            raise
