"""What reading a template calls belongs to the role that launches it."""

from collections.abc import Mapping
from typing import Any

import pytest

from portfolios.permissions import derive
from portfolios.resource_types import PermissionsError
from tests.portfolios.policies import OWN_ACCOUNT, allowed

REGION = "eu-west-1"
TOPIC = "AWS::SNS::Topic"
PARAMETER = f"arn:aws:ssm:{REGION}:{OWN_ACCOUNT}:parameter"
SECRET = f"arn:aws:secretsmanager:{REGION}:{OWN_ACCOUNT}:secret"
KEY = f"arn:aws:kms:{REGION}:{OWN_ACCOUNT}:key/1"


def topic(name: Any) -> dict[str, Any]:
    return {"Resources": {"Topic": {"Type": TOPIC, "Properties": {"TopicName": "t", "DisplayName": name}}}}


def parameter(kind: str, **more: Any) -> dict[str, Any]:
    return topic("x") | {"Parameters": {"P": {"Type": kind, **more}}}


ZONES = topic({"Fn::Select": [0, {"Fn::GetAZs": ""}]})
INCLUDED = topic(
    {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://snippets/a.yml"}}}
)
SSM = topic("{{resolve:ssm:/team/name:1}}")
SUBSTITUTED = topic({"Fn::Sub": "x-{{resolve:ssm:/team/${AWS::Region}}}"})
SECURE = topic("{{resolve:ssm-secure:/team/password}}")
SECRETS = topic("{{resolve:secretsmanager:git:SecretString:token}}")
FOREIGN_SECRET = topic(
    f"{{{{resolve:secretsmanager:arn:aws:secretsmanager:{REGION}:222222222222:secret:git-a1b2c3:SecretString}}}}"
)
STORED = parameter("AWS::SSM::Parameter::Value<String>", Default="/team/name")
PUBLIC = parameter(
    "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", Default="/aws/service/ami-amazon-linux-latest/al2023"
)
CHOICE = parameter("AWS::SSM::Parameter::Value<List<String>>", AllowedValues=["/a", "/b"])
NETWORK = parameter("AWS::EC2::VPC::Id")
SUBNETS = parameter("List<AWS::EC2::Subnet::Id>")
RULES = topic("x") | {
    "Rules": {"R": {"Assertions": [{"Assert": {"Fn::Contains": [{"Fn::RefAll": "AWS::EC2::VPC::Id"}, "v"]}}]}}
}
EXTENDED = topic("x") | {"Transform": ["AWS::LanguageExtensions"]}
SERVERLESS = topic("x") | {"Transform": "AWS::Serverless-2016-10-31"}


@pytest.mark.parametrize(
    ("template", "action", "arn", "keys", "expected"),
    [
        *(
            pytest.param(ZONES, action, "*", {}, True, id=f"zones-{action}")
            for action in (
                "ec2:DescribeAccountAttributes",
                "ec2:DescribeAvailabilityZones",
                "ec2:DescribeSubnets",
            )
        ),
        pytest.param(topic("x"), "ec2:DescribeAvailabilityZones", "*", {}, False, id="no-function-no-call"),
        pytest.param(SSM, "ssm:GetParameters", f"{PARAMETER}/team/name", {}, True, id="ssm"),
        pytest.param(SSM, "ssm:GetParameters", f"{PARAMETER}/other/name", {}, False, id="ssm-other-name"),
        pytest.param(SSM, "kms:Decrypt", KEY, {}, False, id="ssm-is-plain"),
        pytest.param(
            SUBSTITUTED, "ssm:GetParameters", f"{PARAMETER}/team/{REGION}", {}, True, id="ssm-in-substitution"
        ),
        pytest.param(SECURE, "ssm:GetParameters", f"{PARAMETER}/team/password", {}, True, id="ssm-secure"),
        *(
            pytest.param(
                SECURE,
                "kms:Decrypt",
                KEY,
                {"kms:ViaService": f"{via}.{REGION}.amazonaws.com"},
                expected,
                id=name,
            )
            for name, via, expected in (
                ("secure-string-is-decrypted", "ssm", True),
                ("through-no-other-service", "s3", False),
            )
        ),
        pytest.param(
            SECRETS, "secretsmanager:GetSecretValue", f"{SECRET}:git-a1b2c3", {}, True, id="secret-by-name"
        ),
        pytest.param(
            SECRETS, "secretsmanager:GetSecretValue", f"{SECRET}:github-a1b2c3", {}, False, id="other-secret"
        ),
        pytest.param(
            FOREIGN_SECRET,
            "secretsmanager:GetSecretValue",
            f"arn:aws:secretsmanager:{REGION}:222222222222:secret:git-a1b2c3",
            {},
            True,
            id="secret-by-arn",
        ),
        pytest.param(STORED, "ssm:GetParameters", f"{PARAMETER}/team/name", {}, True, id="stored-value"),
        pytest.param(STORED, "ssm:GetParameters", f"{PARAMETER}/x", {}, False, id="stored-default-only"),
        pytest.param(
            PUBLIC,
            "ssm:GetParameters",
            f"arn:aws:ssm:{REGION}::parameter/aws/service/ami-amazon-linux-latest/al2023",
            {},
            True,
            id="public-parameter",
        ),
        pytest.param(PUBLIC, "ec2:DescribeImages", "*", {}, True, id="type-of-the-stored-value"),
        pytest.param(CHOICE, "ssm:GetParameters", f"{PARAMETER}/b", {}, True, id="stored-choice"),
        pytest.param(NETWORK, "ec2:DescribeVpcs", "*", {}, True, id="type-of-the-account"),
        pytest.param(SUBNETS, "ec2:DescribeSubnets", "*", {}, True, id="list-of-the-account"),
        pytest.param(RULES, "ec2:DescribeVpcs", "*", {}, True, id="rule-over-a-type"),
        pytest.param(INCLUDED, "s3:GetObject", "arn:aws:s3:::snippets/a.yml", {}, True, id="snippet"),
        pytest.param(
            SERVERLESS,
            "cloudformation:CreateChangeSet",
            f"arn:aws:cloudformation:{REGION}:aws:transform/Serverless-2016-10-31",
            {},
            True,
            id="transform",
        ),
    ],
)
def test_what_a_template_reads(
    template: Mapping[str, Any], action: str, arn: str, keys: Mapping[str, str], expected: bool
) -> None:
    assert allowed(derive(template, region=REGION), action, arn, keys) is expected


def test_extensions_of_the_language_call_nothing() -> None:
    assert derive(EXTENDED, region=REGION) == derive(topic("x"), region=REGION)


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        pytest.param(topic({"Fn::Guess": "x"}), "what Fn::Guess calls (Resources)", id="function"),
        pytest.param(topic("{{resolve:vault:x}}"), "what {{resolve:vault:…}} calls", id="dynamic-reference"),
        pytest.param(
            parameter("AWS::EC2::Castle::Id"), "a parameter of the type AWS::EC2::Castle::Id", id="parameter"
        ),
        pytest.param(topic("x") | {"Transform": "OurMacro"}, "the transform OurMacro", id="macro"),
    ],
)
def test_what_nothing_is_known_of_stops_the_derivation(template: Mapping[str, Any], sentence: str) -> None:
    with pytest.raises(PermissionsError) as refusal:
        derive(template, region=REGION)
    assert sentence in str(refusal.value)
    assert "add it, with its source, in portfolios/template_calls.py" in str(refusal.value)
