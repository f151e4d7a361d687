"""SageMaker Projects: a product, or a template in S3, provisioned under the name and id of a project.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateProject.html and, for templates in S3,
https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-projects-templates-custom.html
"""

import secrets
import string
import threading
import time
from collections.abc import Callable
from typing import Any

from ministack.core.concurrency import spawn_background

from emulator.cloudformation import stacks as cloudformation
from emulator.core.service import Request, ServiceError, authorize
from emulator.sagemaker.projects.provisioning import (
    Project,
    call,
    cloudformation_client,
    create_stack,
    follow,
    latest_artifact,
    note_source,
    provision,
    stack_of,
)
from emulator.sagemaker.service import sagemaker
from emulator.service_catalog import launches as catalog
from emulator.service_catalog.provisioning import access_keys

_ALPHABET = string.ascii_lowercase + string.digits


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
            create_stack(project, request)
        else:
            provision(project, request)
        _projects[key] = project
    spawn_background(follow, project, "Create")
    return {"ProjectArn": project.arn, "ProjectId": project.identifier}


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
                        "Name": stack_of(project).name,
                        "Id": cloudformation.identifier(stack_of(project)),
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
        stack = stack_of(project)
        call(lambda: cloudformation_client(request).delete_stack(StackName=stack.name))
    project.status, project.modified = "DeleteInProgress", time.time()
    spawn_background(follow, project, "Delete")
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
            request,
            project.launched,
            details.get("ProvisioningArtifactId") or latest_artifact(project),
            parameters,
        )
        note_source(project, parameters)
        project.status = "UpdateInProgress"
        spawn_background(follow, project, "Update")
    project.modified = time.time()
    return {"ProjectArn": project.arn}
