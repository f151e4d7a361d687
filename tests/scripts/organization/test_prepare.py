"""Preparing the organisation makes only the calls that are needed, and says what it did."""

from contextlib import ExitStack
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from base.settings import Settings, load
from scripts.console.change import OperatorError, Outcome
from scripts.organization import prepare as organization

SETTINGS = load()
HUB = SETTINGS.accounts.shared_services
TRUSTED = (organization.SERVICE_CATALOG, organization.STACK_SETS, organization.RESOURCE_ACCESS_MANAGER)


class Management:
    """Stubbed clients of the management account, and what they are expected to be asked."""

    def __init__(self) -> None:
        session = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name=SETTINGS.region)
        self.clients: dict[str, Any] = {
            "organizations": session.client("organizations"),
            "service_catalog": session.client("servicecatalog"),
            "cloudformation": session.client("cloudformation"),
            "ram": session.client("ram"),
        }
        self.stubs = {name: Stubber(client) for name, client in self.clients.items()}

    def describes(self, *, identifier: str, management: str) -> None:
        self.stubs["organizations"].add_response(
            "describe_organization",
            {"Organization": {"Id": identifier, "MasterAccountId": management}},
        )

    def trusts(self, *services: str) -> None:
        self.stubs["organizations"].add_response(
            "list_aws_service_access_for_organization",
            {"EnabledServicePrincipals": [{"ServicePrincipal": service} for service in services]},
        )

    def starts_trusting(self, *services: str) -> None:
        calls = {
            organization.SERVICE_CATALOG: ("service_catalog", "enable_aws_organizations_access", {}),
            organization.STACK_SETS: ("cloudformation", "activate_organizations_access", {}),
            organization.RESOURCE_ACCESS_MANAGER: (
                "ram",
                "enable_sharing_with_aws_organization",
                {"returnValue": True},
            ),
        }
        for service in services:
            client, operation, response = calls[service]
            self.stubs[client].add_response(operation, response)

    def has_administrators(self, service: str, *accounts: str) -> None:
        self.stubs["organizations"].add_response(
            "list_delegated_administrators",
            {"DelegatedAdministrators": [{"Id": account} for account in accounts]},
            {"ServicePrincipal": service},
        )

    def registers(self, service: str) -> None:
        self.stubs["organizations"].add_response(
            "register_delegated_administrator", {}, {"AccountId": HUB, "ServicePrincipal": service}
        )

    def prepare(self, *, pretend: bool = False, settings: Settings = SETTINGS) -> list[Outcome]:
        with ExitStack() as stack:
            for stub in self.stubs.values():
                stack.enter_context(stub)
            changes = list(organization.prepare(**self.clients, settings=settings, pretend=pretend))
            for stub in self.stubs.values():
                stub.assert_no_pending_responses()
        return [change.outcome for change in changes]


@pytest.fixture
def management() -> Management:
    management = Management()
    management.describes(identifier=SETTINGS.organization.id, management=SETTINGS.accounts.management)
    return management


def test_a_new_organisation_is_prepared(management: Management) -> None:
    management.trusts()
    management.starts_trusting(*TRUSTED)
    for service in organization.DELEGATED:
        management.has_administrators(service)
        management.registers(service)
    assert management.prepare() == [Outcome.CREATE] * 5


def test_a_prepared_organisation_is_left_alone(management: Management) -> None:
    management.trusts(*TRUSTED)
    for service in organization.DELEGATED:
        management.has_administrators(service, HUB)
    assert management.prepare() == [Outcome.IDENTICAL] * 5


@pytest.mark.parametrize("missing", TRUSTED)
def test_a_service_that_is_not_trusted_yet_is_added(management: Management, missing: str) -> None:
    management.trusts(*(service for service in TRUSTED if service != missing))
    management.starts_trusting(missing)
    for service in organization.DELEGATED:
        management.has_administrators(service, HUB)
    expected = [Outcome.CREATE if service == missing else Outcome.IDENTICAL for service in TRUSTED]
    assert management.prepare() == expected + [Outcome.IDENTICAL] * 2


def test_what_was_left_half_way_is_finished(management: Management) -> None:
    management.trusts(*TRUSTED)
    management.has_administrators(organization.SERVICE_CATALOG, HUB)
    management.has_administrators(organization.STACK_SETS, "999999999999")
    management.registers(organization.STACK_SETS)
    assert management.prepare() == [Outcome.IDENTICAL] * 4 + [Outcome.CREATE]


def test_pretending_changes_nothing(management: Management) -> None:
    management.trusts()
    for service in organization.DELEGATED:
        management.has_administrators(service)
    assert management.prepare(pretend=True) == [Outcome.CREATE] * 5


@pytest.mark.parametrize(
    ("identifier", "account"),
    [("o-another0001", SETTINGS.accounts.management), (SETTINGS.organization.id, "999999999999")],
    ids=["another organisation", "another management account"],
)
def test_foreign_credentials_are_refused(identifier: str, account: str) -> None:
    management = Management()
    management.describes(identifier=identifier, management=account)
    with pytest.raises(OperatorError, match=r"catalog\.yaml names"):
        management.prepare()


def identity(account: str) -> Any:
    """A client of STS with somebody's credentials."""
    client = boto3.client(
        "sts", aws_access_key_id="x", aws_secret_access_key="x", region_name=SETTINGS.region
    )
    stub = Stubber(client)
    stub.add_response(
        "get_caller_identity", {"Account": account, "Arn": f"arn:aws:iam::{account}:user/ada", "UserId": "x"}
    )
    stub.activate()
    return client


def test_the_administrator_of_the_management_account_prepares() -> None:
    organization.check_caller(sts=identity(SETTINGS.accounts.management), settings=SETTINGS)


@pytest.mark.parametrize("account", [HUB, "987654321000"], ids=["member account", "another organisation's"])
def test_a_member_account_cannot_prepare_though_it_may_describe_the_organisation(account: str) -> None:
    with pytest.raises(
        OperatorError, match=f"belong to account {account}: the organisation is prepared from"
    ):
        organization.check_caller(sts=identity(account), settings=SETTINGS)
