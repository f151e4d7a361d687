"""What the functions call is what their roles allow; what they do not call here is left with a reason."""

from collections.abc import Mapping
from typing import Any

import pytest

from registry.functions.model_registry.events import StateChange
from registry.functions.model_registry.promotion.promote import Promotion
from registry.functions.model_registry.release.release import Release
from tests.registry.cloud import Cloud, Core, Parameters, state_change
from tests.registry.deploying import do, ready_version
from tests.registry.promoting import promote
from tests.registry.promotion_scenarios import SCENARIOS, Make
from tests.registry.registry_stack import NAMES, Template, resources
from tests.registry.versions import ML_ENGINEER, promoted_version, registered_version

# Operations that are allowed by actions of another name; any other by its own.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
_ACTIONS: Mapping[str, frozenset[str]] = {
    "s3:CompleteMultipartUpload": frozenset({"s3:PutObject"}),
    "s3:CopyObject": frozenset({"s3:GetObject", "s3:PutObject"}),
    "s3:CreateMultipartUpload": frozenset({"s3:PutObject"}),
    "s3:HeadObject": frozenset({"s3:GetObject"}),
    "s3:ListMultipartUploads": frozenset({"s3:ListBucketMultipartUploads"}),
    "s3:ListObjectsV2": frozenset({"s3:ListBucket"}),
    "s3:ListParts": frozenset({"s3:ListMultipartUploadParts"}),
    "s3:UploadPart": frozenset({"s3:PutObject"}),
    "s3:UploadPartCopy": frozenset({"s3:GetObject", "s3:PutObject"}),
}
# https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
# and ECR's address of a layer is signed.
_NEEDS_NOTHING = frozenset({"http:Download", "sts:GetCallerIdentity"})

_LAMBDA = {
    "logs:CreateLogStream": "Lambda writes the log.",
    "logs:PutLogEvents": "Lambda writes the log.",
}
_S3_KEY = {
    "kms:Decrypt": "S3 decrypts in the caller's name.",
    "kms:GenerateDataKey": "S3 encrypts in the caller's name.",
}
_DEAD_LETTERS = {"sqs:SendMessage": "Lambda sends what failed to the dead letters."}


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The actions that the operations need which reach the cloud in memory."""
    needed: set[str] = set()
    answer = Core.answer

    def recording(self: Core, service: str, operation: str, parameters: Parameters) -> Parameters:
        called = f"{service}:{operation}"
        needed.update(_ACTIONS.get(called, {called}) - _NEEDS_NOTHING)
        return answer(self, service, operation, parameters)

    monkeypatch.setattr(Core, "answer", recording)
    return needed


def allowed(template: Template, name: str) -> set[str]:
    roles = [each["Properties"] for each in resources(template, "AWS::IAM::Role").values()]
    (role,) = [role for role in roles if role.get("RoleName") == name]
    return {
        action
        for policy in role["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        for action in _listed(statement["Action"])
    }


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def test_promotion_calls_what_its_role_allows(
    promotion: Promotion, make: Make, recorded: set[str], template: Template
) -> None:
    for scenario in SCENARIOS.values():
        promote(promotion, make(scenario))
    held = allowed(template, NAMES.promotion_role)
    assert recorded - held == set()
    assert held - recorded == set(
        _LAMBDA
        | _S3_KEY
        | _DEAD_LETTERS
        | {
            "kms:CreateGrant": "ECR encrypts a new repository in the caller's name.",
            "kms:DescribeKey": "ECR encrypts a new repository in the caller's name.",
            "kms:RetireGrant": "ECR encrypts a new repository in the caller's name.",
            "lambda:InvokeFunction": "Only where time runs out.",
            "s3:AbortMultipartUpload": "Only where an earlier attempt has left something.",
            "s3:DeleteObject": "Only where an earlier attempt has left something.",
            "sagemaker:DescribeModelCard": "Only of a model that has a card.",
        }
    )


def test_release_calls_what_its_role_allows(
    cloud: Cloud, release: Release, recorded: set[str], template: Template
) -> None:
    promoted = promoted_version(cloud)
    direct = registered_version(cloud)
    recorded.clear()
    for arn in (promoted, direct):
        release.follow(StateChange.parse(state_change(arn, "PendingManualApproval")))
        release.follow(StateChange.parse(cloud.approve(arn, who=ML_ENGINEER)))
    held = allowed(template, NAMES.release_role)
    assert recorded - held == set()
    assert held - recorded == set(
        _LAMBDA
        | _S3_KEY
        | _DEAD_LETTERS
        | {"sagemaker:DescribeModelCard": "Only of a model that has a card."}
    )


def test_stages_call_what_their_role_allows(cloud: Cloud, recorded: set[str], template: Template) -> None:
    arn = ready_version(cloud)
    recorded.clear()
    for task in ("test", "review", "admit", "record"):
        do(arn, task)
    held = allowed(template, NAMES.stage_role)
    assert recorded - held == set()
    assert held - recorded == set(
        _LAMBDA
        | _S3_KEY
        | {
            "codepipeline:GetPipelineState": "Only where the executions' listing does not tell who approved.",
            "codepipeline:PutJobFailureResult": "The handler tells the pipeline, after the task.",
            "codepipeline:PutJobSuccessResult": "The handler tells the pipeline, after the task.",
            "sagemaker:GetResourcePolicy": "RAM asks in the caller's name.",
            "sagemaker:PutResourcePolicy": "RAM asks in the caller's name.",
        }
    )
