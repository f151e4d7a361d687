"""AWS Service Catalog for those who launch: what is offered, provisioned products, records.

A launch runs in a thread of its own. Service Catalog assumes the role of the launch constraint, or else
keeps to the caller's permissions, and creates the stack `SC-<account>-<provisioned product>` through
CloudFormation's API like anybody else
(https://docs.aws.amazon.com/servicecatalog/latest/adminguide/constraints-launch.html).
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError
from ministack.core.concurrency import spawn_background
from ministack.services.cloudformation.engine import _parse_template

from rehearsal.emulator import cloudformation, template_store
from rehearsal.emulator.authorization import principal_of_key, refusal
from rehearsal.emulator.credentials import client, credentials_of_key, service_role_credentials
from rehearsal.emulator.service import Request, ServiceError
from rehearsal.emulator.service_catalog_portfolios import describe_artifact, launch_role, product_summary
from rehearsal.emulator.service_catalog_store import (
    SERVICE_CATALOG,
    Artifact,
    Portfolio,
    Product,
    find_artifact,
    find_product,
    launch_paths,
    launchable_products,
    new_id,
    not_found,
    options_of,
    path_id,
    product_resource,
    products,
    service_catalog,
    shared_resource,
    tags_dict,
    tags_list,
)

SESSION = "servicecatalog"
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
LEVELS = ("servicecatalog:accountLevel", "servicecatalog:roleLevel", "servicecatalog:userLevel")


@dataclass(kw_only=True)
class Record:
    """One request to provision, update or terminate, and how it went."""

    identifier: str
    kind: str
    product: "ProvisionedProduct"
    artifact_id: str
    path_id: str
    status: str = "CREATED"
    errors: list[dict[str, str]] = field(default_factory=list)
    outputs: Mapping[str, str] = field(default_factory=dict)
    created: float = field(default_factory=time.time)
    updated: float = field(default_factory=time.time)


@dataclass(kw_only=True)
class ProvisionedProduct:
    """What came of a launch.

    Attributes:
        launched_by: ARN of the session that launched it.
        role_arn: The launch role, if there is one.
        access_key: The caller's, for a launch without a launch role.
    """

    identifier: str
    name: str
    account: str
    region: str
    product_id: str
    artifact_id: str
    path_id: str
    launched_by: str
    role_arn: str | None
    access_key: str
    token: str
    tags: dict[str, str]
    parameters: dict[str, str]
    status: str = "UNDER_CHANGE"
    message: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    created: float = field(default_factory=time.time)

    @property
    def arn(self) -> str:
        """ARN of the provisioned product."""
        return f"arn:aws:servicecatalog:{self.region}:{self.account}:stack/{self.name}/{self.identifier}"

    @property
    def stack(self) -> cloudformation.StackName:
        """Its stack."""
        return cloudformation.StackName(self.account, self.region, f"SC-{self.account}-{self.identifier}")


_provisioned: dict[str, ProvisionedProduct] = {}
_changing = threading.Lock()


# What is offered.


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
    for product in list(_provisioned.values()):
        if (product.account, product.region) != (request.account, request.region):
            continue
        ids = {product.identifier, *(record.identifier for record in product.records)}
        if identifier in ids or name == product.name:
            return product
    return None


def _required(request: Request) -> ProvisionedProduct:
    product = _named(request)
    if product is None:
        given = request.parameters
        names = ("ProvisionedProductId", "ProvisionedProductName", "Id", "Name")
        raise not_found("ProvisionedProduct", next(str(given[key]) for key in names if key in given))
    return product


@service_catalog.operation("SearchProducts")
def _search_products(request: Request) -> dict[str, Any]:
    texts = request.parameters.get("Filters", {}).get("FullTextSearch", [])
    found = [
        product
        for product in launchable_products(request)
        if all(text.lower() in json.dumps(product.details).lower() for text in texts)
    ]
    return {"ProductViewSummaries": [product_summary(product) for product in found]}


@service_catalog.operation("DescribeProduct", resource=product_resource, resource_policy=shared_resource)
def _describe_product(request: Request) -> dict[str, Any]:
    product = find_product(request, request.parameters.get("Id"), request.parameters.get("Name"))
    return {
        "ProductViewSummary": product_summary(product),
        "ProvisioningArtifacts": _active_artifacts(product),
        "LaunchPaths": [
            {"Id": path_id(portfolio, product), "Name": portfolio.display_name}
            for portfolio in launch_paths(product, request)
        ],
    }


@service_catalog.operation("DescribeProductView")
def _describe_product_view(request: Request) -> dict[str, Any]:
    identifier = "prod-" + request.parameters["Id"].removeprefix("prodview-")
    product = find_product(request, identifier, None)
    return {
        "ProductViewSummary": product_summary(product),
        "ProvisioningArtifacts": _active_artifacts(product),
    }


@service_catalog.operation(
    "DescribeProvisioningArtifact", resource=product_resource, resource_policy=shared_resource
)
def _describe_provisioning_artifact(request: Request) -> dict[str, Any]:
    given = request.parameters
    product = find_product(request, given.get("ProductId"), given.get("ProductName"))
    identifier, name = given.get("ProvisioningArtifactId"), given.get("ProvisioningArtifactName")
    artifact = find_artifact(product, identifier, name)
    return {
        "ProvisioningArtifactDetail": describe_artifact(artifact),
        "Status": "AVAILABLE",
        "ProvisioningArtifactParameters": _parameters_of(artifact),
    }


@service_catalog.operation("ListLaunchPaths", resource=product_resource, resource_policy=shared_resource)
def _list_launch_paths(request: Request) -> dict[str, Any]:
    product = find_product(request, request.parameters["ProductId"], None)
    return {
        "LaunchPathSummaries": [
            {
                "Id": path_id(portfolio, product),
                "Name": portfolio.display_name,
                "Tags": tags_list(portfolio.tags),
                "ConstraintSummaries": _constraint_summaries(portfolio, product, request.account),
            }
            for portfolio in launch_paths(product, request)
        ]
    }


@service_catalog.operation(
    "DescribeProvisioningParameters", resource=product_resource, resource_policy=shared_resource
)
def _describe_provisioning_parameters(request: Request) -> dict[str, Any]:
    given = request.parameters
    product = find_product(request, given.get("ProductId"), given.get("ProductName"))
    artifact = find_artifact(
        product, given.get("ProvisioningArtifactId"), given.get("ProvisioningArtifactName")
    )
    portfolio = _path(product, request)
    options = options_of(product, portfolio, request.account)
    outputs = _parse_template(artifact.template).get("Outputs", {})
    return {
        "ProvisioningArtifactParameters": _parameters_of(artifact),
        "ConstraintSummaries": _constraint_summaries(portfolio, product, request.account),
        "TagOptions": [{"Key": key, "Values": values} for key, values in options.items()],
        "ProvisioningArtifactOutputKeys": [
            {"Key": key, "Description": output.get("Description", "")} for key, output in outputs.items()
        ],
    }


def _active_artifacts(product: Product) -> list[dict[str, Any]]:
    return [describe_artifact(artifact) for artifact in product.artifacts.values() if artifact.active]


def _constraint_summaries(portfolio: Portfolio, product: Product, account: str) -> list[dict[str, str]]:
    role = launch_role(portfolio, product, account)
    return [{"Type": "LAUNCH", "Description": f"Launched under {role}"}] if role else []


_CONSTRAINTS = (
    "AllowedPattern",
    "AllowedValues",
    "ConstraintDescription",
    "MaxLength",
    "MaxValue",
    "MinLength",
    "MinValue",
)


def _parameters_of(artifact: Artifact) -> list[dict[str, Any]]:
    found = []
    for name, given in _parse_template(artifact.template).get("Parameters", {}).items():
        bounds = {key: given[key] for key in _CONSTRAINTS if key in given}
        described = {
            "ParameterKey": name,
            "ParameterType": given["Type"],
            "IsNoEcho": str(given.get("NoEcho", False)).lower() == "true",
            "Description": given.get("Description", ""),
            "ParameterConstraints": {
                key: [str(each) for each in value] if isinstance(value, list) else str(value)
                for key, value in bounds.items()
            },
        }
        found.append(described | ({"DefaultValue": str(given["Default"])} if "Default" in given else {}))
    return found


def _path(product: Product, request: Request) -> Portfolio:
    """The portfolio through which a launch goes: the one that the request names, or the only one."""
    wanted, name = request.parameters.get("PathId"), request.parameters.get("PathName")
    paths = launch_paths(product, request)
    for portfolio in paths:
        if wanted == path_id(portfolio, product) or (wanted is None and name == portfolio.display_name):
            return portfolio
    if wanted is None and name is None and len(paths) == 1:
        return paths[0]
    if wanted is None and name is None:
        raise ServiceError(
            "InvalidParametersException", f"Product {product.identifier} has {len(paths)} paths: give PathId."
        )
    raise not_found("LaunchPath", str(wanted or name))


# Launches.


def provision(request: Request, given: Mapping[str, Any]) -> ProvisionedProduct:
    """Begin to provision a product for the caller of a request.

    Args:
        request: Whose request it is; its own parameters do not matter.
        given: The parameters of ProvisionProduct.

    Raises:
        ServiceError: The caller may not launch the product, or the request is not sound.
    """
    asked = Request(
        operation="ProvisionProduct",
        parameters=dict(given),
        account=request.account,
        region=request.region,
        caller_arn=request.caller_arn,
        access_key=request.access_key,
    )
    product = find_product(asked, given.get("ProductId"), given.get("ProductName"))
    artifact = find_artifact(
        product, given.get("ProvisioningArtifactId"), given.get("ProvisioningArtifactName")
    )
    portfolio = _path(product, asked)
    own = tags_dict(given.get("Tags"))
    tags = _launch_tags(product, portfolio, asked, own)
    with _changing:
        for existing in _provisioned.values():
            if existing.account == request.account and existing.name == given["ProvisionedProductName"]:
                if existing.token == given["ProvisionToken"]:
                    return existing
                raise ServiceError(
                    "DuplicateResourceException",
                    f"There is a provisioned product {existing.name} already in this account.",
                )
        launched = ProvisionedProduct(
            identifier=new_id("pp"),
            name=given["ProvisionedProductName"],
            account=request.account,
            region=request.region,
            product_id=product.identifier,
            artifact_id=artifact.identifier,
            path_id=path_id(portfolio, product),
            launched_by=request.caller_arn,
            role_arn=launch_role(portfolio, product, request.account),
            access_key=request.access_key,
            token=given["ProvisionToken"],
            tags=tags,
            parameters={each["Key"]: each["Value"] for each in given.get("ProvisioningParameters", ())},
        )
        launched.tags |= _automatic_tags(launched, product, portfolio)
        _provisioned[launched.identifier] = launched
    _begin(launched, "PROVISION_PRODUCT", lambda: _create(launched, artifact))
    return launched


def terminate(launched: ProvisionedProduct) -> Record:
    """Begin to terminate a provisioned product."""
    return _begin(launched, "TERMINATE_PROVISIONED_PRODUCT", lambda: _remove(launched))


def record_of(launched: ProvisionedProduct) -> Record:
    """Return the last record of a provisioned product."""
    return launched.records[-1]


def _launch_tags(
    product: Product, portfolio: Portfolio, request: Request, own: Mapping[str, str]
) -> dict[str, str]:
    """Tags of a launch: those of portfolio, product and caller, and TagOptions that leave no choice."""
    options = options_of(product, portfolio, request.account)
    for key, value in own.items():
        if key in options and value not in options[key]:
            raise ServiceError(
                "InvalidParametersException",
                f"Tag {key} must be one of {', '.join(options[key])}, and not {value}.",
            )
    single = {key: values[0] for key, values in options.items() if len(values) == 1}
    inherited = {
        key: value
        for key, value in {**portfolio.tags, **product.tags}.items()
        if not key.startswith("aws:")  # Those tell of the portfolio's and the product's own stack.
    }
    return {**inherited, **single, **own}


def _automatic_tags(launched: ProvisionedProduct, product: Product, portfolio: Portfolio) -> dict[str, str]:
    """https://docs.aws.amazon.com/servicecatalog/latest/adminguide/autotags.html."""
    return {
        "aws:servicecatalog:portfolioArn": portfolio.arn,
        "aws:servicecatalog:productArn": product.arn,
        "aws:servicecatalog:provisionedProductArn": launched.arn,
        "aws:servicecatalog:provisioningArtifactIdentifier": launched.artifact_id,
        "aws:servicecatalog:provisioningPrincipalArn": launched.launched_by,
    }


