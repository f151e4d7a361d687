"""AWS Service Catalog for administrators: portfolios, products, and what belongs to them.

https://docs.aws.amazon.com/servicecatalog/latest/dg/API_Reference.html
"""

import json
from typing import Any

from ministack.services import s3
from ministack.services.cloudformation.engine import _parse_template

from rehearsal.emulator.authorization import principal_of_key
from rehearsal.emulator.cloudformation import unreadable
from rehearsal.emulator.s3 import s3_location
from rehearsal.emulator.service import Request, ServiceError
from rehearsal.emulator.service_catalog_store import (
    Artifact,
    Constraint,
    Portfolio,
    Product,
    TagOption,
    constraints,
    new_id,
    not_found,
    own_portfolio,
    own_product,
    portfolio_resource,
    portfolios,
    principals_of,
    product_resource,
    products,
    service_catalog,
    shared_resource,
    tag_options,
    tags_dict,
    tags_list,
    visible_portfolio,
    visible_portfolios,
)

MAXIMUM_PATTERNS = 10
"""https://docs.aws.amazon.com/servicecatalog/latest/adminguide/limits.html"""

PRODUCT_DETAILS = (
    "Name",
    "Owner",
    "Description",
    "Distributor",
    "SupportDescription",
    "SupportEmail",
    "SupportUrl",
)


# Portfolios.


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
    seen = visible_portfolios(request.account, request.region)
    return {"PortfolioDetails": [describe_portfolio(each) for each in seen if product in each.products]}


# Products and their versions.


def create_product(account: str, region: str, given: dict[str, Any]) -> Product:
    """Create a product from the parameters of CreateProduct."""
    product = Product(
        identifier=new_id("prod"),
        account=account,
        region=region,
        details={key: given[key] for key in PRODUCT_DETAILS if key in given},
        tags=tags_dict(given.get("Tags")),
    )
    products[product.identifier] = product
    return product


def add_artifact(product: Product, given: dict[str, Any]) -> Artifact:
    """Add a version to a product, from the `Parameters` of CreateProvisioningArtifact.

    Raises:
        ServiceError: There is no template, or it is none.
    """
    url = given.get("Info", {}).get("LoadTemplateFromURL")
    if url is None:
        raise ServiceError("InvalidParametersException", "Info needs LoadTemplateFromURL.")
    content = s3._get_object_data(*s3_location(url))
    if content is None:
        raise ServiceError("InvalidParametersException", f"There is no template at {url}.")
    template = content.decode()
    try:
        parsed = _parse_template(template)
    except ValueError as error:
        raise ServiceError("InvalidParametersException", f"{url} is not a template: {error}") from None
    if not parsed.get("Resources"):
        raise ServiceError("InvalidParametersException", f"The template at {url} has no resources.")
    artifact = Artifact(
        identifier=new_id("pa"),
        name=given.get("Name", ""),
        description=given.get("Description", ""),
        template=template,
    )
    product.artifacts[artifact.identifier] = artifact
    return artifact


def delete_product(identifier: str, account: str) -> None:
    """Delete a product.

    Raises:
        ServiceError: It is in a portfolio.
    """
    own_product(identifier, account)
    if any(identifier in portfolio.products for portfolio in portfolios.values()):
        raise ServiceError("ResourceInUseException", f"Product {identifier} is still in a portfolio.")
    del products[identifier]


def product_summary(product: Product) -> dict[str, Any]:
    """Summarise a product as the API does."""
    return {
        "Id": f"prodview-{product.identifier.removeprefix('prod-')}",
        "ProductId": product.identifier,
        "ShortDescription": product.details.get("Description", ""),
        "Type": "CLOUD_FORMATION_TEMPLATE",
        "HasDefaultPath": False,
        **{key: value for key, value in product.details.items() if key != "Description"},
    }


def describe_artifact(artifact: Artifact) -> dict[str, Any]:
    """Describe a version as the API does."""
    return {
        "Id": artifact.identifier,
        "Name": artifact.name,
        "Description": artifact.description,
        "Type": "CLOUD_FORMATION_TEMPLATE",
        "CreatedTime": artifact.created,
        "Active": artifact.active,
        "Guidance": artifact.guidance,
    }


