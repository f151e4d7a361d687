"""AWS CodeBuild: projects, and builds that really run.

Operations and errors: https://docs.aws.amazon.com/codebuild/latest/APIReference/Welcome.html.
"""

import time
import uuid
from collections.abc import Mapping
from typing import Any

from emulator.codebuild.build import Build
from emulator.codebuild.projects import CodeBuildProject, ProjectName, create, delete, find, projects
from emulator.core.service import Request, Service, ServiceError, authorize
from emulator.core.switches import feared

_START_BUILD_PARAMETERS = frozenset(
    {
        "buildspecOverride",
        "encryptionKeyOverride",
        "environmentVariablesOverride",
        "projectName",
        "secondaryArtifactsOverride",
        "secondarySourcesVersionOverride",
        "sourceVersion",
        "timeoutInMinutesOverride",
    }
)
"""Parameters that a build takes account of."""

codebuild = Service("codebuild")


_pipelines: dict[str, tuple[str, str]] = {}


def act_for_pipeline(access_key: str, pipeline: str, revision: str) -> None:
    """Mark the builds that a session starts as a pipeline's.

    Only CodePipeline can start a build whose source is CODEPIPELINE.

    Args:
        access_key: Access key of the session's credentials.
        pipeline: Name of the pipeline.
        revision: The revision of the source, such as a commit.
    """
    _pipelines[access_key] = (pipeline, revision)


def wait(build_id: str, account: str, region: str, seconds: float) -> bool:
    """Wait until a build is finished, and say whether it is."""
    return projects.get(account, region, build_id.partition(":")[0]).builds[build_id].finished.wait(seconds)


def _named(request: Request, name: str) -> ProjectName:
    return ProjectName(request.account, request.region, name.rpartition("/")[2])


def _by(parameter: str) -> Any:
    """Return the ARN of the project that a parameter names."""
    return lambda request: _named(request, request.parameters[parameter]).arn


def _of_builds(request: Request) -> list[str]:
    """Return the ARNs of the projects whose builds are named."""
    identifiers = request.parameters.get("ids") or [request.parameters["id"]]
    return sorted({_named(request, _build_id(each).partition(":")[0]).arn for each in identifiers})


def _build_id(identifier: str) -> str:
    """Return a build's id, which may be given as its ARN."""
    return identifier.rpartition("/")[2]


def _authorize_role(request: Request) -> None:
    if "serviceRole" in request.parameters:
        keys = {"iam:PassedToService": "codebuild.amazonaws.com"}
        authorize(request, "iam:PassRole", request.parameters["serviceRole"], condition_keys=keys)


@codebuild.operation("CreateProject", resource=_by("name"))
def _create_project(request: Request) -> dict[str, Any]:
    _authorize_role(request)
    return {"project": create(_named(request, request.parameters["name"]), request.parameters).description}


@codebuild.operation("UpdateProject", resource=_by("name"))
def _update_project(request: Request) -> dict[str, Any]:
    _authorize_role(request)
    project = find(_named(request, request.parameters["name"]))
    project.description |= {**request.parameters, "name": project.name.name, "lastModified": time.time()}
    return {"project": project.description}


@codebuild.operation("DeleteProject", resource=_by("name"))
def _delete_project(request: Request) -> dict[str, Any]:
    delete(_named(request, request.parameters["name"]))
    return {}


@codebuild.operation(
    "BatchGetProjects",
    resource=lambda request: [_named(request, name).arn for name in request.parameters["names"]],
)
def _batch_get_projects(request: Request) -> dict[str, Any]:
    names = request.parameters["names"]
    found = {name: projects.find(*_named(request, name)) for name in names}
    return {
        "projects": [project.description for project in found.values() if project],
        "projectsNotFound": [name for name, project in found.items() if not project],
    }


@codebuild.operation("ListProjects")
def _list_projects(request: Request) -> dict[str, Any]:
    found = projects.all(request.account, request.region)
    return {"projects": sorted(project.name.name for project in found)}


@codebuild.operation("StartBuild", resource=_by("projectName"))
def _start_build(request: Request) -> dict[str, Any]:
    project = find(_named(request, request.parameters["projectName"]))
    pipeline, revision = _pipelines.get(request.access_key, (None, ""))
    _refuse_unsupported(project, request)
    if project.description["source"]["type"] == "CODEPIPELINE" and pipeline is None:
        raise ServiceError(
            "InvalidInputException",
            "Builds of a project with source type CODEPIPELINE are started by AWS CodePipeline alone",
        )
    if feared("build-quota") and project.description["environment"]["computeType"] == "BUILD_GENERAL1_SMALL":
        raise ServiceError(
            "AccountLimitExceededException", "Cannot have more than 0 builds in queue for the account"
        )
    initiator = f"codepipeline/{pipeline}" if pipeline else request.caller_arn.rpartition(":")[2]
    described = _describe(project, request.parameters, initiator)
    build = Build({**described, "resolvedSourceVersion": revision}, request.parameters)
    project.builds[build.description["id"]] = build
    build.start()
    return {"build": build.description}


