"""The registry's template: its policies are evaluated, its rules matched, its gates passed."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import embedded_node  # noqa: F401  # isort: skip  (before aws_cdk)
import aws_cdk as cdk
import cdk_nag
import cfnlint.api
import pytest
from ministack.core.iam_evaluator import (
    EvalContext,
    evaluate,
    evaluate_resource_policy,
    parse_policy_document,
)
from moto.events.models import EventPattern

import settings
from registry.stack import RegistryStack
from tests.registry.cloud import HUB, REGION, REGISTRY_BUCKET, TEAM, state_change

SETTINGS = settings.load()
NAMES = SETTINGS.names
TEST = SETTINGS.accounts.test
ORGANIZATION = SETTINGS.organization.id

Template = dict[str, Any]
ATTRIBUTES = {
    "StorageBucket": f"arn:aws:s3:::{REGISTRY_BUCKET}",
    "StorageKey": f"arn:aws:kms:{REGION}:{HUB}:key/central",
    "ApprovalsBus": NAMES.event_bus_arn,
}
PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::AccountId": HUB,
    "AWS::Region": REGION,
    "AWS::URLSuffix": "amazonaws.com",
}


@pytest.fixture(scope="module")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template, from an app that cdk-nag checks: a finding without a reason ends the synthesis."""
    app = cdk.App(outdir=str(tmp_path_factory.mktemp("registry")))
    stack = RegistryStack(
        app, NAMES.registry_stack, settings=SETTINGS, env=cdk.Environment(account=HUB, region=REGION)
    )
    cdk.Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks(app))
    app.synth()
    return Path(app.outdir, stack.template_file)


@pytest.fixture(scope="module")
def template(synthesized: Path) -> Template:
    """The template with its references resolved."""
    resolved = resolve(json.loads(synthesized.read_text(encoding="utf-8")))
    assert isinstance(resolved, dict)
    return resolved


def resolve(value: Any) -> Any:
    match value:
        case {"Ref": name}:
            return PSEUDO.get(name, name)
        case {"Fn::GetAtt": [name, attribute]}:
            return next(
                (arn for start, arn in ATTRIBUTES.items() if name.startswith(start)), f"{name}.{attribute}"
            )
        case {"Fn::Join": [delimiter, items]}:
            return delimiter.join(resolve(item) for item in items)
        case dict():
            return {key: resolve(item) for key, item in value.items()}
        case list():
            return [resolve(item) for item in value]
        case _:
            return value


def resources(template: Template, resource_type: str) -> dict[str, Any]:
    return {
        name: resource
        for name, resource in template["Resources"].items()
        if resource["Type"] == resource_type
    }


def only(template: Template, resource_type: str, starts: str = "") -> Any:
    (found,) = (
        resource for name, resource in resources(template, resource_type).items() if name.startswith(starts)
    )
    return found["Properties"]


def asks(
    role: str,
    action: str,
    resource: str,
    *,
    account: str = HUB,
    organization: str = ORGANIZATION,
    keys: Mapping[str, str] | None = None,
    secure: bool = True,
) -> EvalContext:
    """A request, as IAM sees it."""
    arn = f"arn:aws:iam::{account}:role/{role}"
    return EvalContext(
        principal_arn=arn,
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=REGION,
        secure_transport=secure,
        principal_keys={"aws:principalarn": arn, "aws:principalorgid": organization},
        service_context={key.lower(): value for key, value in (keys or {}).items()},
    )


def test_no_finding_and_no_lint(synthesized: Path) -> None:
    matches = cfnlint.api.lint_file(synthesized, config=cfnlint.api.ManualArgs(regions=[REGION]))
    assert [str(match) for match in matches] == []


# The central bucket.

OBJECT = f"arn:aws:s3:::{REGISTRY_BUCKET}/models/{TEAM}/churn/1/20261121T091500Z/model.tar.gz"
BUCKET = f"arn:aws:s3:::{REGISTRY_BUCKET}"
APPROVED = {"s3:ExistingObjectTag/approval-status": "Approved"}
ENDPOINT, PROMOTION, RELEASE = NAMES.endpoint_role, NAMES.promotion_role, NAMES.release_role