def _describe_product(product: Product) -> dict[str, Any]:
    return {
        "ProductViewSummary": product_summary(product),
        "Status": "AVAILABLE",
        "ProductARN": product.arn,
        "CreatedTime": product.created,
    }


def _check_template_readable(request: Request, given: dict[str, Any]) -> None:
    url = given.get("Info", {}).get("LoadTemplateFromURL")
    reason = unreadable(principal_of_key(request.access_key, request.account), url) if url else None
    if reason is not None:
        raise ServiceError("InvalidParametersException", f"Access denied to the template: {reason}")


@service_catalog.operation("CreateProduct", resource=product_resource)
def _create_product(request: Request) -> dict[str, Any]:
    first = request.parameters.get("ProvisioningArtifactParameters")
    if first is None:
        raise ServiceError("InvalidParametersException", "A product needs ProvisioningArtifactParameters.")
    _check_template_readable(request, first)
    product = create_product(request.account, request.region, request.parameters)
    try:
        artifact = add_artifact(product, first)
    except ServiceError:
        del products[product.identifier]
        raise
    return {
        "ProductViewDetail": _describe_product(product),
        "ProvisioningArtifactDetail": describe_artifact(artifact),
        "Tags": tags_list(product.tags),
    }


@service_catalog.operation("CreateProvisioningArtifact", resource=product_resource)
def _create_provisioning_artifact(request: Request) -> dict[str, Any]:
    product = own_product(request.parameters["ProductId"], request.account)
    _check_template_readable(request, request.parameters["Parameters"])
    artifact = add_artifact(product, request.parameters["Parameters"])
    return {"ProvisioningArtifactDetail": describe_artifact(artifact), "Status": "AVAILABLE"}


@service_catalog.operation("UpdateProvisioningArtifact", resource=product_resource)
def _update_provisioning_artifact(request: Request) -> dict[str, Any]:
    given = request.parameters
    product = own_product(given["ProductId"], request.account)
    artifact = product.artifacts.get(given["ProvisioningArtifactId"])
    if artifact is None:
        raise not_found("ProvisioningArtifact", given["ProvisioningArtifactId"])
    artifact.name = given.get("Name", artifact.name)
    artifact.description = given.get("Description", artifact.description)
    artifact.active = given.get("Active", artifact.active)
    artifact.guidance = given.get("Guidance", artifact.guidance)
    return {"ProvisioningArtifactDetail": describe_artifact(artifact), "Status": "AVAILABLE"}


@service_catalog.operation(
    "ListProvisioningArtifacts", resource=product_resource, resource_policy=shared_resource
)
def _list_provisioning_artifacts(request: Request) -> dict[str, Any]:
    product = _visible_product(request, request.parameters["ProductId"])
    return {"ProvisioningArtifactDetails": [describe_artifact(each) for each in product.artifacts.values()]}


@service_catalog.operation(
    "DescribeProductAsAdmin", resource=product_resource, resource_policy=shared_resource
)
def _describe_product_as_admin(request: Request) -> dict[str, Any]:
    product = _visible_product(request, request.parameters.get("Id"), request.parameters.get("Name"))
    return {
        "ProductViewDetail": _describe_product(product),
        "ProvisioningArtifactSummaries": [describe_artifact(each) for each in product.artifacts.values()],
        "Tags": tags_list(product.tags),
        "TagOptions": [describe_tag_option(tag_options[each]) for each in product.tag_options],
    }


@service_catalog.operation("SearchProductsAsAdmin")
def _search_products_as_admin(request: Request) -> dict[str, Any]:
    portfolio = request.parameters.get("PortfolioId")
    if portfolio is not None:
        found = [products[each] for each in visible_portfolio(portfolio, request).products]
    else:
        here = (request.account, request.region)
        found = [each for each in products.values() if (each.account, each.region) == here]
    return {"ProductViewDetails": [_describe_product(product) for product in found]}


@service_catalog.operation("DeleteProduct", resource=product_resource)
def _delete_product(request: Request) -> dict[str, Any]:
    delete_product(request.parameters["Id"], request.account)
    return {}


