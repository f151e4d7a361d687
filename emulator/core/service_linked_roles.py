"""Which calls create a service-linked role, and so need `iam:CreateServiceLinkedRole` the first time.

The service creates the role in the caller's name, in the caller's account, unless it is there
(https://docs.aws.amazon.com/IAM/latest/UserGuide/create-service-linked-role.html). Whoever answers a call
asks `missing` for the role, authorises its creation, and creates it once the call has succeeded.
"""

import json
import time
import uuid
from collections.abc import Mapping
from typing import NamedTuple

from ministack.core.responses import request_scope
from ministack.services import iam

ACTION = "iam:CreateServiceLinkedRole"

_GLOBAL = "us-east-1"
"""IAM knows no Regions; ministack wants one."""


class ServiceLinkedRole(NamedTuple):
    """A service-linked role of an account.

    Attributes:
        service: The service principal that it is linked to.
        name: Its name.
        account: The account.
    """

    service: str
    name: str
    account: str

    @property
    def arn(self) -> str:
        """Its ARN."""
        return f"arn:aws:iam::{self.account}:role/aws-service-role/{self.service}/{self.name}"

    @property
    def condition_keys(self) -> dict[str, str]:
        """What policies may ask of its creation."""
        return {"iam:AWSServiceName": self.service}


_CREATED_BY: Mapping[str, tuple[str, str]] = {
    # https://docs.aws.amazon.com/servicecatalog/latest/adminguide/using-service-linked-roles.html
    "servicecatalog:CreatePortfolioShare": (
        "orgsdatasync.servicecatalog.amazonaws.com",
        "AWSServiceRoleForServiceCatalogOrgsDataSync",
    ),
    "servicecatalog:EnableAWSOrganizationsAccess": (
        "orgsdatasync.servicecatalog.amazonaws.com",
        "AWSServiceRoleForServiceCatalogOrgsDataSync",
    ),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-activate-trusted-access.html
    "cloudformation:ActivateOrganizationsAccess": (
        "stacksets.cloudformation.amazonaws.com",
        "AWSServiceRoleForCloudFormationStackSetsOrgAdmin",
    ),
    # https://docs.aws.amazon.com/ram/latest/userguide/getting-started-sharing.html#getting-started-sharing-orgs
    "ram:EnableSharingWithAwsOrganization": (
        "ram.amazonaws.com",
        "AWSServiceRoleForResourceAccessManager",
    ),
    # https://docs.aws.amazon.com/sagemaker/latest/dg/security-iam-awsmanpol-notebooks.html
    "sagemaker:CreateDomain": ("sagemaker.amazonaws.com", "AWSServiceRoleForAmazonSageMakerNotebooks"),
}


def missing(action: str, account: str) -> ServiceLinkedRole | None:
    """Return the role that a call has to create first, or None if there is none, or it is there.

    Args:
        action: The IAM action of the call, such as `sagemaker:CreateDomain`.
        account: The caller's account.
    """
    if action not in _CREATED_BY:
        return None
    role = ServiceLinkedRole(*_CREATED_BY[action], account)
    return None if iam._roles.get_scoped(account, None, role.name) else role


def create(role: ServiceLinkedRole) -> None:
    """Create a role as its service does. Safe to repeat."""
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": role.service},
        "Action": "sts:AssumeRole",
    }
    with request_scope(role.account, _GLOBAL):
        iam._roles.setdefault(
            role.name,
            {
                "RoleName": role.name,
                "Arn": role.arn,
                "RoleId": f"AROA{uuid.uuid4().hex[:17].upper()}",
                "CreateDate": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                "Path": f"/aws-service-role/{role.service}/",
                "AssumeRolePolicyDocument": json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
                "Description": f"Service-linked role for {role.service}",
                "MaxSessionDuration": 3600,
                "AttachedPolicies": [],
                "InlinePolicies": {},
                "Tags": [],
            },
        )
