"""The CloudFormation types of DataZone, made of its operations in the name of who runs the stack.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_DataZone.html
"""

from collections.abc import Callable, Mapping
from typing import Any

from emulator.cloudformation import stacks
from emulator.core import api_shapes
from emulator.core.authorization import Principal
from emulator.core.resource_schemas import fixed_properties
from emulator.core.service import ServiceError, current_account, current_region, register_resource_type
from emulator.datazone.callers import OPERATIONS, Caller

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]
"""What `Ref` and what `Fn::GetAtt` answer."""

_MANAGED = {"managed": True}


def install() -> None:
    """Register the types."""
    for name, create, update, delete in (
        ("Domain", _create_domain, _update_domain, _delete_domain),
        ("Project", _create_project, _update_project, _delete_project),
        ("ProjectMembership", _add_member, None, _remove_member),
        ("EnvironmentBlueprintConfiguration", _configure, _reconfigure, _unconfigure),
        ("Environment", _create_environment, _update_environment, _delete_environment),
        ("DataSource", _create_source, _update_source, _delete_source),
        ("SubscriptionTarget", _create_target, _update_target, _delete_target),
    ):
        type_name = f"AWS::DataZone::{name}"
        register_resource_type(
            type_name, create=create, update=update, delete=delete, replacing=fixed_properties(type_name)
        )