REJECTED = {"s3:ExistingObjectTag/approval-status": "Rejected"}
BELOW_MODELS = {"s3:prefix": f"models/{TEAM}/"}

BUCKET_DECISIONS = {
    "an endpoint reads an approved artifact": (
        asks(ENDPOINT, "s3:GetObject", OBJECT, account=TEST, keys=APPROVED),
        "Allow",
    ),
    "an endpoint reads one without a tag": (
        asks(ENDPOINT, "s3:GetObject", OBJECT, account=TEST),
        "ImplicitDeny",
    ),
    "an endpoint reads a rejected one": (
        asks(ENDPOINT, "s3:GetObject", OBJECT, account=TEST, keys=REJECTED),
        "ImplicitDeny",
    ),
    "an endpoint of another organisation reads": (
        asks(ENDPOINT, "s3:GetObject", OBJECT, account=TEST, keys=APPROVED, organization="o-anotherone"),
        "ImplicitDeny",
    ),
    "another role of the test account reads": (
        asks("administrator", "s3:GetObject", OBJECT, account=TEST, keys=APPROVED),
        "ImplicitDeny",
    ),
    "an endpoint reads what is no model": (
        asks(ENDPOINT, "s3:GetObject", f"{BUCKET}/receipts/1", account=TEST, keys=APPROVED),
        "ImplicitDeny",
    ),
    "an endpoint reads without TLS": (
        asks(ENDPOINT, "s3:GetObject", OBJECT, account=TEST, keys=APPROVED, secure=False),
        "Deny",
    ),
    "an endpoint lists models": (
        asks(ENDPOINT, "s3:ListBucket", BUCKET, account=TEST, keys=BELOW_MODELS),
        "Allow",
    ),
    "an endpoint lists everything": (asks(ENDPOINT, "s3:ListBucket", BUCKET, account=TEST), "ImplicitDeny"),
    "an endpoint writes": (asks(ENDPOINT, "s3:PutObject", OBJECT, account=TEST), "Deny"),
    "a data scientist writes": (asks("data-scientist", "s3:PutObject", OBJECT, account=TEAM), "Deny"),
    "the hub's administrator writes": (asks("administrator", "s3:PutObject", OBJECT), "Deny"),
    "the hub's administrator deletes a version": (
        asks("administrator", "s3:DeleteObjectVersion", OBJECT),
        "Deny",
    ),
    "promotion writes, as its own policy says": (asks(PROMOTION, "s3:PutObject", OBJECT), "ImplicitDeny"),
    "a role named like promotion writes": (asks(PROMOTION, "s3:PutObject", OBJECT, account=TEAM), "Deny"),
    "promotion tags": (asks(PROMOTION, "s3:PutObjectTagging", OBJECT), "Deny"),
    "release tags, as its own policy says": (asks(RELEASE, "s3:PutObjectTagging", OBJECT), "ImplicitDeny"),
    "release writes": (asks(RELEASE, "s3:PutObject", OBJECT), "Deny"),
    "the ML engineer tags": (asks(NAMES.ml_engineer_role, "s3:PutObjectTagging", OBJECT), "Deny"),
}


@pytest.mark.parametrize(("request_", "expected"), BUCKET_DECISIONS.values(), ids=list(BUCKET_DECISIONS))
def test_the_bucket_policy(template: Template, request_: EvalContext, expected: str) -> None:
    policy = only(template, "AWS::S3::BucketPolicy", "StorageBucket")["PolicyDocument"]
    assert evaluate_resource_policy(policy, request_).decision == expected


KEY = ATTRIBUTES["StorageKey"]
THROUGH_S3 = {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}

