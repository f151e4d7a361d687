"""AWS Service Catalog for administrators: portfolios, the products in them, and who may launch."""

from typing import Any

from emulator.core.service import Request, ServiceError
from emulator.service_catalog.store import (
    Portfolio,
    constraints,
    new_id,
    not_found,
    own_portfolio,
    own_product,
    portfolios,
    products,
    service_catalog,
    tag_options,
    tags_dict,
    tags_list,
)
from emulator.service_catalog.tag_options import describe_tag_option
from emulator.service_catalog.visibility import (
    portfolio_resource,
    principals_of,
    product_resource,
    shared_resource,
    visible_portfolio,
    visible_portfolios,
)

MAXIMUM_PATTERNS = 10

"""https://docs.aws.amazon.com/servicecatalog/latest/adminguide/limits.html"""


def create_portfolio(account: str, region: str, given: dict[str, Any]) -> Portfolio:
    """Create a portfolio from the parameters of CreatePortfolio."""
    portfolio = Portfolio(
        identifier=new_id("port"),
        account=account,
        region=region,
        display_name=given["DisplayName"],
        provider_name=given["ProviderName"],
        description=given.get("Description", ""),
        tags=tags_dict(given.get("Tags")),
    )
    portfolios[portfolio.identifier] = portfolio
    return portfolio


def delete_portfolio(identifier: str, account: str) -> None:
    """Delete a portfolio.

    Raises:
        ServiceError: It is shared, or something is still associated with it.
    """
    portfolio = own_portfolio(identifier, account)
    if portfolio.products or portfolio.shares or any(portfolio.principals.values()) or portfolio.tag_options:
        raise ServiceError(
            "ResourceInUseException",
            f"Portfolio {identifier} still has products, principals, TagOptions or shares.",
        )
    del portfolios[identifier]


def describe_portfolio(portfolio: Portfolio) -> dict[str, Any]:
    """Describe a portfolio as the API does."""
    return {
        "Id": portfolio.identifier,
        "ARN": portfolio.arn,
        "DisplayName": portfolio.display_name,
        "Description": portfolio.description,
        "ProviderName": portfolio.provider_name,
        "CreatedTime": portfolio.created,
    }


@service_catalog.operation("CreatePortfolio", resource=portfolio_resource)
def _create_portfolio(request: Request) -> dict[str, Any]:
    portfolio = create_portfolio(request.account, request.region, request.parameters)
    return {"PortfolioDetail": describe_portfolio(portfolio), "Tags": tags_list(portfolio.tags)}


@service_catalog.operation("DescribePortfolio", resource=portfolio_resource, resource_policy=shared_resource)
def _describe_portfolio(request: Request) -> dict[str, Any]:
    portfolio = visible_portfolio(request.parameters["Id"], request)
    return {
        "PortfolioDetail": describe_portfolio(portfolio),
        "Tags": tags_list(portfolio.tags),
        "TagOptions": [describe_tag_option(tag_options[each]) for each in portfolio.tag_options],
    }


@service_catalog.operation("UpdatePortfolio", resource=portfolio_resource)
def _update_portfolio(request: Request) -> dict[str, Any]:
    portfolio, given = own_portfolio(request.parameters["Id"], request.account), request.parameters
    portfolio.display_name = given.get("DisplayName", portfolio.display_name)
    portfolio.provider_name = given.get("ProviderName", portfolio.provider_name)
    portfolio.description = given.get("Description", portfolio.description)
    _retag(portfolio.tags, given)
    return {"PortfolioDetail": describe_portfolio(portfolio), "Tags": tags_list(portfolio.tags)}


@service_catalog.operation("DeletePortfolio", resource=portfolio_resource)
def _delete_portfolio(request: Request) -> dict[str, Any]:
    delete_portfolio(request.parameters["Id"], request.account)
    return {}


@service_catalog.operation("ListPortfolios")
def _list_portfolios(request: Request) -> dict[str, Any]:
    seen = visible_portfolios(request.account, request.region)
    return {
        "PortfolioDetails": [describe_portfolio(each) for each in seen if each.account == request.account]
    }


