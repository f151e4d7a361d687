"""The organisation's accounts, made ready by StackSets as they join an organisational unit."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import aws_cdk as cdk
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from base.functions import bundle
from base.published import published
from base.settings import Settings
from pipelines.assets import CUSTOM_RESOURCES, AssetLocation
from portfolios.boundary import apply_boundary
from portfolios.data_account import DataAccountStack
from portfolios.deployment_target import DeploymentTargetStack
from portfolios.foundation import asset_synthesizer
from portfolios.launch_account import LaunchAccountStack, add_ml_administrator
from portfolios.releases import Release
from portfolios.sagemaker_projects import SageMakerProjects
from products.product import Product, deliveries, scratch_app, synth


class AccountsStack(cdk.Stack):
    """StackSets, and SageMaker Projects in the shared services account itself.

    A service-managed StackSet reaches each account of its units, also those that join later, but never the
    account that manages it (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-delegated-admin.html).

    Attributes:
        custom_resources: Where the bundle of `pipelines.assets.CUSTOM_RESOURCES` is published.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        products: Sequence[Product],
        offered: Mapping[str, tuple[Release, ...]],
    ) -> None:
        """Define the stack.

        Args:
            scope: The app.
            construct_id: Also the stack's name.
            settings: What the adopter decided.
            products: The products of the portfolios.
            offered: The versions of each product on offer, by identifier.
        """
        super().__init__(
            scope,
            construct_id,
            env=cdk.Environment(account=settings.accounts.shared_services, region=settings.region),
            description="What the accounts of the ML platform need to launch products and to serve models",
            synthesizer=asset_synthesizer(settings),
        )
        asset = published(self, "CustomResources", bundle(CUSTOM_RESOURCES))
        self.custom_resources = AssetLocation(bucket=asset.s3_bucket_name, key=asset.s3_object_key)
        SageMakerProjects(self, "SageMakerProjects", names=settings.names, code=self.custom_resources)
        add_ml_administrator(self, settings)
        names, units = settings.names, settings.organization.organizational_units
        with tempfile.TemporaryDirectory() as folder:
            app = scratch_app(folder)
            brought = account_stacks(
                app,
                settings=settings,
                products=products,
                offered=offered,
                custom_resources=self.custom_resources,
            )
            synth(app, "What accounts get")
            self._stack_set(
                "Launch",
                name=names.launch_stack_set,
                template=Path(folder, brought.launch.template_file),
                units=[units.development],
                settings=settings,
            )
            self._stack_set(
                "DeploymentTarget",
                name=names.deployment_target_stack_set,
                template=Path(folder, brought.target.template_file),
                units=[units.test, units.production],
                settings=settings,
            )
            if brought.data is not None and units.data is not None:
                self._stack_set(
                    "Data",
                    name=names.data_stack_set,
                    template=Path(folder, brought.data.template_file),
                    units=[units.data],
                    settings=settings,
                )

    def _stack_set(
        self, construct_id: str, *, name: str, template: Path, units: list[str], settings: Settings
    ) -> None:
        asset = s3_assets.Asset(self, f"{construct_id}Template", path=str(template))
        cdk.CfnStackSet(
            self,
            construct_id,
            stack_set_name=name,
            description=f"Prepares accounts for the ML platform: {construct_id}",
            template_url=asset.http_url,
            permission_model="SERVICE_MANAGED",
            call_as="DELEGATED_ADMIN",
            # The roles have names, which other accounts' policies know.
            capabilities=["CAPABILITY_NAMED_IAM"],
            auto_deployment=cdk.CfnStackSet.AutoDeploymentProperty(
                enabled=True, retain_stacks_on_account_removal=False
            ),
            managed_execution={"Active": True},
            # One account that refuses its stack, such as by a policy of its unit, must not take back all
            # others and this stack; `catalog accounts` names it. AWS skips suspended accounts by itself, and
            # works on no more accounts at once than may fail, and one
            # (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackSetOperationPreferences.html).
            operation_preferences=cdk.CfnStackSet.OperationPreferencesProperty(
                failure_tolerance_percentage=100, max_concurrent_percentage=100
            ),
            stack_instances_group=[
                cdk.CfnStackSet.StackInstancesProperty(
                    deployment_targets=cdk.CfnStackSet.DeploymentTargetsProperty(
                        organizational_unit_ids=units
                    ),
                    regions=[settings.region],
                )
            ],
        )


class AccountStacks(NamedTuple):
    """What the StackSets create in launch accounts, target accounts and data accounts."""

    launch: LaunchAccountStack
    target: DeploymentTargetStack
    data: DataAccountStack | None


def account_stacks(
    scope: Construct,
    *,
    settings: Settings,
    products: Sequence[Product],
    offered: Mapping[str, tuple[Release, ...]],
    custom_resources: AssetLocation,
) -> AccountStacks:
    """Define the stacks that the StackSets create in accounts.

    Args:
        scope: An app of its own.
        settings: What the adopter decided.
        products: The products of the portfolios.
        offered: The versions of each product on offer, by identifier.
        custom_resources: The bundle of `pipelines.assets.CUSTOM_RESOURCES`.
    """
    stacks = AccountStacks(
        launch=LaunchAccountStack(
            scope,
            "launch",
            settings=settings,
            products=products,
            offered=offered,
            custom_resources=custom_resources,
        ),
        target=DeploymentTargetStack(
            scope, "deployment-target", settings=settings, deliveries=deliveries(products)
        ),
        data=DataAccountStack(
            scope,
            "data",
            settings=settings,
            products=products,
            offered=offered,
            custom_resources=custom_resources,
        )
        if settings.accounts.data
        else None,
    )
    for stack in filter(None, stacks):
        apply_boundary(stack, settings)
    return stacks