def _begin(launched: ProvisionedProduct, kind: str, change: Callable[[], cloudformation.Outcome]) -> Record:
    record = Record(
        identifier=new_id("rec"),
        kind=kind,
        product=launched,
        artifact_id=launched.artifact_id,
        path_id=launched.path_id,
        status="IN_PROGRESS",
    )
    launched.records.append(record)
    launched.status, launched.message = "UNDER_CHANGE", ""
    spawn_background(_carry_out, launched, record, change)
    return record


def _carry_out(
    launched: ProvisionedProduct, record: Record, change: Callable[[], cloudformation.Outcome]
) -> None:
    try:
        outcome = change()
        reasons = outcome.reasons or (outcome.status,)
    except (ServiceError, ClientError) as error:
        outcome, reasons = None, (_sentence(error),)
    if outcome is not None and outcome.ok:
        launched.outputs = record.outputs = dict(outcome.outputs)
        if record.kind == "TERMINATE_PROVISIONED_PRODUCT":
            _provisioned.pop(launched.identifier, None)
            _ended[record.identifier] = record
        launched.status, record.status = "AVAILABLE", "SUCCEEDED"
    else:
        launched.message = "; ".join(reasons)
        record.errors = [{"Code": "CloudFormation", "Description": reason} for reason in reasons]
        updated = record.kind == "UPDATE_PROVISIONED_PRODUCT"
        launched.status, record.status = ("TAINTED" if updated else "ERROR"), "FAILED"
    record.updated = time.time()


