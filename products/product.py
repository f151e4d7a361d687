"""What a product is, and how one becomes a template; `products.discovery` finds them by their folders."""

import json
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from base.functions import bundle
from base.seeds import Seed
from base.settings import Settings
from base.user_error import UserError
from pipelines.assets import AssetLocation
from pipelines.build_project import use_compute
from pipelines.deliveries.delivery import Delivery
from products import template_limits

__all__ = [
    "CONTEXT",
    "AssetLocation",
    "LaunchAccount",
    "Portfolio",
    "Product",
    "ProductError",
    "StackFactory",
    "Template",
    "add_stack",
    "deliveries",
    "on_offer",
    "render",
    "render_all",
    "scratch_app",
    "synth",
]

Template = dict[str, Any]

Portfolio = Literal["ml_admin", "sagemaker_projects"]
LaunchAccount = Literal["development", "shared_services", "data"]


# Templates must not differ between ``cdk deploy``, which adds its own context, and a plain Python process.
CONTEXT: Mapping[str, Any] = {
    "aws:cdk:enable-path-metadata": False,
    "aws:cdk:enable-asset-metadata": False,
    "aws:cdk:disable-version-reporting": True,
    "@aws-cdk/aws-codepipeline:defaultPipelineTypeToV2": True,
    "@aws-cdk/aws-iam:minimizePolicies": True,
    "@aws-cdk/aws-iam:standardizedServicePrincipals": True,
    "@aws-cdk/aws-kms:aliasNameRef": True,
    "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": True,
    "@aws-cdk/core:enablePartitionLiterals": True,
}


class ProductError(UserError):
    """A product's folder is not as it must be; the message says where, and what to do."""


class StackFactory(Protocol):
    """Makes the stack of a product: as a rule, the stack's class."""

    def __call__(
        self,
        scope: Construct,
        construct_id: str,
        /,
        *,
        settings: Settings,
        assets: Mapping[str, AssetLocation],
        synthesizer: cdk.IStackSynthesizer,
    ) -> cdk.Stack:
        """Define the stack.

        Args:
            scope: The scratch app.
            construct_id: Also the stack's name, which no template contains.
            settings: What the adopter decided.
            assets: The location of each of `Product.assets`, under the same names.
            synthesizer: Adds nothing to the template, and permits no assets but `assets`.
        """


@dataclass(frozen=True, kw_only=True)
class Product:
    """What a team can launch.

    Attributes:
        identifier: The name of the product's folder.
        name: What the catalog and the form in Studio call it.
        description: One or two sentences below the name; also the template's description.
        version: A semantic version, raised with each change of the template.
        note: What the version changes, for whoever updates to it.
        portfolio: Where it is offered.
        launched_in: The accounts in which it may be launched.
        needs: The accounts without which it is of no use, besides those in which it is launched.
        stack: Makes the product's stack.
        seeds: What becomes a team's repository, by a name of the product's choice.
        functions: Folders of Lambda code, likewise.
        delivery: How it puts models to use in target accounts, which are prepared for it.
    """

    identifier: str
    name: str
    description: str
    version: str
    portfolio: Portfolio
    launched_in: tuple[LaunchAccount, ...]
    stack: StackFactory
    seeds: Mapping[str, Seed] = field(default_factory=dict)
    functions: Mapping[str, Path] = field(default_factory=dict)
    note: str = ""
    needs: tuple[LaunchAccount, ...] = ()
    delivery: Delivery | None = None

    @property
    def assets(self) -> Mapping[str, Path]:
        """Folders to zip and publish with the portfolios, by name: seeds composed, functions bundled."""
        return {
            **{name: seed.compose() for name, seed in self.seeds.items()},
            **{name: bundle(folder) for name, folder in self.functions.items()},
        }


def deliveries(products: Iterable[Product]) -> tuple[Delivery, ...]:
    """How products put models to use, each way once.

    Args:
        products: The products on offer.
    """
    return tuple(dict.fromkeys(product.delivery for product in products if product.delivery))


def on_offer(products: Iterable[Product], settings: Settings) -> tuple[Product, ...]:
    """The products for which the adopter has the accounts.

    Args:
        products: All products.
        settings: What the adopter decided.
    """
    accounts = {name for name, _ in settings.accounts}
    return tuple(
        product
        for product in products
        if accounts.intersection(product.launched_in) and accounts.issuperset(product.needs)
    )


