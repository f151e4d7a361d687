"""The CloudFormation action of CodePipeline.

Reference: https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from emulator.codepipeline.actions import ActionFailedError, ActionRun, Outcome

_NO_UPDATE = "No updates are to be performed"
_NO_CHANGE = ("didn't contain changes", _NO_UPDATE)
_BEYOND_UPDATE = {
    "CREATE_FAILED",
    "DELETE_FAILED",
    "ROLLBACK_COMPLETE",
    "ROLLBACK_FAILED",
    "UPDATE_ROLLBACK_FAILED",
}
_PAUSE_SECONDS = 0.2


def run_cloudformation(run: ActionRun) -> Outcome:
    """Create, update or delete a stack, or prepare and execute a change set."""
    stack = _Stack(run)
    modes: dict[str, Callable[[], None]] = {
        "CREATE_UPDATE": stack.create_or_update,
        "REPLACE_ON_FAILURE": stack.replace_on_failure,
        "CHANGE_SET_REPLACE": stack.replace_change_set,
        "CHANGE_SET_EXECUTE": stack.execute_change_set,
        "DELETE_ONLY": stack.delete,
    }
    mode = run.require("ActionMode")
    if mode not in modes:
        raise ActionFailedError(f"ActionMode {mode} is none of {', '.join(modes)}", "ConfigurationError")
    modes[mode]()
    outputs = stack.outputs()
    if "OutputFileName" in run.configuration:
        stack.put_outputs(run.configuration["OutputFileName"], outputs)
    return Outcome(variables=outputs)


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

    def replace_on_failure(self) -> None:
        found = self._describe()
        if found and found["StackStatus"] in _BEYOND_UPDATE:
            self.delete()
        self.create_or_update()

    def delete(self) -> None:
        found = self._describe()
        if found is None:
            return
        self._client.delete_stack(StackName=found["StackId"], **self._role())
        self._name = found["StackId"]
        self._await({"DELETE_COMPLETE"})
        self._name = self._run.require("StackName")

    def replace_change_set(self) -> None:
        name = self._run.require("ChangeSetName")
        exists = self._describe() is not None
        if exists:
            self._client.delete_change_set(StackName=self._name, ChangeSetName=name)
        definition = self._definition()
        kind = "UPDATE" if exists else "CREATE"
        self._tell(
            self._client.create_change_set(**definition, ChangeSetName=name, ChangeSetType=kind)["StackId"]
        )
        self._describe_change_set(name)

    def execute_change_set(self) -> None:
        name = self._run.require("ChangeSetName")
        if self._describe_change_set(name):
            self._client.execute_change_set(StackName=self._name, ChangeSetName=name)
            self._await({"CREATE_COMPLETE", "UPDATE_COMPLETE"})

    def outputs(self) -> dict[str, str]:
        found = self._describe() or {}
        return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}

    def put_outputs(self, file_name: str, outputs: Mapping[str, str]) -> None:
        for artifact in self._run.outputs:
            self._run.put_file(artifact, file_name, json.dumps(outputs).encode())

    def _describe(self) -> dict[str, Any] | None:
        try:
            stacks: list[dict[str, Any]] = self._client.describe_stacks(StackName=self._name)["Stacks"]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        return stacks[0]

    def _describe_change_set(self, name: str) -> bool:
        """Wait for a change set, and say whether there is anything to execute."""
        while True:
            found = self._client.describe_change_set(StackName=self._name, ChangeSetName=name)
            reason = found.get("StatusReason", "")
            if found["Status"] == "FAILED":
                if any(sentence in reason for sentence in _NO_CHANGE):
                    return False
                raise ActionFailedError(f"Change set {name} of stack {self._name} failed: {reason}")
            if found["Status"] == "CREATE_COMPLETE":
                return True
            self._run.pause(_PAUSE_SECONDS)

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
        """Return what CreateStack, UpdateStack and CreateChangeSet take alike."""
        configuration = self._run.configuration
        settings: dict[str, Any] = {}
        if "TemplateConfiguration" in configuration:
            settings = json.loads(self._run.read(configuration["TemplateConfiguration"]))
        overrides = json.loads(configuration.get("ParameterOverrides", "{}"))
        values = settings.get("Parameters", {}) | {
            name: self._override(value) for name, value in overrides.items()
        }
        definition: dict[str, Any] = {
            "StackName": self._name,
            "TemplateBody": self._run.read(self._run.require("TemplatePath")).decode(),
            "Parameters": [{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()],
            "Capabilities": configuration["Capabilities"].split(",")
            if "Capabilities" in configuration
            else [],
            **self._role(),
        }
        if settings.get("Tags"):
            definition["Tags"] = [{"Key": key, "Value": value} for key, value in settings["Tags"].items()]
        return definition

    def _role(self) -> dict[str, str]:
        role = self._run.configuration.get("RoleArn")
        return {"RoleARN": role} if role else {}

    def _override(self, value: Any) -> str:
        """Resolve a parameter override: text, or a function of an artifact.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/continuous-delivery-codepipeline-parameter-override-functions.html
        """
        match value:
            case {"Fn::GetParam": [artifact, path, key]}:
                return str(json.loads(self._run.read(f"{artifact}::{path}"))[key])
            case {"Fn::GetArtifactAtt": [artifact, attribute]}:
                location = self._run.inputs[artifact]
                return {
                    "BucketName": location.bucket,
                    "ObjectKey": location.key,
                    "URL": f"https://{location.bucket}.s3.{self._run.region}.amazonaws.com/{location.key}",
                }[attribute]
            case _:
                return str(value)

    def _tell(self, stack_id: str) -> None:
        url = f"https://{self._run.region}.console.aws.amazon.com/cloudformation/home#/stacks/stackinfo?stackId={stack_id}"
        self._run.tell(stack_id, url)
