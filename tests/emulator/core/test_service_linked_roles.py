"""Calls that create a service-linked role need the permission to do so, until the role is there."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.iam.aws_managed_policies import aws_managed_policies_data

from tests.emulator.support import SETTINGS, Emulator, Statement, allow, trust

CREATE = "iam:CreateServiceLinkedRole"
SHARES = "orgsdatasync.servicecatalog.amazonaws.com"
SHARES_ROLE = "AWSServiceRoleForServiceCatalogOrgsDataSync"
SHARES_ARN = f"arn:aws:iam::{SETTINGS.accounts.shared_services}:role/aws-service-role/{SHARES}/{SHARES_ROLE}"
UNIT = SETTINGS.organization.organizational_units.workloads

STACK_SETS_ROLE = "AWSServiceRoleForCloudFormationStackSetsOrgAdmin"
RAM_ROLE = "AWSServiceRoleForResourceAccessManager"
DOMAIN_ROLE = "AWSServiceRoleForAmazonSageMakerNotebooks"


@contextmanager
def without(emulator: Emulator, account: str, name: str) -> Iterator[Any]:
    """IAM of an account in which a role is not there, whatever other tests have called."""
    iam = emulator.client("iam", account=account)
    with suppress(iam.exceptions.NoSuchEntityException):
        iam.delete_role(RoleName=name)
    yield iam


def named(service: str) -> dict[str, Any]:
    return {"Condition": {"StringEquals": {"iam:AWSServiceName": service}}}


@pytest.mark.parametrize("role", [SHARES_ROLE, STACK_SETS_ROLE, RAM_ROLE, DOMAIN_ROLE])
def test_aws_manages_a_policy_for_each_service_linked_role(role: str) -> None:
    """The second witness: the policies that AWS keeps for service-linked roles."""
    managed = {name.replace("AWS", "") for name in json.loads(aws_managed_policies_data)}
    purpose = role.removeprefix("AWSServiceRoleFor")
    spellings = {f"{purpose}{suffix}" for suffix in ("ServiceRolePolicy", "Policy")}
    assert spellings & managed, sorted(name for name in managed if purpose[-9:] in name)


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        (None, False),
        (allow(CREATE, SHARES_ARN.replace(SHARES_ROLE, "Another"), **named(SHARES)), False),
        (allow(CREATE, SHARES_ARN, **named("ram.amazonaws.com")), False),
        (allow(CREATE, SHARES_ARN, **named(SHARES)), True),
    ],
    ids=["nothing", "another role", "another service", "this role of this service"],
)
def test_the_first_share_of_a_portfolio_creates_a_service_linked_role(
    emulator: Emulator, statement: Statement | None, allowed: bool
) -> None:
    management = emulator.client("servicecatalog", account=emulator.management)
    management.enable_aws_organizations_access()
    organizations = emulator.client("organizations", account=emulator.management)
    with suppress(organizations.exceptions.AccountAlreadyRegisteredException):
        organizations.register_delegated_administrator(
            AccountId=emulator.hub, ServicePrincipal="servicecatalog.amazonaws.com"
        )
    statements = [allow("servicecatalog:*"), *([statement] if statement else [])]
    role = emulator.role(*statements, account=emulator.hub)
    catalog = emulator.client("servicecatalog", account=emulator.hub, role=role)
    portfolio = catalog.create_portfolio(DisplayName="shared", ProviderName="tests")["PortfolioDetail"]["Id"]
    node = {"Type": "ORGANIZATIONAL_UNIT", "Value": UNIT}
    with without(emulator, emulator.hub, SHARES_ROLE) as iam:
        if not allowed:
            with pytest.raises(ClientError, match=f"not authorized to perform: {CREATE} on"):
                catalog.create_portfolio_share(PortfolioId=portfolio, OrganizationNode=node)
            assert not catalog.describe_portfolio_shares(PortfolioId=portfolio, Type="ORGANIZATIONAL_UNIT")[
                "PortfolioShareDetails"
            ]
            return
        catalog.create_portfolio_share(PortfolioId=portfolio, OrganizationNode=node)
        assert iam.get_role(RoleName=SHARES_ROLE)["Role"]["Arn"] == SHARES_ARN
        emulator.client("iam", account=emulator.hub).put_role_policy(
            RoleName=role.rpartition("/")[2],
            PolicyName="test",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow("servicecatalog:*")]}),
        )
        # The next call finds the role, and needs nothing.
        catalog.create_portfolio_share(PortfolioId=portfolio, OrganizationNode=node)


@pytest.mark.parametrize(
    ("service", "operation", "call", "role"),
    [
        ("servicecatalog", "servicecatalog:*", "enable_aws_organizations_access", SHARES_ROLE),
        ("cloudformation", "cloudformation:*", "activate_organizations_access", STACK_SETS_ROLE),
        ("ram", ["ram:*", "organizations:*"], "enable_sharing_with_aws_organization", RAM_ROLE),
    ],
)
def test_trusted_access_creates_a_service_linked_role(
    emulator: Emulator, service: str, operation: str | list[str], call: str, role: str
) -> None:
    with without(emulator, emulator.management, role) as iam:
        narrow = emulator.role(allow(operation), account=emulator.management)
        refused = emulator.client(service, account=emulator.management, role=narrow)
        with pytest.raises(ClientError, match=f"not authorized to perform: {CREATE} on"):
            getattr(refused, call)()
        wide = emulator.role(allow(operation), allow(CREATE), account=emulator.management)
        getattr(emulator.client(service, account=emulator.management, role=wide), call)()
        assert iam.get_role(RoleName=role)["Role"]["Path"].startswith("/aws-service-role/")


@pytest.mark.parametrize("allowed", [False, True])
def test_the_first_domain_of_a_stack_creates_a_service_linked_role(emulator: Emulator, allowed: bool) -> None:
    name = f"linked-{uuid.uuid4().hex[:8]}"
    ec2 = emulator.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/24")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.0.0/25")["Subnet"]["SubnetId"]
    execution = emulator.role(trusting=trust(Service="sagemaker.amazonaws.com"))
    statements = [allow(["sagemaker:*", "ec2:*", "kms:*", "elasticfilesystem:*", "iam:PassRole"])]
    role = emulator.role(
        *statements,
        *([allow(CREATE, **named("sagemaker.amazonaws.com"))] if allowed else []),
        trusting=trust(Service="cloudformation.amazonaws.com"),
    )
    domain = {
        "Type": "AWS::SageMaker::Domain",
        "Properties": {
            "DomainName": name,
            "AuthMode": "IAM",
            "VpcId": vpc,
            "SubnetIds": [subnet],
            "DefaultUserSettings": {"ExecutionRole": execution},
        },
    }
    cloudformation = emulator.client("cloudformation")
    with without(emulator, emulator.development, DOMAIN_ROLE) as iam:
        cloudformation.create_stack(
            StackName=name, TemplateBody=json.dumps({"Resources": {"Domain": domain}}), RoleARN=role
        )
        waiter = cloudformation.get_waiter("stack_create_complete")
        if allowed:
            waiter.wait(StackName=name, WaiterConfig={"Delay": 0.05})
            assert iam.get_role(RoleName=DOMAIN_ROLE)
            cloudformation.delete_stack(StackName=name)
            return
        with pytest.raises(Exception, match="terminal failure state"):
            waiter.wait(StackName=name, WaiterConfig={"Delay": 0.05})
        events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        reasons = " ".join(event.get("ResourceStatusReason", "") for event in events)
        assert f"not authorized to perform: {CREATE} on" in reasons
