"""The stage function in the registry's template: what its role may do, and what surrounds it."""

from typing import Any

import pytest
from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document

from tests.registry.cloud import HUB, REGION, TEAM
from tests.registry.registry_stack import BUCKET, NAMES, OBJECT, Template, asks, only, resources

STAGES = NAMES.stage_role
CENTRAL = f"arn:aws:sagemaker:{REGION}:{HUB}:model-package/churn/1"
THEIRS = f"arn:aws:sagemaker:{REGION}:{TEAM}:model-package/churn/1"
GROUP = f"arn:aws:sagemaker:{REGION}:{HUB}:model-package-group/churn"
CARD = f"arn:aws:sagemaker:{REGION}:{HUB}:model-card/churn"
PIPELINE = f"arn:aws:codepipeline:{REGION}:{HUB}:churn-deploy"
FOLDER = OBJECT.rpartition("/")[0]
DIRECT = f"{BUCKET}/registered/{TEAM}/p-1/run-1/version-1"

UPDATE = "sagemaker:UpdateModelPackage"
IN_PRODUCTION = {
    "sagemaker:ModelLifeCycle:Stage": "Production",
    "sagemaker:ModelLifeCycle:StageStatus": "Approved",
}

MAY = {
    "answer a pipeline": asks(STAGES, "codepipeline:PutJobSuccessResult", "*"),
    "fail an action": asks(STAGES, "codepipeline:PutJobFailureResult", "*"),
    "see who approved production": asks(STAGES, "codepipeline:ListActionExecutions", PIPELINE),
    "look at a version": asks(STAGES, "sagemaker:DescribeModelPackage", CENTRAL),
    "list versions": asks(STAGES, "sagemaker:ListModelPackages", GROUP),
    "move a version on": asks(STAGES, UPDATE, CENTRAL, keys=IN_PRODUCTION),
    "read a card": asks(STAGES, "sagemaker:DescribeModelCard", CARD),
    "read a receipt": asks(STAGES, "s3:GetObject", f"{FOLDER}/receipt.json"),
    "admit an artifact": asks(STAGES, "s3:PutObjectTagging", OBJECT),
    "record a test": asks(STAGES, "s3:PutObject", f"{FOLDER}/decisions/test-1.json"),
    "record an approval": asks(STAGES, "s3:PutObject", f"{FOLDER}/decisions/production-approval-1.json"),
    "record production": asks(STAGES, "s3:PutObject", f"{DIRECT}/decisions/production-1.json"),
}
MAY_NOT = {
    "approve a version": asks(
        STAGES, UPDATE, CENTRAL, keys={**IN_PRODUCTION, "sagemaker:ModelApprovalStatus": "Approved"}
    ),
    "exchange a receipt": asks(
        STAGES,
        UPDATE,
        CENTRAL,
        keys={**IN_PRODUCTION, "sagemaker:CustomerMetadataProperties/receipt_sha256": "12"},
    ),
    "remove metadata": asks(
        STAGES,
        UPDATE,
        CENTRAL,
        keys={**IN_PRODUCTION, "sagemaker:CustomerMetadataPropertiesToRemove": ["receipt_uri"]},
    ),
    "use another stage": asks(
        STAGES, UPDATE, CENTRAL, keys={**IN_PRODUCTION, "sagemaker:ModelLifeCycle:Stage": "Development"}
    ),
    "change something else of a version": asks(STAGES, UPDATE, CENTRAL),
    "change a team's version": asks(STAGES, UPDATE, THEIRS, keys=IN_PRODUCTION),
    "register a version": asks(STAGES, "sagemaker:CreateModelPackage", CENTRAL),
    "write a card": asks(STAGES, "sagemaker:UpdateModelCard", CARD),
    "approve production": asks(STAGES, "codepipeline:PutApprovalResult", f"{PIPELINE}/A/A"),
    "start a pipeline": asks(STAGES, "codepipeline:StartPipelineExecution", PIPELINE),
    "write an artifact": asks(STAGES, "s3:PutObject", OBJECT),
    "write a receipt": asks(STAGES, "s3:PutObject", f"{FOLDER}/receipt.json"),
    "record a card's approval": asks(STAGES, "s3:PutObject", f"{FOLDER}/decisions/card-approval-1.json"),
    "record a central approval": asks(STAGES, "s3:PutObject", f"{FOLDER}/decisions/central-approval-1.json"),
    "delete a record": asks(STAGES, "s3:DeleteObject", f"{FOLDER}/decisions/test-1.json"),
    "read another bucket": asks(STAGES, "s3:GetObject", f"arn:aws:s3:::payroll-{HUB}/2026"),
}


def decision(template: Template, request: EvalContext) -> str:
    """What the role's own policies say to a request."""
    (properties,) = (
        role["Properties"]
        for role in resources(template, "AWS::IAM::Role").values()
        if role["Properties"]["RoleName"] == STAGES
    )
    policies = [parse_policy_document(policy["PolicyDocument"]) for policy in properties["Policies"]]
    answer: str = evaluate(request, policies).decision
    return answer


@pytest.mark.parametrize("request_", MAY.values(), ids=list(MAY))
def test_what_the_role_may_do(template: Template, request_: EvalContext) -> None:
    assert decision(template, request_) == "Allow"


@pytest.mark.parametrize("request_", MAY_NOT.values(), ids=list(MAY_NOT))
def test_what_the_role_may_not_do(template: Template, request_: EvalContext) -> None:
    assert decision(template, request_) == "ImplicitDeny"


def test_pipelines_know_the_function_by_its_name(template: Template) -> None:
    function: Any = only(template, "AWS::Lambda::Function", "StagesFunction")
    assert function["FunctionName"] == NAMES.stage_function
    assert function["Handler"] == "model_registry.stages.handler.handle"
    assert function["Environment"]["Variables"]["OFFICER_ROLE"] == NAMES.governance_officer_role


def test_nobody_of_another_account_may_invoke_it(template: Template) -> None:
    permitted = [
        permission["Properties"]["FunctionName"]
        for permission in resources(template, "AWS::Lambda::Permission").values()
    ]
    assert permitted
    assert not any("Stages" in str(function) for function in permitted)


def test_a_pipeline_that_gets_no_answer_raises_an_alarm(template: Template) -> None:
    alarm: Any = only(template, "AWS::CloudWatch::Alarm", "AlarmsStagesErrors")
    assert (alarm["MetricName"], alarm["Threshold"]) == ("Errors", 1)
    assert alarm["AlarmActions"]
