"""A product small enough to read, and how to look at templates."""

import dataclasses
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from base.settings import Settings
from pipelines.assets import AssetLocation
from products.product import Product, Template

Templates = Mapping[str, Template]


class GroupStack(cdk.Stack):
    """A model package group and nothing else."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        /,
        *,
        settings: Settings,
        assets: Mapping[str, AssetLocation],
        synthesizer: cdk.IStackSynthesizer,
    ) -> None:
        super().__init__(scope, construct_id, synthesizer=synthesizer)
        self.group(f"{settings.name_prefix}-group")

    def group(self, name: str) -> None:
        sagemaker.CfnModelPackageGroup(self, "Group", model_package_group_name=name)


class ChangedGroupStack(GroupStack):
    def group(self, name: str) -> None:
        super().group(f"{name}-changed")


GROUP = Product(
    identifier="group",
    name="A group",
    description="A model package group.",
    version="1.0.0",
    portfolio="ml_admin",
    launched_in=("development",),
    stack=GroupStack,
)


def changed(product: Product, version: str) -> Product:
    """The product with another template, in another version."""
    return dataclasses.replace(product, version=version, stack=ChangedGroupStack)


def with_stack(product: Product, add: Callable[[cdk.Stack], Any], **attributes: Any) -> Product:
    """The product with something more in its stack."""

    def make(*arguments: Any, **keywords: Any) -> cdk.Stack:
        stack = product.stack(*arguments, **keywords)
        add(stack)
        return stack

    return dataclasses.replace(product, stack=make, **attributes)


def templates_in(folder: Path) -> Templates:
    """Every template of a cloud assembly: of stacks by their names, of files by their descriptions."""
    stacks = {
        path.name.removesuffix(".template.json"): json.loads(path.read_text("utf-8"))
        for path in folder.glob("*.template.json")
    }
    files = [json.loads(path.read_text("utf-8")) for path in folder.glob("asset.*.json")]
    return stacks | {template["Description"]: template for template in files}


def resources(template: Template, kind: str) -> dict[str, dict[str, Any]]:
    """The properties of the resources of a type, by logical id."""
    return {
        logical_id: resource.get("Properties", {})
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == kind
    }


def offers(template: dict[str, Any]) -> dict[str, tuple[set[str], set[str]]]:
    """The names of the products and of the principals of each portfolio, by the portfolio's name."""
    portfolios = resources(template, "AWS::ServiceCatalog::Portfolio")
    found: dict[str, tuple[set[str], set[str]]] = {logical_id: (set(), set()) for logical_id in portfolios}
    for association in resources(template, "AWS::ServiceCatalog::PortfolioProductAssociation").values():
        product = template["Resources"][association["ProductId"]["Ref"]]["Properties"]["Name"]
        found[association["PortfolioId"]["Ref"]][0].add(product)
    for association in resources(template, "AWS::ServiceCatalog::PortfolioPrincipalAssociation").values():
        found[association["PortfolioId"]["Ref"]][1].add(association["PrincipalARN"].rpartition("/")[2])
    return {portfolios[logical_id]["DisplayName"]: offer for logical_id, offer in found.items()}
