"""CloudFormation's resource types of AWS Service Catalog.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ServiceCatalog.html
"""

import json
from typing import Any

from emulator.core.service import current_account, current_region, register_resource_type
from emulator.service_catalog.constraints import check_launch_parameters, create_constraint
from emulator.service_catalog.portfolios import (
    associate_principal,
    associate_product,
    create_portfolio,
    delete_portfolio,
    disassociate_principal,
    disassociate_product,
)
from emulator.service_catalog.products import (
    PRODUCT_DETAILS,
    add_artifact,
    create_product,
    delete_product,
)
from emulator.service_catalog.store import (
    Product,
    constraints,
    own_portfolio,
    own_product,
    portfolios,
    products,
    tags_dict,
)
from emulator.service_catalog.tag_options import (
    create_tag_option,
    delete_tag_option,
    tagged_with_options,
)

Created = tuple[str, dict[str, Any]]
Properties = dict[str, Any]


def install() -> None:
    """Register the types."""
    register_resource_type(
        "AWS::ServiceCatalog::Portfolio",
        create=_create_portfolio,
        update=_update_portfolio,
        delete=_delete_portfolio,
    )
    register_resource_type(
        "AWS::ServiceCatalog::CloudFormationProduct",
        create=_create_product,
        update=_update_product,
        delete=_delete_product,
    )
    register_resource_type(
        "AWS::ServiceCatalog::PortfolioProductAssociation",
        create=_associate_product,
        delete=_disassociate_product,
    )
    register_resource_type(
        "AWS::ServiceCatalog::PortfolioPrincipalAssociation",
        create=_associate_principal,
        delete=_disassociate_principal,
    )
    register_resource_type(
        "AWS::ServiceCatalog::LaunchRoleConstraint",
        create=_create_constraint,
        update=_update_constraint,
        delete=_delete_constraint,
    )
    register_resource_type(
        "AWS::ServiceCatalog::TagOption",
        create=_create_tag_option,
        delete=_delete_tag_option,
    )
    register_resource_type(
        "AWS::ServiceCatalog::TagOptionAssociation",
        create=_associate_tag_option,
        delete=_disassociate_tag_option,
    )


def _create_portfolio(_: str, properties: Properties, __: str) -> Created:
    portfolio = create_portfolio(current_account(), current_region(), properties)
    return portfolio.identifier, {"Id": portfolio.identifier, "PortfolioName": portfolio.display_name}


def _update_portfolio(physical_id: str, _: Properties, properties: Properties, __: str) -> Created:
    portfolio = own_portfolio(physical_id, current_account())
    portfolio.display_name = properties["DisplayName"]
    portfolio.provider_name = properties["ProviderName"]
    portfolio.description = properties.get("Description", "")
    portfolio.tags = tags_dict(properties.get("Tags"))
    return physical_id, {"Id": physical_id, "PortfolioName": portfolio.display_name}


def _delete_portfolio(physical_id: str, _: Properties) -> None:
    if physical_id in portfolios:
        delete_portfolio(physical_id, current_account())


def _create_product(_: str, properties: Properties, __: str) -> Created:
    product = create_product(current_account(), current_region(), properties)
    try:
        for given in properties["ProvisioningArtifactParameters"]:
            add_artifact(product, given)
    except Exception:
        del products[product.identifier]
        raise
    return product.identifier, _product_attributes(product)


def _update_product(physical_id: str, old: Properties, new: Properties, _: str) -> Created:
    """Change details in place; versions whose parameters changed are replaced, the others keep their ids."""
    product = own_product(physical_id, current_account())
    product.details = {key: new[key] for key in PRODUCT_DETAILS if key in new}
    product.tags = tags_dict(new.get("Tags"))
    before, after = old["ProvisioningArtifactParameters"], new["ProvisioningArtifactParameters"]
    known = dict(zip(map(_key, before), product.artifacts, strict=False))
    kept = {known[key]: product.artifacts[known[key]] for key in map(_key, after) if key in known}
    added = [given for given in after if _key(given) not in known]
    product.artifacts = kept
    for given in added:
        add_artifact(product, given)
    return physical_id, _product_attributes(product)


def _key(given: Properties) -> str:
    return json.dumps(given, sort_keys=True)


def _product_attributes(product: Product) -> dict[str, Any]:
    return {
        "ProductName": product.details["Name"],
        "ProvisioningArtifactIds": ",".join(product.artifacts),
        "ProvisioningArtifactNames": ",".join(each.name for each in product.artifacts.values()),
    }


def _delete_product(physical_id: str, _: Properties) -> None:
    if physical_id in products:
        delete_product(physical_id, current_account())


def _associate_product(_: str, properties: Properties, __: str) -> Created:
    associate_product(properties["ProductId"], properties["PortfolioId"], current_account())
    return f"{properties['PortfolioId']}|{properties['ProductId']}", {}


def _disassociate_product(_: str, properties: Properties) -> None:
    if properties["PortfolioId"] in portfolios:
        disassociate_product(properties["ProductId"], properties["PortfolioId"], current_account())


def _associate_principal(_: str, properties: Properties, __: str) -> Created:
    portfolio = own_portfolio(properties["PortfolioId"], current_account())
    arn, kind = properties["PrincipalARN"], properties["PrincipalType"]
    associate_principal(portfolio, current_account(), arn, kind)
    return f"{portfolio.identifier}|{arn}", {}


def _disassociate_principal(_: str, properties: Properties) -> None:
    portfolio = portfolios.get(properties["PortfolioId"])
    if portfolio is not None:
        disassociate_principal(portfolio, current_account(), properties["PrincipalARN"])


def _launch_parameters(properties: Properties) -> str:
    return json.dumps({key: properties[key] for key in ("RoleArn", "LocalRoleName") if properties.get(key)})


def _create_constraint(_: str, properties: Properties, __: str) -> Created:
    constraint = create_constraint(
        current_account(),
        properties["PortfolioId"],
        properties["ProductId"],
        "LAUNCH",
        _launch_parameters(properties),
        properties.get("Description", ""),
    )
    return constraint.identifier, {"Id": constraint.identifier}


def _update_constraint(physical_id: str, _: Properties, properties: Properties, __: str) -> Created:
    constraint, parameters = constraints[physical_id], _launch_parameters(properties)
    check_launch_parameters(parameters, current_account())
    constraint.parameters = parameters
    constraint.description = properties.get("Description", "")
    return physical_id, {"Id": physical_id}


def _delete_constraint(physical_id: str, _: Properties) -> None:
    constraints.pop(physical_id, None)


def _create_tag_option(_: str, properties: Properties, __: str) -> Created:
    option = create_tag_option(current_account(), properties["Key"], properties["Value"])
    option.active = str(properties.get("Active", True)).lower() == "true"
    return option.identifier, {"Id": option.identifier}


def _delete_tag_option(physical_id: str, _: Properties) -> None:
    delete_tag_option(physical_id)


def _associate_tag_option(_: str, properties: Properties, __: str) -> Created:
    options = tagged_with_options(properties["ResourceId"], current_account())
    if properties["TagOptionId"] not in options:
        options.append(properties["TagOptionId"])
    return f"{properties['TagOptionId']}|{properties['ResourceId']}", {}


def _disassociate_tag_option(_: str, properties: Properties) -> None:
    if properties["ResourceId"] in portfolios or properties["ResourceId"] in products:
        options = tagged_with_options(properties["ResourceId"], current_account())
        if properties["TagOptionId"] in options:
            options.remove(properties["TagOptionId"])
