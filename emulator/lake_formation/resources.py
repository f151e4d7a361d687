"""The CloudFormation types of AWS Lake Formation, made of its operations in the name of who runs the stack.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_LakeFormation.html. Who may call
them by IAM CloudFormation has checked before; Lake Formation asks for its own permissions.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from emulator.cloudformation import stacks
from emulator.core import api_shapes
from emulator.core.authorization import Principal
from emulator.core.resource_schemas import fixed_properties
from emulator.core.service import ServiceError, current_account, current_region, register_resource_type
from emulator.lake_formation.callers import Caller
from emulator.lake_formation.calls import OPERATIONS
from emulator.lake_formation.store import Home

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]
Updater = Callable[[str, Properties, Properties, str], Created]

_SETTINGS = {
    "Admins": "DataLakeAdmins",
    "AllowExternalDataFiltering": "AllowExternalDataFiltering",
    "AllowFullTableExternalDataAccess": "AllowFullTableExternalDataAccess",
    "AuthorizedSessionTagValueList": "AuthorizedSessionTagValueList",
    "CreateDatabaseDefaultPermissions": "CreateDatabaseDefaultPermissions",
    "CreateTableDefaultPermissions": "CreateTableDefaultPermissions",
    "ExternalDataFilteringAllowList": "ExternalDataFilteringAllowList",
    "Parameters": "Parameters",
    "ReadOnlyAdmins": "ReadOnlyAdmins",
    "TrustedResourceOwners": "TrustedResourceOwners",
}
"""Properties of the settings, and what the operation calls them."""


def install() -> None:
    """Register the types."""
    for name, create, update, delete in (
        ("DataLakeSettings", _put_settings, _replace_settings, _keep_settings),
        ("DataCellsFilter", _create_filter, None, _delete_filter),
        ("PrincipalPermissions", _grant, None, _revoke),
        ("Resource", _register, _update_registration, _deregister),
        ("Tag", _create_tag, _update_tag, _delete_tag),
        ("TagAssociation", _tag, None, _untag),
    ):
        type_name = f"AWS::LakeFormation::{name}"
        register_resource_type(
            type_name, create=create, update=update, delete=delete, replacing=fixed_properties(type_name)
        )


def _call(operation: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    account = current_account()
    root = Principal(arn=f"arn:aws:iam::{account}:root", kind="Account", account=account, policies=None)
    caller = Caller(principal=stacks.acting() or root, home=Home(account, current_region()))
    try:
        return OPERATIONS[operation](caller, api_shapes.parameters("lakeformation", operation, properties))
    except ServiceError as error:
        raise ValueError(f"{error.message} (Service: LakeFormation, Error Code: {error.code})") from None


def _call_on_existing(operation: str, properties: Mapping[str, Any]) -> None:
    try:
        _call(operation, properties)
    except ValueError as error:
        if "EntityNotFoundException" not in str(error) and "No permissions revoked" not in str(error):
            raise


def _put_settings(_: str, properties: Properties, __: str) -> Created:
    """Replace the settings, or with `MutationType: APPEND` add to its lists."""
    given = {_SETTINGS[name]: value for name, value in properties.items() if name in _SETTINGS}
    if properties.get("MutationType") == "APPEND":
        found = _call("GetDataLakeSettings", {})["DataLakeSettings"]
        given = {**found, **{name: _appended(found.get(name), value) for name, value in given.items()}}
    _call("PutDataLakeSettings", {"DataLakeSettings": given})
    return current_account(), {"Id": current_account()}


def _appended(found: Any, value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return [*(found or ()), *(each for each in value if each not in (found or ()))]


def _replace_settings(_: str, __: Properties, new: Properties, stack: str) -> Created:
    return _put_settings("", new, stack)


def _keep_settings(_: str, __: Properties) -> None:
    """An account keeps its settings when the resource goes."""


def _register(_: str, properties: Properties, __: str) -> Created:
    _call("RegisterResource", _registration(properties))
    return properties["ResourceArn"], {"Id": properties["ResourceArn"]}


def _registration(properties: Properties) -> Properties:
    given = dict(properties)
    if str(given.get("UseServiceLinkedRole", "false")).lower() == "true":
        given.pop("RoleArn", None)
    return given


def _update_registration(physical_id: str, _: Properties, new: Properties, __: str) -> Created:
    if "RoleArn" in new:
        kept = ("RoleArn", "HybridAccessEnabled", "WithFederation")
        changed: Properties = {name: new[name] for name in kept if name in new}
        _call("UpdateResource", {**changed, "ResourceArn": physical_id})
    return physical_id, {"Id": physical_id}


def _deregister(physical_id: str, _: Properties) -> None:
    _call_on_existing("DeregisterResource", {"ResourceArn": physical_id})


def _create_tag(_: str, properties: Properties, __: str) -> Created:
    _call("CreateLFTag", properties)
    return properties["TagKey"], {}


def _update_tag(physical_id: str, old: Properties, new: Properties, _: str) -> Created:
    added = [value for value in new["TagValues"] if value not in old["TagValues"]]
    removed = [value for value in old["TagValues"] if value not in new["TagValues"]]
    changes = {"TagValuesToAdd": added, "TagValuesToDelete": removed}
    named = {"TagKey": physical_id, **{name: values for name, values in changes.items() if values}}
    if len(named) > 1:
        _call("UpdateLFTag", named)
    return physical_id, {}


def _delete_tag(physical_id: str, _: Properties) -> None:
    _call_on_existing("DeleteLFTag", {"TagKey": physical_id})


def _tag(_: str, properties: Properties, __: str) -> Created:
    resource, tags = _tag_resource(properties), properties["LFTags"]
    failures = _call("AddLFTagsToResource", {"Resource": resource, "LFTags": tags})["Failures"]
    if failures:
        raise ValueError("; ".join(each["Error"]["ErrorMessage"] for each in failures))
    identifiers = {"ResourceIdentifier": _text(resource), "TagsIdentifier": _text(tags)}
    return "|".join(identifiers.values()), identifiers


def _untag(_: str, properties: Properties) -> None:
    given = {"Resource": _tag_resource(properties), "LFTags": properties["LFTags"]}
    _call_on_existing("RemoveLFTagsFromResource", given)


def _tag_resource(properties: Properties) -> Properties:
    resource: Properties = properties["Resource"]
    return resource


def _grant(_: str, properties: Properties, __: str) -> Created:
    _call("GrantPermissions", _grant_parameters(properties))
    identifiers = {
        "PrincipalIdentifier": properties["Principal"]["DataLakePrincipalIdentifier"],
        "ResourceIdentifier": _text(properties["Resource"]),
    }
    return "|".join(identifiers.values()), identifiers


def _revoke(_: str, properties: Properties) -> None:
    given = _grant_parameters(properties)
    _call_on_existing("RevokePermissions", {**given, "PermissionsWithGrantOption": given["Permissions"]})
    _call_on_existing(
        "RevokePermissions",
        {name: each for name, each in given.items() if name != "PermissionsWithGrantOption"},
    )


def _grant_parameters(properties: Properties) -> Properties:
    given = dict(properties)
    catalog = given.pop("Catalog", None)
    return {**given, **({"CatalogId": catalog} if catalog else {})}


def _create_filter(_: str, properties: Properties, __: str) -> Created:
    _call("CreateDataCellsFilter", {"TableData": properties})
    return "|".join(_filter_names(properties).values()), {}


def _delete_filter(_: str, properties: Properties) -> None:
    _call_on_existing("DeleteDataCellsFilter", _filter_names(properties))


def _filter_names(properties: Properties) -> Properties:
    return {name: properties[name] for name in ("TableCatalogId", "DatabaseName", "TableName", "Name")}


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
