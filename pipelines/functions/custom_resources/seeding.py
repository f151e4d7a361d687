"""Answers CloudFormation for the seeding of a repository.

CloudFormation's request starts a build and takes the request along in a variable of the build. When the
build has ended, EventBridge sends its state here, and the answer goes to the address in that variable:
nothing waits or polls in between.

A request may arrive twice (`idempotencyToken`), as may the end of a build (CloudFormation takes the first
answer and ignores others), and deletion is always granted, because a repository is never deleted.
"""

import json
import os
from typing import Any

import boto3
from aws_lambda_powertools import Logger

from .answers import MAXIMUM_REASON, answer, identity

PROJECT = "SEEDING_PROJECT"
REQUEST = "CLOUDFORMATION_REQUEST"

logger = Logger(service="seeding")
codebuild = boto3.client("codebuild")


def handler(event: dict[str, Any], _context: object) -> None:
    """Start the build for a request of CloudFormation, or report its end.

    Args:
        event: A custom resource request, or a "CodeBuild Build State Change" event.

    Raises:
        ValueError: If the event is neither.
    """
    if "RequestType" in event:
        on_request(event)
    elif event.get("detail-type") == "CodeBuild Build State Change":
        on_build_end(event["detail"]["build-id"].rpartition("build/")[2])
    else:
        raise ValueError(
            "This function understands CloudFormation's requests and the state changes of CodeBuild builds, "
            f"and got neither: {sorted(event)}."
        )


def on_request(event: dict[str, Any]) -> None:
    """Start the build that seeds the repository; grant a deletion at once.

    Args:
        event: The request of CloudFormation.
    """
    if event["RequestType"] == "Delete":
        answer(event, physical_id=event["PhysicalResourceId"])
        return
    repository = event["ResourceProperties"]["RepositoryId"]
    request = identity(event) | {"PhysicalResourceId": repository}
    try:
        build = codebuild.start_build(
            projectName=os.environ[PROJECT],
            idempotencyToken=event["RequestId"],
            environmentVariablesOverride=[
                {"name": REQUEST, "value": json.dumps(request), "type": "PLAINTEXT"}
            ],
        )
    except Exception as error:
        logger.exception("The build did not start")
        answer(event, physical_id=repository, failure=f"The seeding of {repository} did not start: {error}")
    else:
        logger.info("Started the build", build=build["build"]["id"])


def on_build_end(build_id: str) -> None:
    """Tell CloudFormation how a build ended.

    Args:
        build_id: The id of a build of the seeding project.
    """
    (build,) = codebuild.batch_get_builds(ids=[build_id])["builds"]
    variables = {
        variable["name"]: variable["value"] for variable in build["environment"]["environmentVariables"]
    }
    if REQUEST not in variables:
        logger.info("A build that CloudFormation did not ask for needs no answer", build=build_id)
        return
    request = json.loads(variables[REQUEST])
    failure = "" if build["buildStatus"] == "SUCCEEDED" else reason(build, request)
    status = answer(request, physical_id=request["PhysicalResourceId"], failure=failure)
    logger.info("Answered CloudFormation", status=status, reason=failure)


def reason(build: dict[str, Any], request: dict[str, str]) -> str:
    """Say why a build failed, and where to read more.

    Args:
        build: The build as CodeBuild describes it.
        request: The request it was started for.
    """
    failed = [
        f"{phase['phaseType']}: {context['message']}"
        for phase in build.get("phases", ())
        if phase.get("phaseStatus", "SUCCEEDED") != "SUCCEEDED"
        for context in phase.get("contexts", ())
        if context.get("message")
    ]
    cause = "; ".join(failed) or f"the build ended as {build['buildStatus']}"
    log = f" Log: {build.get('logs', {}).get('deepLink', build['id'])}"
    # The link survives when the message is long.
    return (
        f"The seeding of {request['PhysicalResourceId']} failed. {cause}"[: MAXIMUM_REASON - len(log)] + log
    )
