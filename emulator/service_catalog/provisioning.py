"""AWS Service Catalog for those who launch: provisioned products and their records.

Whose they may see and change is decided on levels
(https://docs.aws.amazon.com/servicecatalog/latest/adminguide/permissions-examples.html).
"""

from collections.abc import Mapping
from typing import Any

from emulator.core.authorization import principal_of_key, refusal
from emulator.core.service import Request, ServiceError
from emulator.service_catalog.launches import change, provision, terminate
from emulator.service_catalog.records import ProvisionedProduct, Record, ended, provisioned
from emulator.service_catalog.store import not_found, products, service_catalog, tags_dict, tags_list
from emulator.service_catalog.visibility import find_artifact, find_product, product_resource, shared_resource

LEVELS = ("servicecatalog:accountLevel", "servicecatalog:roleLevel", "servicecatalog:userLevel")


def access_keys(launched_by: str, request: Request) -> dict[str, str]:
    """Return the levels on which a provisioned product is the caller's own, as condition keys.

    https://docs.aws.amazon.com/servicecatalog/latest/adminguide/permissions-examples.html
    """
    keys = [LEVELS[0]]
    if launched_by.split("/")[:-1] == request.caller_arn.split("/")[:-1]:
        keys.append(LEVELS[1])
    if launched_by == request.caller_arn:
        keys = list(LEVELS)
    return dict.fromkeys(keys, "self")


def _own_keys(_: Request) -> dict[str, Any]:
    return dict.fromkeys(LEVELS, "self")


def _target_keys(request: Request) -> dict[str, Any]:
    product = _named(request)
    return access_keys(product.launched_by, request) if product else _own_keys(request)


def _named(request: Request) -> ProvisionedProduct | None:
    """The provisioned product that a request names, by its id, its name or a record."""
    given = request.parameters
    identifier = given.get("ProvisionedProductId") or given.get("Id")
    name = given.get("ProvisionedProductName") or given.get("Name")
    for product in list(provisioned.values()):
        if (product.account, product.region) != (request.account, request.region):
            continue
        ids = {product.identifier, *(record.identifier for record in product.records)}
        if identifier in ids or name == product.name:
            return product
    record = ended.get(str(identifier))
    return record.product if record and record.product.account == request.account else None


def _required(request: Request) -> ProvisionedProduct:
    product = _named(request)
    if product is None:
        given = request.parameters
        names = ("ProvisionedProductId", "ProvisionedProductName", "Id", "Name")
        named = next((str(given[key]) for key in names if key in given), None)
        if named is None:
            raise ServiceError("InvalidParametersException", "Name a provisioned product, or give its id.")
        raise not_found("ProvisionedProduct", named)
    return product


@service_catalog.operation("ProvisionProduct", resource=product_resource, resource_policy=shared_resource)
def _provision_product(request: Request) -> dict[str, Any]:
    return {"RecordDetail": _describe_record(provision(request, request.parameters).records[-1])}


@service_catalog.operation("UpdateProvisionedProduct", condition_keys=_target_keys)
def _update_provisioned_product(request: Request) -> dict[str, Any]:
    launched, given = _required(request), request.parameters
    artifact_id, name = given.get("ProvisioningArtifactId"), given.get("ProvisioningArtifactName")
    if name is not None:
        artifact_id = find_artifact(find_product(request, launched.product_id, None), None, name).identifier
    parameters = {
        each["Key"]: each["Value"]
        for each in given.get("ProvisioningParameters", ())
        if not each.get("UsePreviousValue")
    }
    launched.tags |= tags_dict(given.get("Tags"))
    return {"RecordDetail": _describe_record(change(request, launched, artifact_id, parameters))}


@service_catalog.operation("TerminateProvisionedProduct", condition_keys=_target_keys)
def _terminate_provisioned_product(request: Request) -> dict[str, Any]:
    return {"RecordDetail": _describe_record(terminate(_required(request)))}


