"""Sharing the portfolios makes only the calls that are needed, and waits for AWS's own word."""

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from base.names import DATA_PORTFOLIO, PORTFOLIO_NAMES
from base.settings import load
from scripts.console.change import OperatorError, Outcome
from scripts.organization import sharing
from tests.data_account import DATA_UNIT, with_data_account

SETTINGS = load()
UNIT = SETTINGS.organization.organizational_units.workloads
UNIT_ARN = f"arn:aws:organizations::111111111111:ou/{SETTINGS.organization.id}/{UNIT}"
PORTFOLIOS = {name: f"port-{number}" for number, name in enumerate(PORTFOLIO_NAMES.values())}
SHARE_REQUEST = {
    "OrganizationNode": {"Type": "ORGANIZATIONAL_UNIT", "Value": UNIT},
    "ShareTagOptions": True,
    "SharePrincipals": True,
}


class Hub:
    """A stubbed Service Catalog of the shared services account."""

    def __init__(self) -> None:
        self.client: Any = boto3.client(
            "servicecatalog", aws_access_key_id="x", aws_secret_access_key="x", region_name=SETTINGS.region
        )
        self.stub = Stubber(self.client)

    def lists(self, *portfolios: tuple[str, str]) -> None:
        details = [
            {"Id": identifier, "DisplayName": name, "ProviderName": SETTINGS.portfolios.provider_name}
            for name, identifier in portfolios
        ]
        foreign = {"Id": "port-x", "DisplayName": "ML Admin", "ProviderName": "Somebody else"}
        self.stub.add_response("list_portfolios", {"PortfolioDetails": [foreign, *details]})

    def is_shared(self, portfolio: str, *, principal: str = UNIT_ARN, principals: bool = True) -> None:
        share = {
            "PrincipalId": principal,
            "Type": "ORGANIZATIONAL_UNIT",
            "Accepted": True,
            "ShareTagOptions": True,
            "SharePrincipals": principals,
        }
        self._describes(portfolio, [share])

    def is_not_shared(self, portfolio: str) -> None:
        self._describes(portfolio, [])

    def _describes(self, portfolio: str, shares: list[dict[str, Any]]) -> None:
        self.stub.add_response(
            "describe_portfolio_shares",
            {"PortfolioShareDetails": shares},
            {"PortfolioId": portfolio, "Type": "ORGANIZATIONAL_UNIT"},
        )

    def is_asked(self, operation: str, portfolio: str, *statuses: dict[str, Any]) -> None:
        self.stub.add_response(
            operation,
            {"PortfolioShareToken": f"share-{portfolio}"},
            {"PortfolioId": portfolio, **SHARE_REQUEST},
        )
        for status in statuses:
            self.stub.add_response(
                "describe_portfolio_share_status", status, {"PortfolioShareToken": f"share-{portfolio}"}
            )

    def share(self, *, pretend: bool = False) -> list[Outcome]:
        with self.stub:
            changes = list(
                sharing.share_portfolios(service_catalog=self.client, settings=SETTINGS, pretend=pretend)
            )
            self.stub.assert_no_pending_responses()
        return [change.outcome for change in changes]


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scripts.console.polling.time.sleep", lambda _: None)


@pytest.fixture
def hub() -> Hub:
    hub = Hub()
    hub.lists(*PORTFOLIOS.items())
    return hub


def test_both_portfolios_are_shared(hub: Hub) -> None:
    for portfolio in PORTFOLIOS.values():
        hub.is_not_shared(portfolio)
        hub.is_asked("create_portfolio_share", portfolio, {"Status": "IN_PROGRESS"}, {"Status": "COMPLETED"})
    assert hub.share() == [Outcome.CREATE, Outcome.CREATE]


@pytest.mark.parametrize("principal", [UNIT_ARN, UNIT], ids=["ARN", "id"])
def test_what_is_shared_is_left_alone(hub: Hub, principal: str) -> None:
    for portfolio in PORTFOLIOS.values():
        hub.is_shared(portfolio, principal=principal)
    assert hub.share() == [Outcome.IDENTICAL, Outcome.IDENTICAL]


def test_the_part_for_data_accounts_is_shared_with_their_unit_alone() -> None:
    assert sharing.units_of_portfolios(SETTINGS) == dict.fromkeys(PORTFOLIOS, UNIT)
    shared = sharing.units_of_portfolios(with_data_account(SETTINGS))
    assert shared == {**dict.fromkeys(PORTFOLIOS, UNIT), DATA_PORTFOLIO: DATA_UNIT}


def test_a_share_without_principals_is_updated(hub: Hub) -> None:
    first, second = PORTFOLIOS.values()
    hub.is_shared(first, principals=False)
    hub.is_asked("update_portfolio_share", first, {"Status": "COMPLETED"})
    hub.is_shared(second)
    assert hub.share() == [Outcome.UPDATE, Outcome.IDENTICAL]


def test_a_share_with_another_unit_is_not_ours(hub: Hub) -> None:
    for portfolio in PORTFOLIOS.values():
        hub.is_shared(portfolio, principal="ou-ml01-another00")
    assert hub.share(pretend=True) == [Outcome.CREATE, Outcome.CREATE]


def test_errors_of_a_share_reach_the_operator(hub: Hub) -> None:
    first = next(iter(PORTFOLIOS.values()))
    hub.is_not_shared(first)
    error = {"Accounts": ["333333333333"], "Message": "Access denied", "Error": "AccessDenied"}
    hub.is_asked(
        "create_portfolio_share",
        first,
        {"Status": "COMPLETED_WITH_ERRORS", "ShareDetails": {"ShareErrors": [error]}},
    )
    with pytest.raises(OperatorError, match="333333333333: Access denied"):
        hub.share()


def test_a_share_that_takes_too_long_is_said_to_go_on(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "SHARE_DEADLINE_SECONDS", -1)
    first = next(iter(PORTFOLIOS.values()))
    hub.is_not_shared(first)
    hub.is_asked("create_portfolio_share", first, {"Status": "IN_PROGRESS"})
    with pytest.raises(OperatorError, match="goes on at AWS"):
        hub.share()


@pytest.mark.parametrize(
    ("portfolios", "sentence"),
    [
        ([], "There is no portfolio 'ML Admin'"),
        ([("ML Admin", "port-1")], "There is no portfolio 'SageMaker Projects'"),
        ([*PORTFOLIOS.items(), ("ML Admin", "port-9")], r"There are 2 portfolios 'ML Admin'.*port-0, port-9"),
    ],
    ids=["none deployed", "one deployed", "one twice"],
)
def test_portfolios_must_stand_there_once(portfolios: list[tuple[str, str]], sentence: str) -> None:
    hub = Hub()
    hub.lists(*portfolios)
    with pytest.raises(OperatorError, match=sentence):
        hub.share()
