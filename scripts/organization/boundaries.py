"""Look for the adopter's permissions boundary in each account, before StackSets create roles under it.

IAM refuses a role whose boundary does not exist, and a StackSet reports it account by account. Only a role in
the account itself can look: the management account assumes the one that AWS Organizations creates in accounts
of its own making, or AWS Control Tower in those that it enrols. Accounts that were invited may have neither:
they are named, and left to their administrators.

* https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access-cross-account-role.html
* https://docs.aws.amazon.com/controltower/latest/userguide/awscontroltowerexecution.html
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from base.settings import Settings
from scripts.console.change import Change, OperatorError, Outcome
from scripts.console.command import RETRIES

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_organizations import OrganizationsClient
    from mypy_boto3_sts import STSClient

ADMINISTRATORS = ("OrganizationAccountAccessRole", "AWSControlTowerExecution")
SESSION_NAME = "catalog-prepare"


def look_for_boundaries(
    *, organizations: "OrganizationsClient", enter: Callable[[str], "IAMClient | None"], settings: Settings
) -> Iterator[Change]:
    """Look for the boundary of the catalog file in every account that gets roles of the platform.

    Args:
        organizations: A client of the management account.
        enter: Gives a client of IAM in an account, or nothing where nobody from outside may look.
        settings: The catalog file.

    Yields:
        Each account, with whether it was looked at.

    Raises:
        OperatorError: If accounts lack the boundary; it names all of them.
    """
    boundary = settings.permissions_boundary
    if boundary is None:
        return
    lacking = []
    for account in accounts_of_the_platform(organizations, settings):
        iam = enter(account)
        if iam is None:
            yield Change(
                Outcome.UNCHECKED,
                f"permissions boundary {boundary} in {account}: it has none of the roles "
                f"{', '.join(ADMINISTRATORS)}; have its administrator look for it",
            )
        elif _has(iam, account, boundary):
            yield Change(Outcome.IDENTICAL, f"permissions boundary {boundary} in {account}")
        else:
            lacking.append(account)
    if lacking:
        raise OperatorError(
            f"There is no IAM policy {boundary} in {', '.join(lacking)}: create it there, such as by "
            "a StackSet of your own, or leave permissions_boundary out of catalog.yaml; nothing was changed."
        )


def accounts_of_the_platform(organizations: "OrganizationsClient", settings: Settings) -> Iterator[str]:
    """The shared services account, and all active ones in the units that the platform serves.

    Args:
        organizations: A client of the management account.
        settings: The catalog file.
    """
    yield settings.accounts.shared_services
    units = settings.organization.organizational_units
    parents = [unit for name, unit in units if name != "workloads"]
    while parents:
        parent = parents.pop(0)
        for page in organizations.get_paginator("list_accounts_for_parent").paginate(ParentId=parent):
            for account in page["Accounts"]:
                # `State` replaces `Status`
                # (https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html).
                if account.get("State", account.get("Status")) == "ACTIVE":
                    yield account["Id"]
        below = organizations.get_paginator("list_organizational_units_for_parent").paginate(ParentId=parent)
        parents.extend(unit["Id"] for page in below for unit in page["OrganizationalUnits"])


def enter_by(session: boto3.Session, sts: "STSClient") -> Callable[[str], "IAMClient | None"]:
    """How the management account gets into the others.

    Args:
        session: The credentials of its administrator.
        sts: A client with them.
    """

    def enter(account: str) -> "IAMClient | None":
        for role in ADMINISTRATORS:
            try:
                credentials = sts.assume_role(
                    RoleArn=f"arn:aws:iam::{account}:role/{role}", RoleSessionName=SESSION_NAME
                )["Credentials"]
            except ClientError as error:
                # STS does not tell a role that is missing from one that may not be assumed.
                if error.response["Error"]["Code"] != "AccessDenied":
                    raise
                continue
            return session.client(
                "iam",
                config=RETRIES,
                aws_access_key_id=credentials["AccessKeyId"],
                aws_secret_access_key=credentials["SecretAccessKey"],
                aws_session_token=credentials["SessionToken"],
            )
        return None

    return enter


def _has(iam: "IAMClient", account: str, policy: str) -> bool:
    try:
        iam.get_policy(PolicyArn=f"arn:aws:iam::{account}:policy/{policy}")
    except iam.exceptions.NoSuchEntityException:
        return False
    return True
