"""How a project gets what its template says: from Service Catalog, or as a stack of its own."""

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from botocore.exceptions import ClientError

from emulator.cloudformation import stacks as cloudformation
from emulator.core.service import Request, ServiceError, authorize
from emulator.iam.credentials import client, credentials_of_key
from emulator.sagemaker.projects.status import check_on
from emulator.service_catalog import launches as catalog
from emulator.service_catalog.records import ProvisionedProduct
from emulator.service_catalog.store import products
from emulator.service_catalog.visibility import product_resource, shared_resource

_PAUSE_SECONDS = 0.02


@dataclass(kw_only=True)
class Project:
    """A project.

    Attributes:
        source: `ServiceCatalogProvisioningDetails` or `TemplateProviders`, as they were given.
        launched: What Service Catalog provisioned, for a project from a product.
        stack: The stack of a project from a template.
        message: Why the last operation failed.
    """

    name: str
    identifier: str
    account: str
    region: str
    description: str
    source: dict[str, Any]
    tags: dict[str, str]
    created_by: str
    status: str = "CreateInProgress"
    launched: ProvisionedProduct | None = None
    stack: cloudformation.StackName | None = None
    message: str = ""
    created: float = field(default_factory=time.time)
    modified: float = field(default_factory=time.time)

    @property
    def arn(self) -> str:
        """ARN of the project."""
        return f"arn:aws:sagemaker:{self.region}:{self.account}:project/{self.name}"


def provision(project: Project, request: Request) -> None:
    """Launch the product in the caller's name, as Studio does."""
    check_on(request)
    details = project.source["ServiceCatalogProvisioningDetails"]
    chosen = {each["Key"]: each["Value"] for each in details.get("ProvisioningParameters", ())}
    asked = replace(request, operation="ProvisionProduct", parameters=dict(details))
    authorize(
        asked,
        "servicecatalog:ProvisionProduct",
        product_resource(asked),
        resource_policy=shared_resource,
    )
    project.launched = catalog.provision(
        asked,
        {
            **details,
            "ProvisionedProductName": f"{project.name}-{project.identifier}",
            "ProvisioningParameters": [
                {"Key": key, "Value": value} for key, value in {**chosen, **_own_parameters(project)}.items()
            ],
            "Tags": [{"Key": key, "Value": value} for key, value in project.tags.items()],
            "ProvisionToken": str(uuid.uuid4()),
        },
    )


def create_stack(project: Project, request: Request) -> None:
    """Create the stack of a template in the caller's name."""
    (provider,) = project.source["TemplateProviders"]
    template = provider["CfnTemplateProvider"]
    stack = cloudformation.StackName(
        project.account, project.region, f"SP-{project.name}-{project.identifier}"
    )
    chosen = {each["Key"]: each["Value"] for each in template.get("Parameters", ())}
    given: dict[str, Any] = {
        "StackName": stack.name,
        "TemplateURL": template["TemplateURL"],
        "Parameters": [
            {"ParameterKey": key, "ParameterValue": value}
            for key, value in {**chosen, **_own_parameters(project)}.items()
        ],
        "Capabilities": catalog.CAPABILITIES,
        "Tags": [{"Key": key, "Value": value} for key, value in project.tags.items()],
    }
    if "RoleARN" in template:
        given["RoleARN"] = template["RoleARN"]
    call(lambda: cloudformation_client(request).create_stack(**given))
    project.stack = stack


def cloudformation_client(request: Request) -> Any:
    """CloudFormation, in the name of the caller."""
    credentials = credentials_of_key(request.access_key, request.account)
    return client("cloudformation", credentials, request.region)


def _own_parameters(project: Project) -> Mapping[str, str]:
    """Parameters that SageMaker fills in by itself."""
    return {"SageMakerProjectName": project.name, "SageMakerProjectId": project.identifier}


def call(call: Callable[[], Any]) -> None:
    """Call another service, and pass its error on as the project's."""
    try:
        call()
    except ClientError as error:
        raise ServiceError("ValidationException", str(error.response["Error"]["Message"])) from None


def follow(project: Project, operation: str) -> None:
    """Wait for the product or the stack, and note how it ended."""
    if project.launched is not None:
        while project.launched.status == "UNDER_CHANGE":
            time.sleep(_PAUSE_SECONDS)
        failed = project.launched.records[-1].status == "FAILED"
        project.message = project.launched.message
    else:
        outcome = cloudformation.wait(stack_of(project), deleted=operation == "Delete")
        failed = not outcome.ok
        project.message = "; ".join(outcome.reasons) if failed else ""
    project.status = f"{operation}Failed" if failed else f"{operation}Completed"
    project.modified = time.time()


def stack_of(project: Project) -> cloudformation.StackName:
    """The stack of a project that has one of its own."""
    if project.stack is None:
        raise RuntimeError(f"project {project.name} has no stack of its own")
    return project.stack


def latest_artifact(project: Project) -> str:
    """The version that an update takes which names none: the newest."""
    if project.launched is None:
        raise RuntimeError(f"project {project.name} does not come from a product")
    artifacts = products[project.launched.product_id].artifacts.values()
    return max((each for each in artifacts if each.active), key=lambda each: each.created).identifier


def note_source(project: Project, parameters: Mapping[str, str]) -> None:
    """Write into the project's description what it has been updated to."""
    if project.launched is None:
        return
    details = project.source["ServiceCatalogProvisioningDetails"]
    before = {each["Key"]: each["Value"] for each in details.get("ProvisioningParameters", ())}
    project.source["ServiceCatalogProvisioningDetails"] = {
        **details,
        "ProvisioningArtifactId": project.launched.artifact_id,
        "ProvisioningParameters": [
            {"Key": key, "Value": value} for key, value in {**before, **parameters}.items()
        ],
    }
