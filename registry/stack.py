"""The central model registry of the shared services account, as one stack."""

from collections.abc import Sequence

import base.embedded_node  # noqa: F401  # isort: skip  (before aws_cdk)
import aws_cdk as cdk
from constructs import Construct

from base.settings import Settings
from registry.alarms import AlarmTopic
from registry.cards import ModelCards
from registry.event_bus import ApprovalBus
from registry.personas import Personas
from registry.promotion import PromotionFunction, account_listing
from registry.release import ReleaseFunction
from registry.serving import card_reader_permission_arn
from registry.stages import StageFunction
from registry.storage import RegistryStorage


class RegistryStack(cdk.Stack):
    """Storage, the bus of the approvals, promotion, release, stages, and the people who decide."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        serving_roles: Sequence[str],
        env: cdk.Environment,
        synthesizer: cdk.IStackSynthesizer | None = None,
    ) -> None:
        """Define the stack.

        Args:
            scope: The app.
            construct_id: The id and the name of the stack.
            settings: What the adopter decided.
            serving_roles: The names of the roles under which models serve in target accounts.
            env: The shared services account and the Region.
            synthesizer: How its assets are published.
        """
        super().__init__(
            scope,
            construct_id,
            env=env,
            synthesizer=synthesizer,
            description="Central model registry: storage, promotion, release, stages, and who decides.",
        )
        names = settings.names
        organization_id = settings.organization.id
        storage = RegistryStorage(
            self,
            "Storage",
            names=names,
            organization=settings.organization,
            serving_roles=serving_roles,
        )
        alarms = AlarmTopic(self, "Alarms", key=storage.key, email=settings.portfolios.support_email)
        approvals = ApprovalBus(self, "Approvals", names=names, organization_id=organization_id)
        PromotionFunction(
            self,
            "Promotion",
            names=names,
            organization=settings.organization,
            serving_roles=serving_roles,
            model_cards=settings.model_cards,
            listing=account_listing(settings),
            storage=storage,
            event_bus=approvals.bus,
            alarms=alarms,
        )
        ReleaseFunction(
            self,
            "Release",
            names=names,
            storage=storage,
            alarms=alarms,
            starts_pipelines=settings.assumptions.pipeline_start == "release_function",
            approver=settings.assumptions.approver,
        )
        StageFunction(
            self,
            "Stages",
            names=names,
            storage=storage,
            alarms=alarms,
            card_reader_permission_arn=card_reader_permission_arn(settings),
            required_card_fields=settings.model_cards.required_fields,
        )
        ModelCards(self, "ModelCards", names=names, organization=settings.organization)
        Personas(
            self,
            "Personas",
            names=names,
            storage=storage,
            repository=settings.repository,
            organization_id=organization_id,
            listing=account_listing(settings),
        )
