"""Lets roles of other accounts use an Amazon DataZone domain, and shuts them out again.

Whoever calls a domain from an account that it is shared with needs a user profile there
(https://docs.aws.amazon.com/datazone/latest/APIReference/API_CreateUserProfile.html), which CloudFormation
makes one a resource; the accounts are a list of any length. A profile is never deleted, but deactivated.
Doing so twice changes nothing.
"""

from typing import Any

import boto3
from aws_lambda_powertools import Logger

from .answers import answer

DOMAIN, ACCOUNTS, ROLE_NAMES = "DomainId", "Accounts", "RoleNames"
ACTIVE, INACTIVE = "ACTIVATED", "DEACTIVATED"

logger = Logger(service="data-subscribers")
datazone = boto3.client("datazone")


def handler(event: dict[str, Any], _context: object) -> None:
    """Do what CloudFormation asks for, and answer it.

    A deletion is always granted: the domain goes with the same stack.

    Args:
        event: A custom resource request.
    """
    failure, kind = "", event["RequestType"]
    domain = event["ResourceProperties"][DOMAIN]
    wanted, former = roles(event["ResourceProperties"]), roles(event.get("OldResourceProperties", {}))
    try:
        if kind == "Delete":
            shut_out(domain, wanted)
        else:
            let_in(domain, wanted)
            shut_out(domain, [role for role in former if role not in wanted])
    except Exception as error:
        logger.exception("The users of the domain stay as they are")
        if kind != "Delete":
            failure = f"The roles of other accounts cannot be let into the domain {domain}: {error}"
    answer(event, physical_id=f"{domain}-subscribers", failure=failure)


def roles(properties: dict[str, Any]) -> list[str]:
    """The ARNs of the roles of these names in each of the accounts."""
    names, accounts = properties.get(ROLE_NAMES, []), properties.get(ACCOUNTS, [])
    return [f"arn:aws:iam::{account}:role/{name}" for account in accounts for name in names]


def let_in(domain: str, arns: list[str]) -> None:
    """Give roles profiles that are active.

    Args:
        domain: Id of the domain.
        arns: ARNs of the roles.
    """
    for role in arns:
        try:
            datazone.create_user_profile(domainIdentifier=domain, userIdentifier=role, userType="IAM_ROLE")
        except datazone.exceptions.ConflictException:
            _set(domain, role, ACTIVE)
        logger.info("Let a role into the domain", domain=domain, role=role)


def shut_out(domain: str, arns: list[str]) -> None:
    """Deactivate the profiles of roles.

    Args:
        domain: Id of the domain.
        arns: ARNs of the roles.
    """
    for role in arns:
        try:
            _set(domain, role, INACTIVE)
        except datazone.exceptions.ResourceNotFoundException:
            continue
        logger.info("Shut a role out of the domain", domain=domain, role=role)


def _set(domain: str, role: str, status: str) -> None:
    datazone.update_user_profile(domainIdentifier=domain, userIdentifier=role, type="IAM", status=status)
