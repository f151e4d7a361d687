"""AWS Service Catalog for administrators: products and their versions."""

from typing import Any

from ministack.services import s3
from ministack.services.cloudformation.engine import _parse_template

from emulator.cloudformation.stacks import unreadable
from emulator.core.authorization import principal_of_key
from emulator.core.service import Request, ServiceError
from emulator.s3.access import s3_location
from emulator.service_catalog.store import (
    Artifact,
    Product,
    new_id,
    not_found,
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
    product_resource,
    shared_resource,
    visible_portfolio,
    visible_portfolios,
)

PRODUCT_DETAILS = (
    "Name",
    "Owner",
    "Description",
    "Distributor",
    "SupportDescription",
    "SupportEmail",
    "SupportUrl",
)


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
