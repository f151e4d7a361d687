"""Who has approved a version, where SageMaker does not say: CloudTrail's record of the call.

EventBridge delivers such records where a trail logs management events
(https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html). The event is the
occasion to look: whoever may invoke the function could write one. What counts is the record that CloudTrail
itself has of it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from ..errors import RegistryError, explained
from ..events import ModelVersionArn, StateChange
from ..tagging import APPROVED

RECORDED_CALL = "AWS API Call via CloudTrail"
EVENT_NAME = "UpdateModelPackage"


@dataclass(frozen=True, kw_only=True)
class Approver:
    """Who set a version's status to Approved.

    Attributes:
        arn: The ARN of the identity.
        time: When.
    """

    arn: str
    time: datetime


@dataclass(frozen=True, kw_only=True)
class RecordedApproval:
    """An event that tells of an approval in CloudTrail's words.

    Attributes:
        id: CloudTrail's id of the record.
        change: The same as a state change of the version.
    """

    id: str
    change: StateChange

    @classmethod
    def parse(cls, event: Mapping[str, Any]) -> Self | None:
        """Read an event; None if it is no record of a call.

        Raises:
            RegistryError: If it records something else than an approval.
        """
        if event.get("detail-type") != RECORDED_CALL:
            return None
        try:
            detail = event["detail"]
            arn = ModelVersionArn.parse(_approved(detail))
            return cls(
                id=str(detail["eventID"]),
                change=StateChange(
                    id=str(event["id"]),
                    time=str(event["time"]),
                    account=arn.account,
                    version=arn,
                    approval_status=APPROVED,
                    updated_fields=frozenset({"ModelApprovalStatus"}),
                ),
            )
        except (KeyError, TypeError) as error:
            raise RegistryError(
                f"The record of a call lacks {error}: check the pattern of the EventBridge rule."
            ) from error


@dataclass(frozen=True, kw_only=True)
class Trail:
    """CloudTrail's own records of the last 90 days.

    Attributes:
        cloudtrail: A client in the account and Region of the registry.
    """

    cloudtrail: Any

    def approver(self, recorded: RecordedApproval) -> Approver:
        """Who has approved, as CloudTrail has recorded it.

        Raises:
            RegistryError: If it has no such record yet, or it is about something else.
        """
        with explained(denied="The release role may not look into CloudTrail: deploy the registry again."):
            found = self.cloudtrail.lookup_events(
                LookupAttributes=[{"AttributeKey": "EventId", "AttributeValue": recorded.id}]
            )["Events"]
        if not found:
            raise RegistryError(
                f"CloudTrail does not list the record {recorded.id} yet, which says who has approved "
                f"{recorded.change.version.arn}: replay the event some minutes later."
            )
        record = json.loads(found[0]["CloudTrailEvent"])
        if record.get("errorCode") or _approved(record) != recorded.change.version.arn:
            raise RegistryError(
                f"The record {recorded.id} of CloudTrail is no approval of {recorded.change.version.arn}: "
                "look in CloudTrail for who has sent this event."
            )
        return Approver(arn=record["userIdentity"]["arn"], time=found[0]["EventTime"])


def _approved(record: Mapping[str, Any]) -> str:
    """The version that a record approves; empty if it approves none."""
    parameters = record["requestParameters"]
    is_approval = record["eventName"] == EVENT_NAME and parameters.get("modelApprovalStatus") == APPROVED
    return str(parameters["modelPackageArn"]) if is_approval else ""
