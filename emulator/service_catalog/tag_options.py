"""AWS Service Catalog for administrators: TagOptions, the tags that launches may take.

https://docs.aws.amazon.com/servicecatalog/latest/adminguide/tagoptions.html
"""

from typing import Any

from emulator.core.service import Request, ServiceError
from emulator.service_catalog.store import (
    TagOption,
    new_id,
    not_found,
    own_portfolio,
    own_product,
    portfolios,
    products,
    service_catalog,
    tag_options,
)


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


def delete_tag_option(identifier: str) -> None:
    """Delete a TagOption.

    Raises:
        ServiceError: Something is still tagged with it
            (https://docs.aws.amazon.com/servicecatalog/latest/dg/API_DeleteTagOption.html).
    """
    tagged = [each.identifier for each in portfolios.values() if identifier in each.tag_options]
    tagged += [each.identifier for each in products.values() if identifier in each.tag_options]
    if tagged:
        raise ServiceError(
            "ResourceInUseException", f"TagOption {identifier} is associated with {', '.join(tagged)}."
        )
    tag_options.pop(identifier, None)


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


@service_catalog.operation("DeleteTagOption")
def _delete_tag_option(request: Request) -> dict[str, Any]:
    identifier = request.parameters["Id"]
    if identifier not in tag_options or tag_options[identifier].account != request.account:
        raise not_found("TagOption", identifier)
    delete_tag_option(identifier)
    return {}


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
