"""The CloudFormation types of repositories, builds and pipelines.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/ has a page of each service:
AWS_CodeCommit.html, AWS_CodeBuild.html, AWS_CodePipeline.html.
"""

import json
import uuid
import zipfile
from collections.abc import Mapping
from typing import Any

from emulator.codebuild import projects as codebuild
from emulator.codebuild.projects import ProjectName
from emulator.codecommit import repositories as codecommit_repositories
from emulator.codecommit.repositories import Repository, RepositoryName
from emulator.codepipeline import pipelines as codepipeline
from emulator.codepipeline.pipeline import Pipeline
from emulator.codepipeline.records import PipelineName
from emulator.core import api_shapes
from emulator.core.service import (
    NotOfferedError,
    ServiceError,
    current_account,
    current_region,
    register_resource_type,
)
from emulator.iam import conditions, credentials

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]
"""What `Ref` and what `Fn::GetAtt` answer."""


def install() -> None:
    """Register the types."""
    register_resource_type(
        "AWS::CodeCommit::Repository",
        create=_create_repository,
        update=_update_repository,
        delete=_delete_repository,
    )
    register_resource_type(
        "AWS::CodeBuild::Project", create=_create_project, update=_update_project, delete=_delete_project
    )
    register_resource_type(
        "AWS::CodePipeline::Pipeline",
        create=_create_pipeline,
        update=_update_pipeline,
        delete=_delete_pipeline,
    )


def _create_repository(_: str, properties: Properties, __: str) -> Created:
    code = properties.get("Code")
    archive = _read_seed(code["S3"]) if code else None
    name = RepositoryName(current_account(), current_region(), properties["RepositoryName"])
    repository = codecommit_repositories.create(
        name, description=properties.get("RepositoryDescription", ""), tags=_tags(properties)
    )
    if code and archive is not None:
        try:
            codecommit_repositories.seed(repository, code.get("BranchName", "main"), archive)
        except zipfile.BadZipFile:
            codecommit_repositories.delete(name)
            raise ServiceError("InvalidRequest", f"The code of {name.name} is not a zip archive") from None
    return repository.identifier, _repository_attributes(repository)


def _update_repository(physical_id: str, old: Properties, new: Properties, _: str) -> Created:
    """Rename or describe a repository anew; an update never touches its code."""
    repository = codecommit_repositories.identified(physical_id)
    if repository is None:
        raise ServiceError("RepositoryDoesNotExistException", f"{old['RepositoryName']} does not exist")
    codecommit_repositories.rename(repository, new["RepositoryName"])
    repository.description = new.get("RepositoryDescription", "")
    repository.tags = _tags(new)
    return physical_id, _repository_attributes(repository)


def _delete_repository(physical_id: str, _: Properties) -> None:
    repository = codecommit_repositories.identified(physical_id)
    if repository is not None:
        codecommit_repositories.delete(repository.name)


def _repository_attributes(repository: Repository) -> dict[str, Any]:
    metadata = repository.metadata()
    return {
        "Arn": metadata["Arn"],
        "CloneUrlHttp": metadata["cloneUrlHttp"],
        "CloneUrlSsh": metadata["cloneUrlSsh"],
        "Name": repository.name.name,
    }


def _read_seed(place: Mapping[str, str]) -> bytes:
    """Read the code of a new repository.

    Whether whoever creates the stack may read it has been asked before the resource is made.
    """
    bucket, key = place["Bucket"], place["Key"]
    version = {"VersionId": place["ObjectVersion"]} if "ObjectVersion" in place else {}
    owner = conditions.owner_of(f"arn:aws:s3:::{bucket}/{key}") or current_account()
    client = credentials.client("s3", credentials.root_credentials(owner), current_region())
    content: bytes = client.get_object(Bucket=bucket, Key=key, **version)["Body"].read()
    return content


def _tags(properties: Properties) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}


def _create_project(logical_id: str, properties: Properties, stack_name: str) -> Created:
    name = ProjectName(current_account(), current_region(), _name(logical_id, properties, stack_name))
    project = codebuild.create(name, _project_parameters(name, properties))
    return name.name, {"Arn": project.name.arn}


def _update_project(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    if old.get("Name") != new.get("Name"):
        return _create_project("Project", new, stack_name)
    name = ProjectName(current_account(), current_region(), physical_id)
    codebuild.replace(name, _project_parameters(name, new))
    return physical_id, {"Arn": name.arn}


def _delete_project(physical_id: str, _: Properties) -> None:
    codebuild.delete(ProjectName(current_account(), current_region(), physical_id))


def _project_parameters(name: ProjectName, properties: Properties) -> dict[str, Any]:
    known = {key: value for key, value in properties.items() if key not in ("Triggers", "Visibility")}
    return api_shapes.parameters("codebuild", "CreateProject", {**known, "Name": name.name})


def _create_pipeline(logical_id: str, properties: Properties, stack_name: str) -> Created:
    name = PipelineName(current_account(), current_region(), _name(logical_id, properties, stack_name))
    tags = [{"key": key, "value": value} for key, value in _tags(properties).items()]
    pipeline = codepipeline.create(name, _pipeline_definition(name, properties), tags)
    codepipeline.start(pipeline, trigger=("CreatePipeline", f"arn:aws:iam::{name.account}:root"))
    return _pipeline_attributes(pipeline)


def _update_pipeline(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    if old.get("Name") != new.get("Name"):
        return _create_pipeline("Pipeline", new, stack_name)
    name = PipelineName(current_account(), current_region(), physical_id)
    pipeline = codepipeline.update(name, _pipeline_definition(name, new))
    return _pipeline_attributes(pipeline)


def _delete_pipeline(physical_id: str, _: Properties) -> None:
    codepipeline.delete(PipelineName(current_account(), current_region(), physical_id))


def _pipeline_attributes(pipeline: Pipeline) -> Created:
    return pipeline.name.name, {"Version": str(pipeline.version)}


def _pipeline_definition(name: PipelineName, properties: Properties) -> dict[str, Any]:
    """Return the definition that a resource's properties mean, where they are shaped unlike the API's."""
    for left_out in ("ArtifactStores", "DisableInboundStageTransitions", "RestartExecutionOnUpdate"):
        if left_out in properties:
            raise NotOfferedError(f"{left_out} of AWS::CodePipeline::Pipeline")
    definition = {key: value for key, value in properties.items() if key != "Tags"}
    definition["Stages"] = [
        {**stage, "Actions": [{**action, "Configuration": _texts(action)} for action in stage["Actions"]]}
        for stage in properties["Stages"]
    ]
    definition["Name"] = name.name
    converted = api_shapes.parameters("codepipeline", "CreatePipeline", {"Pipeline": definition})
    pipeline: dict[str, Any] = converted["pipeline"]
    return pipeline


def _texts(action: Mapping[str, Any]) -> dict[str, str]:
    """Return an action's configuration, whose values the API takes as text alone."""
    return {
        key: value if isinstance(value, str) else json.dumps(value)
        for key, value in action.get("Configuration", {}).items()
    }


def _name(logical_id: str, properties: Properties, stack_name: str) -> str:
    """Return the name a resource asks for, or one as CloudFormation generates it."""
    return str(properties.get("Name") or f"{stack_name}-{logical_id}-{uuid.uuid4().hex[:12]}"[-100:])
