"""Data subscriptions: an account's part of the data catalog."""

from collections.abc import Mapping

import aws_cdk as cdk
from constructs import Construct

from base.settings import Settings
from pipelines.assets import AssetLocation
from pipelines.catalog.subscriber import Subscriber
from pipelines.form import Form

SUBSCRIPTIONS = "subscriptions"
"""The asset: the bundle of `pipelines.assets.CUSTOM_RESOURCES`."""

# https://docs.aws.amazon.com/datazone/latest/APIReference/API_GetDomain.html
DOMAIN_PATTERN = "^dzd[-_][a-zA-Z0-9_-]{1,36}$"


class DataSubscriptionsStack(cdk.Stack):
    """What an account needs before its projects can subscribe."""

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
        """Define it.

        Args:
            scope: The app.
            construct_id: The stack's id.
            settings: What the adopter decided.
            assets: The location of `SUBSCRIPTIONS`.
            synthesizer: How the stack becomes a template.
        """
        super().__init__(scope, construct_id, synthesizer=synthesizer)
        form = Form(self)
        domain = form.ask(
            "DomainId",
            group="Data catalog",
            label="Id of the domain",
            description="What Published data sets tells when it is launched in the data account.",
            pattern=DOMAIN_PATTERN,
            expected="the id of a domain, which begins with dzd",
            maximum=40,
        )
        subscriber = Subscriber(
            self,
            "Subscriber",
            settings=settings,
            domain=domain,
            code=assets[SUBSCRIPTIONS],
        )
        form.answer(
            "CatalogProjectName",
            subscriber.account.project.name,
            "The owner of a data set sees who subscribes by this name.",
        )
