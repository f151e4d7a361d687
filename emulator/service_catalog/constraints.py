"""AWS Service Catalog for administrators: constraints of launches, above all the role that launches.

https://docs.aws.amazon.com/servicecatalog/latest/dg/API_CreateConstraint.html
"""

import json
from typing import Any

from ministack.services import iam

from emulator.core.service import Request, ServiceError
from emulator.service_catalog.store import (
    Constraint,
    Portfolio,
    Product,
    constraints,
    new_id,
    not_found,
    own_portfolio,
    service_catalog,
)
from emulator.service_catalog.visibility import (
    portfolio_resource,
    product_resource,
    shared_resource,
    visible_portfolio,
)


def create_constraint(  # noqa: PLR0917  the parameters of CreateConstraint
    account: str, portfolio_id: str, product_id: str, kind: str, parameters: str, description: str
) -> Constraint:
    """Constrain the launches of a product from a portfolio.

    Raises:
        ServiceError: The product is not in the portfolio, the parameters are none, or name a role that is not
            there, or there is a constraint of the kind.
    """
    portfolio = own_portfolio(portfolio_id, account)
    if product_id not in portfolio.products:
        raise not_found("Product", f"{product_id} in portfolio {portfolio_id}")
    if kind == "LAUNCH":
        check_launch_parameters(parameters, account)
    if any(
        (each.portfolio, each.product, each.kind) == (portfolio_id, product_id, kind)
        for each in constraints.values()
    ):
        raise ServiceError(
            "DuplicateResourceException", f"Product {product_id} already has a {kind} constraint there."
        )
    constraint = Constraint(
        identifier=new_id("cons"),
        account=account,
        portfolio=portfolio_id,
        product=product_id,
        kind=kind,
        parameters=parameters,
        description=description,
    )
    constraints[constraint.identifier] = constraint
    return constraint


def check_launch_parameters(parameters: str, account: str) -> None:
    """Check what a launch constraint says of its role, which must exist in the constraint's own account.

    Raises:
        ServiceError: It names no role, two, or one that is not there.
    """
    try:
        content = json.loads(parameters)
    except ValueError as error:
        raise ServiceError("InvalidParametersException", f"Parameters are not JSON: {error}") from None
    if len({"RoleArn", "LocalRoleName"} & content.keys()) != 1:
        raise ServiceError(
            "InvalidParametersException", "A launch constraint needs either RoleArn or LocalRoleName."
        )
    name = content.get("LocalRoleName") or content["RoleArn"].rpartition("/")[2]
    if iam._roles.get_scoped(account, None, name) is None:
        raise ServiceError(
            "InvalidParametersException", f"The role {name} does not exist in account {account}."
        )


def launch_role(portfolio: Portfolio, product: Product, account: str) -> str | None:
    """Return the ARN of the role of a launch constraint, in the account that launches."""
    for constraint in list(constraints.values()):
        if (constraint.portfolio, constraint.product, constraint.kind) == (
            portfolio.identifier,
            product.identifier,
            "LAUNCH",
        ):
            given = json.loads(constraint.parameters)
            role_arn: str = given.get("RoleArn") or f"arn:aws:iam::{account}:role/{given['LocalRoleName']}"
            return role_arn
    return None


def describe_constraint(constraint: Constraint) -> dict[str, Any]:
    """Describe a constraint as the API does."""
    return {
        "ConstraintId": constraint.identifier,
        "Type": constraint.kind,
        "Description": constraint.description,
        "Owner": constraint.account,
        "ProductId": constraint.product,
        "PortfolioId": constraint.portfolio,
    }


@service_catalog.operation("CreateConstraint", resource=product_resource)
def _create_constraint(request: Request) -> dict[str, Any]:
    given = request.parameters
    constraint = create_constraint(
        request.account,
        given["PortfolioId"],
        given["ProductId"],
        given["Type"],
        given["Parameters"],
        given.get("Description", ""),
    )
    return {
        "ConstraintDetail": describe_constraint(constraint),
        "ConstraintParameters": constraint.parameters,
        "Status": "AVAILABLE",
    }


@service_catalog.operation("DescribeConstraint")
def _describe_constraint(request: Request) -> dict[str, Any]:
    constraint = constraints.get(request.parameters["Id"])
    if constraint is None or constraint.account != request.account:
        raise not_found("Constraint", request.parameters["Id"])
    return {
        "ConstraintDetail": describe_constraint(constraint),
        "ConstraintParameters": constraint.parameters,
        "Status": "AVAILABLE",
    }


@service_catalog.operation(
    "ListConstraintsForPortfolio", resource=portfolio_resource, resource_policy=shared_resource
)
def _list_constraints(request: Request) -> dict[str, Any]:
    portfolio = visible_portfolio(request.parameters["PortfolioId"], request)
    product = request.parameters.get("ProductId")
    found = [
        each
        for each in constraints.values()
        if each.portfolio == portfolio.identifier and product in (None, each.product)
    ]
    return {"ConstraintDetails": [describe_constraint(each) for each in found]}


@service_catalog.operation("DeleteConstraint")
def _delete_constraint(request: Request) -> dict[str, Any]:
    constraint = constraints.get(request.parameters["Id"])
    if constraint is None or constraint.account != request.account:
        raise not_found("Constraint", request.parameters["Id"])
    del constraints[constraint.identifier]
    return {}