_ended: dict[str, Record] = {}
"""Records of products that have been terminated."""


def _sentence(error: ServiceError | ClientError) -> str:
    return error.message if isinstance(error, ServiceError) else str(error.response["Error"]["Message"])


def _cloudformation(launched: ProvisionedProduct) -> Any:
    if launched.role_arn is None:
        credentials = credentials_of_key(launched.access_key, launched.account)
    else:
        try:
            credentials = service_role_credentials(
                launched.role_arn, SERVICE_CATALOG, SESSION, source_account=launched.account
            )
        except ServiceError as error:
            raise ServiceError(
                error.code, f"Access denied while assuming the role {launched.role_arn}: {error.message}"
            ) from None
    return client("cloudformation", credentials, launched.region)


def _create(launched: ProvisionedProduct, artifact: Artifact) -> cloudformation.Outcome:
    _cloudformation(launched).create_stack(
        StackName=launched.stack.name,
        TemplateURL=_template_copy(artifact, launched.region),
        Parameters=_stack_parameters(launched),
        Capabilities=CAPABILITIES,
        Tags=tags_list(launched.tags),
    )
    return cloudformation.wait(launched.stack)


def _change(launched: ProvisionedProduct, artifact: Artifact) -> cloudformation.Outcome:
    try:
        _cloudformation(launched).update_stack(
            StackName=launched.stack.name,
            TemplateURL=_template_copy(artifact, launched.region),
            Parameters=_stack_parameters(launched),
            Capabilities=CAPABILITIES,
            Tags=tags_list(launched.tags),
        )
    except ClientError as error:
        if "No updates are to be performed" not in str(error):
            raise
    return cloudformation.wait(launched.stack)


