"""Types of AWS Glue that ministack's CloudFormation does not know, and what it drops of a crawler.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Glue.html
"""

from collections.abc import Callable
from typing import Any

from ministack.services import glue
from ministack.services.cloudformation import provisioners

from emulator.core import api_shapes
from emulator.core.resource_schemas import fixed_properties
from emulator.core.service import current_account, current_region, register_resource_type
from emulator.iam.credentials import client, root_credentials

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]

_LAKE_FORMATION = "LakeFormationConfiguration"


def install() -> None:
    """Register the types, and keep how a crawler gets at its data."""
    for name, create, update, delete in (
        ("Classifier", _create_classifier, _update_classifier, _delete_classifier),
        ("SecurityConfiguration", _create_security, None, _delete_security),
    ):
        type_name = f"AWS::Glue::{name}"
        replacing = [*fixed_properties(type_name), *(("Name",) if update is None else ())]
        register_resource_type(type_name, create=create, update=update, delete=delete, replacing=replacing)
    crawler = provisioners._RESOURCE_HANDLERS["AWS::Glue::Crawler"]
    crawler["create"], crawler["update"] = _creating(crawler["create"]), _updating(crawler["update"])


def _creating(create: Callable[..., Any]) -> Callable[..., Any]:
    def run(logical_id: str, properties: Properties, stack: str) -> Any:
        made = create(logical_id, properties, stack)
        _keep(made[0], properties)
        return made

    return run


def _updating(update: Callable[..., Any]) -> Callable[..., Any]:
    def run(physical_id: str, old: Properties, new: Properties, *rest: Any) -> Any:
        changed = update(physical_id, old, new, *rest)
        _keep(changed[0], new)
        return changed

    return run


def _keep(name: str, properties: Properties) -> None:
    glue._crawlers[name][_LAKE_FORMATION] = properties.get(_LAKE_FORMATION) or {}


def _create_classifier(_: str, properties: Properties, __: str) -> Created:
    [kind] = properties
    _call("create_classifier", "CreateClassifier", properties)
    return str(properties[kind]["Name"]), {}


def _update_classifier(physical_id: str, _: Properties, new: Properties, __: str) -> Created:
    _delete_classifier(physical_id, new)
    return _create_classifier("", new, "")


def _delete_classifier(physical_id: str, _: Properties) -> None:
    if physical_id in glue._classifiers:
        _glue().delete_classifier(Name=physical_id)


def _create_security(_: str, properties: Properties, __: str) -> Created:
    given = dict(properties)
    encryption = dict(given["EncryptionConfiguration"])
    if "S3Encryptions" in encryption:  # The operation spells it in the singular.
        encryption["S3Encryption"] = encryption.pop("S3Encryptions")
    given["EncryptionConfiguration"] = encryption
    _call("create_security_configuration", "CreateSecurityConfiguration", given)
    return str(given["Name"]), {}


def _delete_security(physical_id: str, _: Properties) -> None:
    if physical_id in glue._security_configs:
        _glue().delete_security_configuration(Name=physical_id)


def _call(method: str, operation: str, properties: Properties) -> None:
    getattr(_glue(), method)(**api_shapes.parameters("glue", operation, properties))


def _glue() -> Any:
    return client("glue", root_credentials(current_account()), current_region())
