"""Synthesize the platform: `python app.py`, or any command of the CDK that reads `cdk.json`."""

# ruff: noqa: E402  Where an assembly is kept, none of the libraries below is needed.
from base import assemblies

assembly = assemblies.begin() if __name__ == "__main__" else None

import atexit
import gc
import os
import sys
from typing import NoReturn

import base.embedded_node  # noqa: F401  # isort: skip  (before aws_cdk)
import aws_cdk as cdk

from base.settings import CatalogError, Settings, catalog_file, load
from base.user_error import UserError, trace
from pipelines.deliveries.delivery import roles_that_read_versions
from portfolios.accounts import AccountsStack
from portfolios.boundary import apply_boundary
from portfolios.foundation import FoundationStack, asset_synthesizer
from portfolios.platform_engineer import PlatformEngineerStack
from portfolios.stack import PortfoliosStack
from products.discovery import discover
from products.product import CONTEXT, Product, deliveries, on_offer, synth
from registry.cards import CardPermissionStack
from registry.stack import RegistryStack


def new_app(outdir: str | None = None) -> cdk.App:
    """The app that deploys the platform.

    Args:
        outdir: Where it writes; by default, where `CDK_OUTDIR` says.
    """
    return cdk.App(
        analytics_reporting=False,
        # cfn-lint judges every template in `tests/gates`; the CDK's own rules would cost a second more.
        builtin_cloud_formation_validation=False,
        outdir=outdir,
        post_cli_context=CONTEXT,
        # Traces lead through temporary folders of jsii, and never to a line of Python.
        stack_traces=False,
    )


def compose(app: cdk.App, settings: Settings, offered: tuple[Product, ...]) -> None:
    """Put the stacks of the shared services account together.

    Args:
        app: The app.
        settings: What the adopter decided.
        offered: The products; those for which the adopter has no account are left out.
    """
    offered = on_offer(offered, settings)
    names = settings.names
    hub = cdk.Environment(account=settings.accounts.shared_services, region=settings.region)

    engineer = PlatformEngineerStack(app, names.platform_engineer_stack, settings=settings)
    foundation = FoundationStack(app, names.foundation_stack, settings=settings)
    registry = RegistryStack(
        app,
        names.registry_stack,
        settings=settings,
        serving_roles=roles_that_read_versions(deliveries(offered), names),
        env=hub,
        synthesizer=asset_synthesizer(settings),
    )
    portfolios = PortfoliosStack(app, names.portfolios_stack, settings=settings, products=offered)
    accounts = AccountsStack(
        app, names.accounts_stack, settings=settings, products=offered, offered=portfolios.offered
    )

    # The foundation's bucket takes the assets of all that follow, and destroying it destroys these first.
    following: list[cdk.Stack] = [registry, portfolios, accounts]
    if settings.assumptions.model_card_permission == "customer_managed":
        following.append(CardPermissionStack(app, names.card_permission_stack, names=names, env=hub))
    for stack in following:
        stack.add_stack_dependency(foundation)
    for stack in (engineer, foundation, *following):
        apply_boundary(stack, settings)
        for key, value in settings.tags.items():
            cdk.Tags.of(stack).add(key, value)


def refuse_the_example(settings: Settings) -> None:
    """Refuse to deploy what the catalog file describes while that is nobody's organisation.

    Args:
        settings: What the adopter decided.

    Raises:
        CatalogError: If the CDK command line, which sets `CDK_DEFAULT_ACCOUNT`, has credentials of an account
            that the example does not name.
    """
    account = os.environ.get("CDK_DEFAULT_ACCOUNT")
    if settings.example and account and account != settings.accounts.shared_services:
        file = catalog_file()
        sentence = (
            f"{file} describes the example, and these credentials belong to account {account}: "
            "describe your organisation there, and remove 'example: true'."
        )
        raise CatalogError(file, [sentence])


def main() -> int:
    """Synthesize to the folder that `CDK_OUTDIR` names.

    Returns:
        0, or 2 if the catalog file or a product is not as it must be.
    """
    try:
        settings = load()
        refuse_the_example(settings)
        app = new_app()
        compose(app, settings, discover())
        synth(app, "The platform")
    except (CatalogError, UserError) as error:
        trace(error)
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    return 0


def run() -> NoReturn:
    """Synthesize, and end the process without taking the interpreter down.

    The CDK's Python library is some hundred thousand objects. To look for garbage among them while they are
    made, and to free each of them at the end, would take a third of the time.
    """
    gc.disable()
    status = main()
    if assembly:
        assembly.finish(status)
    atexit._run_exitfuncs()  # jsii ends its kernel, and removes its temporary folder.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    run()
