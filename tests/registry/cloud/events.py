# ruff: noqa: N802, N803  (operations and parameters have the names that AWS gave them)
"""Amazon EventBridge: the events that somebody sent."""

import json
import uuid

from .core import Core, Parameters


class Events(Core):
    """The hub's default bus.

    Attributes:
        events: What was sent to it, oldest first.
    """

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Parameters] = []

    def events_PutEvents(self, *, Entries: list[Parameters]) -> Parameters:
        answers = [_refusal(entry) or {"EventId": str(uuid.uuid4())} for entry in Entries]
        taken = [entry for entry, answer in zip(Entries, answers, strict=True) if "EventId" in answer]
        self.events.extend(taken)
        return {"FailedEntryCount": len(Entries) - len(taken), "Entries": answers}


def _refusal(entry: Parameters) -> Parameters | None:
    """Why EventBridge does not take an event; nothing if it does.

    https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html
    """
    if entry["Source"].startswith("aws."):
        code = "NotAuthorizedForSourceException"
        return {"ErrorCode": code, "ErrorMessage": f"Not authorized for the source {entry['Source']}."}
    try:
        json.loads(entry["Detail"])
    except ValueError:
        return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
    return None