@service_catalog.operation("DescribeProvisionedProduct", condition_keys=_target_keys)
def _describe_provisioned_product(request: Request) -> dict[str, Any]:
    return {"ProvisionedProductDetail": describe_provisioned(_required(request))}


@service_catalog.operation("GetProvisionedProductOutputs", condition_keys=_target_keys)
def _get_outputs(request: Request) -> dict[str, Any]:
    return {"Outputs": _outputs(_required(request).outputs)}


@service_catalog.operation("DescribeRecord", condition_keys=_target_keys)
def _describe_record_operation(request: Request) -> dict[str, Any]:
    records = {record.identifier: record for record in _required(request).records}
    record = records.get(request.parameters["Id"])
    if record is None:
        raise not_found("Record", request.parameters["Id"])
    return {"RecordDetail": _describe_record(record), "RecordOutputs": _outputs(record.outputs)}


@service_catalog.operation("ListRecordHistory", condition_keys=_own_keys)
def _list_record_history(request: Request) -> dict[str, Any]:
    records = [record for product in _mine(request) for record in product.records]
    return {"RecordDetails": [_describe_record(record) for record in records]}


@service_catalog.operation("ScanProvisionedProducts", condition_keys=_own_keys)
def _scan_provisioned_products(request: Request) -> dict[str, Any]:
    return {"ProvisionedProducts": [describe_provisioned(product) for product in _mine(request)]}


@service_catalog.operation("SearchProvisionedProducts", condition_keys=_own_keys)
def _search_provisioned_products(request: Request) -> dict[str, Any]:
    found = [
        describe_provisioned(launched)
        | {
            "Tags": tags_list(launched.tags),
            "PhysicalId": launched.stack.name,
            "UserArn": launched.launched_by,
            "UserArnSession": launched.launched_by,
        }
        # A product may be deleted before what was launched from it.
        | ({"ProductName": product.details["Name"]} if (product := products.get(launched.product_id)) else {})
        for launched in _mine(request)
    ]
    return {"ProvisionedProducts": found, "TotalResultsCount": len(found)}


def _mine(request: Request) -> list[ProvisionedProduct]:
    """The provisioned products of the account that the caller's permissions reach."""
    principal = principal_of_key(request.access_key, request.account)
    return [
        product
        for product in list(provisioned.values())
        if (product.account, product.region) == (request.account, request.region)
        and refusal(
            principal,
            f"servicecatalog:{request.operation}",
            "*",
            region=request.region,
            condition_keys=access_keys(product.launched_by, request),
        )
        is None
    ]


def describe_provisioned(launched: ProvisionedProduct) -> dict[str, Any]:
    """Describe a provisioned product as the API does."""
    last = launched.records[-1]
    done = [record for record in launched.records if record.status == "SUCCEEDED"]
    return {
        "Id": launched.identifier,
        "Name": launched.name,
        "Arn": launched.arn,
        "Type": "CFN_STACK",
        "Status": launched.status,
        "StatusMessage": launched.message,
        "CreatedTime": launched.created,
        "IdempotencyToken": launched.token,
        "LastRecordId": last.identifier,
        "LastProvisioningRecordId": last.identifier,
        "LastSuccessfulProvisioningRecordId": done[-1].identifier if done else None,
        "ProductId": launched.product_id,
        "ProvisioningArtifactId": launched.artifact_id,
        "LaunchRoleArn": launched.role_arn,
    }


def _describe_record(record: Record) -> dict[str, Any]:
    launched = record.product
    return {
        "RecordId": record.identifier,
        "RecordType": record.kind,
        "ProvisionedProductName": launched.name,
        "ProvisionedProductId": launched.identifier,
        "ProvisionedProductType": "CFN_STACK",
        "Status": record.status,
        "CreatedTime": record.created,
        "UpdatedTime": record.updated,
        "ProductId": launched.product_id,
        "ProvisioningArtifactId": record.artifact_id,
        "PathId": record.path_id,
        "RecordErrors": record.errors,
        "RecordTags": tags_list(launched.tags),
        "LaunchRoleArn": launched.role_arn,
    }


def _outputs(outputs: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()]
