"""The function that responds to CloudFormation for the seeding of a repository."""

import importlib
import json
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from tests.pipelines.answering import STACK, CloudFormation, listening

PROJECT = "mlplatform-seeding-p-1"
BUILD_ID = f"{PROJECT}:0a1b2c3d"
LOG = "https://console.aws.amazon.com/cloudwatch/home#logEvent:group=seeding"


@pytest.fixture
def cloudformation() -> Iterator[CloudFormation]:
    properties = {"ServiceToken": "arn", "RepositoryId": "team/churn", "Branch": "main"}
    with listening("Seed", properties) as received:
        yield received


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("SEEDING_PROJECT", PROJECT)
    return importlib.reload(importlib.import_module("pipelines.functions.custom_resources.seeding"))


@pytest.fixture
def codebuild(app: ModuleType) -> Iterator[Stubber]:
    with Stubber(app.codebuild) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def expect_start(codebuild: Stubber, token: str = "request-1") -> None:
    codebuild.add_response(
        "start_build",
        {"build": {"id": BUILD_ID}},
        {"projectName": PROJECT, "idempotencyToken": token, "environmentVariablesOverride": ANY},
    )


def carried(cloudformation: CloudFormation) -> str:
    """The request as the build carries it."""
    event = cloudformation.request("Create")
    request = {key: event[key] for key in ("ResponseURL", "StackId", "RequestId", "LogicalResourceId")}
    return json.dumps(request | {"PhysicalResourceId": "team/churn"})


def expect_build(codebuild: Stubber, status: str, request: str | None, **more: Any) -> None:
    variables = [{"name": "BRANCH", "value": "main"}]
    if request is not None:
        variables.append({"name": "CLOUDFORMATION_REQUEST", "value": request})
    build = {
        "id": BUILD_ID,
        "buildStatus": status,
        "environment": {
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/standard:8.0",
            "computeType": "BUILD_GENERAL1_SMALL",
            "environmentVariables": variables,
        },
        "logs": {"deepLink": LOG},
    } | more
    codebuild.add_response("batch_get_builds", {"builds": [build]}, {"ids": [BUILD_ID]})


def ended(status: str) -> dict[str, Any]:
    """The event, as https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications.html."""
    return {
        "source": "aws.codebuild",
        "detail-type": "CodeBuild Build State Change",
        "detail": {
            "build-status": status,
            "project-name": PROJECT,
            "build-id": f"arn:aws:codebuild:eu-west-1:333333333333:build/{BUILD_ID}",
        },
    }


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_a_request_starts_the_build_and_is_not_answered_yet(
    app: ModuleType, codebuild: Stubber, cloudformation: CloudFormation, kind: str
) -> None:
    given: list[dict[str, Any]] = []
    app.codebuild.meta.events.register(
        "provide-client-params.codebuild.StartBuild", lambda params, **_: given.append(params)
    )
    expect_start(codebuild)
    app.handler(cloudformation.request(kind), None)
    assert cloudformation.answers == []
    (variable,) = given[0]["environmentVariablesOverride"]
    assert (variable["name"], variable["value"]) == ("CLOUDFORMATION_REQUEST", carried(cloudformation))


def test_a_repeated_request_carries_the_same_token(
    app: ModuleType, codebuild: Stubber, cloudformation: CloudFormation
) -> None:
    expect_start(codebuild)
    expect_start(codebuild)
    app.handler(cloudformation.request("Create"), None)
    app.handler(cloudformation.request("Create"), None)
    assert cloudformation.answers == []


def test_a_deletion_is_granted_at_once_and_deletes_nothing(
    app: ModuleType, codebuild: Stubber, cloudformation: CloudFormation
) -> None:
    app.handler(cloudformation.request("Delete", PhysicalResourceId="team/former-name"), None)
    assert cloudformation.answers == [
        {
            "StackId": STACK,
            "RequestId": "request-1",
            "LogicalResourceId": "Seed",
            "PhysicalResourceId": "team/former-name",
            "Status": "SUCCESS",
            "Reason": "",
        }
    ]


