from typing import Any

import pytest

from emulator.cloudformation.actions import called, passed_roles
from emulator.cloudformation.gate import Step, _needs
from emulator.core.resource_schemas import Verb

ACCOUNT = "333333333333"
TAGS = [{"Key": "owner", "Value": "team"}]
CONNECTION = f"arn:aws:codestar-connections:eu-west-1:{ACCOUNT}:connection/1"


@pytest.mark.parametrize(
    ("type_name", "verb", "properties", "expected"),
    [
        pytest.param(
            "AWS::Logs::LogGroup",
            "create",
            {"LogGroupName": "a"},
            {"logs:CreateLogGroup", "logs:DescribeLogGroups"},
            id="the-resource-itself",
        ),
        pytest.param(
            "AWS::Logs::LogGroup",
            "create",
            {"LogGroupName": "a", "RetentionInDays": 1, "Tags": TAGS},
            {"logs:CreateLogGroup", "logs:DescribeLogGroups", "logs:PutRetentionPolicy", "logs:TagResource"},
            id="properties-and-tags",
        ),
        pytest.param(
            "AWS::IAM::Role",
            "delete",
            {"Policies": [{}], "ManagedPolicyArns": ["arn"]},
            {"iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:GetRole"},
            id="what-hangs-on-the-resource",
        ),
        pytest.param(
            "AWS::CodeBuild::Project", "create", {}, {"codebuild:CreateProject"}, id="type-that-lists-nothing"
        ),
        pytest.param(
            "AWS::Lambda::Function",
            "create",
            {"Code": {"S3Bucket": "b", "S3Key": "k"}},
            {"lambda:CreateFunction", "lambda:GetFunction", "s3:GetObject"},
            id="another-service",
        ),
        pytest.param("Custom::Anything", "create", {}, set(), id="unknown-type"),
    ],
)
def test_the_actions_of_a_step(
    type_name: str, verb: Verb, properties: dict[str, Any], expected: set[str]
) -> None:
    assert set(called(type_name, verb, properties)) == expected


@pytest.mark.parametrize(
    ("type_name", "before", "after", "expected"),
    [
        pytest.param(
            "AWS::IAM::Role",
            {"Description": "a", "Policies": [{"PolicyName": "p"}]},
            {"Description": "b", "Policies": [{"PolicyName": "p"}]},
            {"iam:UpdateRoleDescription"},
            id="changed",
        ),
        pytest.param(
            "AWS::IAM::Role",
            {"Policies": [{"PolicyName": "p"}]},
            {"Policies": []},
            {"iam:DeleteRolePolicy"},
            id="removed",
        ),
        pytest.param(
            "AWS::Logs::LogGroup",
            {"Tags": TAGS},
            {"Tags": []},
            {"logs:DescribeLogGroups", "logs:UntagResource"},
            id="untagged",
        ),
        pytest.param(
            "AWS::Logs::LogGroup",
            {"RetentionInDays": 1},
            {},
            {"logs:DescribeLogGroups", "logs:DeleteRetentionPolicy"},
            id="unset",
        ),
    ],
)
def test_an_update_calls_for_what_changes(
    type_name: str, before: dict[str, Any], after: dict[str, Any], expected: set[str]
) -> None:
    assert set(called(type_name, "update", after, before)) == expected


def test_roles_are_found_where_they_are_handed_over_and_not_where_they_are_spoken_of() -> None:
    own, other = f"arn:aws:iam::{ACCOUNT}:role/own", "arn:aws:iam::444444444444:role/other"
    properties = {
        "RoleArn": own,
        "Stages": [{"Actions": [{"RoleArn": other}]}],
        "PolicyDocument": {"Statement": [{"Resource": f"arn:aws:iam::{ACCOUNT}:role/spoken-of"}]},
    }
    assert passed_roles("AWS::CodePipeline::Pipeline", properties, None, ACCOUNT) == [own]
    assert passed_roles("AWS::CodePipeline::Pipeline", properties, properties, ACCOUNT) == []


def needs(type_name: str, properties: dict[str, Any], **more: Any) -> set[tuple[str, str]]:
    step = Step(
        **{
            "verb": "create",
            "type_name": type_name,
            "logical_id": "Thing",
            "properties": properties,
            "stack_name": "stack",
            "stack_tags": {},
            "account": ACCOUNT,
            "region": "eu-west-1",
            **more,
        }
    )
    return {(action, resource.removeprefix("arn:aws:")) for action, resource, _ in _needs(step)}


