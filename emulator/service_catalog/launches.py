"""AWS Service Catalog: launches, and what comes of them.

A launch runs in a thread of its own. Service Catalog assumes the role of the launch constraint, or else
keeps to the caller's permissions, and creates the stack `SC-<account>-<provisioned product>` through
CloudFormation's API like anybody else
(https://docs.aws.amazon.com/servicecatalog/latest/adminguide/constraints-launch.html).
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError
from ministack.core.concurrency import spawn_background

from emulator.cloudformation import stacks as cloudformation
from emulator.core import template_store
from emulator.core.service import Request, ServiceError
from emulator.iam.credentials import client, credentials_of_key, service_role_credentials
from emulator.service_catalog.constraints import launch_role
from emulator.service_catalog.records import ProvisionedProduct, Record, ended, provisioned
from emulator.service_catalog.store import (
    SERVICE_CATALOG,
    Artifact,
    Portfolio,
    Product,
    new_id,
    tags_dict,
    tags_list,
)
from emulator.service_catalog.visibility import chosen_path, find_artifact, find_product, options_of, path_id

SESSION = "servicecatalog"
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]


_changing = threading.Lock()


def provision(request: Request, given: Mapping[str, Any]) -> ProvisionedProduct:
    """Begin to provision a product for the caller of a request.

    Args:
        request: Whose request it is; its own parameters do not matter.
        given: The parameters of ProvisionProduct.

    Raises:
        ServiceError: The caller may not launch the product, or the request is not sound.
    """
    asked = replace(request, operation="ProvisionProduct", parameters=dict(given))
    product = find_product(asked, given.get("ProductId"), given.get("ProductName"))
    artifact = find_artifact(
        product, given.get("ProvisioningArtifactId"), given.get("ProvisioningArtifactName")
    )
    portfolio = chosen_path(product, asked)
    own = tags_dict(given.get("Tags"))
    tags = _launch_tags(product, portfolio, asked, own)
    with _changing:
        for existing in provisioned.values():
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
        provisioned[launched.identifier] = launched
    _begin(launched, "PROVISION_PRODUCT", lambda: _create(launched, artifact))
    return launched


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


def terminate(launched: ProvisionedProduct) -> Record:
    """Begin to terminate a provisioned product."""
    return _begin(launched, "TERMINATE_PROVISIONED_PRODUCT", lambda: _remove(launched))


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


def _begin(
    launched: ProvisionedProduct, kind: str, change: Callable[[], cloudformation.StackResult]
) -> Record:
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
    launched: ProvisionedProduct, record: Record, change: Callable[[], cloudformation.StackResult]
) -> None:
    try:
        outcome = change()
        reasons = outcome.reasons or (outcome.status,)
    except (ServiceError, ClientError) as error:
        outcome, reasons = None, (_sentence(error),)
    if outcome is not None and outcome.ok:
        launched.outputs = record.outputs = dict(outcome.outputs)
        if record.kind == "TERMINATE_PROVISIONED_PRODUCT":
            provisioned.pop(launched.identifier, None)
            ended[record.identifier] = record
        launched.status, record.status = "AVAILABLE", "SUCCEEDED"
    else:
        launched.message = "; ".join(reasons)
        record.errors = [{"Code": "CloudFormation", "Description": reason} for reason in reasons]
        updated = record.kind == "UPDATE_PROVISIONED_PRODUCT"
        launched.status, record.status = ("TAINTED" if updated else "ERROR"), "FAILED"
    record.updated = time.time()


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


def _create(launched: ProvisionedProduct, artifact: Artifact) -> cloudformation.StackResult:
    _cloudformation(launched).create_stack(
        StackName=launched.stack.name,
        TemplateURL=template_copy(artifact, launched.region),
        Parameters=_stack_parameters(launched),
        Capabilities=CAPABILITIES,
        Tags=tags_list(launched.tags),
    )
    return cloudformation.wait(launched.stack)


def _change(launched: ProvisionedProduct, artifact: Artifact) -> cloudformation.StackResult:
    try:
        _cloudformation(launched).update_stack(
            StackName=launched.stack.name,
            TemplateURL=template_copy(artifact, launched.region),
            Parameters=_stack_parameters(launched),
            Capabilities=CAPABILITIES,
            Tags=tags_list(launched.tags),
        )
    except ClientError as error:
        if "No updates are to be performed" not in str(error):
            raise
    return cloudformation.wait(launched.stack)


def _remove(launched: ProvisionedProduct) -> cloudformation.StackResult:
    if not cloudformation.exists(launched.stack):
        # Not even the creation of a stack came about.
        return cloudformation.StackResult(status="DELETE_COMPLETE", reasons=(), outputs={})
    _cloudformation(launched).delete_stack(StackName=launched.stack.name)
    return cloudformation.wait(launched.stack, deleted=True)


def _stack_parameters(launched: ProvisionedProduct) -> list[dict[str, str]]:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in launched.parameters.items()]


def template_copy(artifact: Artifact, region: str) -> str:
    """Return the URL of a copy of a template, which launch roles read as an object with this tag.

    https://docs.aws.amazon.com/servicecatalog/latest/adminguide/getstarted-launchconstraint.html
    """
    return template_store.publish(
        "servicecatalog", artifact.template, region, tags="servicecatalog:provisioning=true"
    )
