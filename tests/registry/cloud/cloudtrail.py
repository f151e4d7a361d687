# ruff: noqa: N802, N803  (operations and parameters have the names that AWS gave them)
"""AWS CloudTrail: the records of calls."""

import json
from typing import Any

from .core import HUB, REGION, Core, Parameters


class CloudTrail(Core):
    """The records of the hub.

    Attributes:
        records: By their id.
    """

    def __init__(self) -> None:
        super().__init__()
        self.records: dict[str, Parameters] = {}

    def record(
        self, identifier: str, arn: str, *, by: str, status: str = "Approved", **more: Any
    ) -> Parameters:
        """Record an approval, and give the event that EventBridge delivers of it."""
        detail = {
            "eventID": identifier,
            "eventName": "UpdateModelPackage",
            "eventSource": "sagemaker.amazonaws.com",
            "userIdentity": {"type": "AssumedRole", "arn": f"arn:aws:sts::{HUB}:assumed-role/{by}/session"},
            "requestParameters": {"modelPackageArn": arn, "modelApprovalStatus": status},
            **more,
        }
        self.records[identifier] = {
            "EventId": identifier,
            "EventTime": self.now(),
            "CloudTrailEvent": json.dumps(detail),
        }
        return {
            "id": f"event of {identifier}",
            "detail-type": "AWS API Call via CloudTrail",
            "source": "aws.sagemaker",
            "account": HUB,
            "region": REGION,
            "time": "2026-11-21T09:20:00Z",
            "detail": detail,
        }

    def cloudtrail_LookupEvents(self, *, LookupAttributes: list[dict[str, str]]) -> Parameters:
        (wanted,) = LookupAttributes
        assert wanted["AttributeKey"] == "EventId"
        found = self.records.get(wanted["AttributeValue"])
        return {"Events": [found] if found else []}
