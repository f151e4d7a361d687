"""The subscriber's part of a data catalog, which the projects of an account share."""

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from base.grants.reasons import NOTHING_NARROWER
from base.pseudo_parameters import ACCOUNT_ID
from base.roles import Permission, arn, role_arn
from base.settings import Settings
from pipelines.assets import AssetLocation
from pipelines.catalog.access import granting, linking_tables
from pipelines.catalog.blueprint import CatalogAccount
from pipelines.custom_resource import custom_resource_function
from pipelines.lake.queries import LINKS

_SUBSCRIBING = (
    "CancelSubscription",
    "CreateSubscriptionGrant",
    "CreateSubscriptionRequest",
    "DeleteSubscriptionGrant",
    "DeleteSubscriptionRequest",
    "GetListing",
    "ListSubscriptionGrants",
    "ListSubscriptionRequests",
    "ListSubscriptionTargets",
    "ListSubscriptions",
)


class Subscriber(Construct):
    """An account that subscribes: what DataZone works with there, and the function that asks for projects.

    Attributes:
        account: The account's part of the domain.
        function: Subscribes for projects.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Settings, domain: str, code: AssetLocation
    ) -> None:
        """Define it.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            settings: What the adopter decided.
            domain: Id of the domain.
            code: The bundle of `pipelines.assets.CUSTOM_RESOURCES`.
        """
        super().__init__(scope, construct_id)
        names, owner = settings.names, settings.accounts.data or ""
        self.account = CatalogAccount(
            self,
            "Account",
            names=names,
            domain=domain,
            domain_account=owner,
            access_role=names.subscription_access_role,
            permissions=(
                *linking_tables(LINKS, owner=owner, database=names.lake_database),
                *granting(),
            ),
            project_name=f"{names.prefix}-{ACCOUNT_ID}",
            project_description="Subscribes to data sets for the projects of an account",
        )
        administrators = self._administrators(names.lake_administrators)
        self.function = self._function(settings, domain, code)
        member = self.account.add_member(
            "Member", role_arn=role_arn(ACCOUNT_ID, names.data_subscriptions), owner=False
        )
        member.add_resource_dependency(self.function)
        self.account.environment.node.add_dependency(administrators)

    def _administrators(self, function_name: str) -> cdk.CustomResource:
        """Only an administrator grants what another account has shared with the account as a whole.

        https://docs.aws.amazon.com/lake-formation/latest/dg/permission-cascading-rules.html. The account's
        own function does it, which the platform has made there.
        """
        return cdk.CustomResource(
            self,
            "Administrators",
            resource_type="Custom::DataLakeAdministrators",
            service_token=arn("lambda", f"function:{function_name}"),
            service_timeout=cdk.Duration.minutes(5),
            properties={"Administrators": [self.account.access.role_arn], "Governs": "false"},
        )

    def _function(self, settings: Settings, domain: str, code: AssetLocation) -> lambda_.CfnFunction:
        names = settings.names
        return custom_resource_function(
            self,
            name=names.data_subscriptions,
            description="Subscribes projects to published data sets, and ends their subscriptions",
            code=code,
            handler="data_subscriptions",
            variables={
                "DOMAIN_ID": domain,
                "PROJECT_ID": self.account.project.attr_id,
                "ENVIRONMENT_ID": self.account.environment.attr_id,
                "LAKE": f"{settings.accounts.data}/{names.lake_database}",
            },
            permissions=[
                Permission(
                    actions=tuple(f"datazone:{name}" for name in _SUBSCRIBING),
                    resources=("*",),
                    because=f"{NOTHING_NARROWER} The domain asks for a member of the account's project.",
                )
            ],
        )
