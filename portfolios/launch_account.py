"""What an account needs before its teams can launch products, and hand their models over."""

from collections.abc import Iterable, Mapping

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from base.contracts.events import SAGEMAKER, STATE_CHANGE
from base.grants.launching import launching
from base.roles import Permission, role, service_principal
from base.settings import Settings
from pipelines.assets import AssetLocation
from portfolios.boundary import add_project_boundary
from portfolios.data_lake_administrators import LAKE_FORMATION, DataLakeAdministrators
from portfolios.launch_role import add_launch_role
from portfolios.lineage_reader import LineageReader, where_models_are_made
from portfolios.releases import Release
from portfolios.sagemaker_projects import SageMakerProjects
from products.product import LaunchAccount, Product

DECISIONS = ["Approved", "Rejected"]


class LaunchAccountStack(cdk.Stack):
    """Launch roles, the ML administrator's role, SageMaker Projects, and the way of approvals to the hub.

    It is rendered for a StackSet, and so names no account, and publishes no assets itself.
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
            description="ML platform: roles of an account that launches products",
        )
        add_launch_roles(
            self,
            "development",
            settings=settings,
            products=products,
            offered=offered,
            custom_resources=custom_resources,
        )
        add_ml_administrator(self, settings)
        SageMakerProjects(self, "SageMakerProjects", names=settings.names, code=custom_resources)
        self._forward_decisions(settings)
        LineageReader(self, "LineageReader", names=settings.names, permissions=where_models_are_made())

    def _forward_decisions(self, settings: Settings) -> None:
        """Send what a lead data scientist decides to the hub's bus, which promotes what is approved."""
        bus_arn = settings.names.event_bus_arn
        forwarding = role(
            self,
            "EventForwarding",
            name=settings.names.event_forwarding_role,
            description="Forwards decisions about model versions to the central registry",
            trusts=service_principal("events"),
            permissions=[Permission(actions=("events:PutEvents",), resources=(bus_arn,))],
        )
        events.CfnRule(
            self,
            "Decisions",
            description="Decisions about model versions go to the central registry",
            event_pattern={
                "source": [SAGEMAKER],
                "detail-type": [STATE_CHANGE],
                "detail": {"ModelApprovalStatus": DECISIONS},
            },
            targets=[events.CfnRule.TargetProperty(id="registry", arn=bus_arn, role_arn=forwarding.role_arn)],
        )


def add_launch_roles(
    stack: cdk.Stack,
    account: LaunchAccount,
    *,
    settings: Settings,
    products: Iterable[Product],
    offered: Mapping[str, tuple[Release, ...]],
    custom_resources: AssetLocation,
) -> None:
    """Define what launches need in a kind of account: roles, their boundary, and power over a data lake.

    Args:
        stack: The stack that prepares such an account.
        account: The kind.
        settings: What the adopter decided.
        products: The products of the portfolios.
        offered: The versions of each product on offer, by identifier.
        custom_resources: The bundle of `pipelines.assets.CUSTOM_RESOURCES`.
    """
    launched = [product for product in products if account in product.launched_in]
    granting = []
    for product in launched:
        templates = [release.template for release in offered[product.identifier]]
        launch_role = add_launch_role(
            stack,
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
            stack,
            "DataLakeAdministrators",
            names=settings.names,
            code=custom_resources,
            roles=granting,
            governs=account == "data",
        )
    add_project_boundary(
        stack,
        settings=settings,
        templates=[release.template for product in launched for release in offered[product.identifier]],
    )


def add_ml_administrator(scope: Construct, settings: Settings) -> None:
    """Define the role of whoever launches products of ML Admin in an account.

    Args:
        scope: The stack.
        settings: What the adopter decided.
    """
    role(
        scope,
        "MlAdministrator",
        name=settings.names.ml_administrator_role,
        description="Launches products of the portfolio ML Admin",
        # Identities of this account whose own policy allows it.
        trusts=iam.AccountRootPrincipal(),
        permissions=launching(owners=("*",), updates=True),
    )
