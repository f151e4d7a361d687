"""Everything that the bundle synthesizes, at once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import cdk_nag

import app
from base.acknowledgements import acknowledgements
from base.settings import ModelCards, Repository, Settings, load
from pipelines.assets import SEED
from portfolios.accounts import AccountsStack, account_stacks
from portfolios.stack import PortfoliosStack
from products.discovery import discover
from products.product import Product, Template, add_stack, on_offer
from tests.assumptions.fallbacks import FALLBACKS
from tests.data_account import with_data_account

REPORT = "validation-report.json"

CONNECTED = Repository(
    provider="github",
    connection_arn="arn:aws:codeconnections:eu-west-1:222222222222:connection/00000000-0000-0000-0000-000000000000",
)
BOUNDARY = "mlplatform-boundary"
# The fallbacks replace what AWS may refuse. The second way to reach repositories also bounds every role and
# keeps cards with the teams, beside a data account: each adds, and none takes away.
VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "codecommit": {"repository": Repository()},
    "fallbacks": {"assumptions": FALLBACKS},
    "codeconnections": {
        "repository": CONNECTED,
        "permissions_boundary": BOUNDARY,
        "model_cards": ModelCards(layout="hub_and_spoke"),
    },
}


@dataclass(frozen=True, kw_only=True)
class Everything:
    """What was synthesized.

    Attributes:
        settings: What an adopter decided.
        folder: The cloud assembly.
        templates: Every template, by the name of its stack: the platform's, the products', the StackSets'.
        offered: The products' templates as the portfolios publish them, by the product's identifier.
        findings: What cdk-nag says of any of them: rule and construct.
    """

    settings: Settings
    folder: Path
    templates: Mapping[str, Template]
    offered: Mapping[str, Template]
    findings: tuple[str, ...]


def settings_of(variant: str) -> Settings:
    """The settings of the repository's own catalog file, varied."""
    settings = load().model_copy(update=dict(VARIANTS[variant]))
    return with_data_account(settings) if variant == "codeconnections" else settings


def projects(settings: Settings) -> list[str]:
    """The products on offer that are projects with a repository, by the names of their stacks."""
    return sorted(
        product.identifier.replace("_", "-")
        for product in on_offer(discover(), settings)
        if SEED in product.seeds
    )


def synthesize(folder: Path, settings: Settings, products: tuple[Product, ...]) -> Everything:
    """Synthesize the platform, and beside it what it publishes as mere files, judged by cdk-nag.

    Products and StackSets are rendered to files apart from the app, where cdk-nag cannot see them. They are
    defined once more as stacks here; `test_nag` shows that both renderings agree.
    """
    offered = on_offer(products, settings)
    with acknowledgements():
        composed = app.new_app(str(folder))
        app.compose(composed, settings, products)
        published = composed.node.find_child(settings.names.portfolios_stack)
        assert isinstance(published, PortfoliosStack)
        prepared = composed.node.find_child(settings.names.accounts_stack)
        assert isinstance(prepared, AccountsStack)
        for product in offered:
            add_stack(composed, product, settings, published.assets[product.identifier])
        account_stacks(
            composed,
            settings=settings,
            products=offered,
            offered=published.offered,
            custom_resources=prepared.custom_resources,
        )
    return Everything(
        settings=settings,
        folder=folder,
        findings=judge(composed, folder),
        offered=published.templates,
        templates={
            path.name.removesuffix(".template.json"): json.loads(path.read_text("utf-8"))
            for path in sorted(folder.glob("*.template.json"))
        },
    )


def judge(judged: cdk.App, folder: Path) -> tuple[str, ...]:
    """Synthesize an app under cdk-nag's AwsSolutions rules, and return what they find."""
    cdk.Validations.of(judged).add_plugins(cdk_nag.AwsSolutionsChecks(judged))
    try:
        judged.synth()
    except RuntimeError as error:
        # So the CDK ends if there are findings; the report says which.
        if not str(error).startswith("ValidationFailed"):
            raise
    report = json.loads((folder / REPORT).read_text("utf-8"))
    return tuple(
        f"{violation['ruleName']} {construct['constructPath']}"
        for plugin in report["pluginReports"]
        for violation in plugin["violations"]
        for construct in violation["violatingConstructs"]
    )
