"""What is derived from a template: enough, and no more."""

from collections.abc import Mapping
from typing import Any

import pytest

from portfolios.permissions import Statement, derive
from portfolios.resource_types import PermissionsError
from tests.portfolios.policies import OWN_ACCOUNT, allowed

REGION = "eu-west-1"
PROJECT_TAGS = [{"Key": "sagemaker:project-id", "Value": {"Ref": "Id"}}]
OF_A_PROJECT = {"aws:ResourceTag/sagemaker:project-id": "p-1"}


def resource(kind: str, *, keep: bool = False, **properties: Any) -> dict[str, Any]:
    policies = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"} if keep else {}
    return {"Type": kind, "Properties": properties, **policies}


def derived(**resources: Mapping[str, Any]) -> tuple[Statement, ...]:
    return derive({"Resources": resources}, region=REGION)


def regional(service: str, rest: str) -> str:
    return f"arn:aws:{service}:{REGION}:{OWN_ACCOUNT}:{rest}"


def role_arn(name: str) -> str:
    return f"arn:aws:iam::{OWN_ACCOUNT}:role/{name}"


TRUSTS_CODEBUILD = {
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "codebuild.amazonaws.com"}, "Action": "*"}]
}
BUCKET = resource("AWS::S3::Bucket", BucketName="data")
ROLE = resource(
    "AWS::IAM::Role", RoleName={"Fn::Sub": "build-${Id}"}, AssumeRolePolicyDocument=TRUSTS_CODEBUILD
)
FLOW_LOG = resource(
    "AWS::EC2::FlowLog",
    DeliverLogsPermissionArn={"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/flow-log"},
    ResourceId="vpc-1",
    ResourceType="VPC",
)
BOUND_ROLE = resource(
    "AWS::IAM::Role",
    RoleName="bound",
    AssumeRolePolicyDocument=TRUSTS_CODEBUILD,
    PermissionsBoundary={"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/limit"},
    ManagedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess"],
)
PROJECT = resource("AWS::CodeBuild::Project", Name="build", ServiceRole={"Fn::GetAtt": ["Role", "Arn"]})
GROUP = resource(
    "AWS::SageMaker::ModelPackageGroup",
    ModelPackageGroupName={"Fn::Sub": "${Name}-${Id}"},
    Tags=PROJECT_TAGS,
)
KEY = resource("AWS::KMS::Key", Tags=PROJECT_TAGS)
SHARE = resource(
    "AWS::RAM::ResourceShare",
    Name={"Fn::Sub": "card-${Id}"},
    AllowExternalPrincipals=False,
    Principals=["222222222222"],
    ResourceArns=[
        {"Fn::Sub": "arn:aws:sagemaker:${AWS::Region}:${AWS::AccountId}:model-card/${Name}"},
    ],
    Tags=PROJECT_TAGS,
)
WITHIN = {"ram:RequestedAllowsExternalPrincipals": "false"}
BOUNDARY = {"iam:PermissionsBoundary": f"arn:aws:iam::{OWN_ACCOUNT}:policy/limit"}


