"""AWS Service Catalog for those who launch: the products that they are offered.

https://docs.aws.amazon.com/servicecatalog/latest/userguide/end-user-console.html
"""

import json
from typing import Any

from ministack.services.cloudformation.engine import _parse_template

from emulator.core.service import Request
from emulator.service_catalog.constraints import launch_role
from emulator.service_catalog.launches import template_copy
from emulator.service_catalog.products import describe_artifact, product_summary
from emulator.service_catalog.store import Artifact, Portfolio, Product, service_catalog, tags_list
from emulator.service_catalog.visibility import (
    chosen_path,
    find_artifact,
    find_product,
    launch_paths,
    launchable_products,
    options_of,
    path_id,
    product_resource,
    shared_resource,
)


@service_catalog.operation("SearchProducts")
def _search_products(request: Request) -> dict[str, Any]:
    texts = request.parameters.get("Filters", {}).get("FullTextSearch", [])
    found = [
        product
        for product in launchable_products(request)
        if all(text.lower() in json.dumps(product.details).lower() for text in texts)
    ]
    return {"ProductViewSummaries": [product_summary(product) for product in found]}


@service_catalog.operation("DescribeProduct", resource=product_resource, resource_policy=shared_resource)
def _describe_product(request: Request) -> dict[str, Any]:
    product = find_product(request, request.parameters.get("Id"), request.parameters.get("Name"))
    return {
        "ProductViewSummary": product_summary(product),
        "ProvisioningArtifacts": _active_artifacts(product),
        "LaunchPaths": [
            {"Id": path_id(portfolio, product), "Name": portfolio.display_name}
            for portfolio in launch_paths(product, request)
        ],
    }


@service_catalog.operation("DescribeProductView")
def _describe_product_view(request: Request) -> dict[str, Any]:
    identifier = "prod-" + request.parameters["Id"].removeprefix("prodview-")
    product = find_product(request, identifier, None)
    return {
        "ProductViewSummary": product_summary(product),
        "ProvisioningArtifacts": _active_artifacts(product),
    }


@service_catalog.operation(
    "DescribeProvisioningArtifact", resource=product_resource, resource_policy=shared_resource
)
def _describe_provisioning_artifact(request: Request) -> dict[str, Any]:
    given = request.parameters
    product = find_product(request, given.get("ProductId"), given.get("ProductName"))
    identifier, name = given.get("ProvisioningArtifactId"), given.get("ProvisioningArtifactName")
    artifact = find_artifact(product, identifier, name)
    return {
        "ProvisioningArtifactDetail": describe_artifact(artifact),
        "Info": {"TemplateUrl": template_copy(artifact, request.region)},
        "Status": "AVAILABLE",
        "ProvisioningArtifactParameters": _parameters_of(artifact),
    }


@service_catalog.operation("ListLaunchPaths", resource=product_resource, resource_policy=shared_resource)
def _list_launch_paths(request: Request) -> dict[str, Any]:
    product = find_product(request, request.parameters["ProductId"], None)
    return {
        "LaunchPathSummaries": [
            {
                "Id": path_id(portfolio, product),
                "Name": portfolio.display_name,
                "Tags": tags_list(portfolio.tags),
                "ConstraintSummaries": _constraint_summaries(portfolio, product, request.account),
            }
            for portfolio in launch_paths(product, request)
        ]
    }


@service_catalog.operation(
    "DescribeProvisioningParameters", resource=product_resource, resource_policy=shared_resource
)
def _describe_provisioning_parameters(request: Request) -> dict[str, Any]:
    given = request.parameters
    product = find_product(request, given.get("ProductId"), given.get("ProductName"))
    artifact = find_artifact(
        product, given.get("ProvisioningArtifactId"), given.get("ProvisioningArtifactName")
    )
    portfolio = chosen_path(product, request)
    options = options_of(product, portfolio, request.account)
    outputs = _parse_template(artifact.template).get("Outputs", {})
    return {
        "ProvisioningArtifactParameters": _parameters_of(artifact),
        "ConstraintSummaries": _constraint_summaries(portfolio, product, request.account),
        "TagOptions": [{"Key": key, "Values": values} for key, values in options.items()],
        "ProvisioningArtifactOutputKeys": [
            {"Key": key, "Description": output.get("Description", "")} for key, output in outputs.items()
        ],
    }


def _active_artifacts(product: Product) -> list[dict[str, Any]]:
    return [describe_artifact(artifact) for artifact in product.artifacts.values() if artifact.active]


def _constraint_summaries(portfolio: Portfolio, product: Product, account: str) -> list[dict[str, str]]:
    role = launch_role(portfolio, product, account)
    return [{"Type": "LAUNCH", "Description": f"Launched under {role}"}] if role else []


_CONSTRAINTS = (
    "AllowedPattern",
    "AllowedValues",
    "ConstraintDescription",
    "MaxLength",
    "MaxValue",
    "MinLength",
    "MinValue",
)


def _parameters_of(artifact: Artifact) -> list[dict[str, Any]]:
    found = []
    for name, given in _parse_template(artifact.template).get("Parameters", {}).items():
        bounds = {key: given[key] for key in _CONSTRAINTS if key in given}
        described = {
            "ParameterKey": name,
            "ParameterType": given["Type"],
            "IsNoEcho": str(given.get("NoEcho", False)).lower() == "true",
            "Description": given.get("Description", ""),
            "ParameterConstraints": {
                key: [str(each) for each in value] if isinstance(value, list) else str(value)
                for key, value in bounds.items()
            },
        }
        found.append(described | ({"DefaultValue": str(given["Default"])} if "Default" in given else {}))
    return found