def _call(operation: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    account = current_account()
    root = Principal(arn=f"arn:aws:iam::{account}:root", kind="Account", account=account, policies=None)
    caller = Caller(
        principal=stacks.acting() or root, account=account, region=current_region(), operation=operation
    )
    try:
        given = api_shapes.parameters("datazone", operation, properties)
        return OPERATIONS[operation](caller, given) or {}
    except ServiceError as error:
        raise ValueError(f"{error.message} (Service: DataZone, Error Code: {error.code})") from None


def _call_on_existing(operation: str, properties: Mapping[str, Any]) -> None:
    try:
        _call(operation, properties)
    except ValueError as error:
        if "ResourceNotFoundException" not in str(error):
            raise


def _made(physical_id: str, thing: Mapping[str, Any]) -> Created:
    """What the API describes, as attributes: in capitals, and of simple values."""
    shown = {
        name[0].upper() + name[1:]: value
        for name, value in thing.items()
        if isinstance(value, str) and not name.startswith("_")
    }
    return physical_id, shown


def _within(properties: Properties, name: str, physical_id: str) -> Properties:
    return {"DomainIdentifier": properties["DomainIdentifier"], name: physical_id.rpartition("|")[2]}


def _crud(thing: str) -> tuple[Callable[..., Created], Callable[..., Created], Callable[..., None]]:
    def create(_: str, properties: Properties, __: str) -> Created:
        made = _call(f"Create{thing}", properties)
        return _made(f"{made['domainId']}|{made['id']}", made)

    def update(physical_id: str, _: Properties, new: Properties, __: str) -> Created:
        fixed = {"ProjectIdentifier", "EnvironmentIdentifier", "Type"} if thing == "DataSource" else set()
        given = {name: value for name, value in new.items() if name not in fixed}
        return _made(physical_id, _call(f"Update{thing}", given | _within(new, "Identifier", physical_id)))

    def delete(physical_id: str, properties: Properties) -> None:
        _call_on_existing(f"Delete{thing}", _within(properties, "Identifier", physical_id))

    return create, update, delete


_create_project, _update_project, _delete_project = _crud("Project")
_create_source, _update_source, _delete_source = _crud("DataSource")


def _create_domain(_: str, properties: Properties, __: str) -> Created:
    tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", ())}
    made = _call("CreateDomain", {**properties, **({"Tags": tags} if tags else {})})
    return _made(made["id"], made)


def _update_domain(physical_id: str, _: Properties, new: Properties, __: str) -> Created:
    given = {name: value for name, value in new.items() if name not in ("Tags", "DomainVersion")}
    return _made(physical_id, _call("UpdateDomain", {**given, "Identifier": physical_id}))


def _delete_domain(physical_id: str, _: Properties) -> None:
    _call_on_existing("DeleteDomain", {"Identifier": physical_id})


def _add_member(_: str, properties: Properties, __: str) -> Created:
    _call("CreateProjectMembership", properties)
    member = properties["Member"]["UserIdentifier"]
    return "|".join((properties["DomainIdentifier"], properties["ProjectIdentifier"], member)), {}


def _remove_member(_: str, properties: Properties) -> None:
    given = {name: value for name, value in properties.items() if name != "Designation"}
    _call_on_existing("DeleteProjectMembership", given)


def _blueprint(properties: Properties) -> str:
    """The id of a blueprint that a template names, as the handler looks it up."""
    named = properties["EnvironmentBlueprintIdentifier"]
    asked = {"DomainIdentifier": properties["DomainIdentifier"], "Name": named, **_MANAGED}
    found = _call("ListEnvironmentBlueprints", asked)["items"]
    return str(found[0]["id"]) if found else named


def _configuration(properties: Properties, blueprint: str) -> Properties:
    given = {**properties, "EnvironmentBlueprintIdentifier": blueprint}
    if regional := properties.get("RegionalParameters"):
        given["RegionalParameters"] = {each["Region"]: each["Parameters"] for each in regional}
    return given


def _configure(_: str, properties: Properties, __: str) -> Created:
    blueprint = _blueprint(properties)
    named = {
        "DomainIdentifier": properties["DomainIdentifier"],
        "EnvironmentBlueprintIdentifier": blueprint,
    }
    try:
        _call("GetEnvironmentBlueprintConfiguration", named)
    except ValueError:
        made = _call("PutEnvironmentBlueprintConfiguration", _configuration(properties, blueprint))
        return _made(f"{made['domainId']}|{blueprint}", made)
    raise ValueError(f"Environment blueprint configuration {blueprint} already exists")


def _reconfigure(physical_id: str, _: Properties, new: Properties, __: str) -> Created:
    blueprint = physical_id.rpartition("|")[2]
    made = _call("PutEnvironmentBlueprintConfiguration", _configuration(new, blueprint))
    return _made(physical_id, made)


def _unconfigure(physical_id: str, properties: Properties) -> None:
    named = _within(properties, "EnvironmentBlueprintIdentifier", physical_id)
    _call_on_existing("DeleteEnvironmentBlueprintConfiguration", named)


def _create_environment(_: str, properties: Properties, __: str) -> Created:
    given = {name: value for name, value in properties.items() if name != "EnvironmentRoleArn"}
    made = _call("CreateEnvironment", given)
    if role := properties.get("EnvironmentRoleArn"):
        named = {"DomainIdentifier": properties["DomainIdentifier"], "EnvironmentIdentifier": made["id"]}
        _call("AssociateEnvironmentRole", {**named, "EnvironmentRoleArn": role})
    return _made(f"{made['domainId']}|{made['id']}", made)


def _update_environment(physical_id: str, _: Properties, new: Properties, __: str) -> Created:
    kept = {name: new[name] for name in ("Name", "Description") if name in new}
    return _made(physical_id, _call("UpdateEnvironment", kept | _within(new, "Identifier", physical_id)))


def _delete_environment(physical_id: str, properties: Properties) -> None:
    _call_on_existing("DeleteEnvironment", _within(properties, "Identifier", physical_id))


def _create_target(_: str, properties: Properties, __: str) -> Created:
    made = _call("CreateSubscriptionTarget", properties)
    return _made("|".join((made["domainId"], made["environmentId"], made["id"])), made)


def _target(physical_id: str, properties: Properties) -> Properties:
    named = _within(properties, "Identifier", physical_id)
    return {**named, "EnvironmentIdentifier": properties["EnvironmentIdentifier"]}


def _update_target(physical_id: str, _: Properties, new: Properties, __: str) -> Created:
    given = {name: value for name, value in new.items() if name != "Type"}
    return _made(physical_id, _call("UpdateSubscriptionTarget", given | _target(physical_id, new)))


def _delete_target(physical_id: str, properties: Properties) -> None:
    _call_on_existing("DeleteSubscriptionTarget", _target(physical_id, properties))
