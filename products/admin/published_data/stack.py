"""Published data sets: the catalog, and the accounts that may subscribe."""

from collections.abc import Mapping
from dataclasses import replace

import aws_cdk as cdk
from constructs import Construct

from base.grants.reasons import NOTHING_NARROWER
from base.pseudo_parameters import REGION
from base.roles import Permission
from base.settings import Settings
from pipelines.assets import AssetLocation
from pipelines.catalog.publication import DataCatalog
from pipelines.custom_resource import custom_resource_function
from pipelines.form import Form

SUBSCRIBERS = "subscribers"
"""The asset: the bundle of `pipelines.assets.CUSTOM_RESOURCES`."""

REQUIRED = "Required"
AUTOMATIC = "Automatic"

MAXIMUM_ACCOUNTS = 50


class PublishedDataStack(cdk.Stack):
    """A catalog whose data sets the accounts of a list may subscribe to."""

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
        """Define the catalog.

        Args:
            scope: The app.
            construct_id: The stack's id.
            settings: What the adopter decided.
            assets: The location of `SUBSCRIBERS`.
            synthesizer: How the stack becomes a template.
        """
        super().__init__(scope, construct_id, synthesizer=synthesizer)
        form = Form(self)
        given = form.ask(
            "SubscriberAccounts",
            group="Subscribers",
            label="Accounts that may subscribe",
            description="Ids of development accounts, with commas between them.",
            pattern=rf"^[0-9]{{12}}(,[0-9]{{12}}){{0,{MAXIMUM_ACCOUNTS - 1}}}$",
            expected=f"up to {MAXIMUM_ACCOUNTS} account ids with commas between them, and no spaces",
            maximum=MAXIMUM_ACCOUNTS * 13,
        )
        approval = form.choose(
            "Approval",
            group="Subscribers",
            label="Approval of subscriptions",
            description=f"{REQUIRED}: the data owner decides. {AUTOMATIC}: each request is granted at once.",
            default=REQUIRED,
            choices=(REQUIRED, AUTOMATIC),
        )
        required = cdk.CfnCondition(
            self, "ApprovalRequired", expression=cdk.Fn.condition_equals(approval, REQUIRED)
        )
        names = replace(settings.names, region=REGION)
        catalog = DataCatalog(
            self,
            "Catalog",
            names=names,
            approval=cdk.Token.as_string(cdk.Fn.condition_if(required.logical_id, "YES", "NO")),
        )
        accounts = cdk.Fn.split(",", given)
        share = catalog.share(accounts)
        function = custom_resource_function(
            Construct(self, "Subscribers"),
            name=names.data_subscribers,
            description="Lets roles of development accounts into the data catalog, and shuts them out again",
            code=assets[SUBSCRIBERS],
            handler="data_subscribers",
            variables={},
            permissions=[
                Permission(
                    actions=("datazone:CreateUserProfile", "datazone:UpdateUserProfile"),
                    resources=("*",),
                    because=NOTHING_NARROWER,
                )
            ],
        )
        profiles = cdk.CustomResource(
            self,
            "Profiles",
            resource_type="Custom::DataSubscribers",
            service_token=function.attr_arn,
            # A function that dies does not answer; without a limit the stack would wait for an hour.
            service_timeout=cdk.Duration.minutes(5),
            properties={
                "DomainId": catalog.domain.attr_id,
                "Accounts": accounts,
                "RoleNames": [names.launch_role("data_subscriptions"), names.data_subscriptions],
            },
        )
        # DataZone looks for the role in an account that it is shared with.
        profiles.node.add_dependency(share)
        form.answer("DomainId", catalog.domain.attr_id, "Launch Data subscriptions with it in each account.")
        form.answer("PortalUrl", catalog.domain.attr_portal_url, "Look for published data sets here.")
        form.answer("DataSourceId", catalog.source.attr_id, "Run it to have new tables published at once.")
        form.answer("DataOwnerRoleArn", catalog.owner.role_arn, "Whoever decides assumes this role.")
