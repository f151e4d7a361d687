"""What the promotion role may do, as its policy is synthesized: each row is a request that IAM decides."""

import pytest
from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document

from tests.registry.cloud import HUB, REGION, TEAM
from tests.registry.registry_stack import BUCKET, NAMES, OBJECT, Template, asks, resources

ROLE = NAMES.promotion_role
GROUP = f"arn:aws:sagemaker:{REGION}:{HUB}:model-package-group/churn"
VERSION = f"arn:aws:sagemaker:{REGION}:{HUB}:model-package/churn/1"
THEIR_GROUP = f"arn:aws:sagemaker:{REGION}:{TEAM}:model-package-group/churn"
THEIR_VERSION = f"arn:aws:sagemaker:{REGION}:{TEAM}:model-package/churn/1"
THEIR_OBJECT = f"arn:aws:s3:::mlplatform-p-abc-{TEAM}-{REGION}/models/model.tar.gz"
THEIR_KEY = f"arn:aws:kms:{REGION}:{TEAM}:key/1"
THEIR_IMAGES = f"arn:aws:ecr:{REGION}:{TEAM}:repository/churn"
IMAGES = f"arn:aws:ecr:{REGION}:{HUB}:repository/mlplatform-models/{TEAM}/churn"
KEY = f"arn:aws:kms:{REGION}:{HUB}:key/central"
FUNCTION = f"arn:aws:lambda:{REGION}:{HUB}:function"
CARD = f"arn:aws:sagemaker:{REGION}:{HUB}:model-card/churn"

THROUGH_S3 = {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}
THROUGH_ECR = {"kms:ViaService": f"ecr.{REGION}.amazonaws.com"}
WAITING = {"sagemaker:ModelApprovalStatus": "PendingManualApproval"}
REJECTED = {"sagemaker:ModelApprovalStatus": "Rejected"}
APPROVED = {"sagemaker:ModelApprovalStatus": "Approved"}
NEW_GROUP: dict[str, str | list[str]] = {
    "sagemaker:TaggingAction": "CreateModelPackageGroup",
    "aws:TagKeys": ["source-account"],
}
THEIR_TAGS = {"aws:TagKeys": ["cost-center", "owner"]}
PLATFORM_TAGS = {"aws:TagKeys": ["cost-center", "registers-directly"]}

MAY = {
    "see a team's version": asks(ROLE, "sagemaker:DescribeModelPackage", THEIR_VERSION),
    "see the tags of a team's group": asks(ROLE, "sagemaker:ListTags", THEIR_GROUP),
    "read a team's model": asks(ROLE, "s3:GetObject", THEIR_OBJECT),
    "decrypt it": asks(ROLE, "kms:Decrypt", THEIR_KEY, keys=THROUGH_S3),
    "pull a team's image": asks(ROLE, "ecr:GetDownloadUrlForLayer", THEIR_IMAGES),
    "write a model": asks(ROLE, "s3:PutObject", OBJECT),
    "remove what it has left": asks(ROLE, "s3:DeleteObject", OBJECT),
    "make an image repository": asks(ROLE, "ecr:CreateRepository", IMAGES),
    "encrypt it": asks(ROLE, "kms:CreateGrant", KEY, keys=THROUGH_ECR),
    "push an image": asks(ROLE, "ecr:PutImage", IMAGES),
    "make a group": asks(ROLE, "sagemaker:CreateModelPackageGroup", GROUP),
    "say whose it is": asks(ROLE, "sagemaker:AddTags", GROUP, keys=NEW_GROUP),
    "take over a team's tags": asks(ROLE, "sagemaker:AddTags", GROUP, keys=THEIR_TAGS),
    "register a version that waits": asks(ROLE, "sagemaker:CreateModelPackage", VERSION, keys=WAITING),
    "say where the receipt is": asks(ROLE, "sagemaker:UpdateModelPackage", VERSION),
    "reject a version": asks(ROLE, "sagemaker:UpdateModelPackage", VERSION, keys=REJECTED),
    "read a model's card": asks(ROLE, "sagemaker:DescribeModelCard", CARD),
    "hand over to itself": asks(ROLE, "lambda:InvokeFunction", f"{FUNCTION}:{NAMES.promotion_function}"),
}
MAY_NOT = {
    "change a team's version": asks(ROLE, "sagemaker:UpdateModelPackage", THEIR_VERSION),
    "read what is no project's": asks(ROLE, "s3:GetObject", f"arn:aws:s3:::payroll-{TEAM}-{REGION}/2026"),
    "write to a team's bucket": asks(ROLE, "s3:PutObject", THEIR_OBJECT),
    "decrypt otherwise than through S3": asks(ROLE, "kms:Decrypt", THEIR_KEY),
    "push to a team's repository": asks(ROLE, "ecr:PutImage", THEIR_IMAGES),
    "push to another repository of the hub": asks(
        ROLE, "ecr:PutImage", f"arn:aws:ecr:{REGION}:{HUB}:repository/payroll"
    ),
    "delete an image": asks(ROLE, "ecr:BatchDeleteImage", IMAGES),
    "grant the key otherwise than through ECR": asks(ROLE, "kms:CreateGrant", KEY),
    "write what a project registers": asks(ROLE, "s3:PutObject", f"{BUCKET}/registered/{TEAM}/p/m"),
    "erase an object": asks(ROLE, "s3:DeleteObjectVersion", OBJECT),
    "open a model": asks(ROLE, "s3:PutObjectTagging", OBJECT),
    "give a group to another": asks(ROLE, "sagemaker:AddTags", GROUP, keys=PLATFORM_TAGS),
    "delete a version": asks(ROLE, "sagemaker:DeleteModelPackage", VERSION),
    "register an approved version": asks(ROLE, "sagemaker:CreateModelPackage", VERSION, keys=APPROVED),
    "approve a version": asks(ROLE, "sagemaker:UpdateModelPackage", VERSION, keys=APPROVED),
    "write a model's card": asks(ROLE, "sagemaker:UpdateModelCard", CARD),
    "start another function": asks(ROLE, "lambda:InvokeFunction", f"{FUNCTION}:{NAMES.release_function}"),
    "announce a release": asks(ROLE, "events:PutEvents", f"arn:aws:events:{REGION}:{HUB}:event-bus/default"),
}


def decision(template: Template, request: EvalContext) -> str:
    (properties,) = (
        role["Properties"]
        for role in resources(template, "AWS::IAM::Role").values()
        if role["Properties"]["RoleName"] == ROLE
    )
    policies = [parse_policy_document(policy["PolicyDocument"]) for policy in properties["Policies"]]
    decided: str = evaluate(request, policies).decision
    return decided


@pytest.mark.parametrize("request_", MAY.values(), ids=list(MAY))
def test_promotion_may(template: Template, request_: EvalContext) -> None:
    assert decision(template, request_) == "Allow"


@pytest.mark.parametrize("request_", MAY_NOT.values(), ids=list(MAY_NOT))
def test_promotion_may_not(template: Template, request_: EvalContext) -> None:
    assert decision(template, request_) == "ImplicitDeny"
