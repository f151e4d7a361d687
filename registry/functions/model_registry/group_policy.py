"""The resource policy of a central model package group: who may use its versions from other accounts."""

from collections.abc import Mapping
from typing import Any

from .readers import Readers
from .records import RECEIPT_SHA256, RECEIPT_URI, SOURCE_MODEL_PACKAGE_ARN

SOURCE_ACCOUNT_TAG = "source-account"
"""The account whose models the group holds."""

REGISTERS_DIRECTLY_TAG = "registers-directly"
"""The role of that account which registers versions into the group itself, if one does."""

PLATFORM_TAGS = frozenset({REGISTERS_DIRECTLY_TAG, SOURCE_ACCOUNT_TAG})
"""What the platform says of a group; nothing that a team says may stand for it."""

# Neither approved already, nor with a stage or a receipt: others decide, and say so.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
_AS_IT_COMES = {
    "StringEquals": {"sagemaker:ModelApprovalStatus": "PendingManualApproval"},
    "Null": {
        "sagemaker:ModelLifeCycle:Stage": "true",
        **{
            f"sagemaker:CustomerMetadataProperties/{name}": "true"
            for name in (RECEIPT_SHA256, RECEIPT_URI, SOURCE_MODEL_PACKAGE_ARN)
        },
    },
}


def group_policy(group_arn: str, tags: Mapping[str, str], readers: Readers) -> dict[str, Any]:
    """The policy of a group, as its tags ask for it.

    The organisation's serving roles may look at versions, and create models from them.
    https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-deploy-xaccount.html

    Args:
        group_arn: The group.
        tags: Its tags.
        readers: Who may use its versions in the accounts that serve models.
    """
    versions = f"{group_arn.replace(':model-package-group/', ':model-package/')}/*"
    statements = [
        _statement("Group", ["sagemaker:DescribeModelPackageGroup"], group_arn, "*", readers.condition),
        _statement(
            "Versions",
            ["sagemaker:CreateModel", "sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages"],
            versions,
            "*",
            readers.condition,
        ),
    ]
    if REGISTERS_DIRECTLY_TAG in tags:
        account = tags[SOURCE_ACCOUNT_TAG]
        registering = {
            "ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{account}:role/{tags[REGISTERS_DIRECTLY_TAG]}"}
        }
        statements += [
            _statement(
                "RegisteringGroup",
                ["sagemaker:DescribeModelPackageGroup", "sagemaker:ListModelPackages"],
                group_arn,
                account,
                registering,
            ),
            _statement(
                "RegisteringVersions",
                ["sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages"],
                versions,
                account,
                registering,
            ),
            _statement(
                "RegisteringAsPending",
                ["sagemaker:CreateModelPackage"],
                versions,
                account,
                {**registering, **_AS_IT_COMES},
            ),
        ]
    return {"Version": "2012-10-17", "Statement": statements}


def _statement(
    sid: str, actions: list[str], resource: str, principal: str, condition: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": principal if principal == "*" else f"arn:aws:iam::{principal}:root"},
        "Action": actions,
        "Resource": resource,
        "Condition": condition,
    }
