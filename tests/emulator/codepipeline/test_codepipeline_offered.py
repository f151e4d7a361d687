"""Whoever asks CodePipeline for what the emulator does not offer gets one sentence, and no pipeline."""

import copy
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from emulator.codepipeline import offered
from emulator.core.service import NotOfferedError
from tests.emulator.support import Emulator
from tests.emulator.support_code import kind, source_action

RULE = {
    "name": "VariableCheck",
    "ruleTypeId": {"category": "Rule", "owner": "AWS", "provider": "VariableCheck", "version": "1"},
    "configuration": {"Variable": "#{codepipeline.PipelineExecutionId}", "Value": "none", "Operator": "NE"},
}
OFFERED: dict[str, Any] = {
    "name": "pipeline",
    "roleArn": "arn:aws:iam::111111111111:role/pipeline",
    "pipelineType": "V2",
    "artifactStore": {"type": "S3", "location": "bucket"},
    "stages": [
        {"name": "Source", "actions": [source_action("team")]},
        {
            "name": "Work",
            "beforeEntry": {"conditions": [{"result": "SKIP", "rules": [RULE]}]},
            "actions": [
                {
                    "name": "Build",
                    "actionTypeId": kind("Build", "CodeBuild"),
                    "configuration": {"ProjectName": "a", "EnvironmentVariables": "[]"},
                    "inputArtifacts": [{"name": "Code"}],
                },
                {
                    "name": "Deploy",
                    "actionTypeId": kind("Deploy", "CloudFormation"),
                    "configuration": {"ActionMode": "REPLACE_ON_FAILURE", "StackName": "a"},
                },
                {
                    "name": "Invoke",
                    "actionTypeId": kind("Invoke", "Lambda"),
                    "configuration": {"FunctionName": "a"},
                },
                {
                    "name": "Approve",
                    "actionTypeId": kind("Approval", "Manual"),
                    "configuration": {"CustomData": "a"},
                },
            ],
        },
    ],
}
Change = Callable[[dict[str, Any]], Any]


def stage(**more: Any) -> Change:
    """Add properties to the second stage."""
    return lambda definition: definition["stages"][1].update(more)


def condition(**more: Any) -> Change:
    """Change its condition."""
    return lambda definition: definition["stages"][1]["beforeEntry"]["conditions"][0].update(more)


def action(name: str, **more: Any) -> Change:
    """Add properties to an action."""

    def change(definition: dict[str, Any]) -> None:
        actions = [each for one in definition["stages"] for each in one["actions"]]
        next(each for each in actions if each["name"] == name).update(more)

    return change


def configured(name: str, **more: str) -> Change:
    """Add to the configuration of an action."""

    def change(definition: dict[str, Any]) -> None:
        actions = [each for one in definition["stages"] for each in one["actions"]]
        next(each for each in actions if each["name"] == name)["configuration"].update(more)

    return change


def test_accepts_what_it_offers() -> None:
    offered.check(OFFERED)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda each: each.update(pipelineType="V1"), "pipelines of type V1"),
        (lambda each: each.pop("pipelineType"), "pipelines of type V1"),
        (lambda each: each.update(executionMode="QUEUED"), "the execution mode QUEUED"),
        (lambda each: each.update(executionMode="PARALLEL"), "the execution mode PARALLEL"),
        (lambda each: each.update(artifactStores={}), "artifactStores of pipelines"),
        (lambda each: each.update(triggers=[]), "triggers of pipelines"),
        (stage(onSuccess={}), "onSuccess of stages"),
        (stage(onFailure={}), "onFailure of stages"),
        (stage(blockers=[]), "blockers of stages"),
        (condition(result="FAIL"), "conditions with the result FAIL"),
        (condition(rules=[{**RULE, "ruleTypeId": {"provider": "LambdaInvoke"}}]), "rules of LambdaInvoke"),
        *(
            (condition(rules=[{**RULE, "configuration": {"Operator": operator}}]), sentence)
            for operator, sentence in (
                (operator, f"the operator {operator} of VariableCheck")
                for operator in ("EQ", "CONTAINS", "MATCHES")
            )
        ),
        (action("Build", region="eu-central-1"), "region of actions"),
        (action("Approve", timeoutInMinutes=5), "timeoutInMinutes of actions"),
        (action("Source", actionTypeId=kind("Source", "S3")), "Source actions of S3"),
        (action("Build", actionTypeId=kind("Test", "CodeBuild")), "Test actions of CodeBuild"),
        (configured("Build", PrimarySource="a"), "PrimarySource of Build actions of CodeBuild"),
        (action("Build", inputArtifacts=["a", "b"]), "several input artifacts of Build actions of CodeBuild"),
        (
            configured("Deploy", ParameterOverrides="{}"),
            "ParameterOverrides of Deploy actions of CloudFormation",
        ),
        (
            configured("Deploy", ActionMode="CHANGE_SET_REPLACE"),
            "ActionMode CHANGE_SET_REPLACE of Deploy actions of CloudFormation",
        ),
        (action("Invoke", inputArtifacts=[{"name": "Code"}]), "artifacts of Invoke actions of Lambda"),
        (configured("Approve", NotificationArn="a"), "NotificationArn of Approval actions of Manual"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_says_what_it_does_not_offer(change: Change, what: str) -> None:
    definition = copy.deepcopy(OFFERED)
    change(definition)
    with pytest.raises(NotOfferedError) as refused:
        offered.check(definition)
    assert refused.value.code == "UnsupportedOperation"
    assert str(refused.value) == f"The emulator does not offer {what}; AWS does."


def test_whoever_asks_for_it_gets_the_sentence_and_no_pipeline(emulator: Emulator) -> None:
    codepipeline, name = emulator.client("codepipeline"), f"queued-{uuid.uuid4().hex[:8]}"
    with pytest.raises(ClientError, match="does not offer the execution mode QUEUED; AWS does"):
        codepipeline.create_pipeline(pipeline={**OFFERED, "name": name, "executionMode": "QUEUED"})
    assert name not in [each["name"] for each in codepipeline.list_pipelines()["pipelines"]]


def test_a_job_that_goes_on_is_not_offered(emulator: Emulator) -> None:
    codepipeline = emulator.client("codepipeline")
    with pytest.raises(ClientError, match=r"does not offer jobs that go on \(continuationToken\); AWS does"):
        codepipeline.put_job_success_result(jobId=str(uuid.uuid4()), continuationToken="1")
