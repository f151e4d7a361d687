"""Names in the lists of CloudFormation's handlers: spelled as IAM does, and never lost in silence."""

from collections.abc import Mapping
from typing import Any

import pytest

from portfolios import handler_actions, iam_actions
from portfolios.handler_actions import UNKNOWN, actions_for, spelling
from portfolios.permissions import derive
from portfolios.resource_types import PermissionsError
from portfolios.template_values import TemplateValues
from tests.portfolios.policies import OWN_ACCOUNT, allowed

REGION = "eu-west-1"
DOMAIN = {"Type": "AWS::SageMaker::Domain", "Properties": {"DomainName": "team"}}
FILES = f"arn:aws:elasticfilesystem:{REGION}:{OWN_ACCOUNT}:file-system/fs-1"
OF_SAGEMAKER = {"aws:ResourceTag/ManagedByAmazonSageMakerResource": "domain"}


def flow_log(**properties: Any) -> dict[str, Any]:
    given = {"ResourceId": "vpc-1", "ResourceType": "VPC", **properties}
    return {"Type": "AWS::EC2::FlowLog", "Properties": given}


TO_LOGS = flow_log(LogDestinationType="cloud-watch-logs", LogGroupName="/traffic")
TO_S3 = flow_log(LogDestinationType="s3", LogDestination="arn:aws:s3:::traffic")
TO_FIREHOSE = flow_log(LogDestinationType="kinesis-data-firehose")
TO_CHOICE = flow_log(LogDestinationType={"Ref": "Destination"})
ENDPOINT = {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"VpcId": "vpc-1", "ServiceName": "s"}}
LATTICE = {
    "Type": "AWS::EC2::VPCEndpoint",
    "Properties": {"VpcId": "vpc-1", "ServiceNetworkArn": f"arn:aws:vpc-lattice:{REGION}:1:servicenetwork/s"},
}
LOG_GROUP = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/builds"}}
BUCKET = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "data"}}
LINKED = "arn:aws:iam::333333333333:role/aws-service-role/delivery.logs.amazonaws.com/AWSServiceRoleForX"


@pytest.mark.parametrize(
    ("resource", "action", "arn", "keys", "expected"),
    [
        pytest.param(
            DOMAIN, "elasticfilesystem:CreateFileSystem", "*", {}, True, id="efs-is-elasticfilesystem"
        ),
        pytest.param(
            DOMAIN,
            "elasticfilesystem:TagResource",
            FILES,
            {"elasticfilesystem:CreateAction": "CreateFileSystem"},
            True,
            id="file-system-is-tagged-when-made",
        ),
        pytest.param(DOMAIN, "elasticfilesystem:TagResource", FILES, {}, False, id="and-not-afterwards"),
        pytest.param(
            DOMAIN,
            "elasticfilesystem:DeleteFileSystem",
            FILES,
            OF_SAGEMAKER,
            True,
            id="file-system-of-a-domain",
        ),
        pytest.param(DOMAIN, "elasticfilesystem:DeleteFileSystem", FILES, {}, False, id="any-file-system"),
        *(
            pytest.param(resource, f"logs:{verb}LogDelivery", "*", {}, expected, id=f"{verb}-{name}")
            for verb in ("Create", "Delete")
            for name, resource, expected in (
                ("flow-log-to-s3", TO_S3, True),
                ("flow-log-to-firehose", TO_FIREHOSE, True),
                ("flow-log-to-a-choice", TO_CHOICE, True),
                ("flow-log-to-logs", TO_LOGS, False),
            )
        ),
        pytest.param(LOG_GROUP, "logs:CreateLogDelivery", "*", {}, False, id="delivery-of-a-log-group"),
        pytest.param(
            TO_FIREHOSE,
            "iam:CreateServiceLinkedRole",
            LINKED,
            {"iam:AWSServiceName": "delivery.logs.amazonaws.com"},
            True,
            id="role-of-log-delivery",
        ),
        pytest.param(
            ENDPOINT,
            "vpc-lattice:CreateServiceNetworkVpcEndpointAssociation",
            "*",
            {},
            False,
            id="no-lattice",
        ),
        pytest.param(
            LATTICE, "vpc-lattice:CreateServiceNetworkVpcEndpointAssociation", "*", {}, True, id="lattice"
        ),
        pytest.param(
            BUCKET,
            "s3:CreateBucketMetadataTableConfiguration",
            "arn:aws:s3:::data",
            {},
            False,
            id="no-metadata",
        ),
        pytest.param(
            {"Type": "AWS::Athena::WorkGroup", "Properties": {"Name": "team", "Tags": []}},
            "athena:TagResource",
            f"arn:aws:athena:{REGION}:{OWN_ACCOUNT}:datacatalog/other",
            {},
            False,
            id="tags-nothing-but-itself",
        ),
    ],
)
def test_what_counts_for_a_resource(
    resource: Mapping[str, Any], action: str, arn: str, keys: Mapping[str, str], expected: bool
) -> None:
    assert allowed(derive({"Resources": {"R": resource}}, region=REGION), action, arn, keys) is expected


def test_an_action_that_no_reference_knows_stops_the_derivation() -> None:
    group = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/builds"}}
    (resource,) = TemplateValues({"Resources": {"Logs": group}}, region=REGION).resources.values()
    with pytest.raises(PermissionsError) as refusal:
        actions_for(resource, ["logs:CreateLogGroup", "logs:GuessWhat"])
    assert str(refusal.value).startswith(
        "Logs (AWS::Logs::LogGroup) may call logs:GuessWhat, and IAM knows no"
    )


def test_what_is_listed_as_unknown_is_unknown_and_says_why() -> None:
    assert all(reason.endswith(".") for reason in UNKNOWN.values())
    assert [name for name in UNKNOWN if iam_actions.find(name) is not None] == []


def test_spellings_lead_to_actions_and_are_needed() -> None:
    allowed_by = handler_actions._ALLOWED_BY
    assert [name for name in allowed_by if iam_actions.find(name) is not None] == []
    assert [name for name in allowed_by if iam_actions.find(spelling(name)) is None] == []
