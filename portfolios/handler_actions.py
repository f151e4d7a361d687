"""What the actions in the lists of CloudFormation's handlers mean to IAM, for one resource.

A list names what handlers may call for any resource of a type. This module decides which of the names count
for the resource at hand, and puts names that IAM spells otherwise right. A name that counts and that IAM does
not know stops the derivation: dropped in silence, it would be missed on AWS only.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from portfolios import iam_actions
from portfolios.iam_actions import Action
from portfolios.resource_types import PermissionsError
from portfolios.template_values import Resource


@dataclass(frozen=True)
class With:
    """The property of a resource that makes handlers call an action.

    Attributes:
        name: The property.
        values: The values that do; empty if any value does.
    """

    name: str
    values: frozenset[str] = frozenset()

    def holds(self, properties: Mapping[str, Any]) -> bool:
        """Whether the property is given, or may be, with such a value.

        Args:
            properties: Of the resource, as they stand in the template.
        """
        given = properties.get(self.name)
        if given is None or given is False:
            return False
        # What only a launch decides may become any value.
        return not self.values or not isinstance(given, str) or given in self.values


# The prefix by which schemas call a service, and IAM's
# (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticfilesystem.html).
_PREFIXES: Mapping[str, str] = {"efs": "elasticfilesystem"}

# Operations of S3's API, and the actions that allow them
# (https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html).
_ALLOWED_BY: Mapping[str, str] = {
    "s3:DeleteBucketAnalyticsConfiguration": "s3:PutAnalyticsConfiguration",
    "s3:DeleteBucketCors": "s3:PutBucketCORS",
    "s3:DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
    "s3:DeleteBucketMetricsConfiguration": "s3:PutMetricsConfiguration",
    "s3:DeleteBucketReplication": "s3:PutReplicationConfiguration",
    "s3:DeleteBucketTagging": "s3:PutBucketTagging",
    "s3:PutBucketReplication": "s3:PutReplicationConfiguration",
    "s3:PutObjectLockConfiguration": "s3:PutBucketObjectLockConfiguration",
}

UNKNOWN: Mapping[str, str] = {
    # The schema of functions lists it since 2026; no page of Lambda's documentation and no reference does.
    "lambda:AssociateRuntimeAlias": "Lambda has no such operation.",
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
    "s3:REST.PUT.OBJECT": "It is the name of an operation in S3's server access logs.",
    "vpc-lattice:DescribeServiceNetworkVpcEndpointAssociation": "Lattice has no such operation.",
}
"""What handlers list, though no policy can allow it, and why."""

_METADATA = (With("MetadataConfiguration"), With("MetadataTableConfiguration"))
_DELIVERED = (With("LogDestinationType", frozenset({"s3", "kinesis-data-firehose"})),)
_ONLY_WITH: Mapping[str, Mapping[str, tuple[With, ...]]] = {
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html
    "AWS::Logs::LogGroup": {
        "firehose:TagDeliveryStream": (With("DataProtectionPolicy"),),
        "logs:CreateLogDelivery": (With("DataProtectionPolicy"),),
        "logs:DeleteIndexPolicy": (With("FieldIndexPolicies"),),
        "logs:DeleteResourcePolicy": (With("ResourcePolicyDocument"),),
        "logs:PutIndexPolicy": (With("FieldIndexPolicies"),),
        "logs:PutResourcePolicy": (With("ResourcePolicyDocument"),),
        "s3:REST.PUT.OBJECT": (With("DataProtectionPolicy"),),
    },
    # Deliveries take flow logs to S3 and Firehose; CloudWatch Logs gets them by the flow log's own role
    # (https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html,
    # https://docs.aws.amazon.com/vpc/latest/userguide/firehose-cross-account-delivery.html,
    # https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html).
    "AWS::EC2::FlowLog": {
        "iam:CreateServiceLinkedRole": (With("LogDestinationType", frozenset({"kinesis-data-firehose"})),),
        "logs:CreateLogDelivery": _DELIVERED,
        "logs:DeleteLogDelivery": _DELIVERED,
        "s3:GetBucketPolicy": (With("LogDestinationType", frozenset({"s3"})),),
        "s3:PutBucketPolicy": (With("LogDestinationType", frozenset({"s3"})),),
    },
    # https://docs.aws.amazon.com/vpc-lattice/latest/ug/service-network-associations.html
    "AWS::EC2::VPCEndpoint": {
        "vpc-lattice:CreateServiceNetworkVpcEndpointAssociation": (With("ServiceNetworkArn"),),
        "vpc-lattice:DescribeServiceNetworkVpcEndpointAssociation": (With("ServiceNetworkArn"),),
    },
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/metadata-tables-permissions.html
    "AWS::S3::Bucket": {
        f"s3:{verb}": _METADATA
        for verb in (
            "CreateBucketMetadataTableConfiguration",
            "DeleteBucketMetadataTableConfiguration",
            "UpdateBucketMetadataAnnotationTableConfiguration",
            "UpdateBucketMetadataInventoryTableConfiguration",
            "UpdateBucketMetadataJournalTableConfiguration",
        )
    },
    # https://docs.aws.amazon.com/datazone/latest/userguide/enable-IAM-identity-center-for-datazone.html
    "AWS::DataZone::Domain": {
        f"sso:{verb}": (With("SingleSignOn"),)
        for verb in (
            "CreateApplication",
            "CreateApplicationAssignment",
            "CreateManagedApplicationInstance",
            "DeleteApplication",
            "DeleteApplicationAssignment",
            "DeleteManagedApplicationInstance",
            "ListInstances",
            "PutApplicationAccessScope",
            "PutApplicationAssignmentConfiguration",
            "PutApplicationAuthenticationMethod",
            "PutApplicationGrant",
        )
    },
    # https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem.html
    "AWS::Lambda::Function": {
        "elasticfilesystem:DescribeMountTargets": (With("FileSystemConfigs"),),
        "s3files:ListMountTargets": (With("FileSystemConfigs"),),
    },
}
# The handler of buckets lists these, and calls them for no property of a bucket
# (https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html, "Permissions").
_NEVER_CALLED: Mapping[str, frozenset[str]] = {
    "AWS::S3::Bucket": frozenset({"s3:DeleteObject", "s3:PutObjectAcl"}),
}


def actions_for(resource: Resource, calls: Iterable[str]) -> list[Action]:
    """The actions in a handler's list that count for a resource.

    Args:
        resource: The resource.
        calls: The names in the list of one of its type's handlers.

    Returns:
        The actions in the order of their names.

    Raises:
        PermissionsError: If IAM does not know one.
    """
    found = {action.name: action for action in _known(resource, calls)}
    return [found[name] for name in sorted(found)]


@cache
def spelling(name: str) -> str:
    """How IAM spells the name of an action in a handler's list.

    Args:
        name: Such as ``efs:CreateFileSystem``.
    """
    prefix, _, verb = name.partition(":")
    spelled = f"{_PREFIXES.get(prefix, prefix)}:{verb}"
    return _ALLOWED_BY.get(spelled, spelled)


def _known(resource: Resource, calls: Iterable[str]) -> Iterator[Action]:
    only_with = _ONLY_WITH.get(resource.type.name, {})
    for call in calls:
        name = spelling(call)
        conditions = only_with.get(name)
        if conditions is not None and not any(each.holds(resource.properties) for each in conditions):
            continue
        if name in _NEVER_CALLED.get(resource.type.name, ()) or name in UNKNOWN:
            continue
        action = iam_actions.find(name)
        if action is None:
            raise PermissionsError(
                f"{resource.logical_id} ({resource.type.name}) may call {call}, and IAM knows no such "
                "action: spell it as IAM does, or list it with the reason, in portfolios/handler_actions.py."
            )
        yield action
