"""Who sees what of AWS Service Catalog: the portfolios, products and launch paths of an account.

How portfolios travel through an organisation:
https://docs.aws.amazon.com/servicecatalog/latest/adminguide/catalogs_portfolios_sharing.html
"""

import hashlib
from collections.abc import Iterator
from fnmatch import fnmatchcase

from ministack.services import iam

from emulator.core.authorization import ResourcePolicy
from emulator.core.service import Request, ServiceError
from emulator.service_catalog.store import (
    SERVICE_CATALOG,
    Artifact,
    Portfolio,
    Product,
    Share,
    not_found,
    portfolios,
    products,
    tag_options,
)
from emulator.services.organizations import Organization, organization_of


def share_of(portfolio: Portfolio, account: str) -> Share | None:
    """Return the share through which an account sees a portfolio of another one."""
    organization = _sharing_organization(portfolio)
    if organization is None or account not in organization.accounts:
        return None
    return next(
        (share for share in portfolio.shares if account in organization.accounts_below(share.node)), None
    )


def _sharing_organization(portfolio: Portfolio) -> Organization | None:
    """The organisation, as long as it trusts Service Catalog and the owner may still share in it."""
    organization = organization_of(portfolio.account)
    if organization is None or SERVICE_CATALOG not in organization.trusted:
        return None
    return organization if organization.administers(portfolio.account, SERVICE_CATALOG) else None


def visible_portfolios(account: str, region: str) -> Iterator[Portfolio]:
    """Yield the portfolios of a Region that an account owns or has been shared."""
    for portfolio in list(portfolios.values()):
        if portfolio.region == region and (
            portfolio.account == account or share_of(portfolio, account) is not None
        ):
            yield portfolio


def visible_portfolio(identifier: str, request: Request) -> Portfolio:
    """Return a portfolio that the caller's account owns or has been shared.

    Raises:
        ServiceError: There is none of that id.
    """
    for portfolio in visible_portfolios(request.account, request.region):
        if portfolio.identifier == identifier:
            return portfolio
    raise not_found("Portfolio", identifier)


def principals_of(portfolio: Portfolio, account: str) -> set[tuple[str, str]]:
    """Return who may launch from a portfolio in an account: ARNs and patterns, each with its type."""
    found = set(portfolio.principals.get(account, ()))
    share = None if portfolio.account == account else share_of(portfolio, account)
    if share is not None and share.principals:
        owners = portfolio.principals.get(portfolio.account, ())
        found |= {(arn, kind) for arn, kind in owners if kind == "IAM_PATTERN"}
    return found


def launch_paths(product: Product, request: Request) -> list[Portfolio]:
    """Return the portfolios through which a caller may launch a product."""
    identity = _identity(request.caller_arn)
    return [
        portfolio
        for portfolio in visible_portfolios(request.account, request.region)
        if product.identifier in portfolio.products
        and any(_matches(arn, kind, identity) for arn, kind in principals_of(portfolio, request.account))
    ]


def path_id(portfolio: Portfolio, product: Product) -> str:
    """Return the id of the launch path that leads to a product through a portfolio."""
    pair = f"{portfolio.identifier} {product.identifier}"
    return f"lpv2-{hashlib.sha256(pair.encode()).hexdigest()[:13]}"


def chosen_path(product: Product, request: Request) -> Portfolio:
    """Return the portfolio through which a launch goes: the one that a request names, or the only one.

    Raises:
        ServiceError: The caller has no such path, or several to choose from.
    """
    wanted, name = request.parameters.get("PathId"), request.parameters.get("PathName")
    paths = launch_paths(product, request)
    for portfolio in paths:
        if wanted == path_id(portfolio, product) or (wanted is None and name == portfolio.display_name):
            return portfolio
    if wanted is None and name is None and len(paths) == 1:
        return paths[0]
    if wanted is None and name is None:
        raise ServiceError(
            "InvalidParametersException", f"Product {product.identifier} has {len(paths)} paths: give PathId."
        )
    raise not_found("LaunchPath", str(wanted or name))


def launchable_products(request: Request) -> list[Product]:
    """Return the products that a caller may launch."""
    offered = list(products.values())
    return [
        product for product in offered if product.region == request.region and launch_paths(product, request)
    ]


def find_product(request: Request, identifier: str | None, name: str | None) -> Product:
    """Return a product that a caller may launch, by id or name.

    Raises:
        ServiceError: The caller may launch none of that id or name.
    """
    for product in launchable_products(request):
        if product.identifier == identifier or (identifier is None and product.details["Name"] == name):
            return product
    raise ServiceError(
        "ResourceNotFoundException", f"No launch paths found for resource: {identifier or name}"
    )


def find_artifact(product: Product, identifier: str | None, name: str | None) -> Artifact:
    """Return an active version of a product, by id or name.

    Raises:
        ServiceError: There is none.
    """
    for artifact in product.artifacts.values():
        named = artifact.name == name if identifier is None else artifact.identifier == identifier
        if named and artifact.active:
            return artifact
    raise not_found("ProvisioningArtifact", str(identifier or name))


def options_of(product: Product, portfolio: Portfolio, account: str) -> dict[str, list[str]]:
    """Return the TagOptions of a launch: the values to choose from for each key."""
    share = None if portfolio.account == account else share_of(portfolio, account)
    if share is not None and not share.tag_options:
        return {}
    found: dict[str, list[str]] = {}
    for identifier in dict.fromkeys([*portfolio.tag_options, *product.tag_options]):
        option = tag_options.get(identifier)
        if option is not None and option.active:
            found.setdefault(option.key, []).append(option.value)
    return found


def product_resource(request: Request) -> str:
    """ARN of the product that a request names, by id or by name."""
    parameters = request.parameters
    identifier, name = parameters.get("ProductId", parameters.get("Id")), parameters.get("ProductName")
    for product in list(products.values()):
        if product.identifier == identifier or (identifier is None and product.details["Name"] == name):
            return product.arn
    return f"arn:aws:catalog:{request.region}:{request.account}:product/{identifier or name}"


def portfolio_resource(request: Request) -> str:
    """ARN of the portfolio that a request names."""
    identifier = request.parameters.get("PortfolioId") or request.parameters.get("Id")
    portfolio = portfolios.get(str(identifier))
    if portfolio is not None:
        return portfolio.arn
    return f"arn:aws:catalog:{request.region}:{request.account}:portfolio/{identifier}"


def shared_resource(request: Request, resource: str) -> ResourcePolicy:
    """A share lets whole accounts in; in these, identity policies and portfolio principals decide."""
    owner = resource.split(":")[4]
    everyone = {"Effect": "Allow", "Principal": "*", "Action": "servicecatalog:*", "Resource": "*"}
    return (None if owner == request.account else {"Statement": [everyone]}), owner


def _identity(caller_arn: str) -> str:
    """The user, or the role of a session, that calls."""
    if ":assumed-role/" not in caller_arn:
        return caller_arn
    account, name = caller_arn.split(":")[4], caller_arn.split("/")[1]
    role = iam._roles.get_scoped(account, None, name)
    return str(role["Arn"]) if role else f"arn:aws:iam::{account}:role/{name}"


def _matches(arn: str, kind: str, identity: str) -> bool:
    """Whether a principal of a portfolio stands for an identity; a pattern has no account id.

    https://docs.aws.amazon.com/servicecatalog/latest/dg/API_AssociatePrincipalWithPortfolio.html
    """
    if kind == "IAM":
        return arn == identity
    fields = identity.split(":", 5)
    return fnmatchcase(f"arn:aws:iam:::{fields[5]}", arn)
