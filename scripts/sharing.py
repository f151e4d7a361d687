"""Share the portfolios with the workloads unit, from the shared services account.

CloudFormation's `PortfolioShare` knows accounts only: a share with an organisational unit is made by the API
(https://docs.aws.amazon.com/servicecatalog/latest/dg/API_CreatePortfolioShare.html).

Principal names are shared with the portfolio, so that no account has to grant access by hand. The price is
known: whoever may create a role of a granted name in a receiving account can launch the products. The catalog
file therefore takes exact role names, and AWS advises a service control policy that keeps these names
(https://docs.aws.amazon.com/servicecatalog/latest/adminguide/catalogs_portfolios_sharing_how-to-share.html).
"""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from names import PORTFOLIO_NAMES
from scripts.change import Change, OperatorError, Outcome
from settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_servicecatalog import ServiceCatalogClient
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
    """Share both portfolios, with principal names and TagOptions, with the workloads unit.

    Args:
        service_catalog: A client of the shared services account.
        settings: The catalog file.
        pretend: Only tell what would be done.

    Yields:
        Each change, as soon as AWS reports it complete.

    Raises:
        OperatorError: If a portfolio is not deployed, stands there twice, or AWS reports errors.
    """
    unit = settings.organization.organizational_units.workloads
    identifiers = _portfolio_identifiers(service_catalog, settings)
    for name, identifier in identifiers.items():
        share = _share_with(service_catalog, identifier, unit)
        outcome = _outcome(share)
        if not pretend and outcome is not Outcome.IDENTICAL:
            token = _request(service_catalog, identifier, unit, outcome)
            _wait(service_catalog, token, name, unit)
        yield Change(outcome, f"share of {name} with {unit}")


def _portfolio_identifiers(service_catalog: "ServiceCatalogClient", settings: Settings) -> dict[str, str]:
    """The id of each portfolio, by its name."""
    found: dict[str, list[str]] = {name: [] for name in PORTFOLIO_NAMES.values()}
    for page in service_catalog.get_paginator("list_portfolios").paginate():
        for portfolio in page["PortfolioDetails"]:
            if (
                portfolio["ProviderName"] == settings.portfolios.provider_name
                and portfolio["DisplayName"] in found
            ):
                found[portfolio["DisplayName"]].append(portfolio["Id"])
    for name, identifiers in found.items():
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
    return {name: identifiers[0] for name, identifiers in found.items()}


def _share_with(
    service_catalog: "ServiceCatalogClient", portfolio: str, unit: str
) -> "PortfolioShareDetailTypeDef | None":
    # botocore has no paginator for this operation.
    page = service_catalog.describe_portfolio_shares(PortfolioId=portfolio, Type="ORGANIZATIONAL_UNIT")
    while True:
        for share in page["PortfolioShareDetails"]:
            # The API gives the ARN of the unit, or its id.
            if share["PrincipalId"].rpartition("/")[2] == unit:
                return share
        if "NextPageToken" not in page:
            return None
        page = service_catalog.describe_portfolio_shares(
            PortfolioId=portfolio, Type="ORGANIZATIONAL_UNIT", PageToken=page["NextPageToken"]
        )


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


def _wait(service_catalog: "ServiceCatalogClient", token: str, name: str, unit: str) -> None:
    """Wait until AWS has carried the share to every account of the unit."""
    deadline = time.monotonic() + SHARE_DEADLINE_SECONDS
    pause = POLL_SECONDS
    while True:
        status = service_catalog.describe_portfolio_share_status(PortfolioShareToken=token)
        if status["Status"] == "COMPLETED":
            return
        if status["Status"] in ("COMPLETED_WITH_ERRORS", "ERROR"):
            raise OperatorError(
                f"Sharing {name} with {unit} ended as {status['Status']} ({_reasons(status)}): mend that and "
                "run the command again; accounts that have the portfolio keep it."
            )
        if time.monotonic() > deadline:
            raise OperatorError(
                f"Sharing {name} with {unit} is still {status['Status']} after {SHARE_DEADLINE_SECONDS} "
                "seconds: it goes on at AWS; run the command again to see how it ended."
            )
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_POLL_SECONDS)


def _reasons(status: "DescribePortfolioShareStatusOutputTypeDef") -> str:
    errors = status.get("ShareDetails", {}).get("ShareErrors", [])
    sentences = [
        f"{', '.join(error.get('Accounts', []))}: {error.get('Message') or error.get('Error', 'no reason')}"
        for error in errors
    ]
    return "; ".join(sentences) or "AWS gives no reason"
