"""What CloudFormation does for a project, told while it happens: the events of its stack.

Service Catalog calls the stack of a provisioned product ``SC-<account>-<provisioned product>``. Whoever may
not read its events sees the status of the project all the same.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.client import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef

_ENDS = ("_COMPLETE", "_FAILED")
_BEGINNINGS = ("CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "UPDATE_IN_PROGRESS")
# Of resources that CloudFormation gave up because another one failed.
_CONSEQUENCE = "cancelled"


class StackEvents:
    """The events of one operation on a stack, each told once."""

    def __init__(self, cloudformation: "CloudFormationClient", stack: str) -> None:
        """Look at a stack, which may not exist yet.

        Args:
            cloudformation: A client with the caller's credentials.
            stack: The stack's name.
        """
        self._cloudformation = cloudformation
        self._stack = stack
        self._told: set[str] = set()

    def skip(self) -> None:
        """Tell nothing of what has happened so far."""
        self._told |= {event["EventId"] for event in self._read()}

    def new(self) -> Iterator[str]:
        """Tell, in a line each, which resources are done or have failed since the last call."""
        for event in reversed(self._of_this_operation()):
            status = event.get("ResourceStatus", "")
            if event["EventId"] in self._told or not status.endswith(_ENDS) or self._about_stack(event):
                continue
            self._told.add(event["EventId"])
            reason = event.get("ResourceStatusReason", "")
            line = f"{status:>16}  {event.get('LogicalResourceId')} ({event.get('ResourceType')})"
            yield f"{line}: {reason}" if status.endswith("_FAILED") and reason else line

    def failures(self) -> list[str]:
        """Why the operation failed: the resources that failed by themselves, first to last."""
        return [
            f"{event.get('LogicalResourceId')} ({event.get('ResourceType')}): {reason}"
            for event in reversed(self._of_this_operation())
            if event.get("ResourceStatus", "").endswith("_FAILED")
            and (reason := event.get("ResourceStatusReason", ""))
            and _CONSEQUENCE not in reason.lower()
            and not self._about_stack(event)
        ]

    def _about_stack(self, event: "StackEventTypeDef") -> bool:
        return event.get("LogicalResourceId") == self._stack

    def _of_this_operation(self) -> "list[StackEventTypeDef]":
        """Events back to the beginning of the newest operation, newest first."""
        found: list[StackEventTypeDef] = []
        for event in self._read():
            found.append(event)
            if self._about_stack(event) and event.get("ResourceStatus") in _BEGINNINGS:
                break
        return found

    def _read(self) -> "Iterator[StackEventTypeDef]":
        try:
            for page in self._cloudformation.get_paginator("describe_stack_events").paginate(
                StackName=self._stack
            ):
                yield from page["StackEvents"]
        except ClientError:
            # The stack is not there yet, or not any more, or the caller may not read it.
            return