@pytest.mark.parametrize(
    ("type_name", "properties", "expected"),
    [
        pytest.param(
            "AWS::S3::Bucket", {"BucketName": "b"}, ("s3:CreateBucket", "s3:::b"), id="without-account"
        ),
        pytest.param(
            "AWS::S3::BucketPolicy",
            {"Bucket": "b"},
            ("s3:PutBucketPolicy", "s3:::b"),
            id="of-another-resource",
        ),
        pytest.param(
            "AWS::IAM::Role",
            {"RoleName": "r", "Path": "/team/"},
            ("iam:CreateRole", f"iam::{ACCOUNT}:role/team/r"),
            id="path",
        ),
        pytest.param(
            "AWS::Events::Rule",
            {"Name": "r", "EventBusName": "bus"},
            ("events:PutRule", f"events:eu-west-1:{ACCOUNT}:rule/bus/r"),
            id="custom-bus",
        ),
        pytest.param(
            "AWS::Events::Rule",
            {"Name": "r"},
            ("events:PutRule", f"events:eu-west-1:{ACCOUNT}:rule/r"),
            id="default-bus",
        ),
        pytest.param(
            "AWS::SNS::Topic",
            {},
            ("sns:CreateTopic", f"sns:eu-west-1:{ACCOUNT}:stack-Thing-0123456789abcdef0"),
            id="generated-name",
        ),
        pytest.param(
            "AWS::SageMaker::Domain",
            {"DomainName": "d"},
            ("sagemaker:CreateDomain", f"sagemaker:eu-west-1:{ACCOUNT}:domain/0123456789abcdef0"),
            id="generated-id",
        ),
        pytest.param(
            "AWS::SageMaker::UserProfile",
            {"DomainId": "d-1", "UserProfileName": "u"},
            ("sagemaker:CreateUserProfile", f"sagemaker:eu-west-1:{ACCOUNT}:user-profile/d-1/u"),
            id="two-names",
        ),
        pytest.param(
            "AWS::KMS::Alias",
            {"AliasName": "alias/a", "TargetKeyId": f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1"},
            ("kms:CreateAlias", f"kms:eu-west-1:{ACCOUNT}:key/1"),
            id="two-resources",
        ),
        pytest.param(
            "AWS::EC2::Subnet",
            {"VpcId": "vpc-1"},
            ("ec2:CreateSubnet", f"ec2:eu-west-1:{ACCOUNT}:vpc/vpc-1"),
            id="the-parent",
        ),
        pytest.param("AWS::KMS::Key", {}, ("kms:CreateKey", "*"), id="no-resource"),
        pytest.param(
            "AWS::SSM::Parameter",
            {"Name": "/a/b"},
            ("ssm:PutParameter", f"ssm:eu-west-1:{ACCOUNT}:parameter/a/b"),
            id="leading-slash",
        ),
    ],
)
def test_the_arn_of_what_a_step_touches(
    type_name: str, properties: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert expected in needs(type_name, properties)


@pytest.mark.parametrize(
    ("type_name", "physical_id", "expected"),
    [
        ("AWS::KMS::Key", "1-2", ("kms:ScheduleKeyDeletion", f"kms:eu-west-1:{ACCOUNT}:key/1-2")),
        ("AWS::SQS::Queue", "http://host/333/q", ("sqs:DeleteQueue", f"sqs:eu-west-1:{ACCOUNT}:q")),
        (
            "AWS::SNS::Topic",
            f"arn:aws:sns:eu-west-1:{ACCOUNT}:t",
            ("sns:DeleteTopic", f"sns:eu-west-1:{ACCOUNT}:t"),
        ),
    ],
)
def test_the_arn_of_what_exists_follows_from_its_id(
    type_name: str, physical_id: str, expected: tuple[str, str]
) -> None:
    assert expected in needs(type_name, {}, verb="delete", physical_id=physical_id)


@pytest.mark.parametrize(
    ("type_name", "properties", "action", "expected"),
    [
        pytest.param(
            "AWS::Athena::WorkGroup",
            {"Name": "team", "Tags": TAGS},
            "athena:TagResource",
            {f"athena:eu-west-1:{ACCOUNT}:workgroup/team"},
            id="tags-of-itself-alone",
        ),
        pytest.param(
            "AWS::Athena::DataCatalog",
            {"Name": "team", "Tags": TAGS},
            "athena:TagResource",
            {f"athena:eu-west-1:{ACCOUNT}:datacatalog/team"},
            id="of-whatever-kind",
        ),
        pytest.param(
            "AWS::EC2::VPCEndpoint",
            {"VpcId": "vpc-1", "ServiceName": "s", "PrivateDnsEnabled": True},
            "route53:AssociateVPCWithHostedZone",
            {"route53:::hostedzone/Z0123456789"},
            id="zone-of-private-names",
        ),
        pytest.param(
            "AWS::EC2::VPCEndpoint",
            {"VpcId": "vpc-1", "ServiceName": "s", "PrivateDnsEnabled": False},
            "route53:AssociateVPCWithHostedZone",
            set(),
            id="no-private-names-no-zone",
        ),
        pytest.param(
            "AWS::CodePipeline::Pipeline",
            {"Stages": [{"Actions": [{"Configuration": {"ConnectionArn": CONNECTION}}]}]},
            "codestar-connections:PassConnection",
            {CONNECTION.removeprefix("arn:aws:")},
            id="connection-by-the-name-in-its-arn",
        ),
    ],
)
def test_every_arn_that_an_action_is_asked_for(
    type_name: str, properties: dict[str, Any], action: str, expected: set[str]
) -> None:
    assert {resource for name, resource in needs(type_name, properties) if name == action} == expected


def test_no_sub_resource_is_invented_for_what_is_tagged() -> None:
    """No type that has tags is refused for kinds of resources other than its own."""
    invented = {
        resource
        for type_name in ("AWS::Athena::WorkGroup", "AWS::Glue::Job", "AWS::RAM::ResourceShare")
        for name, resource in needs(type_name, {"Name": "team", "Tags": TAGS})
        if "Tag" in name and "team" not in resource and "resource-share" not in resource
    }
    assert invented == set()
