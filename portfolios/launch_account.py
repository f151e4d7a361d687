"""What an account needs before its teams can launch products, and hand their models over."""

from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from base.contracts.events import SAGEMAKER, STATE_CHANGE
from base.grants.launching import launching
from base.roles import Permission, role, service_principal
from base.settings import Settings
from pipelines.assets import AssetLocation
from portfolios.account_stack import AccountStack
from portfolios.lineage_reader import LineageReader, where_models_are_made
from portfolios.sagemaker_projects import SageMakerProjects

DECISIONS = ["Approved", "Rejected"]


class LaunchAccountStack(AccountStack):
    """Besides, the ML administrator's role, SageMaker Projects, and the way of approvals to the hub."""

    kind = "development"
    purpose = "roles of an account that launches products"

    def prepare(self, settings: Settings, custom_resources: AssetLocation) -> None:
        """Define what a development account needs besides.

        Args:
            settings: What the adopter decided.
            custom_resources: The bundle of `pipelines.assets.CUSTOM_RESOURCES`.
        """
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
