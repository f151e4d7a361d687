"""What the values of a template tell before anybody launches it."""

from typing import Any

import pytest

from portfolios.template_values import ACCOUNT, TemplateValues

TEMPLATE: dict[str, Any] = {
    "Parameters": {"Id": {"Type": "String"}},
    "Resources": {
        "Key": {"Type": "AWS::KMS::Key"},
        "Alias": {
            "Type": "AWS::KMS::Alias",
            "Properties": {"AliasName": "alias/data", "TargetKeyId": {"Fn::GetAtt": ["Key", "Arn"]}},
        },
        "Bucket": {
            "Type": "AWS::S3::Bucket",
            "Properties": {"BucketName": {"Fn::Sub": "data-${Id}-${AWS::AccountId}"}},
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
        },
        "Policy": {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "Bucket"}}},
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {"RoleName": {"Fn::Join": ["-", ["build", {"Ref": "Id"}]]}, "Path": "/team/"},
        },
        "Group": {
            "Type": "AWS::SageMaker::ModelPackageGroup",
            "Properties": {"ModelPackageGroupName": {"Fn::Sub": ["${Name}-${Id}", {"Name": "churn"}]}},
        },
        "Rule": {"Type": "AWS::Events::Rule", "Properties": {"Name": "approved"}},
        "BusRule": {
            "Type": "AWS::Events::Rule",
            "Properties": {"Name": "approved", "EventBusName": "registry"},
        },
        "Version": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/platform/version"}},
        "Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/builds"}},
        "Domain": {"Type": "AWS::SageMaker::Domain", "Properties": {"DomainName": "team"}},
        "Profile": {
            "Type": "AWS::SageMaker::UserProfile",
            "Properties": {"DomainId": {"Ref": "Domain"}, "UserProfileName": "lead"},
        },
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "FunctionName": "seed",
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Code": {"S3Bucket": "assets", "S3Key": "a1b2.zip"},
                "KmsKeyArn": {"Fn::GetAtt": "Key.Arn"},
                "Environment": {"Variables": {"OTHER_ROLE": f"arn:aws:iam::{ACCOUNT}:role/other"}},
            },
        },
    },
}


@pytest.fixture(scope="module")
def values() -> TemplateValues:
    return TemplateValues(TEMPLATE, region="eu-west-1")


@pytest.mark.parametrize(
    ("value", "patterns"),
    [
        pytest.param("fixed", ("fixed",), id="text"),
        pytest.param({"Ref": "Id"}, ("*",), id="parameter"),
        pytest.param({"Ref": "AWS::Region"}, ("eu-west-1",), id="region"),
        pytest.param({"Ref": "AWS::NoValue"}, (), id="no-value"),
        pytest.param({"Fn::Sub": "${Id}${Id}-x"}, ("*-x",), id="wildcards-collapse"),
        pytest.param({"Fn::Sub": "${!Literal}"}, ("${Literal}",), id="escaped"),
        pytest.param({"Fn::If": ["Wanted", "a", "b"]}, ("a", "b"), id="condition"),
        pytest.param(
            {"Fn::Join": ["", [{"Fn::If": ["Wanted", "a", "b"]}, "-x"]]},
            ("a-x", "b-x"),
            id="joined-condition",
        ),
        pytest.param({"Ref": "Bucket"}, (f"data-*-{ACCOUNT}",), id="reference-to-name"),
        pytest.param({"Ref": "Key"}, ("*",), id="reference-to-generated-id"),
        pytest.param(
            {"Fn::GetAtt": ["Bucket", "Arn"]}, (f"arn:aws:s3:::data-*-{ACCOUNT}",), id="attribute-arn"
        ),
        pytest.param({"Fn::GetAtt": "Group.CreationTime"}, ("*",), id="attribute-unknown"),
        pytest.param({"Fn::ImportValue": "other"}, ("*",), id="import"),
    ],
)
def test_patterns(values: TemplateValues, value: Any, patterns: tuple[str, ...]) -> None:
    assert values.patterns(value) == patterns


REGIONAL = f"eu-west-1:{ACCOUNT}"


@pytest.mark.parametrize(
    ("logical_id", "arns"),
    [
        ("Key", {f"arn:aws:kms:{REGIONAL}:key/*"}),
        ("Alias", {f"arn:aws:kms:{REGIONAL}:alias/data"}),
        ("Bucket", {f"arn:aws:s3:::data-*-{ACCOUNT}"}),
        ("Role", {f"arn:aws:iam::{ACCOUNT}:role/team/build-*"}),
        ("Group", {f"arn:aws:sagemaker:{REGIONAL}:model-package-group/churn-*"}),
        ("Rule", {f"arn:aws:events:{REGIONAL}:rule/approved"}),
        (
            "BusRule",
            {f"arn:aws:events:{REGIONAL}:rule/registry/approved", f"arn:aws:events:{REGIONAL}:rule/approved"},
        ),
        ("Version", {f"arn:aws:ssm:{REGIONAL}:parameter/platform/version"}),
        ("Logs", {f"arn:aws:logs:{REGIONAL}:log-group:/builds{suffix}" for suffix in ("", ":*")}),
        ("Domain", {f"arn:aws:sagemaker:{REGIONAL}:domain/*"}),
        ("Profile", {f"arn:aws:sagemaker:{REGIONAL}:user-profile/*/lead"}),
        ("Function", {f"arn:aws:lambda:{REGIONAL}:function:seed"}),
        ("Policy", set()),
    ],
)
def test_arns(values: TemplateValues, logical_id: str, arns: set[str]) -> None:
    assert set(values.arns(values.resources[logical_id])) == arns


def test_references_are_what_a_resource_uses(values: TemplateValues) -> None:
    assert set(values.references(values.resources["Function"])) == {
        f"arn:aws:iam::{ACCOUNT}:role/team/build-*",
        f"arn:aws:kms:{REGIONAL}:key/*",
        "arn:aws:s3:::assets/*",
    }


def test_roles_are_what_a_resource_takes(values: TemplateValues) -> None:
    assert values.roles(values.resources["Function"]) == (f"arn:aws:iam::{ACCOUNT}:role/team/build-*",)


@pytest.mark.parametrize(("logical_id", "retained"), [("Bucket", True), ("Role", False)])
def test_retained(values: TemplateValues, logical_id: str, retained: bool) -> None:
    assert values.resources[logical_id].retained is retained
