"""Take back what the shared services account shares: the portfolios, and the model cards.

A portfolio that is shared cannot be deleted
(https://docs.aws.amazon.com/servicecatalog/latest/dg/API_DeletePortfolio.html), nor a managed permission of
AWS RAM that a share uses (https://docs.aws.amazon.com/ram/latest/APIReference/API_DeletePermission.html).
Nobody may launch products any more, and no account reads or writes cards of the hub; what was launched stays.
"""

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

from base.settings import Settings
from scripts.console.change import Change, OperatorError, Outcome
from scripts.console.polling import polls
from scripts.organization.sharing import portfolios_of, share_with, shares_of, units_of_portfolios, wait

if TYPE_CHECKING:
    from mypy_boto3_ram import RAMClient
    from mypy_boto3_servicecatalog import ServiceCatalogClient
    from mypy_boto3_servicecatalog.literals import DescribePortfolioShareTypeType

KINDS: "tuple[DescribePortfolioShareTypeType, ...]" = (
    "ACCOUNT",
    "ORGANIZATION",
    "ORGANIZATIONAL_UNIT",
)

# Within an organisation a share ends in seconds.
DELETION_DEADLINE_SECONDS = 120
POLL_SECONDS = 0.5


def unshare(
    *,
    service_catalog: "ServiceCatalogClient",
    ram: "RAMClient",
    settings: Settings,
    pretend: bool = False,
) -> Iterator[Change]:
    """Take back each portfolio from its unit, and the model cards from all accounts.

    Args:
        service_catalog: A client of the shared services account.
        ram: A client of the shared services account.
        settings: The catalog file.
        pretend: Only tell what would be done.

    Yields:
        Each change, as soon as AWS reports it complete.

    Raises:
        OperatorError: If AWS reports errors, or somebody has shared a portfolio by hand.
    """
    by_hand = yield from _portfolios(service_catalog, settings, pretend=pretend)
    yield from _cards(ram, settings, pretend=pretend)
    if by_hand:
        raise OperatorError(
            f"This command did not share {', '.join(by_hand)}, and leaves that alone: take it back (aws "
            "servicecatalog delete-portfolio-share), because a shared portfolio cannot be deleted."
        )


def _portfolios(
    service_catalog: "ServiceCatalogClient", settings: Settings, *, pretend: bool
) -> Generator[Change, None, list[str]]:
    """Take back the shares with units, and return what somebody else has shared with whom."""
    units = units_of_portfolios(settings)
    by_hand: list[str] = []
    for name, identifiers in portfolios_of(service_catalog, settings).items():
        unit = units[name]
        subject = f"share of {name} with {unit}"
        shared = [each for each in identifiers if share_with(service_catalog, each, unit)]
        for identifier in shared:
            if not pretend:
                token = service_catalog.delete_portfolio_share(
                    PortfolioId=identifier, OrganizationNode={"Type": "ORGANIZATIONAL_UNIT", "Value": unit}
                )["PortfolioShareToken"]
                wait(service_catalog, token, f"Taking {name} back from {unit}")
        yield Change(Outcome.DELETE if shared else Outcome.IDENTICAL, subject)
        by_hand += [
            f"{name} with {share['PrincipalId']}"
            for identifier in identifiers
            for kind in KINDS
            for share in shares_of(service_catalog, identifier, kind)
            if share["PrincipalId"].rpartition("/")[2] != unit
        ]
    return by_hand


def _cards(ram: "RAMClient", settings: Settings, *, pretend: bool) -> Iterator[Change]:
    """Delete the shares that `catalog card share` and the deploy pipelines made."""
    names = settings.names
    beginnings = (names.card_authors_share(""), names.card_readers_share(""))
    for share in _active_shares(ram):
        if share["name"].startswith(beginnings):
            if not pretend:
                ram.delete_resource_share(resourceShareArn=share["resourceShareArn"])
                _wait_until_deleted(ram, share["name"], share["resourceShareArn"])
            yield Change(Outcome.DELETE, f"share of model cards {share['name']}")


def _active_shares(ram: "RAMClient") -> list[Any]:
    pages = ram.get_paginator("get_resource_shares").paginate(resourceOwner="SELF")
    return [
        share
        for page in pages
        for share in page["resourceShares"]
        if share["status"] not in ("DELETED", "DELETING")
    ]


def _wait_until_deleted(ram: "RAMClient", name: str, arn: str) -> None:
    for _ in polls(DELETION_DEADLINE_SECONDS, pause=POLL_SECONDS):
        shares = ram.get_resource_shares(resourceOwner="SELF", resourceShareArns=[arn])["resourceShares"]
        if all(share["status"] == "DELETED" for share in shares):
            return
    raise OperatorError(
        f"The share {name} is still {shares[0]['status']} after {DELETION_DEADLINE_SECONDS} seconds: "
        "run the command again to see how it ended."
    )
