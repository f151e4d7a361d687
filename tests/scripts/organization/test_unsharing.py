"""Unsharing takes back what the bundle shared, waits for AWS's word, and leaves all else alone."""

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from base.names import PORTFOLIO_NAMES
from base.settings import load
from scripts.console.change import OperatorError, Outcome
from scripts.organization import unsharing

SETTINGS = load()
UNIT = SETTINGS.organization.organizational_units.workloads
NODE = {"Type": "ORGANIZATIONAL_UNIT", "Value": UNIT}
PORTFOLIOS = {name: f"port-{number}" for number, name in enumerate(PORTFOLIO_NAMES.values())}
DONE = ({"Status": "COMPLETED"},)


class Hub:
    """Stubbed Service Catalog and RAM of the shared services account."""

    def __init__(self) -> None:
        session = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name=SETTINGS.region)
        self.service_catalog: Any = session.client("servicecatalog")
        self.ram: Any = session.client("ram")
        self.portfolios, self.shares = Stubber(self.service_catalog), Stubber(self.ram)

    def lists(self, *names: str) -> None:
        provider = SETTINGS.portfolios.provider_name
        details = [{"Id": PORTFOLIOS[name], "DisplayName": name, "ProviderName": provider} for name in names]
        self.portfolios.add_response("list_portfolios", {"PortfolioDetails": details})

    def describes(self, name: str, kind: str, *principals: str) -> None:
        shares = [{"PrincipalId": each, "Type": kind, "Accepted": True} for each in principals]
        self.portfolios.add_response(
            "describe_portfolio_shares",
            {"PortfolioShareDetails": shares},
            {"PortfolioId": PORTFOLIOS[name], "Type": kind},
        )

    def takes_back(self, name: str, *statuses: dict[str, Any]) -> None:
        token = {"PortfolioShareToken": f"share-{name}"}
        self.portfolios.add_response(
            "delete_portfolio_share", token, {"PortfolioId": PORTFOLIOS[name], "OrganizationNode": NODE}
        )
        for status in statuses:
            self.portfolios.add_response("describe_portfolio_share_status", status, token)

    def has_besides(self, name: str, **principals: str) -> None:
        for kind in unsharing.KINDS:
            self.describes(name, kind, *([principals[kind]] if kind in principals else []))

    def has_cards(self, *shares: dict[str, Any]) -> None:
        self.shares.add_response(
            "get_resource_shares", {"resourceShares": [*shares]}, {"resourceOwner": "SELF"}
        )

    def deletes(self, share: dict[str, Any], *statuses: str) -> None:
        arn = share["resourceShareArn"]
        self.shares.add_response("delete_resource_share", {"returnValue": True}, {"resourceShareArn": arn})
        for status in statuses:
            self.shares.add_response(
                "get_resource_shares",
                {"resourceShares": [{**share, "status": status}]},
                {"resourceOwner": "SELF", "resourceShareArns": [arn]},
            )

    def unshare(self, *, pretend: bool = False) -> list[tuple[Outcome, str]]:
        with self.portfolios, self.shares:
            changes = unsharing.unshare(
                service_catalog=self.service_catalog, ram=self.ram, settings=SETTINGS, pretend=pretend
            )
            made = [(change.outcome, change.subject) for change in changes]
            self.portfolios.assert_no_pending_responses()
            self.shares.assert_no_pending_responses()
        return made


def share(name: str, status: str = "ACTIVE") -> dict[str, Any]:
    return {"name": name, "status": status, "resourceShareArn": f"arn:aws:ram:eu-west-1:1:share/{name}"}


AUTHORS = share(SETTINGS.names.card_authors_share("churn"))
READERS = share(SETTINGS.names.card_readers_share("churn"))


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scripts.console.polling.time.sleep", lambda _: None)


@pytest.fixture
def hub() -> Hub:
    hub = Hub()
    hub.lists(*PORTFOLIOS)
    return hub