KEY_DECISIONS = {
    "an endpoint reads through S3": (
        asks(ENDPOINT, "kms:Decrypt", KEY, account=TEST, keys=THROUGH_S3),
        "Allow",
    ),
    "an endpoint decrypts directly": (asks(ENDPOINT, "kms:Decrypt", KEY, account=TEST), "ImplicitDeny"),
    "an endpoint encrypts": (
        asks(ENDPOINT, "kms:GenerateDataKey", KEY, account=TEST, keys=THROUGH_S3),
        "ImplicitDeny",
    ),
    "an endpoint of another organisation": (
        asks(ENDPOINT, "kms:Decrypt", KEY, account=TEST, keys=THROUGH_S3, organization="o-anotherone"),
        "ImplicitDeny",
    ),
    "another role": (
        asks("data-scientist", "kms:Decrypt", KEY, account=TEAM, keys=THROUGH_S3),
        "ImplicitDeny",
    ),
}


@pytest.mark.parametrize(("request_", "expected"), KEY_DECISIONS.values(), ids=list(KEY_DECISIONS))
def test_the_key_policy(template: Template, request_: EvalContext, expected: str) -> None:
    policy = only(template, "AWS::KMS::Key")["KeyPolicy"]
    assert evaluate_resource_policy(policy, request_).decision == expected


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
    assert evaluate_resource_policy(policy, request_).decision == expected


@pytest.mark.parametrize("kept", ["AWS::S3::Bucket", "AWS::KMS::Key", "AWS::S3::BucketPolicy"])
def test_what_holds_models_outlives_the_stack(template: Template, kept: str) -> None:
    found = [
        resource for name, resource in resources(template, kept).items() if "AccessLogsPolicy" not in name
    ]
    assert found
    assert {resource["DeletionPolicy"] for resource in found} == {"Retain"}


def test_the_bucket(template: Template) -> None:
    bucket = only(template, "AWS::S3::Bucket", "StorageBucket")
    assert bucket["BucketName"] == NAMES.registry_bucket
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": ATTRIBUTES["StorageKey"],
    }
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert "DestinationBucketName" in bucket["LoggingConfiguration"]


# Roles.


CENTRAL = f"arn:aws:sagemaker:{REGION}:{HUB}:model-package/churn/1"
THEIRS = f"arn:aws:sagemaker:{REGION}:{TEAM}:model-package/churn/1"
DEFAULT_BUS = f"arn:aws:events:{REGION}:{HUB}:event-bus/default"
RELEASED = {"events:source": "mlplatform.registry", "events:detail-type": "Model Version Released"}
SOURCE_OBJECT = f"arn:aws:s3:::mlplatform-p-abc-{TEAM}-{REGION}/models/model.tar.gz"
ML_ENGINEER, GOVERNANCE = NAMES.ml_engineer_role, NAMES.governance_officer_role

PROJECT = f"arn:aws:sagemaker:{REGION}:{HUB}:project/deploy"
PRODUCT = f"arn:aws:catalog:{REGION}:{HUB}:product/prod-1"
PIPELINE = f"arn:aws:codepipeline:{REGION}:{HUB}:deploy"
PRODUCTION = f"{PIPELINE}/ApproveProduction/ApproveProduction"
ANOTHER_APPROVAL = f"{PIPELINE}/ApproveTest/ApproveTest"
PAYROLL = f"arn:aws:s3:::payroll-{TEAM}-{REGION}/2026"
DEAD_LETTERS = f"arn:aws:sqs:{REGION}:{HUB}:{NAMES.promotion_dead_letters}"
ANOTHER_QUEUE = f"arn:aws:sqs:{REGION}:{HUB}:payroll"
FUNCTION = f"arn:aws:lambda:{REGION}:{HUB}:function:{NAMES.release_function}"
STAGES = f"arn:aws:lambda:{REGION}:{HUB}:function:{NAMES.stage_function}"
FORGED = {**RELEASED, "events:source": "custom.app"}

