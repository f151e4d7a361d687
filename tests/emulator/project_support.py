"""A product for projects, offered in a development account, and `catalog project` run there by a person."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from scripts.catalog import app
from tests.emulator.sagemaker_support import unique
from tests.emulator.support import Emulator, Statement, allow, trust

TOPIC = (
    "sns:CreateTopic",
    "sns:DeleteTopic",
    "sns:GetTopicAttributes",
    "sns:SetTopicAttributes",
    "sns:TagResource",
)
TEMPLATE: Mapping[str, Any] = {
    "Metadata": {
        "AWS::CloudFormation::Interface": {
            "ParameterGroups": [
                {"Label": {"default": "Topic"}, "Parameters": ["Title", "Copies"]},
            ],
            "ParameterLabels": {"Title": {"default": "Title of the topic"}},
        }
    },
    "Parameters": {
        "Copies": {"Type": "Number", "Default": 1, "MinValue": 1, "MaxValue": 9},
        "Title": {
            "Type": "String",
            "AllowedPattern": "[a-z][a-z0-9-]*",
            "ConstraintDescription": "Enter lower-case letters.",
            "MinLength": 2,
            "MaxLength": 40,
        },
        "Colour": {"Type": "String", "AllowedValues": ["red", "blue"], "Default": "red"},
        "SageMakerProjectName": {"Type": "String"},
        "SageMakerProjectId": {"Type": "String"},
    },
    "Rules": {
        "Differ": {
            "Assertions": [
                {
                    "Assert": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Title"}, {"Ref": "Colour"}]}]},
                    "AssertDescription": "Title and colour must differ.",
                }
            ]
        }
    },
    "Resources": {
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "SageMakerProjectName"}}},
        "Spare": {
            "Type": "AWS::SNS::Topic",
            "Properties": {"TopicName": {"Fn::Sub": "${SageMakerProjectName}-spare"}},
        },
    },
    "Outputs": {
        "Topic": {"Value": {"Ref": "Topic"}, "Description": "Send here."},
        "Title": {"Value": {"Ref": "Title"}},
    },
}
NEXT_TEMPLATE: Mapping[str, Any] = {
    **TEMPLATE,
    "Resources": {
        "Topic": TEMPLATE["Resources"]["Topic"],
        "Other": {
            "Type": "AWS::SNS::Topic",
            "Properties": {"TopicName": {"Fn::Sub": "${SageMakerProjectName}-other"}},
        },
    },
}
CREATOR = (
    allow(
        [
            "servicecatalog:Describe*",
            "servicecatalog:ListLaunchPaths",
            "servicecatalog:SearchProducts",
            "servicecatalog:ProvisionProduct",
            "servicecatalog:TerminateProvisionedProduct",
            "cloudformation:DescribeStackEvents",
        ]
    ),
    allow(["sagemaker:CreateProject", "sagemaker:DeleteProject", "sagemaker:DescribeProject"]),
    allow(["sagemaker:ListProjects", "sagemaker:ListDomains"]),
    allow(
        "s3:GetObject",
        Condition={"StringEquals": {"s3:ExistingObjectTag/servicecatalog:provisioning": "true"}},
    ),
)


@dataclass
class Workshop:
    """A product with a launch role that can launch it, and somebody who may.

    Attributes:
        product: The product's id.
        product_name: Its name.
        launch_role: The name of the launch role.
        creator: ARN of the role of whoever creates projects.
    """

    emulator: Emulator
    portfolio: str
    product: str
    product_name: str
    launch_role: str
    creator: str

    @classmethod
    def open(cls, emulator: Emulator, *, creator: tuple[Statement, ...] = CREATOR) -> "Workshop":
        """Offer the product to a new role with these permissions."""
        name = unique("topics")
        catalog = emulator.client("servicecatalog")
        portfolio = catalog.create_portfolio(DisplayName=name, ProviderName="tests")["PortfolioDetail"]["Id"]
        bucket = unique("templates")
        emulator.client("s3").create_bucket(
            Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": emulator.region}
        )
        product = catalog.create_product(
            Name=name,
            Owner="tests",
            ProductType="CLOUD_FORMATION_TEMPLATE",
            ProvisioningArtifactParameters=_version(emulator, bucket, "1.0.0", TEMPLATE),
        )["ProductViewDetail"]["ProductViewSummary"]["ProductId"]
        catalog.associate_product_with_portfolio(PortfolioId=portfolio, ProductId=product)
        launch_role = unique("launch")
        emulator.role(
            *launch_statements(), name=launch_role, trusting=trust(Service="servicecatalog.amazonaws.com")
        )
        emulator.client("sagemaker").enable_sagemaker_servicecatalog_portfolio()
        catalog.create_constraint(
            PortfolioId=portfolio,
            ProductId=product,
            Type="LAUNCH",
            Parameters=json.dumps({"LocalRoleName": launch_role}),
        )
        workshop = cls(
            emulator=emulator,
            portfolio=portfolio,
            product=product,
            product_name=name,
            launch_role=launch_role,
            creator="",
        )
        workshop.creator = workshop.person(*creator)
        return workshop

    def person(self, *statements: Statement, principal: bool = True) -> str:
        """The ARN of a new role, to which the product is offered."""
        role = self.emulator.role(*statements)
        if principal:
            self.emulator.client("servicecatalog").associate_principal_with_portfolio(
                PortfolioId=self.portfolio, PrincipalARN=role, PrincipalType="IAM"
            )
        return role

    def publish_next_version(self, template: Mapping[str, Any] = NEXT_TEMPLATE) -> str:
        """Offer version 2.0.0 of the product, in which a resource goes and another comes; return its id."""
        bucket = unique("templates")
        self.emulator.client("s3").create_bucket(
            Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": self.emulator.region}
        )
        made = self.emulator.client("servicecatalog").create_provisioning_artifact(
            ProductId=self.product, Parameters=_version(self.emulator, bucket, "2.0.0", template)
        )
        identifier: str = made["ProvisioningArtifactDetail"]["Id"]
        return identifier

    def limit_launches(self, *statements: Statement) -> None:
        """Give the launch role these permissions instead of its own."""
        self.emulator.client("iam").put_role_policy(
            RoleName=self.launch_role,
            PolicyName="test",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
        )

    def topics(self) -> set[str]:
        """The names of the topics that projects have made."""
        topics = self.emulator.client("sns").list_topics()["Topics"]
        return {topic["TopicArn"].rpartition(":")[2] for topic in topics}


def launch_statements(*, topic: bool = True) -> list[Statement]:
    """What a launch role of the product needs; without `topic` it can make none."""
    return [
        allow("cloudformation:*", "arn:aws:cloudformation:*:*:stack/SC-*"),
        allow("s3:GetObject"),
        *([allow(TOPIC, "arn:aws:sns:*:*:*")] if topic else []),
    ]


def run(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, role: str, *arguments: str, answers: str = ""
) -> Result:
    """Run `catalog project` with the credentials of a role."""
    sts = workshop.emulator.client("sts")
    credentials = sts.assume_role(RoleArn=role, RoleSessionName="ada")["Credentials"]
    for name, value in {
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
        "AWS_ENDPOINT_URL": workshop.emulator.endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
        "COLUMNS": "200",
    }.items():
        monkeypatch.setenv(name, value)
    return CliRunner().invoke(app, ["project", *arguments], input=answers)


def _version(emulator: Emulator, bucket: str, name: str, template: Mapping[str, Any]) -> dict[str, Any]:
    emulator.client("s3").put_object(Bucket=bucket, Key=f"{name}.json", Body=json.dumps(template))
    url = f"https://{bucket}.s3.amazonaws.com/{name}.json"
    return {"Name": name, "Info": {"LoadTemplateFromURL": url}, "Type": "CLOUD_FORMATION_TEMPLATE"}
