"""What an account needs before data is governed there."""

from collections.abc import Iterable, Mapping

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from base.grants.launching import launching
from base.pseudo_parameters import ACCOUNT_ID
from base.roles import role
from base.settings import Settings
from pipelines.assets import AssetLocation
from portfolios.launch_account import add_launch_roles
from portfolios.releases import Release
from products.product import Product


class DataAccountStack(cdk.Stack):
    """Launch roles of the products for data accounts, and the role of who launches them.

    No project is made in such an account, and no model: it has neither SageMaker Projects nor a way to the
    registry.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        products: Iterable[Product],
        offered: Mapping[str, tuple[Release, ...]],
        custom_resources: AssetLocation,
    ) -> None:
        """Define the stack.

        Args:
            scope: The app in which it is rendered.
            construct_id: Its id there.
            settings: What the adopter decided.
            products: The products of the portfolios.
            offered: The versions of each product on offer, by identifier.
            custom_resources: The bundle of `pipelines.assets.CUSTOM_RESOURCES`.
        """
        super().__init__(
            scope,
            construct_id,
            synthesizer=cdk.BootstraplessSynthesizer(),
            description="ML platform: roles of an account that governs data",
        )
        add_launch_roles(
            self,
            "data",
            settings=settings,
            products=products,
            offered=offered,
            custom_resources=custom_resources,
        )
        role(
            self,
            "DataEngineer",
            name=settings.names.data_engineer_role,
            description="Launches the products of the portfolio ML Admin (data)",
            # Identities of this account whose own policy allows it.
            trusts=iam.AccountRootPrincipal(),
            permissions=launching(owners=(settings.accounts.shared_services, ACCOUNT_ID), updates=True),
        )
