"""SageMaker Projects: a product, or a template in S3, provisioned under the name and id of a project.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateProject.html and, for templates in S3,
https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-projects-templates-custom.html
"""

import secrets
import string
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from botocore.exceptions import ClientError
from ministack.core.concurrency import spawn_background

from emulator.cloudformation import stacks as cloudformation
from emulator.core.service import Request, ServiceError, authorize
from emulator.iam.credentials import client, credentials_of_key
from emulator.sagemaker.projects.status import check_on
from emulator.sagemaker.service import sagemaker
from emulator.service_catalog import launches as catalog
from emulator.service_catalog.provisioning import access_keys
from emulator.service_catalog.store import product_resource, products, shared_resource

_ALPHABET = string.ascii_lowercase + string.digits
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
    launched: catalog.ProvisionedProduct | None = None
    stack: cloudformation.StackName | None = None
    message: str = ""
    created: float = field(default_factory=time.time)
    modified: float = field(default_factory=time.time)

    @property
    def arn(self) -> str:
        """ARN of the project."""
        return f"arn:aws:sagemaker:{self.region}:{self.account}:project/{self.name}"


_projects: dict[tuple[str, str, str], Project] = {}
_creating = threading.Lock()


def _arn(request: Request) -> str:
    name = request.parameters["ProjectName"]
    return f"arn:aws:sagemaker:{request.region}:{request.account}:project/{name}"


def _find(request: Request) -> Project:
    name = request.parameters["ProjectName"]
    project = _projects.get((request.account, request.region, name))
    if project is None:
        raise ServiceError("ValidationException", f"Project {name} does not exist.")
    return project


def _new_id() -> str:
    return "p-" + "".join(secrets.choice(_ALPHABET) for _ in range(12))


@sagemaker.operation("CreateProject", resource=_arn)
def _create_project(request: Request) -> dict[str, Any]:
    given = request.parameters
    sources = [key for key in ("ServiceCatalogProvisioningDetails", "TemplateProviders") if given.get(key)]
    if len(sources) != 1:
        raise ServiceError(
            "ValidationException",
            "Specify exactly one of ServiceCatalogProvisioningDetails and TemplateProviders.",
        )
    tags = {tag["Key"]: tag["Value"] for tag in given.get("Tags", ())}
    if tags:
        authorize(request, "sagemaker:AddTags", _arn(request))
    key = (request.account, request.region, given["ProjectName"])
    with _creating:
        if key in _projects and _projects[key].status != "DeleteCompleted":
            raise ServiceError("ValidationException", f"Project {given['ProjectName']} already exists.")
        identifier = _new_id()
        project = Project(
            name=given["ProjectName"],
            identifier=identifier,
            account=request.account,
            region=request.region,
            description=given.get("ProjectDescription", ""),
            source={sources[0]: given[sources[0]]},
            tags={
                **tags,
                "sagemaker:project-id": identifier,
                "sagemaker:project-name": given["ProjectName"],
            },
            created_by=request.caller_arn,
        )
        if sources[0] == "TemplateProviders":
            _create_stack(project, request)
        else:
            _provision(project, request)
        _projects[key] = project
    spawn_background(_follow, project, "Create")
    return {"ProjectArn": project.arn, "ProjectId": project.identifier}


def _provision(project: Project, request: Request) -> None:
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


def _create_stack(project: Project, request: Request) -> None:
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
    _call(lambda: _cloudformation(request).create_stack(**given))
    project.stack = stack


def _cloudformation(request: Request) -> Any:
    """CloudFormation, in the name of the caller."""
    credentials = credentials_of_key(request.access_key, request.account)
    return client("cloudformation", credentials, request.region)


def _own_parameters(project: Project) -> Mapping[str, str]:
    """Parameters that SageMaker fills in by itself."""
    return {"SageMakerProjectName": project.name, "SageMakerProjectId": project.identifier}


def _call(call: Callable[[], Any]) -> None:
    try:
        call()
    except ClientError as error:
        raise ServiceError("ValidationException", str(error.response["Error"]["Message"])) from None


def _follow(project: Project, operation: str) -> None:
    """Wait for the product or the stack, and note how it ended."""
    if project.launched is not None:
        while project.launched.status == "UNDER_CHANGE":
            time.sleep(_PAUSE_SECONDS)
        failed = project.launched.records[-1].status == "FAILED"
        project.message = project.launched.message
    else:
        outcome = cloudformation.wait(_stack_of(project), deleted=operation == "Delete")
        failed = not outcome.ok
        project.message = "; ".join(outcome.reasons) if failed else ""
    project.status = f"{operation}Failed" if failed else f"{operation}Completed"
    project.modified = time.time()