def test_a_build_that_cannot_start_fails_the_stack_with_the_reason(
    app: ModuleType, codebuild: Stubber, cloudformation: CloudFormation
) -> None:
    codebuild.add_client_error(
        "start_build", "AccountLimitExceededException", "Cannot have more than 60 builds"
    )
    app.handler(cloudformation.request("Create"), None)
    (answer,) = cloudformation.answers
    assert answer["Status"] == "FAILED"
    assert "team/churn did not start" in answer["Reason"]
    assert "Cannot have more than 60 builds" in answer["Reason"]


def test_success_is_reported_and_a_duplicate_reports_the_same(
    app: ModuleType, codebuild: Stubber, cloudformation: CloudFormation
) -> None:
    for _ in range(2):
        expect_build(codebuild, "SUCCEEDED", carried(cloudformation))
        app.handler(ended("SUCCEEDED"), None)
    first, second = cloudformation.answers
    assert first == second
    assert (first["Status"], first["PhysicalResourceId"]) == ("SUCCESS", "team/churn")


PUSH = "Error while executing command: git push. Reason: exit status 128"
FAILURES: dict[str, tuple[str, list[dict[str, Any]], str]] = {
    "failed-phase": (
        "FAILED",
        [
            {"phaseType": "DOWNLOAD_SOURCE", "phaseStatus": "SUCCEEDED", "contexts": [{"message": ""}]},
            {"phaseType": "BUILD", "phaseStatus": "FAILED", "contexts": [{"message": PUSH}]},
            {"phaseType": "COMPLETED"},
        ],
        f"BUILD: {PUSH}",
    ),
    "no-message": (
        "FAILED",
        [{"phaseType": "BUILD", "phaseStatus": "FAILED", "contexts": [{}]}],
        "ended as FAILED",
    ),
    "stopped": ("STOPPED", [{"phaseType": "BUILD", "phaseStatus": "STOPPED"}], "the build ended as STOPPED"),
    "timed-out": ("TIMED_OUT", [], "the build ended as TIMED_OUT"),
    "fault": ("FAULT", [], "the build ended as FAULT"),
    "long-message": (
        "FAILED",
        [{"phaseType": "BUILD", "phaseStatus": "FAILED", "contexts": [{"message": "x" * 5000}]}],
        "BUILD: xxx",
    ),
}


@pytest.mark.parametrize("case", FAILURES.values(), ids=FAILURES)
def test_a_failed_build_fails_the_stack_with_its_reason(
    app: ModuleType,
    codebuild: Stubber,
    cloudformation: CloudFormation,
    case: tuple[str, list[dict[str, Any]], str],
) -> None:
    status, phases, cause = case
    expect_build(codebuild, status, carried(cloudformation), phases=phases)
    app.handler(ended(status), None)
    (answer,) = cloudformation.answers
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("The seeding of team/churn failed. ")
    assert cause in answer["Reason"]
    assert answer["Reason"].endswith(f"Log: {LOG}")


def test_a_build_started_by_hand_is_not_answered(
    app: ModuleType, codebuild: Stubber, cloudformation: CloudFormation
) -> None:
    expect_build(codebuild, "FAILED", None)
    app.handler(ended("FAILED"), None)
    assert cloudformation.answers == []


def test_an_answer_that_does_not_arrive_is_an_error_and_tried_again(
    app: ModuleType, codebuild: Stubber, cloudformation: CloudFormation
) -> None:
    cloudformation.status = 503
    expect_build(codebuild, "SUCCEEDED", carried(cloudformation))
    with pytest.raises(OSError, match="503"):
        app.handler(ended("SUCCEEDED"), None)
    cloudformation.status = 200
    expect_build(codebuild, "SUCCEEDED", carried(cloudformation))
    app.handler(ended("SUCCEEDED"), None)
    assert cloudformation.answers[-1]["Status"] == "SUCCESS"


@pytest.mark.parametrize(
    "event",
    [{}, {"detail-type": "CodePipeline Pipeline Execution State Change", "detail": {}}, {"Records": []}],
    ids=["empty", "other-event", "other-source"],
)
def test_an_unknown_event_is_refused(app: ModuleType, codebuild: Stubber, event: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="got neither"):
        app.handler(event, None)