@service_catalog.operation(
    "ListPortfoliosForProduct", resource=product_resource, resource_policy=shared_resource
)
def _list_portfolios_for_product(request: Request) -> dict[str, Any]:
    product = request.parameters["ProductId"]
    if product not in products:
        raise not_found("Product", product)
    seen = visible_portfolios(request.account, request.region)
    return {"PortfolioDetails": [describe_portfolio(each) for each in seen if product in each.products]}


def associate_product(product_id: str, portfolio_id: str, account: str) -> None:
    """Put a product into a portfolio."""
    product, portfolio = own_product(product_id, account), own_portfolio(portfolio_id, account)
    if product.identifier not in portfolio.products:
        portfolio.products.append(product.identifier)


def disassociate_product(product_id: str, portfolio_id: str, account: str) -> None:
    """Take a product out of a portfolio, with its constraints there."""
    portfolio = own_portfolio(portfolio_id, account)
    if product_id in portfolio.products:
        portfolio.products.remove(product_id)
    for constraint in list(constraints.values()):
        if (constraint.product, constraint.portfolio) == (product_id, portfolio_id):
            del constraints[constraint.identifier]


def associate_principal(portfolio: Portfolio, account: str, arn: str, kind: str) -> None:
    """Allow somebody to launch from a portfolio in an account.

    Raises:
        ServiceError: The ARN is not of the kind, or there are too many patterns.
    """
    if kind == "IAM_PATTERN" and not arn.startswith("arn:aws:iam:::"):
        raise ServiceError("InvalidParametersException", f"{arn} is a pattern, which has no account id.")
    entries = portfolio.principals.setdefault(account, set())
    patterns = sum(1 for _, each in entries | {(arn, kind)} if each == "IAM_PATTERN")
    if patterns > MAXIMUM_PATTERNS:
        raise ServiceError(
            "LimitExceededException", f"A portfolio takes {MAXIMUM_PATTERNS} principals of type IAM_PATTERN."
        )
    entries.add((arn, kind))


def disassociate_principal(portfolio: Portfolio, account: str, arn: str) -> None:
    """No longer let somebody launch from a portfolio in an account."""
    entries = portfolio.principals.get(account, set())
    portfolio.principals[account] = {entry for entry in entries if entry[0] != arn}


@service_catalog.operation("AssociateProductWithPortfolio", resource=portfolio_resource)
def _associate_product(request: Request) -> dict[str, Any]:
    associate_product(request.parameters["ProductId"], request.parameters["PortfolioId"], request.account)
    return {}


@service_catalog.operation("DisassociateProductFromPortfolio", resource=portfolio_resource)
def _disassociate_product(request: Request) -> dict[str, Any]:
    disassociate_product(request.parameters["ProductId"], request.parameters["PortfolioId"], request.account)
    return {}


@service_catalog.operation(
    "AssociatePrincipalWithPortfolio", resource=portfolio_resource, resource_policy=shared_resource
)
def _associate_principal(request: Request) -> dict[str, Any]:
    given = request.parameters
    portfolio = visible_portfolio(given["PortfolioId"], request)
    associate_principal(portfolio, request.account, given["PrincipalARN"], given["PrincipalType"])
    return {}


@service_catalog.operation(
    "DisassociatePrincipalFromPortfolio", resource=portfolio_resource, resource_policy=shared_resource
)
def _disassociate_principal(request: Request) -> dict[str, Any]:
    portfolio = visible_portfolio(request.parameters["PortfolioId"], request)
    disassociate_principal(portfolio, request.account, request.parameters["PrincipalARN"])
    return {}


@service_catalog.operation(
    "ListPrincipalsForPortfolio", resource=portfolio_resource, resource_policy=shared_resource
)
def _list_principals(request: Request) -> dict[str, Any]:
    portfolio = visible_portfolio(request.parameters["PortfolioId"], request)
    found = sorted(principals_of(portfolio, request.account))
    return {"Principals": [{"PrincipalARN": arn, "PrincipalType": kind} for arn, kind in found]}


def _retag(tags: dict[str, str], given: dict[str, Any]) -> None:
    tags.update(tags_dict(given.get("AddTags")))
    for key in given.get("RemoveTags", ()):
        tags.pop(key, None)