def _stack_of(project: Project) -> cloudformation.StackName:
    if project.stack is None:
        raise RuntimeError(f"project {project.name} has no stack of its own")
    return project.stack


@sagemaker.operation("DescribeProject", resource=_arn)
def _describe_project(request: Request) -> dict[str, Any]:
    project = _find(request)
    described = {
        "ProjectArn": project.arn,
        "ProjectName": project.name,
        "ProjectId": project.identifier,
        "ProjectDescription": project.description,
        "ProjectStatus": project.status,
        "CreatedBy": {"IamIdentity": {"Arn": project.created_by}},
        "CreationTime": project.created,
        "LastModifiedTime": project.modified,
        "ServiceCatalogProvisioningDetails": project.source.get("ServiceCatalogProvisioningDetails"),
    }
    if project.launched is not None:
        described["ServiceCatalogProvisionedProductDetails"] = {
            "ProvisionedProductId": project.launched.identifier,
            "ProvisionedProductStatusMessage": project.message,
        }
    if "TemplateProviders" in project.source:
        (provider,) = project.source["TemplateProviders"]
        described["TemplateProviderDetails"] = [
            {
                "CfnTemplateProviderDetail": {
                    **provider["CfnTemplateProvider"],
                    "StackDetail": {
                        "Name": _stack_of(project).name,
                        "Id": cloudformation.identifier(_stack_of(project)),
                        "StatusMessage": project.message,
                    },
                }
            }
        ]
    return described


@sagemaker.operation("ListProjects")
def _list_projects(request: Request) -> dict[str, Any]:
    text = request.parameters.get("NameContains", "")
    found = [
        project
        for project in _projects.values()
        if (project.account, project.region) == (request.account, request.region) and text in project.name
    ]
    keys: dict[str, Callable[[Project], Any]] = {
        "Name": lambda project: project.name,
        "CreationTime": lambda project: project.created,
    }
    found.sort(
        key=keys[request.parameters.get("SortBy", "CreationTime")],
        reverse=request.parameters.get("SortOrder", "Ascending") == "Descending",
    )
    return {
        "ProjectSummaryList": [
            {
                "ProjectName": project.name,
                "ProjectDescription": project.description,
                "ProjectArn": project.arn,
                "ProjectId": project.identifier,
                "CreationTime": project.created,
                "ProjectStatus": project.status,
            }
            for project in found
        ]
    }


@sagemaker.operation("DeleteProject", resource=_arn)
def _delete_project(request: Request) -> dict[str, Any]:
    """Delete a project and what was provisioned for it; the project itself stays listed, as on AWS."""
    project = _find(request)
    if project.status.endswith("InProgress"):
        raise ServiceError("ConflictException", f"Project {project.name} is {project.status}.")
    if project.launched is not None:
        keys = access_keys(project.created_by, request)
        authorize(request, "servicecatalog:TerminateProvisionedProduct", condition_keys=keys)
        catalog.terminate(project.launched)
    else:
        stack = _stack_of(project)
        _call(lambda: _cloudformation(request).delete_stack(StackName=stack.name))
    project.status, project.modified = "DeleteInProgress", time.time()
    spawn_background(_follow, project, "Delete")
    return {}


@sagemaker.operation("UpdateProject", resource=_arn)
def _update_project(request: Request) -> dict[str, Any]:
    """Change description, or move a project from a product to another version of it."""
    project, given = _find(request), request.parameters
    if project.status.endswith("InProgress"):
        raise ServiceError("ConflictException", f"Project {project.name} is {project.status}.")
    project.description = given.get("ProjectDescription", project.description)
    details = given.get("ServiceCatalogProvisioningUpdateDetails")
    if details is not None:
        if project.launched is None:
            raise ServiceError("ValidationException", f"Project {project.name} does not come from a product.")
        keys = access_keys(project.created_by, request)
        authorize(request, "servicecatalog:UpdateProvisionedProduct", condition_keys=keys)
        parameters = {each["Key"]: each["Value"] for each in details.get("ProvisioningParameters", ())}
        catalog.change(
            request, project.launched, details.get("ProvisioningArtifactId") or _latest(project), parameters
        )
        _note_source(project, parameters)
        project.status = "UpdateInProgress"
        spawn_background(_follow, project, "Update")
    project.modified = time.time()
    return {"ProjectArn": project.arn}


def _latest(project: Project) -> str:
    """The version that an update takes which names none: the newest."""
    if project.launched is None:
        raise RuntimeError(f"project {project.name} does not come from a product")
    artifacts = products[project.launched.product_id].artifacts.values()
    return max((each for each in artifacts if each.active), key=lambda each: each.created).identifier


def _note_source(project: Project, parameters: Mapping[str, str]) -> None:
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
