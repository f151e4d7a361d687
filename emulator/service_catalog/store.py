"""AWS Service Catalog: what there is, and who owns it.

Products with CloudFormation templates only.
"""

import secrets
import string
import time
from dataclasses import dataclass, field
from typing import Any

from emulator.core.service import Service, ServiceError

SERVICE_CATALOG = "servicecatalog.amazonaws.com"

service_catalog = Service("servicecatalog")

_ALPHABET = string.ascii_lowercase + string.digits


@dataclass(kw_only=True)
class Share:
    """A portfolio's share with a node of the organisation.

    Attributes:
        kind: `ORGANIZATION`, `ORGANIZATIONAL_UNIT` or `ACCOUNT`.
        node: Id of the node.
        tag_options: Whether TagOptions are shared.
        principals: Whether principal names are shared.
    """

    kind: str
    node: str
    tag_options: bool
    principals: bool


@dataclass(kw_only=True)
class Portfolio:
    """A portfolio.

    Attributes:
        principals: For each account that associated some: pairs of ARN or pattern, and type.
        products: Ids of the products in it.
        tag_options: Ids of its TagOptions.
    """

    identifier: str
    account: str
    region: str
    display_name: str
    provider_name: str
    description: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    created: float = field(default_factory=time.time)
    products: list[str] = field(default_factory=list)
    principals: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    shares: list[Share] = field(default_factory=list)
    tag_options: list[str] = field(default_factory=list)

    @property
    def arn(self) -> str:
        """ARN of the portfolio."""
        return f"arn:aws:catalog:{self.region}:{self.account}:portfolio/{self.identifier}"


@dataclass(kw_only=True)
class Artifact:
    """A version of a product."""

    identifier: str
    name: str
    description: str
    template: str
    created: float = field(default_factory=time.time)
    active: bool = True
    guidance: str = "DEFAULT"


@dataclass(kw_only=True)
class Product:
    """A product.

    Attributes:
        details: `Name`, `Owner`, `Description` and the like, by their names in CreateProduct.
        artifacts: Versions by id, first to last.
    """

    identifier: str
    account: str
    region: str
    details: dict[str, str]
    tags: dict[str, str] = field(default_factory=dict)
    created: float = field(default_factory=time.time)
    artifacts: dict[str, Artifact] = field(default_factory=dict)
    tag_options: list[str] = field(default_factory=list)

    @property
    def arn(self) -> str:
        """ARN of the product."""
        return f"arn:aws:catalog:{self.region}:{self.account}:product/{self.identifier}"


@dataclass(kw_only=True)
class Constraint:
    """A constraint of a product in a portfolio; `parameters` is JSON."""

    identifier: str
    account: str
    portfolio: str
    product: str
    kind: str
    parameters: str
    description: str = ""


@dataclass(kw_only=True)
class TagOption:
    """A tag that launches may take."""

    identifier: str
    account: str
    key: str
    value: str
    active: bool = True


portfolios: dict[str, Portfolio] = {}
products: dict[str, Product] = {}
constraints: dict[str, Constraint] = {}
tag_options: dict[str, TagOption] = {}


def new_id(prefix: str) -> str:
    """Return an id as Service Catalog makes them: a prefix and 13 letters and digits."""
    return f"{prefix}-" + "".join(secrets.choice(_ALPHABET) for _ in range(13))


def not_found(what: str, identifier: str) -> ServiceError:
    """Return the error for something that is not there, or not visible."""
    return ServiceError("ResourceNotFoundException", f"{what} {identifier} not found.")


def own_portfolio(identifier: str, account: str) -> Portfolio:
    """Return a portfolio that an account owns.

    Raises:
        ServiceError: It owns none of that id.
    """
    portfolio = portfolios.get(identifier)
    if portfolio is None or portfolio.account != account:
        raise not_found("Portfolio", identifier)
    return portfolio


def own_product(identifier: str, account: str) -> Product:
    """Return a product that an account owns.

    Raises:
        ServiceError: It owns none of that id.
    """
    product = products.get(identifier)
    if product is None or product.account != account:
        raise not_found("Product", identifier)
    return product


def tags_list(tags: dict[str, str]) -> list[dict[str, str]]:
    """Return tags as the API lists them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def tags_dict(tags: Any) -> dict[str, str]:
    """Return tags as they are kept."""
    return {tag["Key"]: tag["Value"] for tag in tags or ()}
