"""The stage function as CodePipeline invokes it: what it reads, and what it answers."""

import json
from typing import Any

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import ClientError

from registry.functions.model_registry import clients
from registry.functions.model_registry.errors import RegistryError
from registry.functions.model_registry.stages import handler
from tests.registry.cloud import HUB, REGION, TEAM, Call, Cloud, Parameters, client, failure
from tests.registry.deploying import (
    EXECUTION,
    PIPELINE,
    PRODUCTION,
    content_of,
    ready_version,
    released_version,
    step,
)
from tests.registry.registry_stack import Template, resolve, resources
from tests.registry.versions import GROUP, ML_ENGINEER

ARN = f"arn:aws:sagemaker:{REGION}:{HUB}:model-package/{GROUP}/1"
GIVEN = {
    "task": "review",
    "model_package_arn": ARN,
    "account": PRODUCTION,
    "pipeline": PIPELINE,
    "execution": EXECUTION,
}
CORRECT = "correct the UserParameters of the action in the pipeline"


class Context(LambdaContext):
    """What Lambda tells a function about itself."""

    def __init__(self) -> None:
        self._function_name = "mlplatform-stages"
        self._memory_limit_in_mb = 256
        self._invoked_function_arn = f"arn:aws:lambda:{REGION}:{HUB}:function:mlplatform-stages"
        self._aws_request_id = "11111111-2222-4333-8444-555555555555"
        self._log_group_name = "Stages-Log"
        self._log_stream_name = "2026/11/21/1"


