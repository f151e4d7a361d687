"""Share the portfolios with the workloads unit, from the shared services account.

CloudFormation's `PortfolioShare` knows accounts only: a share with an organisational unit is made by the API
(https://docs.aws.amazon.com/servicecatalog/latest/dg/API_CreatePortfolioShare.html).

Principal names are shared with the portfolio, so that no account has to grant access by hand. The price is
known: whoever may create a role of a granted name in a receiving account can launch the products. The catalog
file therefore takes exact role names, and AWS advises a service control policy that keeps these names
(https://docs.aws.amazon.com/servicecatalog/latest/adminguide/catalogs_portfolios_sharing_how-to-share.html).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from base.names import DATA_PORTFOLIO, PORTFOLIO_NAMES
from base.settings import Settings
from scripts.console.change import Change, OperatorError, Outcome
from scripts.console.polling import polls

if TYPE_CHECKING:
    from mypy_boto3_servicecatalog import ServiceCatalogClient
    from mypy_boto3_servicecatalog.literals import DescribePortfolioShareTypeType
    from mypy_boto3_servicecatalog.type_defs import (
        DescribePortfolioShareStatusOutputTypeDef,
        PortfolioShareDetailTypeDef,
    )

# A share with a unit is carried out account by account in the background.
SHARE_DEADLINE_SECONDS = 600
POLL_SECONDS = 0.5
LONGEST_POLL_SECONDS = 10.0


def share_portfolios(
    *, service_catalog: "ServiceCatalogClient", settings: Settings, pretend: bool = False
) -> Iterator[Change]:
    """Share each portfolio, with principal names and TagOptions, with its unit.

    Args:
        service_catalog: A client of the shared services account.
        settings: The catalog file.
        pretend: Only tell what would be done.

    Yields:
        Each change, as soon as AWS reports it complete.

    Raises:
        OperatorError: If a portfolio is not deployed, stands there twice, or AWS reports errors.
    """
    units = units_of_portfolios(settings)
    found = portfolios_of(service_catalog, settings)
    chosen = {name: _the_one(name, identifiers, settings) for name, identifiers in found.items()}
    for name, identifier in chosen.items():
        unit = units[name]
        outcome = _outcome(share_with(service_catalog, identifier, unit))
        if not pretend and outcome is not Outcome.IDENTICAL:
            token = _request(service_catalog, identifier, unit, outcome)
            wait(service_catalog, token, f"Sharing {name} with {unit}")
        yield Change(outcome, f"share of {name} with {unit}")


def units_of_portfolios(settings: Settings) -> dict[str, str]:
    """The unit with which each portfolio is shared, by the portfolio's name.

    Args:
        settings: The catalog file.
    """
    units = settings.organization.organizational_units
    shared = dict.fromkeys(PORTFOLIO_NAMES.values(), units.workloads)
    return shared if units.data is None else {**shared, DATA_PORTFOLIO: units.data}


def portfolios_of(service_catalog: "ServiceCatalogClient", settings: Settings) -> dict[str, list[str]]:
    """Find the portfolios of the bundle by their names and their provider.

    Args:
        service_catalog: A client of the shared services account.
        settings: The catalog file.

    Returns:
        The ids of the portfolios of each name: one, unless something is wrong.
    """
    found: dict[str, list[str]] = {name: [] for name in units_of_portfolios(settings)}
    for page in service_catalog.get_paginator("list_portfolios").paginate():
        for portfolio in page["PortfolioDetails"]:
            if (
                portfolio["ProviderName"] == settings.portfolios.provider_name
                and portfolio["DisplayName"] in found
            ):
                found[portfolio["DisplayName"]].append(portfolio["Id"])
    return found


def _the_one(name: str, identifiers: list[str], settings: Settings) -> str:
    if not identifiers:
        raise OperatorError(
            f"There is no portfolio '{name}' of '{settings.portfolios.provider_name}' in this account "
            "and Region: deploy the bundle first (cdk deploy --all), with the credentials of the shared "
            "services account."
        )
    if len(identifiers) > 1:
        raise OperatorError(
            f"There are {len(identifiers)} portfolios '{name}' of '{settings.portfolios.provider_name}' "
            f"({', '.join(identifiers)}): delete those that this bundle's stack does not own."
        )
    return identifiers[0]


def shares_of(
    service_catalog: "ServiceCatalogClient", portfolio: str, kind: "DescribePortfolioShareTypeType"
) -> "Iterator[PortfolioShareDetailTypeDef]":
    """List the shares of a portfolio with one kind of node.

    Args:
        service_catalog: A client of the shared services account.
        portfolio: The portfolio's id.
        kind: Such as ``ORGANIZATIONAL_UNIT``.
    """
    # botocore has no paginator for this operation.
    page = service_catalog.describe_portfolio_shares(PortfolioId=portfolio, Type=kind)
    while True:
        yield from page["PortfolioShareDetails"]
        if "NextPageToken" not in page:
            return
        page = service_catalog.describe_portfolio_shares(
            PortfolioId=portfolio, Type=kind, PageToken=page["NextPageToken"]
        )


def share_with(
    service_catalog: "ServiceCatalogClient", portfolio: str, unit: str
) -> "PortfolioShareDetailTypeDef | None":
    """Find the share of a portfolio with an organisational unit.

    Args:
        service_catalog: A client of the shared services account.
        portfolio: The portfolio's id.
        unit: The unit's id.
    """
    for share in shares_of(service_catalog, portfolio, "ORGANIZATIONAL_UNIT"):
        # The API gives the ARN of the unit, or its id.
        if share["PrincipalId"].rpartition("/")[2] == unit:
            return share
    return None


def _outcome(share: "PortfolioShareDetailTypeDef | None") -> Outcome:
    if share is None:
        return Outcome.CREATE
    if share["ShareTagOptions"] and share["SharePrincipals"]:
        return Outcome.IDENTICAL
    return Outcome.UPDATE


def _request(service_catalog: "ServiceCatalogClient", portfolio: str, unit: str, outcome: Outcome) -> str:
    if outcome is Outcome.CREATE:
        return service_catalog.create_portfolio_share(
            PortfolioId=portfolio,
            OrganizationNode={"Type": "ORGANIZATIONAL_UNIT", "Value": unit},
            ShareTagOptions=True,
            SharePrincipals=True,
        )["PortfolioShareToken"]
    return service_catalog.update_portfolio_share(
        PortfolioId=portfolio,
        OrganizationNode={"Type": "ORGANIZATIONAL_UNIT", "Value": unit},
        ShareTagOptions=True,
        SharePrincipals=True,
    )["PortfolioShareToken"]


def wait(service_catalog: "ServiceCatalogClient", token: str, what: str) -> None:
    """Wait until AWS has carried a change of a share to every account of the unit.

    Args:
        service_catalog: A client of the shared services account.
        token: What AWS calls the change.
        what: What people call it, to begin a sentence with.

    Raises:
        OperatorError: If AWS reports errors, or is not done in time.
    """
    for _ in polls(SHARE_DEADLINE_SECONDS, pause=POLL_SECONDS, growth=2, longest=LONGEST_POLL_SECONDS):
        status = service_catalog.describe_portfolio_share_status(PortfolioShareToken=token)
        if status["Status"] == "COMPLETED":
            return
        if status["Status"] in ("COMPLETED_WITH_ERRORS", "ERROR"):
            raise OperatorError(
                f"{what} ended as {status['Status']} ({_reasons(status)}): correct that and run the command "
                "again; it leaves alone what is done."
            )
    raise OperatorError(
        f"{what} is still {status['Status']} after {SHARE_DEADLINE_SECONDS} seconds: it goes on at "
        "AWS; run the command again to see how it ended."
    )


def _reasons(status: "DescribePortfolioShareStatusOutputTypeDef") -> str:
    errors = status.get("ShareDetails", {}).get("ShareErrors", [])
    sentences = [
        f"{', '.join(error.get('Accounts', []))}: {error.get('Message') or error.get('Error', 'no reason')}"
        for error in errors
    ]
    return "; ".join(sentences) or "AWS gives no reason"