@codebuild.operation("BatchGetBuilds", resource=_of_builds)
def _batch_get_builds(request: Request) -> dict[str, Any]:
    found = {identifier: _find_build(request, identifier) for identifier in request.parameters["ids"]}
    return {
        "builds": [build.description for build in found.values() if build],
        "buildsNotFound": [identifier for identifier, build in found.items() if not build],
    }


@codebuild.operation("StopBuild", resource=_of_builds)
def _stop_build(request: Request) -> dict[str, Any]:
    build = _find_build(request, request.parameters["id"])
    if build is None:
        raise ServiceError("ResourceNotFoundException", f"Build not found: {request.parameters['id']}")
    build.stop()
    return {"build": build.description}


@codebuild.operation("ListBuildsForProject", resource=_by("projectName"))
def _list_builds_for_project(request: Request) -> dict[str, Any]:
    identifiers = list(find(_named(request, request.parameters["projectName"])).builds)
    newest_first = request.parameters.get("sortOrder", "DESCENDING") == "DESCENDING"
    return {"ids": identifiers[::-1] if newest_first else identifiers}


def _refuse_unsupported(project: CodeBuildProject, request: Request) -> None:
    """Refuse what a build here would leave out without a word."""
    ignored = sorted(request.parameters.keys() - _START_BUILD_PARAMETERS)
    if ignored:
        raise ServiceError("UnsupportedOperation", f"The emulator starts no build with {', '.join(ignored)}")
    if project.description["artifacts"]["type"] == "S3":
        raise ServiceError(
            "UnsupportedOperation", "The emulator uploads the artifacts of pipelines, none of type S3"
        )


def _find_build(request: Request, identifier: str) -> Build | None:
    build_id = _build_id(identifier)
    project = projects.find(*_named(request, build_id.partition(":")[0]))
    return project.builds.get(build_id) if project else None


def _describe(project: CodeBuildProject, request: Mapping[str, Any], initiator: str) -> dict[str, Any]:
    """Describe a build that has just been submitted, as BatchGetBuilds does."""
    described = project.description
    identifier = str(uuid.uuid4())
    source = dict(described["source"])
    if "buildspecOverride" in request:
        source["buildspec"] = request["buildspecOverride"]
    overrides = request.get("environmentVariablesOverride", [])
    overridden = {entry["name"] for entry in overrides}
    kept = [
        entry
        for entry in described["environment"].get("environmentVariables", [])
        if entry["name"] not in overridden
    ]
    account, region, name = project.name
    return {
        "id": f"{name}:{identifier}",
        "arn": f"arn:aws:codebuild:{region}:{account}:build/{name}:{identifier}",
        "buildNumber": len(project.builds) + 1,
        "startTime": time.time(),
        "currentPhase": "SUBMITTED",
        "buildStatus": "IN_PROGRESS",
        "buildComplete": False,
        "projectName": name,
        "phases": [],
        "source": source,
        "sourceVersion": request.get("sourceVersion", described.get("sourceVersion", "")),
        "artifacts": {"location": ""},
        "cache": described["cache"],
        "environment": described["environment"] | {"environmentVariables": [*kept, *overrides]},
        "serviceRole": described["serviceRole"],
        "timeoutInMinutes": request.get("timeoutInMinutesOverride", described["timeoutInMinutes"]),
        "queuedTimeoutInMinutes": described["queuedTimeoutInMinutes"],
        "initiator": initiator,
        "encryptionKey": request.get("encryptionKeyOverride", described["encryptionKey"]),
        "exportedEnvironmentVariables": [],
        "logs": _logs(project, identifier),
    }


def _logs(project: CodeBuildProject, identifier: str) -> dict[str, Any]:
    wanted = project.description.get("logsConfig", {}).get("cloudWatchLogs", {"status": "ENABLED"})
    if wanted["status"] == "DISABLED":
        return {"cloudWatchLogs": wanted}
    account, region, name = project.name
    group = wanted.get("groupName", f"/aws/codebuild/{name}")
    stream = f"{wanted['streamName']}/{identifier}" if "streamName" in wanted else identifier
    return {
        "groupName": group,
        "streamName": stream,
        "cloudWatchLogs": wanted,
        "cloudWatchLogsArn": f"arn:aws:logs:{region}:{account}:log-group:{group}:log-stream:{stream}",
    }