MAY = [
    asks(PROMOTION, "sagemaker:DescribeModelPackage", THEIRS),
    asks(PROMOTION, "sagemaker:CreateModelPackage", CENTRAL),
    asks(PROMOTION, "s3:GetObject", SOURCE_OBJECT),
    asks(PROMOTION, "s3:PutObject", OBJECT),
    asks(RELEASE, "sagemaker:DescribeModelPackage", CENTRAL),
    asks(RELEASE, "s3:PutObjectTagging", OBJECT),
    asks(RELEASE, "events:PutEvents", DEFAULT_BUS, keys=RELEASED),
    asks(ML_ENGINEER, "sagemaker:UpdateModelPackage", CENTRAL),
    asks(ML_ENGINEER, "sagemaker:CreateProject", PROJECT),
    asks(ML_ENGINEER, "servicecatalog:ProvisionProduct", PRODUCT),
    asks(ML_ENGINEER, "codepipeline:GetPipelineState", PIPELINE),
    asks(ML_ENGINEER, "s3:GetObject", OBJECT),
    asks(ML_ENGINEER, "sqs:DeleteMessage", DEAD_LETTERS),
    asks(ML_ENGINEER, "lambda:InvokeFunction", FUNCTION),
    asks(GOVERNANCE, "codepipeline:PutApprovalResult", PRODUCTION),
    asks(GOVERNANCE, "codepipeline:GetPipelineState", PIPELINE),
    asks(GOVERNANCE, "sagemaker:DescribeModelPackage", CENTRAL),
]
MAY_NOT = [
    asks(PROMOTION, "sagemaker:UpdateModelPackage", THEIRS),
    asks(PROMOTION, "s3:GetObject", PAYROLL),
    asks(PROMOTION, "s3:PutObject", SOURCE_OBJECT),
    asks(PROMOTION, "s3:DeleteObject", OBJECT),
    asks(PROMOTION, "s3:PutObjectTagging", OBJECT),
    asks(PROMOTION, "events:PutEvents", DEFAULT_BUS, keys=RELEASED),
    asks(RELEASE, "sagemaker:UpdateModelPackage", CENTRAL),
    asks(RELEASE, "s3:PutObject", OBJECT),
    asks(RELEASE, "events:PutEvents", DEFAULT_BUS, keys=FORGED),
    asks(ML_ENGINEER, "sagemaker:UpdateModelPackage", THEIRS),
    asks(ML_ENGINEER, "codepipeline:PutApprovalResult", PRODUCTION),
    asks(ML_ENGINEER, "sqs:ReceiveMessage", ANOTHER_QUEUE),
    asks(ML_ENGINEER, "lambda:InvokeFunction", STAGES),
    asks(GOVERNANCE, "sqs:ReceiveMessage", DEAD_LETTERS),
    asks(GOVERNANCE, "lambda:InvokeFunction", FUNCTION),
    asks(GOVERNANCE, "codepipeline:PutApprovalResult", ANOTHER_APPROVAL),
    asks(GOVERNANCE, "sagemaker:UpdateModelPackage", CENTRAL),
    asks(GOVERNANCE, "sagemaker:CreateProject", PROJECT),
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
def test_the_handler_runs_from_the_archive_alone(synthesized: Path, template: Template, name: str) -> None:
    module, _, function = only(template, "AWS::Lambda::Function", name)["Handler"].rpartition(".")
    (archive,) = (path.parent for path in synthesized.parent.glob("asset.*/model_registry"))
    check = (
        f"import sys; sys.path.insert(0, {str(archive)!r}); "
        f"import aws_lambda_powertools, {module} as handler; "
        f"assert callable(handler.{function}); print(aws_lambda_powertools.__file__)"
    )
    # Isolated: neither this repository nor the environment's variables are in reach.
    result = subprocess.run([sys.executable, "-I", "-c", check], check=True, capture_output=True, text=True)
    assert result.stdout.startswith(str(archive))


def test_no_action_holds_a_wildcard(template: Template) -> None:
    for role in resources(template, "AWS::IAM::Role").values():
        for policy in role["Properties"]["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                actions = statement["Action"]
                assert not any(
                    "*" in action for action in ([actions] if isinstance(actions, str) else actions)
                )
