"""All templates of the platform, rendered for an adopter's settings, and as they may be deployed."""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import app
from access.templates import DeployedTemplate
from base.settings import Settings
from pipelines.deliveries.delivery import Delivery
from portfolios.accounts import AccountsStack, account_stacks
from portfolios.stack import PortfoliosStack
from products.discovery import discover
from products.product import Product, Template, deliveries, on_offer, scratch_app, synth

# Values of parameters whose form matters to the template; of any other, its longest value serves as well.
_FORMED = {"InputDataUri": "s3://" + "b" * 63 + "/" + "k" * 187}


@dataclass(frozen=True, kw_only=True)
class PlatformTemplates:
    """The templates of the platform.

    Attributes:
        hub: Those of the shared services account, by the stack's name.
        launch_accounts: What the StackSet creates in each launch account.
        target_accounts: What the StackSet creates in each target account.
        data_accounts: What the StackSet creates in each data account; None without data accounts.
        products: Those of the products, by identifier.
        deliveries: How the products put models to use.
    """

    hub: Mapping[str, Template]
    launch_accounts: Template
    target_accounts: Template
    products: Mapping[str, Template]
    deliveries: Sequence[Delivery] = ()
    data_accounts: Template | None = None

    @property
    def by_name(self) -> dict[str, Template]:
        """All of them; names tell which."""
        return {
            **self.hub,
            "launch accounts": self.launch_accounts,
            "target accounts": self.target_accounts,
            **({} if self.data_accounts is None else {"data accounts": self.data_accounts}),
            **{f"product {identifier}": template for identifier, template in self.products.items()},
        }


def synthesize(settings: Settings, products: tuple[Product, ...] | None = None) -> PlatformTemplates:
    """Render every template.

    Args:
        settings: What the adopter decided.
        products: The products; by default all that `products` holds.
    """
    offered = on_offer(discover() if products is None else products, settings)
    with tempfile.TemporaryDirectory() as folder:
        platform = app.new_app(str(Path(folder, "platform")))
        app.compose(platform, settings, offered)
        published = platform.node.find_child(settings.names.portfolios_stack)
        assert isinstance(published, PortfoliosStack)  # noqa: S101  which `compose` has just made
        prepared = platform.node.find_child(settings.names.accounts_stack)
        assert isinstance(prepared, AccountsStack)  # noqa: S101
        accounts = scratch_app(str(Path(folder, "accounts")))
        account_stacks(
            accounts,
            settings=settings,
            products=offered,
            offered=published.offered,
            custom_resources=prepared.custom_resources,
        )
        rendered = _templates(accounts)
        return PlatformTemplates(
            hub=_templates(platform),
            launch_accounts=rendered["launch"],
            target_accounts=rendered["deployment-target"],
            data_accounts=rendered.get("data"),
            products=published.templates,
            deliveries=deliveries(offered),
        )


def longest(settings: Settings, templates: Mapping[str, Template]) -> Iterator[DeployedTemplate]:
    """Each template with the longest values that it takes, once for each choice it offers.

    Args:
        settings: What the adopter decided.
        templates: Templates by name.
    """
    for name, template in templates.items():
        declared = template.get("Parameters", {})
        given = {parameter: _longest(parameter, entry) for parameter, entry in declared.items()}
        choices = [
            {parameter: value}
            for parameter, entry in declared.items()
            for value in entry.get("AllowedValues", ())
            if value != given[parameter]
        ]
        for choice in [{}, *choices]:
            yield DeployedTemplate(
                name=name,
                template=template,
                account=settings.accounts.shared_services,
                region=settings.region,
                parameters={**given, **choice},
            )


def _longest(name: str, declared: Mapping[str, Any]) -> str:
    if name in _FORMED:
        return _FORMED[name]
    if "Default" in declared:
        return str(declared["Default"])
    return "x" * int(declared["MaxLength"])


def _templates(made: Any) -> dict[str, Template]:
    synth(made, "The platform")
    return {
        artifact.stack_name: json.loads(Path(artifact.template_full_path).read_text(encoding="utf-8"))
        for artifact in made.synth().stacks
    }
