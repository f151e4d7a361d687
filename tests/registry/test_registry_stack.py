"""The registry's template: its policies are evaluated, its rules matched, its gates passed."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import cfnlint.api
import pytest
from ministack.core.iam_evaluator import (
    EvalContext,
    evaluate,
    parse_policy_document,
)
from moto.events.models import EventPattern

from tests.registry.cloud import HUB, REGION, TEAM, state_change
from tests.registry.registry_stack import (
    BUCKET,
    NAMES,
    OBJECT,
    ORGANIZATION,
    SETTINGS,
    Template,
    asks,
    decided,
    only,
    resources,
)

RELEASE = NAMES.release_role


def test_no_finding_and_no_lint(synthesized: Path) -> None:
    matches = cfnlint.api.lint_file(synthesized, config=cfnlint.api.ManualArgs(regions=[REGION]))
    assert [str(match) for match in matches] == []


FORWARDING, BUS = NAMES.event_forwarding_role, NAMES.event_bus_arn

BUS_DECISIONS = {
    "an account of the organisation": (asks(FORWARDING, "events:PutEvents", BUS, account=TEAM), "Allow"),
    "another organisation": (
        asks(FORWARDING, "events:PutEvents", BUS, account=TEAM, organization="o-anotherone"),
        "ImplicitDeny",
    ),
    "another action": (asks(FORWARDING, "events:PutRule", BUS, account=TEAM), "ImplicitDeny"),
}


@pytest.mark.parametrize(("request_", "expected"), BUS_DECISIONS.values(), ids=list(BUS_DECISIONS))
def test_the_bus_policy(template: Template, request_: EvalContext, expected: str) -> None:
    policy = {"Statement": [only(template, "AWS::Events::EventBusPolicy")["Statement"]]}
    assert decided(policy, request_) == expected


# Roles.


CENTRAL = f"arn:aws:sagemaker:{REGION}:{HUB}:model-package/churn/1"
THEIRS = f"arn:aws:sagemaker:{REGION}:{TEAM}:model-package/churn/1"
DEFAULT_BUS = f"arn:aws:events:{REGION}:{HUB}:event-bus/default"
RELEASED = {"events:source": "mlplatform.registry", "events:detail-type": "Model Version Released"}
ML_ENGINEER, GOVERNANCE = NAMES.ml_engineer_role, NAMES.governance_officer_role

PROJECT = f"arn:aws:sagemaker:{REGION}:{HUB}:project/deploy"
PRODUCT = f"arn:aws:catalog:{REGION}:{HUB}:product/prod-1"
PIPELINE = f"arn:aws:codepipeline:{REGION}:{HUB}:deploy"
PRODUCTION = f"{PIPELINE}/ApproveProduction/ApproveProduction"
ANOTHER_APPROVAL = f"{PIPELINE}/ApproveTest/ApproveTest"
DEAD_LETTERS = f"arn:aws:sqs:{REGION}:{HUB}:{NAMES.promotion_dead_letters}"
ANOTHER_QUEUE = f"arn:aws:sqs:{REGION}:{HUB}:payroll"
FUNCTION = f"arn:aws:lambda:{REGION}:{HUB}:function:{NAMES.release_function}"
STAGES = f"arn:aws:lambda:{REGION}:{HUB}:function:{NAMES.stage_function}"
FORGED = {**RELEASED, "events:source": "custom.app"}
A_RECEIPT = {"sagemaker:CustomerMetadataProperties/receipt_sha256": "12ab"}
AN_APPROVAL = {"sagemaker:ModelApprovalStatus": "Approved"}
A_STAGE = {"sagemaker:ModelLifeCycle:Stage": "Production", "sagemaker:ModelLifeCycle:StageStatus": "Approved"}
A_RECEIPT = {"sagemaker:CustomerMetadataProperties/receipt_sha256": "12ab"}
AN_APPROVAL = {"sagemaker:ModelApprovalStatus": "Approved"}
A_STAGE = {"sagemaker:ModelLifeCycle:Stage": "Production", "sagemaker:ModelLifeCycle:StageStatus": "Approved"}

LINEAGE_READER = f"arn:aws:iam::{TEAM}:role/{NAMES.lineage_reader_role}"
OF_THE_ORGANIZATION = {"aws:ResourceOrgID": ORGANIZATION}
OF_ANOTHER = {"aws:ResourceOrgID": "o-another0001"}

CENTRAL_GROUP = f"arn:aws:sagemaker:{REGION}:{HUB}:model-package-group/churn"
PLATFORM_TAGS = {"aws:TagKeys": ["registers-directly", "source-account"]}

MAY = [
    asks(RELEASE, "sagemaker:DescribeModelPackage", CENTRAL),
    asks(RELEASE, "sagemaker:UpdateModelPackage", CENTRAL, keys=A_RECEIPT),
    asks(RELEASE, "sagemaker:UpdateModelPackage", CENTRAL, keys=A_RECEIPT),
    asks(RELEASE, "s3:PutObjectTagging", OBJECT),
    asks(RELEASE, "events:PutEvents", DEFAULT_BUS, keys=RELEASED),
    asks(ML_ENGINEER, "sagemaker:UpdateModelPackage", CENTRAL),
    asks(ML_ENGINEER, "sagemaker:CreateModelPackageGroup", CENTRAL_GROUP, keys=PLATFORM_TAGS),
    asks(ML_ENGINEER, "sagemaker:AddTags", CENTRAL_GROUP, keys=PLATFORM_TAGS),
    asks(ML_ENGINEER, "sagemaker:PutModelPackageGroupPolicy", CENTRAL_GROUP),
    asks(ML_ENGINEER, "sagemaker:CreateProject", PROJECT),
    asks(ML_ENGINEER, "servicecatalog:ProvisionProduct", PRODUCT),
    asks(ML_ENGINEER, "codepipeline:GetPipelineState", PIPELINE),
    asks(ML_ENGINEER, "s3:GetObject", OBJECT),
    asks(ML_ENGINEER, "s3:ListBucket", BUCKET, keys={"s3:prefix": f"models/{TEAM}/churn/1/decisions/"}),
    asks(GOVERNANCE, "s3:ListBucket", BUCKET, keys={"s3:prefix": f"registered/{TEAM}/p-1/decisions/"}),
    asks(GOVERNANCE, "s3:GetObject", f"{BUCKET}/registered/{TEAM}/p-1/version-1/receipt.json"),
    asks(ML_ENGINEER, "sqs:DeleteMessage", DEAD_LETTERS),
    asks(ML_ENGINEER, "lambda:InvokeFunction", FUNCTION),
    asks(GOVERNANCE, "codepipeline:PutApprovalResult", PRODUCTION),
    asks(GOVERNANCE, "codepipeline:GetPipelineState", PIPELINE),
    asks(GOVERNANCE, "sagemaker:DescribeModelPackage", CENTRAL),
    asks(GOVERNANCE, "sts:AssumeRole", LINEAGE_READER, keys=OF_THE_ORGANIZATION),
    asks(ML_ENGINEER, "sts:AssumeRole", LINEAGE_READER, keys=OF_THE_ORGANIZATION),
]
MAY_NOT = [
    asks(RELEASE, "sagemaker:UpdateModelPackage", CENTRAL, keys=AN_APPROVAL),
    asks(RELEASE, "sagemaker:UpdateModelPackage", CENTRAL, keys=A_STAGE),
    asks(RELEASE, "s3:PutObject", OBJECT),
    asks(RELEASE, "events:PutEvents", DEFAULT_BUS, keys=FORGED),
    asks(ML_ENGINEER, "sagemaker:UpdateModelPackage", THEIRS),
    asks(ML_ENGINEER, "sagemaker:AddTags", CENTRAL_GROUP, keys={"aws:TagKeys": ["cost-center"]}),
    asks(ML_ENGINEER, "sagemaker:DeleteModelPackageGroup", CENTRAL_GROUP),
    asks(ML_ENGINEER, "codepipeline:PutApprovalResult", PRODUCTION),
    asks(ML_ENGINEER, "s3:ListBucket", BUCKET),
    asks(ML_ENGINEER, "sqs:ReceiveMessage", ANOTHER_QUEUE),
    asks(ML_ENGINEER, "lambda:InvokeFunction", STAGES),
    asks(GOVERNANCE, "sqs:ReceiveMessage", DEAD_LETTERS),
    asks(GOVERNANCE, "lambda:InvokeFunction", FUNCTION),
    asks(GOVERNANCE, "codepipeline:PutApprovalResult", ANOTHER_APPROVAL),
    asks(GOVERNANCE, "sagemaker:UpdateModelPackage", CENTRAL),
    asks(GOVERNANCE, "sagemaker:CreateProject", PROJECT),
    asks(GOVERNANCE, "sagemaker:PutModelPackageGroupPolicy", CENTRAL_GROUP),
    asks(GOVERNANCE, "sts:AssumeRole", LINEAGE_READER, keys=OF_ANOTHER),
    asks(ML_ENGINEER, "sts:AssumeRole", f"{LINEAGE_READER}-2", keys=OF_THE_ORGANIZATION),
]
ROLE_DECISIONS = [
    pytest.param(
        request, expected, id=f"{request.principal_arn} {request.action} {request.resource_arn} {expected}"
    )
    for requests, expected in ((MAY, "Allow"), (MAY_NOT, "ImplicitDeny"))
    for request in requests
]


@pytest.mark.parametrize(("request_", "expected"), ROLE_DECISIONS)
def test_what_a_role_may_do(template: Template, request_: EvalContext, expected: str) -> None:
    (properties,) = (
        role["Properties"]
        for role in resources(template, "AWS::IAM::Role").values()
        if request_.principal_arn.endswith(f":role/{role['Properties']['RoleName']}")
    )
    policies = [parse_policy_document(policy["PolicyDocument"]) for policy in properties["Policies"]]
    assert evaluate(request_, policies).decision == expected


def test_people_come_from_the_account_itself_and_from_studio(template: Template) -> None:
    for role in resources(template, "AWS::IAM::Role").values():
        trusted = [
            statement["Principal"]
            for statement in role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        ]
        if role["Properties"]["RoleName"] in (ML_ENGINEER, GOVERNANCE):
            assert trusted == [
                {"AWS": f"arn:aws:iam::{HUB}:root"},
                {"Service": "sagemaker.amazonaws.com"},
            ]
        elif role["Properties"]["RoleName"] != NAMES.model_card_author_role:
            assert trusted == [{"Service": "lambda.amazonaws.com"}]


# Rules and failures.


@pytest.mark.parametrize(
    ("arn", "status", "promotes", "releases"),
    [
        pytest.param(THEIRS, "Approved", True, False, id="a team approves"),
        pytest.param(THEIRS, "Rejected", True, False, id="a team rejects"),
        pytest.param(THEIRS, "PendingManualApproval", False, False, id="a team registers"),
        pytest.param(CENTRAL, "Approved", False, True, id="the hub approves"),
        pytest.param(CENTRAL, "Rejected", False, True, id="the hub rejects"),
        pytest.param(CENTRAL, "PendingManualApproval", False, True, id="promotion registers"),
    ],
)
def test_the_central_registry_never_promotes_its_own_versions(
    template: Template, arn: str, status: str, promotes: bool, releases: bool
) -> None:
    event: Any = state_change(arn, status)
    started = {
        name: EventPattern.load(
            json.dumps(only(template, "AWS::Events::Rule", name)["EventPattern"])
        ).matches_event(event)
        for name in ("Promotion", "Release")
    }
    assert started == {"Promotion": promotes, "Release": releases}


def test_each_rule_listens_where_its_events_arrive(template: Template) -> None:
    bus = only(template, "AWS::Events::EventBus")["Name"]
    assert bus == NAMES.event_bus
    assert only(template, "AWS::Events::Rule", "Promotion")["EventBusName"].startswith("ApprovalsBus")
    assert only(template, "AWS::Events::Rule", "Release")["EventBusName"] == "default"


@pytest.mark.parametrize("name", ["Promotion", "Release"])
def test_failures_end_in_a_queue_and_tell_somebody(template: Template, name: str) -> None:
    queue = next(key for key in resources(template, "AWS::SQS::Queue") if key.startswith(name))
    retries = only(template, "AWS::Lambda::EventInvokeConfig", name)
    assert retries["MaximumRetryAttempts"] == 2
    assert retries["DestinationConfig"] == {"OnFailure": {"Destination": f"{queue}.Arn"}}
    (target,) = only(template, "AWS::Events::Rule", name)["Targets"]
    assert target["DeadLetterConfig"] == {"Arn": f"{queue}.Arn"}
    (topic,) = resources(template, "AWS::SNS::Topic")
    for kind in ("DeadLetters", "Errors"):
        alarm = only(template, "AWS::CloudWatch::Alarm", f"Alarms{name}{kind}")
        assert alarm["AlarmActions"] == [topic]
    told = only(template, "AWS::CloudWatch::Alarm", f"Alarms{name}DeadLetters")["AlarmDescription"]
    assert f"'catalog replay {name.lower()} --pretend'" in told
    assert only(template, "AWS::SQS::Queue", name)["QueueName"] in told
    assert only(template, "AWS::SNS::Subscription")["Endpoint"] == SETTINGS.portfolios.support_email


@pytest.mark.parametrize("name", ["Promotion", "Release"])
def test_the_handler_runs_from_the_archive_alone(
    synthesized: Path, template: Template, name: str, tmp_path: Path
) -> None:
    published = only(template, "AWS::Lambda::Function", name)
    module, _, function = published["Handler"].rpartition(".")
    with zipfile.ZipFile(synthesized.parent / f"asset.{published['Code']['S3Key']}") as archive:
        archive.extractall(tmp_path)
    check = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); "
        f"import aws_lambda_powertools, {module} as handler; "
        f"assert callable(handler.{function}); print(aws_lambda_powertools.__file__)"
    )
    # Isolated: neither this repository nor the environment's variables are in reach.
    result = subprocess.run([sys.executable, "-I", "-c", check], check=True, capture_output=True, text=True)
    assert result.stdout.startswith(str(tmp_path))


def test_no_action_holds_a_wildcard(template: Template) -> None:
    for role in resources(template, "AWS::IAM::Role").values():
        for policy in role["Properties"]["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                actions = statement["Action"]
                assert not any(
                    "*" in action for action in ([actions] if isinstance(actions, str) else actions)
                )