def _visible_product(request: Request, identifier: str | None, name: str | None = None) -> Product:
    """A product that the caller's account owns or has been shared."""
    shared = {each for seen in visible_portfolios(request.account, request.region) for each in seen.products}
    for product in list(products.values()):
        named = product.identifier == identifier or (identifier is None and product.details["Name"] == name)
        if named and (product.account == request.account or product.identifier in shared):
            return product
    raise not_found("Product", str(identifier or name))


# What belongs to a portfolio.


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
    """Let somebody launch from a portfolio in an account.

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


def create_constraint(  # noqa: PLR0917  the parameters of CreateConstraint
    account: str, portfolio_id: str, product_id: str, kind: str, parameters: str, description: str
) -> Constraint:
    """Constrain the launches of a product from a portfolio.

    Raises:
        ServiceError: The product is not in the portfolio, the parameters are none, or there is a constraint
            of the kind.
    """
    portfolio = own_portfolio(portfolio_id, account)
    if product_id not in portfolio.products:
        raise not_found("Product", f"{product_id} in portfolio {portfolio_id}")
    try:
        content = json.loads(parameters)
    except ValueError as error:
        raise ServiceError("InvalidParametersException", f"Parameters are not JSON: {error}") from None
    if kind == "LAUNCH" and len({"RoleArn", "LocalRoleName"} & content.keys()) != 1:
        raise ServiceError(
            "InvalidParametersException", "A launch constraint needs either RoleArn or LocalRoleName."
        )
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


# TagOptions.


def create_tag_option(account: str, key: str, value: str) -> TagOption:
    """Create a TagOption.

    Raises:
        ServiceError: The account has it already.
    """
    if any((each.account, each.key, each.value) == (account, key, value) for each in tag_options.values()):
        raise ServiceError("DuplicateResourceException", f"There is a TagOption {key}={value} already.")
    option = TagOption(identifier=new_id("tag"), account=account, key=key, value=value)
    tag_options[option.identifier] = option
    return option


def tagged_with_options(resource_id: str, account: str) -> list[str]:
    """Return the TagOptions of a portfolio or product, to be changed in place."""
    if resource_id.startswith("port-"):
        return own_portfolio(resource_id, account).tag_options
    return own_product(resource_id, account).tag_options


def describe_tag_option(option: TagOption) -> dict[str, Any]:
    """Describe a TagOption as the API does."""
    return {
        "Id": option.identifier,
        "Key": option.key,
        "Value": option.value,
        "Active": option.active,
        "Owner": option.account,
    }


@service_catalog.operation("CreateTagOption")
def _create_tag_option(request: Request) -> dict[str, Any]:
    option = create_tag_option(request.account, request.parameters["Key"], request.parameters["Value"])
    return {"TagOptionDetail": describe_tag_option(option)}


@service_catalog.operation("ListTagOptions")
def _list_tag_options(request: Request) -> dict[str, Any]:
    found = [each for each in tag_options.values() if each.account == request.account]
    return {"TagOptionDetails": [describe_tag_option(each) for each in found]}


@service_catalog.operation("AssociateTagOptionWithResource")
def _associate_tag_option(request: Request) -> dict[str, Any]:
    options = tagged_with_options(request.parameters["ResourceId"], request.account)
    if request.parameters["TagOptionId"] not in tag_options:
        raise not_found("TagOption", request.parameters["TagOptionId"])
    if request.parameters["TagOptionId"] not in options:
        options.append(request.parameters["TagOptionId"])
    return {}


@service_catalog.operation("DisassociateTagOptionFromResource")
def _disassociate_tag_option(request: Request) -> dict[str, Any]:
    options = tagged_with_options(request.parameters["ResourceId"], request.account)
    if request.parameters["TagOptionId"] in options:
        options.remove(request.parameters["TagOptionId"])
    return {}


def _retag(tags: dict[str, str], given: dict[str, Any]) -> None:
    tags.update(tags_dict(given.get("AddTags")))
    for key in given.get("RemoveTags", ()):
        tags.pop(key, None)