def of_portfolios(outcome: Outcome) -> list[tuple[Outcome, str]]:
    return [(outcome, f"share of {name} with {UNIT}") for name in PORTFOLIOS]


def test_portfolios_and_cards_are_taken_back(hub: Hub) -> None:
    for name in PORTFOLIOS:
        hub.describes(name, "ORGANIZATIONAL_UNIT", f"arn:aws:organizations::1:ou/o-1/{UNIT}")
        hub.takes_back(name, {"Status": "IN_PROGRESS"}, *DONE)
        hub.has_besides(name)
    hub.has_cards(AUTHORS, share("data"), READERS, share(f"{AUTHORS['name']}-old", "DELETED"))
    hub.deletes(AUTHORS, "DELETING", "DELETED")
    hub.deletes(READERS, "DELETED")
    assert hub.unshare() == [
        *of_portfolios(Outcome.DELETE),
        (Outcome.DELETE, f"share of model cards {AUTHORS['name']}"),
        (Outcome.DELETE, f"share of model cards {READERS['name']}"),
    ]


def test_pretending_changes_nothing(hub: Hub) -> None:
    for name in PORTFOLIOS:
        hub.describes(name, "ORGANIZATIONAL_UNIT", UNIT)
        hub.has_besides(name, ORGANIZATIONAL_UNIT=UNIT)
    hub.has_cards(AUTHORS)
    assert [outcome for outcome, _ in hub.unshare(pretend=True)] == [Outcome.DELETE] * 3


@pytest.mark.parametrize("deployed", [[*PORTFOLIOS], []], ids=["not shared", "not deployed"])
def test_what_is_not_shared_is_left_alone(deployed: list[str]) -> None:
    hub = Hub()
    hub.lists(*deployed)
    for name in deployed:
        hub.describes(name, "ORGANIZATIONAL_UNIT")
        hub.has_besides(name)
    hub.has_cards()
    assert hub.unshare() == of_portfolios(Outcome.IDENTICAL)


@pytest.mark.parametrize(
    ("kind", "principal"), [("ACCOUNT", "999999999999"), ("ORGANIZATIONAL_UNIT", "ou-ml01-another00")]
)
def test_what_somebody_shared_by_hand_is_named(hub: Hub, kind: str, principal: str) -> None:
    first, second = PORTFOLIOS
    hub.describes(first, "ORGANIZATIONAL_UNIT", UNIT)
    hub.takes_back(first, *DONE)
    hub.has_besides(first, **{kind: principal})
    hub.describes(second, "ORGANIZATIONAL_UNIT")
    hub.has_besides(second)
    hub.has_cards(AUTHORS)
    hub.deletes(AUTHORS, "DELETED")
    with pytest.raises(OperatorError, match=f"did not share {first} with {principal}, and leaves that alone"):
        hub.unshare()
    hub.shares.assert_no_pending_responses()


def test_errors_reach_the_operator(hub: Hub) -> None:
    first = next(iter(PORTFOLIOS))
    hub.describes(first, "ORGANIZATIONAL_UNIT", UNIT)
    error = {"Accounts": ["333333333333"], "Message": "Access denied", "Error": "AccessDenied"}
    hub.takes_back(first, {"Status": "ERROR", "ShareDetails": {"ShareErrors": [error]}})
    with pytest.raises(OperatorError, match=f"Taking {first} back from {UNIT} ended as ERROR .333333333333"):
        hub.unshare()


def test_a_share_of_cards_that_does_not_end_is_said(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unsharing, "DELETION_DEADLINE_SECONDS", -1)
    for name in PORTFOLIOS:
        hub.describes(name, "ORGANIZATIONAL_UNIT")
        hub.has_besides(name)
    hub.has_cards(AUTHORS)
    hub.deletes(AUTHORS, "DELETING")
    with pytest.raises(OperatorError, match=f"{AUTHORS['name']} is still DELETING"):
        hub.unshare()
