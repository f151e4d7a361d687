"""AWS Service Catalog: portfolios shared within the organisation.

Shares with nodes of the organisation need no acceptance, and work as long as the owner is the management
account or a delegated administrator
(https://docs.aws.amazon.com/servicecatalog/latest/adminguide/catalogs_portfolios_sharing_how-to-share.html).
"""

from dataclasses import dataclass
from typing import Any

from emulator.core.service import Request, ServiceError
from emulator.service_catalog.portfolios import describe_portfolio
from emulator.service_catalog.store import (
    SERVICE_CATALOG,
    Portfolio,
    Share,
    new_id,
    not_found,
    own_portfolio,
    service_catalog,
)
from emulator.service_catalog.visibility import portfolio_resource, visible_portfolios
from emulator.services.organizations import Organization, enable_service_access, organization_of


@dataclass(frozen=True, kw_only=True)
class _Operation:
    owner: str
    portfolio: str
    node: str
    accounts: tuple[str, ...]


_operations: dict[str, _Operation] = {}


def _organization(request: Request) -> Organization:
    organization = organization_of(request.account)
    if organization is None or not organization.administers(request.account, SERVICE_CATALOG):
        raise ServiceError(
            "OperationNotSupportedException",
            "Only the management account and delegated administrators share with the organization.",
        )
    if SERVICE_CATALOG not in organization.trusted:
        raise ServiceError("InvalidStateException", "AWS Organizations access is not enabled.")
    return organization


def _node(request: Request, organization: Organization) -> tuple[str, str]:
    node = request.parameters.get("OrganizationNode")
    if node is None:
        raise ServiceError(
            "OperationNotSupportedException",
            "The emulator shares with nodes of the organization; AWS also shares with single accounts.",
        )
    if node["Value"] != organization.identifier:
        organization.node(node["Value"])
    return node["Type"], node["Value"]


def _find(portfolio: Portfolio, node: str) -> Share:
    for share in portfolio.shares:
        if share.node == node:
            return share
    raise not_found("PortfolioShare", f"of {portfolio.identifier} with {node}")


def _token(request: Request, portfolio: Portfolio, node: str, organization: Organization) -> str:
    token = new_id("share")
    _operations[token] = _Operation(
        owner=request.account,
        portfolio=portfolio.identifier,
        node=node,
        accounts=tuple(organization.accounts_below(node)),
    )
    return token


@service_catalog.operation("EnableAWSOrganizationsAccess")
def _enable_access(request: Request) -> dict[str, Any]:
    organization = organization_of(request.account)
    if organization is None or request.account != organization.management:
        raise ServiceError(
            "OperationNotSupportedException", "Only the management account enables AWS Organizations access."
        )
    enable_service_access(organization, SERVICE_CATALOG)
    return {}


@service_catalog.operation("GetAWSOrganizationsAccessStatus")
def _access_status(request: Request) -> dict[str, Any]:
    organization = organization_of(request.account)
    enabled = organization is not None and SERVICE_CATALOG in organization.trusted
    return {"AccessStatus": "ENABLED" if enabled else "DISABLED"}


@service_catalog.operation("CreatePortfolioShare", resource=portfolio_resource)
def _create_share(request: Request) -> dict[str, Any]:
    organization = _organization(request)
    portfolio = own_portfolio(request.parameters["PortfolioId"], request.account)
    kind, node = _node(request, organization)
    if all(share.node != node for share in portfolio.shares):
        portfolio.shares.append(
            Share(
                kind=kind,
                node=node,
                tag_options=request.parameters.get("ShareTagOptions", False),
                principals=request.parameters.get("SharePrincipals", False),
            )
        )
    return {"PortfolioShareToken": _token(request, portfolio, node, organization)}


@service_catalog.operation("UpdatePortfolioShare", resource=portfolio_resource)
def _update_share(request: Request) -> dict[str, Any]:
    organization = _organization(request)
    portfolio = own_portfolio(request.parameters["PortfolioId"], request.account)
    _, node = _node(request, organization)
    share = _find(portfolio, node)
    share.tag_options = request.parameters.get("ShareTagOptions", share.tag_options)
    share.principals = request.parameters.get("SharePrincipals", share.principals)
    return {
        "PortfolioShareToken": _token(request, portfolio, node, organization),
        "Status": "COMPLETED",
    }


@service_catalog.operation("DeletePortfolioShare", resource=portfolio_resource)
def _delete_share(request: Request) -> dict[str, Any]:
    organization = _organization(request)
    portfolio = own_portfolio(request.parameters["PortfolioId"], request.account)
    _, node = _node(request, organization)
    portfolio.shares.remove(_find(portfolio, node))
    return {"PortfolioShareToken": _token(request, portfolio, node, organization)}


@service_catalog.operation("DescribePortfolioShares", resource=portfolio_resource)
def _describe_shares(request: Request) -> dict[str, Any]:
    portfolio = own_portfolio(request.parameters["PortfolioId"], request.account)
    wanted = request.parameters["Type"].replace("ORGANIZATION_MEMBER_ACCOUNT", "ACCOUNT")
    return {
        "PortfolioShareDetails": [
            {
                "PrincipalId": share.node,
                "Type": request.parameters["Type"],
                "Accepted": True,
                "ShareTagOptions": share.tag_options,
                "SharePrincipals": share.principals,
            }
            for share in portfolio.shares
            if share.kind == wanted
        ]
    }


@service_catalog.operation("DescribePortfolioShareStatus")
def _describe_share_status(request: Request) -> dict[str, Any]:
    token = request.parameters["PortfolioShareToken"]
    operation = _operations.get(token)
    if operation is None or operation.owner != request.account:
        raise not_found("PortfolioShare", token)
    return {
        "PortfolioShareToken": token,
        "PortfolioId": operation.portfolio,
        "OrganizationNodeValue": operation.node,
        "Status": "COMPLETED",
        "ShareDetails": {"SuccessfulShares": list(operation.accounts), "ShareErrors": []},
    }


@service_catalog.operation("ListOrganizationPortfolioAccess", resource=portfolio_resource)
def _list_organization_access(request: Request) -> dict[str, Any]:
    portfolio = own_portfolio(request.parameters["PortfolioId"], request.account)
    kind = request.parameters["OrganizationNodeType"]
    nodes = [{"Type": each.kind, "Value": each.node} for each in portfolio.shares if each.kind == kind]
    return {"OrganizationNodes": nodes}


@service_catalog.operation("ListAcceptedPortfolioShares")
def _list_accepted_shares(request: Request) -> dict[str, Any]:
    if request.parameters.get("PortfolioShareType", "IMPORTED") != "AWS_ORGANIZATIONS":
        return {"PortfolioDetails": []}
    seen = visible_portfolios(request.account, request.region)
    return {
        "PortfolioDetails": [describe_portfolio(each) for each in seen if each.account != request.account]
    }
