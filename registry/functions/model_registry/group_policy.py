"""The resource policy of a central model package group: who may use its versions from other accounts."""

import json
from collections.abc import Mapping
from typing import Any

from .errors import RegistryError
from .readers import Readers
from .records import RECEIPT_SHA256, RECEIPT_URI, SOURCE_MODEL_PACKAGE_ARN

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_PutModelPackageGroupPolicy.html
MAXIMUM_POLICY = 20_480

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

    Where the readers name accounts, the policy has the form of AWS's own examples: roots of accounts, and no
    condition. What a registering account then registers under a status or a receipt of its own, release
    refuses.

    Args:
        group_arn: The group.
        tags: Its tags.
        readers: Who may use its versions in the accounts that serve models.

    Raises:
        RegistryError: If it becomes longer than SageMaker takes.
    """
    versions = f"{group_arn.replace(':model-package-group/', ':model-package/')}/*"
    by_account = readers.accounts is not None
    everybody = ["*"] if readers.accounts is None else [_root(account) for account in readers.accounts]
    statements = []
    if everybody:
        statements = [
            _statement(
                "Group",
                ["sagemaker:DescribeModelPackageGroup"],
                group_arn,
                everybody,
                {} if by_account else readers.condition,
            ),
            _statement(
                "Versions",
                ["sagemaker:CreateModel", "sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages"],
                versions,
                everybody,
                {} if by_account else readers.condition,
            ),
        ]
    if REGISTERS_DIRECTLY_TAG in tags:
        source = tags[SOURCE_ACCOUNT_TAG]
        account = [_root(source)]
        role = f"arn:aws:iam::{source}:role/{tags[REGISTERS_DIRECTLY_TAG]}"
        registering = {} if by_account else {"ArnEquals": {"aws:PrincipalArn": role}}
        as_it_comes = {} if by_account else {**registering, **_AS_IT_COMES}
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
                as_it_comes,
            ),
        ]
    policy = {"Version": "2012-10-17", "Statement": statements}
    length = len(policy_text(policy))
    if length > MAXIMUM_POLICY:
        raise RegistryError(
            f"The policy of {group_arn} would have {length:,} characters, and SageMaker takes "
            f"{MAXIMUM_POLICY:,}, because assumptions.group_policy in catalog.yaml lets it name each of "
            f"{len(everybody)} accounts: move accounts that serve no models out of the units test and "
            "production."
        )
    return policy


def policy_text(policy: Mapping[str, Any]) -> str:
    """A policy as it is written: without blanks, because its length is limited."""
    return json.dumps(policy, separators=(",", ":"))


def _root(account: str) -> str:
    return f"arn:aws:iam::{account}:root"


def _statement(
    sid: str, actions: list[str], resource: str, principals: list[str], condition: Mapping[str, Any]
) -> dict[str, Any]:
    statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": principals[0] if len(principals) == 1 else principals},
        "Action": actions,
        "Resource": resource,
    }
    return {**statement, "Condition": condition} if condition else statement