def render(product: Product, settings: Settings, assets: Mapping[str, AssetLocation]) -> Template:
    """The CloudFormation template of one product.

    Args:
        product: The product.
        settings: What the adopter decided.
        assets: The location of each of the product's assets.
    """
    return render_all((product,), settings, {product.identifier: assets})[product.identifier]


def render_all(
    products: Iterable[Product], settings: Settings, assets: Mapping[str, Mapping[str, AssetLocation]]
) -> dict[str, Template]:
    """The CloudFormation templates of several products, at the price of one synthesis.

    Args:
        products: The products.
        settings: What the adopter decided.
        assets: By identifier, the location of each of that product's assets.

    Returns:
        The templates by identifier.

    Raises:
        ProductError: If a stack cannot be made, or CloudFormation would refuse its template.
    """
    products = tuple(products)
    with tempfile.TemporaryDirectory() as folder:
        app = scratch_app(folder)
        stacks = {
            product.identifier: add_stack(app, product, settings, assets[product.identifier])
            for product in products
        }
        try:
            synth(app, f"The template of {', '.join(stacks)}")
        except ProductError:
            # The CDK does not always say whose stack it is; alone, each product fails with its own name.
            if len(products) > 1:
                for product in products:
                    render_all((product,), settings, assets)
            raise
        templates: dict[str, Template] = {
            identifier: json.loads(Path(folder, stack.template_file).read_text(encoding="utf-8"))
            for identifier, stack in stacks.items()
        }
    for identifier, template in templates.items():
        if found := " ".join(f"{identifier}: {each}" for each in template_limits.mistakes(template)):
            raise ProductError(found)
    return templates


def synth(app: cdk.App, what: str) -> None:
    """Synthesize an app, and say in one sentence why it fails.

    Args:
        app: The app.
        what: What is written, as the beginning of the sentence.

    Raises:
        ProductError: If the CDK refuses what the app holds.
    """
    try:
        app.synth()
    except Exception as error:
        raise ProductError(
            f"{what} cannot be written: {_reason(error)} (TRACEBACK=1 shows where.)"
        ) from error


def _reason(error: Exception) -> str:
    """The first line of an error that says something; jsii puts the CDK's own stack below."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if not lines:
        return type(error).__name__
    # Above a list of findings stands that there are some.
    return " ".join(lines[:2]) if lines[0].endswith(":") else lines[0]


def scratch_app(folder: str) -> cdk.App:
    """An app in which products are rendered, apart from the app that deploys the platform.

    Args:
        folder: Where the app writes.
    """
    return cdk.App(
        analytics_reporting=False,
        # cfn-lint judges every template in `tests/gates`; the CDK's own rules would cost a second more.
        builtin_cloud_formation_validation=False,
        outdir=folder,
        post_cli_context=CONTEXT,
        stack_traces=False,
        tree_metadata=False,
    )


def add_stack(
    app: cdk.App, product: Product, settings: Settings, assets: Mapping[str, AssetLocation]
) -> cdk.Stack:
    """Define a product's stack in a scratch app, for whichever account and Region launches it.

    The platform's tags, the product's own, the compute of builds, and the boundary of the roles that the
    product makes reach every product here. The boundary is the platform's (`portfolios.boundary`), unless the
    adopter names another.

    Args:
        app: The scratch app.
        product: The product.
        settings: What the adopter decided.
        assets: The location of each of the product's assets.

    Raises:
        ProductError: If the stack cannot be made.
    """
    try:
        stack = product.stack(
            app,
            product.identifier.replace("_", "-"),
            settings=settings,
            assets=assets,
            synthesizer=cdk.BootstraplessSynthesizer(),
        )
    except Exception as error:  # whatever an author's own code raises
        raise ProductError(
            f"The stack of {product.identifier} cannot be made: {_reason(error)} (TRACEBACK=1 shows where.)"
        ) from error
    stack.template_options.description = product.description
    use_compute(stack, settings.assumptions.build_compute)
    for key, value in settings.tags.items():
        cdk.Tags.of(stack).add(key, value)
    cdk.Tags.of(stack).add(settings.names.product_tag, product.identifier)
    boundary = settings.permissions_boundary or settings.names.project_boundary
    iam.PermissionsBoundary.of(stack).apply(
        iam.ManagedPolicy.from_managed_policy_name(stack, "Boundary", boundary)
    )
    return stack
