"""The Lambda action: what the function is given, how its answer ends the action, and who may do what."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from emulator.codepipeline import lambda_action as codepipeline_lambda
from emulator.codepipeline.actions import ActionFailedError, ActionRun
from tests.emulator.support import Emulator, Statement, allow, trust
from tests.emulator.support_code import kind, repository_of, source_action, until, zipped

ANSWERS = ("codepipeline:PutJobSuccessResult", "codepipeline:PutJobFailureResult")

# What the function does is in its user parameters: the answer that it gives.
SOURCE = """
import json
import boto3

def handler(event, context):
    job = event["CodePipeline.job"]
    data = job["data"]
    parameters = json.loads(data["actionConfiguration"]["configuration"]["UserParameters"])
    operation, answer = parameters["answer"]
    if operation == "echo":
        operation, answer = "put_job_success_result", {"outputVariables": {"Event": json.dumps(job)}}
    try:
        getattr(boto3.client("codepipeline"), operation)(jobId=job["id"], **answer)
    except Exception as refused:
        boto3.client("ssm").put_parameter(Name=parameters["refused"], Value=str(refused), Type="String")
        raise
"""


@dataclass
class Invocations:
    """Pipelines whose second stage invokes a function."""

    emulator: Emulator
    bucket: str
    repository: str
    function: str

    @property
    def codepipeline(self) -> Any:
        return self.emulator.client("codepipeline")

    def role(self, *statements: Statement) -> str:
        """Create the role of a pipeline; with `statements` in place of the permission to invoke."""
        return self.emulator.role(
            allow(["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{self.bucket}/*"),
            allow("codecommit:*"),
            *(statements or [allow("lambda:InvokeFunction", self.function)]),
            trusting=trust(Service="codepipeline.amazonaws.com"),
        )

    def invoke(self, answer: tuple[str, Mapping[str, Any]], **more: Any) -> dict[str, Any]:
        """An action that invokes the function, which gives this answer."""
        parameters = {"answer": answer, "refused": "unused", **more.pop("parameters", {})}
        name = self.function.rpartition(":")[2]
        return {
            "name": "Invoke",
            "actionTypeId": kind("Invoke", "Lambda"),
            "namespace": "Invoke",
            "configuration": {"FunctionName": name, "UserParameters": json.dumps(parameters)},
            **more,
        }

    def start(self, *actions: Mapping[str, Any], role: str | None = None) -> str:
        """Create a pipeline with these actions in one stage and return its name."""
        name = f"invoke-{uuid.uuid4().hex[:8]}"
        self.codepipeline.create_pipeline(
            pipeline={
                "name": name,
                "roleArn": role or self.role(),
                "pipelineType": "V2",
                "artifactStore": {"type": "S3", "location": self.bucket},
                "stages": [
                    {"name": "Source", "actions": [source_action(self.repository)]},
                    {"name": "Stages", "actions": actions},
                ],
            }
        )
        return name

    def run(self, *actions: Mapping[str, Any], role: str | None = None) -> dict[str, dict[str, Any]]:
        """Run a pipeline to its end and return its actions by their name."""
        name = self.start(*actions, role=role)
        until(
            lambda: self.codepipeline.list_pipeline_executions(pipelineName=name)[
                "pipelineExecutionSummaries"
            ][0]["status"],
            lambda status: status != "InProgress",
        )
        details = self.codepipeline.list_action_executions(pipelineName=name)["actionExecutionDetails"]
        return {each["actionName"]: each for each in details}

    def state(self, pipeline: str, action: str) -> dict[str, Any]:
        """Return what GetPipelineState says of an action of the second stage."""
        actions = self.codepipeline.get_pipeline_state(name=pipeline)["stageStates"][1]["actionStates"]
        return next(each for each in actions if each["actionName"] == action)


@pytest.fixture(scope="module")
def invocations(emulator: Emulator) -> Invocations:
    bucket = f"invocations-{uuid.uuid4().hex[:8]}"
    emulator.client("s3").create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": emulator.region}
    )
    repository = repository_of(emulator, {"file": "content"})
    return Invocations(emulator, bucket, repository, function(emulator, allow(ANSWERS)))


def function(emulator: Emulator, *statements: Statement) -> str:
    """Create the function with these permissions and return its ARN."""
    arn: str = emulator.client("lambda").create_function(
        FunctionName=f"worker-{uuid.uuid4().hex[:8]}",
        Runtime="python3.13",
        Handler="index.handler",
        Role=emulator.role(*statements, trusting=trust(Service="lambda.amazonaws.com")),
        Code={"ZipFile": zipped({"index.py": SOURCE})},
    )["FunctionArn"]
    return arn


def succeed(**outputs: str) -> tuple[str, dict[str, Any]]:
    return "put_job_success_result", {"outputVariables": outputs}


def fail(message: str, kind: str = "JobFailed") -> tuple[str, dict[str, Any]]:
    return "put_job_failure_result", {"failureDetails": {"type": kind, "message": message}}


def test_a_function_is_given_its_configuration_with_variables_resolved(invocations: Invocations) -> None:
    asks = {"execution": "#{codepipeline.PipelineExecutionId}", "key": "#{Source.RepositoryName}"}

    done = invocations.run(invocations.invoke(("echo", {}), parameters=asks))

    job = json.loads(done["Invoke"]["output"]["outputVariables"]["Event"])
    assert job["accountId"] == invocations.emulator.development
    configuration = job["data"]["actionConfiguration"]["configuration"]
    assert configuration["FunctionName"] == invocations.function.rpartition(":")[2]
    given = json.loads(configuration["UserParameters"])
    assert given["execution"] == done["Invoke"]["pipelineExecutionId"]
    assert given["key"] == invocations.repository


def test_output_variables_reach_the_approval_that_follows(invocations: Invocations) -> None:
    approve = {
        "name": "Approve",
        "actionTypeId": kind("Approval", "Manual"),
        "runOrder": 2,
        "configuration": {
            "CustomData": "#{Invoke.Summary}",
            "ExternalEntityLink": "https://example.com/#{Invoke.Path}",
        },
    }
    review = invocations.invoke(succeed(Summary="2 better, 1 worse", Path="receipt"), runOrder=1)
    # The definition's order is not the order of the run.
    pipeline = invocations.start(approve, review)
    waiting = until(
        lambda: invocations.state(pipeline, "Approve"),
        lambda state: "token" in state.get("latestExecution", {}),
    )
    assert waiting["entityUrl"] == "https://example.com/receipt"

    invocations.codepipeline.put_approval_result(
        pipelineName=pipeline,
        stageName="Stages",
        actionName="Approve",
        token=waiting["latestExecution"]["token"],
        result={"status": "Approved", "summary": "Better where it matters"},
    )

    until(
        lambda: invocations.state(pipeline, "Approve")["latestExecution"]["status"],
        lambda status: status == "Succeeded",
    )
    by = invocations.emulator.client("sts").get_caller_identity()["Arn"]
    state = invocations.state(pipeline, "Approve")["latestExecution"]
    assert (state["lastUpdatedBy"], state["summary"]) == (by, "Better where it matters")
    details = invocations.codepipeline.list_action_executions(pipelineName=pipeline)["actionExecutionDetails"]
    approved = next(each for each in details if each["actionName"] == "Approve")
    assert approved["updatedBy"] == by
    assert approved["output"]["executionResult"]["externalExecutionSummary"] == "Better where it matters"
    assert approved["input"]["configuration"] == approve["configuration"]
    assert approved["input"]["resolvedConfiguration"] == {
        "CustomData": "2 better, 1 worse",
        "ExternalEntityLink": "https://example.com/receipt",
    }


def test_a_function_tells_what_it_did(invocations: Invocations) -> None:
    details = {"summary": "Copied", "externalExecutionId": "copy-1"}
    told = ("put_job_success_result", {"executionDetails": details, "outputVariables": {"Parts": "2"}})

    done = invocations.run(invocations.invoke(told))

    assert done["Invoke"]["output"]["outputVariables"] == {"Parts": "2"}
    result = done["Invoke"]["output"]["executionResult"]
    assert (result["externalExecutionId"], result["externalExecutionSummary"]) == ("copy-1", "Copied")


@pytest.mark.parametrize("code", ["JobFailed", "ConfigurationError"])
def test_a_failure_is_the_error_of_the_action(code: str, invocations: Invocations) -> None:
    later = invocations.invoke(succeed(), name="Later", namespace="Later", runOrder=2)

    done = invocations.run(invocations.invoke(fail("The card is not approved.", code)), later)

    assert done["Invoke"]["status"] == "Failed"
    error = {"code": code, "message": "The card is not approved."}
    assert done["Invoke"]["output"]["executionResult"]["errorDetails"] == error
    assert "Later" not in done


def test_a_role_that_may_not_invoke_fails_the_action(invocations: Invocations) -> None:
    role = invocations.role(allow("lambda:InvokeFunction", f"{invocations.function}-other"))

    done = invocations.run(invocations.invoke(succeed()), role=role)

    error = done["Invoke"]["output"]["executionResult"]["errorDetails"]
    assert error["code"] == "PermissionError"
    assert "not authorized to perform: lambda:InvokeFunction" in error["message"]


def test_a_function_that_does_not_exist_fails_the_action(invocations: Invocations) -> None:
    role = invocations.role(allow("lambda:InvokeFunction"))
    action = invocations.invoke(succeed())
    action["configuration"]["FunctionName"] = "nobody"

    done = invocations.run(action, role=role)

    assert "Function not found" in done["Invoke"]["output"]["executionResult"]["errorDetails"]["message"]


@pytest.mark.parametrize(
    ("answer", "granted", "missing"),
    [
        pytest.param(succeed(), ANSWERS[1], ANSWERS[0], id="success"),
        pytest.param(fail("No."), ANSWERS[0], ANSWERS[1], id="failure"),
    ],
)
def test_a_function_that_may_not_answer_leaves_the_action_waiting(
    answer: tuple[str, Mapping[str, Any]], granted: str, missing: str, invocations: Invocations
) -> None:
    emulator, refused = invocations.emulator, f"refused-{uuid.uuid4().hex[:8]}"
    other = Invocations(
        emulator,
        invocations.bucket,
        invocations.repository,
        function(emulator, allow([granted, "ssm:PutParameter"])),
    )

    pipeline = other.start(other.invoke(answer, parameters={"refused": refused}))

    ssm = emulator.client("ssm")
    told = until(lambda: ssm.get_parameters(Names=[refused])["Parameters"], bool)[0]["Value"]
    assert f"not authorized to perform: {missing}" in told
    assert other.state(pipeline, "Invoke")["latestExecution"]["status"] == "InProgress"
    other.codepipeline.delete_pipeline(name=pipeline)


@pytest.mark.parametrize("account", ["development", "test"])
def test_an_answer_needs_a_job_of_the_account(account: str, emulator: Emulator) -> None:
    client = emulator.client("codepipeline", account=getattr(emulator, account))
    with pytest.raises(ClientError, match="JobNotFoundException"):
        client.put_job_success_result(jobId=str(uuid.uuid4()))


class SilentFunction:
    """A client of Lambda whose function never answers."""

    def invoke(self, **_: Any) -> dict[str, Any]:
        return {"ResponseMetadata": {}}


def test_silence_ends_the_action_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codepipeline_lambda, "ANSWER_SECONDS", 0)
    monkeypatch.setattr(ActionRun, "client", lambda *_: SilentFunction())
    run = ActionRun(
        pipeline="deploy",
        definition={},
        configuration={"FunctionName": "stages"},
        credentials={},
        account="111122223333",
        region="eu-west-1",
        store={},
        inputs={},
        outputs={},
        revisions={},
        abandoned=lambda: False,
        tell=lambda *_: None,
    )

    with pytest.raises(ActionFailedError, match=r"stages failed to return a result within 0 minutes\. Check"):
        codepipeline_lambda.run_lambda(run)