def _remove(launched: ProvisionedProduct) -> cloudformation.Outcome:
    _cloudformation(launched).delete_stack(StackName=launched.stack.name)
    return cloudformation.wait(launched.stack)


def _stack_parameters(launched: ProvisionedProduct) -> list[dict[str, str]]:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in launched.parameters.items()]


def _template_copy(artifact: Artifact, region: str) -> str:
    """URL of a copy of a template, which launch roles read as an object with this tag.

    https://docs.aws.amazon.com/servicecatalog/latest/adminguide/getstarted-launchconstraint.html
    """
    return template_store.publish(
        "servicecatalog", artifact.template, region, tags="servicecatalog:provisioning=true"
    )


@service_catalog.operation("ProvisionProduct", resource=product_resource, resource_policy=shared_resource)
def _provision_product(request: Request) -> dict[str, Any]:
    return {"RecordDetail": _describe_record(record_of(provision(request, request.parameters)))}


def change(
    request: Request, launched: ProvisionedProduct, artifact_id: str | None, parameters: Mapping[str, str]
) -> Record:
    """Begin to move a provisioned product to another version, or other parameters, of its product.

    Args:
        request: Whose request it is.
        launched: The provisioned product.
        artifact_id: The version; None for the one it has.
        parameters: Parameters that change.

    Raises:
        ServiceError: It is being changed, or the caller is not offered the version.
    """
    if launched.status == "UNDER_CHANGE":
        raise ServiceError("InvalidParametersException", f"{launched.name} is being changed.")
    product = find_product(request, launched.product_id, None)
    artifact = find_artifact(product, artifact_id or launched.artifact_id, None)
    launched.artifact_id = artifact.identifier
    launched.tags["aws:servicecatalog:provisioningArtifactIdentifier"] = artifact.identifier
    launched.parameters |= parameters
    return _begin(launched, "UPDATE_PROVISIONED_PRODUCT", lambda: _change(launched, artifact))


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
    identifier = request.parameters["Id"]
    record = _ended.get(identifier)
    if record is None:
        record = next((each for each in _required(request).records if each.identifier == identifier), None)
    if record is None or record.product.account != request.account:
        raise not_found("Record", identifier)
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
            "ProductName": products[launched.product_id].details["Name"],
            "UserArn": launched.launched_by,
            "UserArnSession": launched.launched_by,
        }
        for launched in _mine(request)
    ]
    return {"ProvisionedProducts": found, "TotalResultsCount": len(found)}


def _mine(request: Request) -> list[ProvisionedProduct]:
    """The provisioned products of the account that the caller's permissions reach."""
    principal = principal_of_key(request.access_key, request.account)
    return [
        product
        for product in list(_provisioned.values())
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
