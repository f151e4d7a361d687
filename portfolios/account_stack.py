"""What an account of any kind needs before products can be launched there."""

from collections.abc import Iterable, Mapping
from typing import ClassVar

import aws_cdk as cdk
from constructs import Construct

from base.settings import Settings
from pipelines.assets import AssetLocation
from portfolios.boundary import add_project_boundary
from portfolios.data_lake_administrators import LAKE_FORMATION, DataLakeAdministrators
from portfolios.launch_role import add_launch_role
from portfolios.releases import Release
from products.product import LaunchAccount, Product


class AccountStack(cdk.Stack):
    """Launch roles, their boundary, and power over a data lake where products need it.

    It is rendered for a StackSet, and so names no account, and publishes no assets itself.

    Attributes:
        kind: The kind of account. `account` is the CDK's own attribute of a stack.
        purpose: What the template is for, in its description.
    """

    kind: ClassVar[LaunchAccount]
    purpose: ClassVar[str]

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
            description=f"ML platform: {self.purpose}",
        )
        launched = [product for product in products if self.kind in product.launched_in]
        granting = []
        for product in launched:
            templates = [release.template for release in offered[product.identifier]]
            launch_role = add_launch_role(
                self,
                f"Launch-{product.identifier}",
                settings=settings,
                product=product,
                templates=templates,
            )
            if any(
                resource["Type"].startswith(LAKE_FORMATION)
                for template in templates
                for resource in template["Resources"].values()
            ):
                granting.append(launch_role)
        if granting:
            DataLakeAdministrators(
                self,
                "DataLakeAdministrators",
                names=settings.names,
                code=custom_resources,
                roles=granting,
                governs=self.kind == "data",
            )
        add_project_boundary(
            self,
            settings=settings,
            templates=[release.template for product in launched for release in offered[product.identifier]],
        )
        self.prepare(settings, custom_resources)

    def prepare(self, settings: Settings, custom_resources: AssetLocation) -> None:
        """Define what this kind of account needs besides.

        Args:
            settings: What the adopter decided.
            custom_resources: The bundle of `pipelines.assets.CUSTOM_RESOURCES`.
        """
        raise NotImplementedError
