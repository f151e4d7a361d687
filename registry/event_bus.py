"""The bus on which the teams' accounts tell the hub of their approvals."""

import base.embedded_node  # noqa: F401  # isort: skip  (before aws_cdk)
from aws_cdk import aws_events as events
from constructs import Construct

from base.names import PlatformNames


class ApprovalBus(Construct):
    """An event bus that takes events from every account of the organisation, and from nobody else.

    One condition stands for all accounts: a statement for each would end at 48 of them, where the policy
    reaches its 10,240 characters.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, names: PlatformNames, organization_id: str
    ) -> None:
        """Define the bus and its policy.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            names: The platform's names.
            organization_id: The organisation.
        """
        super().__init__(scope, construct_id)
        self.bus = events.EventBus(
            self,
            "Bus",
            event_bus_name=names.event_bus,
            description="Approvals of model versions, from the accounts of the organisation",
        )
        events.CfnEventBusPolicy(
            self,
            "Policy",
            event_bus_name=self.bus.event_bus_name,
            statement_id="OrganizationPutsEvents",
            statement={
                "Effect": "Allow",
                "Principal": "*",
                "Action": "events:PutEvents",
                "Resource": self.bus.event_bus_arn,
                "Condition": {"StringEquals": {"aws:PrincipalOrgID": organization_id}},
            },
        )