@pytest.fixture(autouse=True)
def function_environment(template: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment that the registry's template gives to the function."""
    (variables,) = (
        function["Properties"]["Environment"]["Variables"]
        for function in resources(template, "AWS::Lambda::Function").values()
        if function["Properties"].get("FunctionName") == "mlplatform-stages"
    )
    for name, value in variables.items():
        monkeypatch.setenv(name, resolve(value))
    # A reference to the bucket has its name once the stack is deployed.
    monkeypatch.setenv("REGISTRY_BUCKET", f"mlplatform-registry-{HUB}-{REGION}")
    for service in ("codepipeline", "ram", "s3", "sagemaker"):
        monkeypatch.setattr(clients, service, lambda service=service: client(service))
    handler.stages.cache_clear()
    handler.pipelines.cache_clear()


def job(parameters: Any, identifier: str = "job-1") -> dict[str, Any]:
    """An event of CodePipeline."""
    text = parameters if isinstance(parameters, str) else json.dumps(parameters)
    configuration = {"FunctionName": "mlplatform-stages", "UserParameters": text}
    return {
        "CodePipeline.job": {
            "id": identifier,
            "accountId": HUB,
            "data": {"actionConfiguration": {"configuration": configuration}, "inputArtifacts": []},
        }
    }


def invoke(cloud: Cloud, parameters: Any) -> Parameters:
    """Let CodePipeline invoke the function with a new job, and give the answer."""
    cloud.jobs["job-1"] = {}
    handler.handle(job(parameters), Context())
    return cloud.jobs["job-1"]


def test_a_task_succeeds_with_its_outputs(cloud: Cloud) -> None:
    assert ready_version(cloud) == ARN

    answer = invoke(cloud, GIVEN)

    assert set(answer) == {"executionDetails", "outputVariables"}
    assert set(answer["outputVariables"]) == {"Summary", "Link"}
    assert answer["executionDetails"]["summary"] == answer["outputVariables"]["Summary"]
    assert step(cloud, ARN) == ("QA", "PendingApproval")


def test_a_task_without_outputs_says_what_it_did(cloud: Cloud) -> None:
    ready_version(cloud)
    answer = invoke(cloud, {**GIVEN, "task": "admit"})
    assert answer["executionDetails"]["summary"].startswith(f"{ARN} is admitted to account {PRODUCTION}")
    assert answer["outputVariables"] == {}


def test_the_required_fields_are_those_of_the_catalog_file(cloud: Cloud) -> None:
    arn = released_version(cloud)
    content = content_of(cloud, arn)
    del content["training_details"]
    cloud.write_card(GROUP, content, "PendingReview")
    assert (
        "lacks training_details.training_job_details.training_arn ("
        in (invoke(cloud, GIVEN)["outputVariables"]["Summary"])
    )


WRONG: dict[str, tuple[Any, str]] = {
    "no parameters": (
        "",
        f"The parameters are not JSON (Expecting value: line 1 column 1 (char 0)): {CORRECT}.",
    ),
    "no JSON": (
        "task=test",
        f"The parameters are not JSON (Expecting value: line 1 column 1 (char 0)): {CORRECT}.",
    ),
    "no object": ([1], f"The parameters are [1] and not a JSON object: {CORRECT}."),
    **{
        f"no {name}": (
            {key: value for key, value in GIVEN.items() if key != name},
            f"The parameters have no text {name!r}: {CORRECT}.",
        )
        for name in GIVEN
    },
    "a number": ({**GIVEN, "execution": 7}, f"The parameters have no text 'execution': {CORRECT}."),
    "an empty text": ({**GIVEN, "pipeline": ""}, f"The parameters have no text 'pipeline': {CORRECT}."),
    "an unknown task": (
        {**GIVEN, "task": "deploy"},
        f"There is no task 'deploy', but test, review, admit, record: {CORRECT}.",
    ),
    "an account that is none": (
        {**GIVEN, "account": "production"},
        f"The account 'production' does not have twelve digits: {CORRECT}.",
    ),
    "no version of a group": (
        {**GIVEN, "model_package_arn": "none"},
        (
            "'none' is not the ARN of a version in a model package group: only versions that belong to a "
            "group are promoted and released."
        ),
    ),
    "a version of a team": (
        {**GIVEN, "model_package_arn": ARN.replace(HUB, TEAM)},
        (
            f"{ARN.replace(HUB, TEAM)} is not a version of the central registry in account {HUB}: deploy a "
            f"version from there, or {CORRECT}."
        ),
    ),
}


@pytest.mark.parametrize(("parameters", "sentence"), WRONG.values(), ids=list(WRONG))
def test_wrong_parameters_are_said_in_a_sentence(cloud: Cloud, parameters: Any, sentence: str) -> None:
    answer = invoke(cloud, parameters)
    assert answer == {"failureDetails": {"type": "ConfigurationError", "message": sentence}}
    assert cloud.calls == ["PutJobFailureResult"]


def test_a_refusal_is_said_in_its_sentence(cloud: Cloud) -> None:
    arn = ready_version(cloud)
    cloud.approve(arn, "Rejected", who=ML_ENGINEER)
    answer = invoke(cloud, GIVEN)
    assert answer["failureDetails"]["type"] == "JobFailed"
    assert answer["failureDetails"]["message"].startswith(f"{ARN} is Rejected and not Approved: ")


def test_a_version_that_is_gone_is_said(cloud: Cloud) -> None:
    answer = invoke(cloud, GIVEN)
    assert answer["failureDetails"]["message"] == f"{ARN} does not exist any more: deploy another version."


UNEXPECTED: dict[str, tuple[Exception, str]] = {
    "an error of AWS": (
        failure("DescribeModelPackage", "InternalFailure", "later", 500),
        (
            "ClientError: An error occurred (InternalFailure) when calling the DescribeModelPackage "
            "operation: later"
        ),
    ),
    "a defect": (KeyError("ModelPackageVersion"), "KeyError: 'ModelPackageVersion'"),
}


@pytest.mark.parametrize(("error", "words"), UNEXPECTED.values(), ids=list(UNEXPECTED))
def test_the_unexpected_names_the_log(cloud: Cloud, error: Exception, words: str) -> None:
    ready_version(cloud)

    def interfere(_number: int, operation: str, call: Call) -> Parameters:
        if operation == "DescribeModelPackage":
            raise error
        return call()

    cloud.interfere = interfere
    answer = invoke(cloud, GIVEN)

    assert answer["failureDetails"] == {
        "type": "JobFailed",
        "message": (
            f"The task review of {ARN} failed ({words}): see the log stream 2026/11/21/1 of Stages-Log, and "
            "retry the stage."
        ),
    }


def test_a_long_message_fits(cloud: Cloud) -> None:
    ready_version(cloud)

    def interfere(_number: int, operation: str, call: Call) -> Parameters:
        if operation == "DescribeModelPackage":
            raise RegistryError("long " * 2000)
        return call()

    cloud.interfere = interfere
    assert len(invoke(cloud, GIVEN)["failureDetails"]["message"]) == 5000


@pytest.mark.parametrize("task", ["admit", "deploy"])
def test_a_job_that_comes_twice_is_answered_once(cloud: Cloud, task: str) -> None:
    ready_version(cloud)
    answer = invoke(cloud, {**GIVEN, "task": task})

    handler.handle(job({**GIVEN, "task": task}), Context())

    assert cloud.jobs["job-1"] == answer


def test_a_job_that_nobody_waits_for_any_more_is_no_error(cloud: Cloud) -> None:
    ready_version(cloud)
    handler.handle(job(GIVEN, "forgotten"), Context())
    assert cloud.jobs == {}


@pytest.mark.parametrize(
    ("parameters", "operation"),
    [(GIVEN, "PutJobSuccessResult"), ({}, "PutJobFailureResult")],
    ids=["success", "failure"],
)
def test_an_answer_that_does_not_arrive_is_raised(cloud: Cloud, parameters: Any, operation: str) -> None:
    """Lambda then invokes the function again."""
    ready_version(cloud)
    cloud.denied.add(f"codepipeline:{operation}")
    with pytest.raises(ClientError, match=operation):
        invoke(cloud, parameters)
    cloud.denied.clear()

    assert invoke(cloud, parameters)


EVENTS: dict[str, Any] = {
    "an event of EventBridge": {"source": "aws.sagemaker", "detail": {}},
    "a job without an id": {"CodePipeline.job": {"data": {"actionConfiguration": {"configuration": {}}}}},
    "a job without data": {"CodePipeline.job": {"id": "job-1", "data": None}},
}


@pytest.mark.parametrize("event", EVENTS.values(), ids=list(EVENTS))
def test_another_event_than_a_job_is_refused(event: Any) -> None:
    with pytest.raises(
        RegistryError, match="is no job of CodePipeline: invoke the function by a Lambda action"
    ):
        handler.handle(event, Context())
