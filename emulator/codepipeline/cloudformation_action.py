"""The CloudFormation action of CodePipeline.

Reference: https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html.
"""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from emulator.codepipeline.actions import ActionFailedError, ActionResult, ActionRun

_NO_UPDATE = "No updates are to be performed"
_BEYOND_UPDATE = {
    "CREATE_FAILED",
    "DELETE_FAILED",
    "ROLLBACK_COMPLETE",
    "ROLLBACK_FAILED",
    "UPDATE_ROLLBACK_FAILED",
}
_PAUSE_SECONDS = 0.2


def run_cloudformation(run: ActionRun) -> ActionResult:
    """Create or update a stack, and first delete it if it has failed and the action's mode allows this."""
    stack = _Stack(run)
    if run.require("ActionMode") == "REPLACE_ON_FAILURE":
        stack.delete_failed()
    stack.create_or_update()
    return ActionResult(variables=stack.outputs())


class _Stack:
    def __init__(self, run: ActionRun) -> None:
        self._run = run
        self._client = run.client("cloudformation")
        self._name = run.require("StackName")

    def create_or_update(self) -> None:
        found = self._describe()
        status = found["StackStatus"] if found else "REVIEW_IN_PROGRESS"
        if status in _BEYOND_UPDATE:
            raise ActionFailedError(
                f"Stack {self._name} is in {status} state and can not be updated: delete it, "
                "or let the action use REPLACE_ON_FAILURE"
            )
        if status == "REVIEW_IN_PROGRESS":
            self._tell(self._client.create_stack(**self._definition())["StackId"])
        else:
            try:
                self._tell(self._client.update_stack(**self._definition())["StackId"])
            except ClientError as error:
                if _NO_UPDATE not in str(error):
                    raise
                return
        self._await({"CREATE_COMPLETE", "UPDATE_COMPLETE"})

    def delete_failed(self) -> None:
        found = self._describe()
        if found is None or found["StackStatus"] not in _BEYOND_UPDATE:
            return
        self._client.delete_stack(StackName=found["StackId"], **self._role())
        self._name = found["StackId"]
        self._await({"DELETE_COMPLETE"})
        self._name = self._run.require("StackName")

    def outputs(self) -> dict[str, str]:
        found = self._describe() or {}
        return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}

    def _describe(self) -> dict[str, Any] | None:
        try:
            stacks: list[dict[str, Any]] = self._client.describe_stacks(StackName=self._name)["Stacks"]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        return stacks[0]

    def _await(self, wanted: set[str]) -> None:
        """Wait until the stack comes to rest."""
        while (found := self._describe()) is not None and found["StackStatus"].endswith("_IN_PROGRESS"):
            self._run.pause(_PAUSE_SECONDS)
        status = found["StackStatus"] if found else "DELETE_COMPLETE"
        if status not in wanted:
            raise ActionFailedError(
                f"Stack {self._name} ended in {status}. {self._first_failure(found or {})}".strip()
            )

    def _first_failure(self, found: Mapping[str, Any]) -> str:
        """Return the reason of the resource that failed first, as far as the role may see it."""
        try:
            events = self._client.describe_stack_events(StackName=self._name)["StackEvents"]
        except ClientError:
            return str(found.get("StackStatusReason", ""))
        for event in reversed(events):
            reason = event.get("ResourceStatusReason", "")
            if event["ResourceStatus"].endswith("_FAILED") and "cancelled" not in reason:
                return f"{event['LogicalResourceId']}: {reason}"
        return str(found.get("StackStatusReason", ""))

    def _definition(self) -> dict[str, Any]:
        """Return what CreateStack and UpdateStack take alike."""
        template = self._run.read(self._run.require("TemplatePath")).decode()
        return {"StackName": self._name, "TemplateBody": template, **self._role()}

    def _role(self) -> dict[str, str]:
        role = self._run.configuration.get("RoleArn")
        return {"RoleARN": role} if role else {}

    def _tell(self, stack_id: str) -> None:
        url = f"https://{self._run.region}.console.aws.amazon.com/cloudformation/home#/stacks/stackinfo?stackId={stack_id}"
        self._run.tell(stack_id, url)