@pytest.mark.parametrize(
    ("resources", "action", "arn", "keys", "expected"),
    [
        pytest.param({"B": BUCKET}, "s3:CreateBucket", "arn:aws:s3:::data", {}, True, id="creates"),
        pytest.param({"B": BUCKET}, "s3:PutBucketVersioning", "arn:aws:s3:::data", {}, True, id="updates"),
        pytest.param({"B": BUCKET}, "s3:DeleteBucket", "arn:aws:s3:::data", {}, True, id="deletes"),
        pytest.param({"B": BUCKET}, "s3:CreateBucket", "arn:aws:s3:::data2", {}, False, id="other-name"),
        pytest.param({"B": BUCKET}, "s3:DeleteObject", "arn:aws:s3:::data/x", {}, False, id="objects"),
        pytest.param({"B": BUCKET}, "s3:ListAllMyBuckets", "*", {}, False, id="listing"),
        pytest.param({"B": BUCKET}, "s3tables:CreateTable", "*", {}, False, id="unused-feature"),
        pytest.param(
            {"B": resource("AWS::S3::Bucket", keep=True, BucketName="data")},
            "s3:DeleteBucket",
            "arn:aws:s3:::data",
            {},
            False,
            id="retained-is-never-deleted",
        ),
        pytest.param(
            {"B": BUCKET, "P": resource("AWS::S3::BucketPolicy", Bucket={"Ref": "B"})},
            "s3:PutBucketPolicy",
            "arn:aws:s3:::data",
            {},
            True,
            id="policy-of-a-named-bucket",
        ),
        *(
            pytest.param({"S": SHARE}, "ram:CreateResourceShare", "*", keys, expected, id=f"share-{name}")
            for name, keys, expected in (
                ("with-the-hub", WITHIN | {"ram:Principal": "222222222222"}, True),
                ("with-another", WITHIN | {"ram:Principal": "444444444444"}, False),
                ("a-card", WITHIN | {"ram:RequestedResourceType": "sagemaker:ModelCard"}, True),
                ("a-subnet", WITHIN | {"ram:RequestedResourceType": "ec2:Subnet"}, False),
                ("outside", {"ram:RequestedAllowsExternalPrincipals": "true"}, False),
            )
        ),
        *(
            pytest.param(
                {"S": SHARE},
                "ram:UpdateResourceShare",
                regional("ram", "resource-share/1"),
                OF_A_PROJECT | keys,
                expected,
                id=f"share-changed-{name}",
            )
            for name, keys, expected in (
                ("in-name", {}, True),
                ("to-outside", {"ram:RequestedAllowsExternalPrincipals": "true"}, False),
            )
        ),
        pytest.param({"S": SHARE}, "sagemaker:PutResourcePolicy", "*", {}, True, id="share-puts-policy"),
        pytest.param(
            {"S": SHARE},
            "ram:DeleteResourceShare",
            regional("ram", "resource-share/1"),
            {},
            False,
            id="share-of-nobody",
        ),
        pytest.param({"Role": ROLE}, "iam:CreateRole", role_arn("build-p-1"), {}, True, id="role"),
        pytest.param({"Role": ROLE}, "iam:CreateRole", role_arn("admin"), {}, False, id="other-role"),
        pytest.param(
            {"Role": ROLE}, "iam:AttachRolePolicy", role_arn("build-p-1"), {}, False, id="attaches-nothing"
        ),
        pytest.param(
            {"Role": BOUND_ROLE},
            "iam:AttachRolePolicy",
            role_arn("bound"),
            {"iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess", **BOUNDARY},
            True,
            id="attaches-named-policy",
        ),
        pytest.param(
            {"Role": BOUND_ROLE},
            "iam:AttachRolePolicy",
            role_arn("bound"),
            {"iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess", **BOUNDARY},
            False,
            id="attaches-no-other-policy",
        ),
        pytest.param(
            {"Role": BOUND_ROLE}, "iam:CreateRole", role_arn("bound"), BOUNDARY, True, id="bounded-role"
        ),
        pytest.param(
            {"Role": BOUND_ROLE},
            "iam:CreateRole",
            role_arn("bound"),
            {},
            False,
            id="no-role-without-boundary",
        ),
        pytest.param(
            {"Role": BOUND_ROLE}, "iam:PutRolePolicy", role_arn("bound"), {}, False, id="no-policy-without-it"
        ),
        pytest.param(
            {"Role": BOUND_ROLE},
            "iam:DeleteRolePermissionsBoundary",
            role_arn("bound"),
            BOUNDARY,
            False,
            id="boundary-stays",
        ),
        pytest.param(
            {"Role": ROLE, "Project": PROJECT},
            "iam:PassRole",
            role_arn("build-p-1"),
            {"iam:PassedToService": "codebuild.amazonaws.com"},
            True,
            id="passes-role",
        ),
        pytest.param(
            {"Role": ROLE, "Project": PROJECT},
            "iam:PassRole",
            role_arn("build-p-1"),
            {"iam:PassedToService": "lambda.amazonaws.com"},
            False,
            id="passes-to-no-other-service",
        ),
        pytest.param(
            {"Role": ROLE},
            "iam:PassRole",
            role_arn("build-p-1"),
            {"iam:PassedToService": "codebuild.amazonaws.com"},
            False,
            id="passes-only-what-is-taken",
        ),
        pytest.param(
            {"Log": FLOW_LOG},
            "iam:PassRole",
            role_arn("flow-log"),
            {"iam:PassedToService": "ec2.amazonaws.com"},
            True,
            id="passes-the-role-of-a-flow-log",
        ),
        pytest.param(
            {"G": GROUP},
            "sagemaker:CreateModelPackageGroup",
            regional("sagemaker", "model-package-group/churn-p-1"),
            {},
            True,
            id="parameter-in-name",
        ),
        pytest.param(
            {"G": GROUP},
            "sagemaker:DeleteModelPackageGroup",
            regional("sagemaker", "model-package-group/churn-p-1"),
            OF_A_PROJECT,
            True,
            id="deletes-by-tag",
        ),
        pytest.param(
            {"G": GROUP},
            "sagemaker:DeleteModelPackageGroup",
            regional("sagemaker", "model-package-group/someone-elses"),
            {},
            False,
            id="not-without-tag",
        ),
        pytest.param(
            {
                "G": GROUP,
                "M": resource(
                    "AWS::SageMaker::Model", Source=f"arn:aws:sagemaker:{REGION}:2:model-package/m/1"
                ),
            },
            "sagemaker:AddTags",
            "arn:aws:sagemaker:eu-west-1:2:model-package/m/1",
            {},
            False,
            id="tags-only-itself",
        ),
        pytest.param({"K": KEY}, "kms:ListAliases", "*", {}, False, id="listing-of-another-type"),
        pytest.param(
            {"K": KEY}, "kms:PutKeyPolicy", regional("kms", "key/1"), {}, False, id="no-foreign-key-policy"
        ),
        pytest.param(
            {"K": KEY}, "kms:PutKeyPolicy", regional("kms", "key/1"), OF_A_PROJECT, True, id="own-key-policy"
        ),
        pytest.param(
            {"K": resource("AWS::KMS::Key", Tags=[{"Key": "platform", "Value": "ml"}])},
            "kms:ScheduleKeyDeletion",
            regional("kms", "key/1"),
            {"aws:ResourceTag/platform": "other"},
            False,
            id="fixed-tag",
        ),
        pytest.param(
            {"R": resource("AWS::CodeCommit::Repository", RepositoryName="r")},
            "s3:GetObject",
            "arn:aws:s3:::assets/seed.zip",
            {},
            False,
            id="no-code-no-objects",
        ),
        pytest.param(
            {
                "R": resource(
                    "AWS::CodeCommit::Repository",
                    RepositoryName="r",
                    Code={"S3": {"Bucket": "assets", "Key": "seed.zip"}},
                )
            },
            "s3:GetObject",
            "arn:aws:s3:::assets/an-older-seed.zip",
            {},
            True,
            id="code",
        ),
        pytest.param(
            {"S": resource("Custom::Seed", ServiceToken=f"arn:aws:lambda:{REGION}:{OWN_ACCOUNT}:function:f")},
            "lambda:InvokeFunction",
            regional("lambda", "function:f"),
            {},
            True,
            id="custom-resource",
        ),
        pytest.param(
            {"L": resource("AWS::EC2::FlowLog", ResourceType="VPC", ResourceId="vpc-1")},
            "ec2:DeleteFlowLogs",
            regional("ec2", "vpc-flow-log/fl-1"),
            {},
            True,
            id="kind-of-another-name",
        ),
        pytest.param(
            {"L": resource("AWS::Logs::LogGroup", LogGroupName="/builds")},
            "logs:PutResourcePolicy",
            "*",
            {},
            False,
            id="account-wide-feature-unused",
        ),
        pytest.param(
            {"D": resource("AWS::SageMaker::Domain", DomainName="d")},
            "iam:CreateServiceLinkedRole",
            "arn:aws:iam::333333333333:role/aws-service-role/sagemaker.amazonaws.com/AWSServiceRoleForX",
            {"iam:AWSServiceName": "sagemaker.amazonaws.com"},
            True,
            id="service-linked-role",
        ),
        pytest.param(
            {"D": resource("AWS::SageMaker::Domain", DomainName="d", KmsKeyId={"Ref": "K"}), "K": KEY},
            "kms:Decrypt",
            regional("kms", "key/1"),
            {},
            False,
            id="decrypts-nothing-itself",
        ),
        pytest.param(
            {"D": resource("AWS::SageMaker::Domain", DomainName="d", KmsKeyId={"Ref": "K"}), "K": KEY},
            "kms:Decrypt",
            regional("kms", "key/1"),
            {"kms:ViaService": "sagemaker.eu-west-1.amazonaws.com"},
            True,
            id="decrypts-through-the-service",
        ),
    ],
)
def test_permission(
    resources: Mapping[str, Any], action: str, arn: str, keys: Mapping[str, str], expected: bool
) -> None:
    assert allowed(derived(**resources), action, arn, keys) is expected


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        pytest.param(resource("AWS::IAM::Role"), "Thing (AWS::IAM::Role) has no name", id="generated-name"),
        pytest.param(
            resource("AWS::IAM::Role", RoleName={"Ref": "Name"}),
            "has no name",
            id="name-of-the-launchers-choice",
        ),
        pytest.param(resource("AWS::S3::Bukket"), "no resource type AWS::S3::Bukket", id="unknown-type"),
        pytest.param(
            resource("AWS::DAX::Cluster"),
            "add it, with its source, to the supplement",
            id="no-handlers",
        ),
    ],
)
def test_refusal(body: Mapping[str, Any], sentence: str) -> None:
    with pytest.raises(PermissionsError) as refusal:
        derived(Thing=body)
    assert sentence in str(refusal.value)


def test_order_of_resources_does_not_matter() -> None:
    resources = {"Role": ROLE, "Project": PROJECT, "B": BUCKET, "G": GROUP, "K": KEY}
    assert derived(**resources) == derived(**dict(reversed(resources.items())))


def test_sids_are_unique_and_plain() -> None:
    sids = [statement.sid for statement in derived(Role=ROLE, Project=PROJECT, B=BUCKET, G=GROUP, K=KEY)]
    assert len(set(sids)) == len(sids)
    assert all(sid.isalnum() for sid in sids)


def test_everything_is_said_to_know_no_resources() -> None:
    everywhere = [statement for statement in derived(B=BUCKET, K=KEY) if "*" in statement.resources]
    assert [statement.sid for statement in everywhere] == ["ActionsThatKnowNoResources"]
