"""Templates as they are deployed: references filled in, conditions taken, variables of policies replaced."""

from typing import Any

import pytest

from access.templates import DeployedTemplate, TemplateError
from base.policy_variables import fill

TEMPLATE: dict[str, Any] = {
    "Parameters": {
        "Project": {"Type": "String"},
        "Stage": {"Type": "String", "Default": "test"},
        "Uri": {"Type": "String", "Default": "s3://bucket/folder/data.csv"},
    },
    "Conditions": {
        "Test": {"Fn::Equals": [{"Ref": "Stage"}, "test"]},
        "Other": {"Fn::Not": [{"Condition": "Test"}]},
        "Both": {"Fn::And": [{"Condition": "Test"}, {"Condition": "Other"}]},
        "Either": {"Fn::Or": [{"Condition": "Test"}, {"Condition": "Other"}]},
    },
    "Resources": {
        "Bucket": {
            "Type": "AWS::S3::Bucket",
            "Properties": {"BucketName": {"Fn::Join": ["-", ["models", {"Ref": "Project"}]]}},
        },
        "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {}}},
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "reader"}},
        "Left": {"Type": "AWS::IAM::Role", "Condition": "Other", "Properties": {"RoleName": "left-out"}},
    },
}


def deployed(**parameters: str) -> DeployedTemplate:
    return DeployedTemplate(
        name="churn",
        template=TEMPLATE,
        account="222222222222",
        region="eu-west-1",
        parameters={"Project": "p-1", **parameters},
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param({"Ref": "Project"}, "p-1", id="parameter"),
        pytest.param({"Ref": "Stage"}, "test", id="default"),
        pytest.param({"Ref": "AWS::AccountId"}, "222222222222", id="pseudo-parameter"),
        pytest.param({"Ref": "Bucket"}, "models-p-1", id="named-resource"),
        pytest.param({"Fn::GetAtt": ["Bucket", "Arn"]}, "arn:aws:s3:::models-p-1", id="named-arn"),
        pytest.param(
            {"Fn::GetAtt": "Key.Arn"}, "arn:aws:kms:eu-west-1:222222222222:key/churn-Key", id="generated-id"
        ),
        pytest.param({"Fn::GetAtt": ["Role", "Arn"]}, "arn:aws:iam::222222222222:role/reader", id="role"),
        pytest.param({"Fn::Join": ["/", ["a", {"Ref": "Project"}]]}, "a/p-1", id="join"),
        pytest.param(
            {"Fn::Sub": "${Project}/${Bucket.Arn}/${AWS::Region}/${!aws:PrincipalAccount}"},
            "p-1/arn:aws:s3:::models-p-1/eu-west-1/${aws:PrincipalAccount}",
            id="sub",
        ),
        pytest.param({"Fn::Sub": ["${Name}!", {"Name": {"Ref": "Stage"}}]}, "test!", id="sub-with-variables"),
        pytest.param({"Fn::If": ["Test", "yes", "no"]}, "yes", id="if"),
        pytest.param({"Fn::If": ["Both", "yes", "no"]}, "no", id="if-and"),
        pytest.param({"Fn::If": ["Either", "yes", "no"]}, "yes", id="if-or"),
        pytest.param(
            {"Fn::Select": [3, {"Fn::Split": ["/", {"Ref": "Uri"}]}]}, "folder", id="select-of-split"
        ),
        pytest.param(
            {"Kept": 1, "Dropped": {"Ref": "AWS::NoValue"}, "List": [{"Ref": "AWS::NoValue"}]},
            {"Kept": 1, "List": []},
            id="no-value",
        ),
    ],
)
def test_a_value_is_filled_in(value: Any, expected: Any) -> None:
    assert deployed().filled(value) == expected


@pytest.mark.parametrize(("stage", "roles"), [("test", ["reader"]), ("production", ["reader", "left-out"])])
def test_a_resource_is_there_if_its_condition_holds(stage: str, roles: list[str]) -> None:
    found = deployed(Stage=stage).resources("AWS::IAM::Role")
    assert [properties["RoleName"] for _, properties in found] == roles


@pytest.mark.parametrize(
    ("value", "says"),
    [
        pytest.param({"Ref": "Unknown"}, "the parameter Unknown has no value", id="parameter"),
        pytest.param({"Fn::FindInMap": ["a", "b", "c"]}, "Fn::FindInMap is not known", id="function"),
    ],
)
def test_what_cannot_be_filled_in_is_said(value: Any, says: str) -> None:
    with pytest.raises(TemplateError, match=f"^churn: {says}"):
        deployed().filled(value)


REQUEST = {"aws:PrincipalAccount": "333333333333", "aws:PrincipalOrgPaths": ["o-1/r-1/"], "s3:max-keys": 10}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("registered/${aws:PrincipalAccount}/*", "registered/333333333333/*", id="in-a-text"),
        pytest.param("${aws:username}/*", "${aws:username}/*", id="not-carried"),
        pytest.param("${aws:username, 'nobody'}/*", "nobody/*", id="default"),
        pytest.param("${aws:PrincipalAccount, 'nobody'}", "333333333333", id="default-not-needed"),
        pytest.param("${aws:PrincipalOrgPaths}", "${aws:PrincipalOrgPaths}", id="many-values"),
        pytest.param("${s3:max-keys}", "10", id="number"),
        pytest.param("${*}${?}${$}", "*?$", id="literals"),
        pytest.param(
            {"StringEquals": {"${aws:PrincipalAccount}": ["${aws:PrincipalAccount}", True]}},
            {"StringEquals": {"${aws:PrincipalAccount}": ["333333333333", True]}},
            id="in-a-condition",
        ),
    ],
)
def test_variables_of_policies(value: Any, expected: Any) -> None:
    assert fill(value, REQUEST.get) == expected
