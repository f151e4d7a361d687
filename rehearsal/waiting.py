"""Watch what AWS does on its own, and stop at once with the reason when it fails.

A person would look at the console; here the same APIs are asked in short turns, with a deadline.
"""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from rehearsal.people import AccountKey, Person
from rehearsal.record import StepRecord
from rehearsal.story import ActError, Story

PAUSE_SECONDS = (0.1, 0.5)
"""Between two looks, at least and at most: what has lasted long is looked at less often."""
PAUSE_SHARE = 0.03
DEADLINE_SECONDS = 1200.0
"""After which only what hangs has not come, however busy the machine is."""
LOG_LINES = 15

Found = TypeVar("Found")


def wait_for(what: str, look: Callable[[], Found | None], seconds: float = DEADLINE_SECONDS) -> Found:
    """Look again and again until there is something to see.

    Args:
        what: What is awaited, for the message.
        look: Returns what is awaited, or None while it is not there.
        seconds: How long to wait.

    Raises:
        ActError: It did not come in time.
    """
    start = time.monotonic()
    shortest, longest = PAUSE_SECONDS
    while True:
        found = look()
        if found is not None:
            return found
        waited = time.monotonic() - start
        if waited > seconds:
            raise ActError(f"{what} did not come in {seconds:.0f} s")
        time.sleep(min(max(waited * PAUSE_SHARE, shortest), longest))


def provisioned(story: Story, person: Person, record_id: str) -> dict[str, Any]:
    """Wait until Service Catalog has launched a product.

    Args:
        story: The story.
        person: Who launched it.
        record_id: The record of the launch.

    Returns:
        The outputs of the product, by their name.
    """
    catalog = story.acting_as(person, "servicecatalog")

    def look() -> dict[str, Any] | None:
        answer = catalog.describe_record(Id=record_id)
        status = answer["RecordDetail"]["Status"]
        if status == "SUCCEEDED":
            return {output["OutputKey"]: output["OutputValue"] for output in answer.get("RecordOutputs", [])}
        if status in ("FAILED", "IN_PROGRESS_IN_ERROR"):
            reasons = [
                error.get("Description", "") for error in answer["RecordDetail"].get("RecordErrors", [])
            ]
            raise ActError(f"the product was not launched: {'; '.join(reasons) or 'no reason given'}")
        return None

    return wait_for("the launch of the product", look)


class PipelineWatch:
    """Follows one execution of a CodePipeline pipeline as a person who may read it.

    Attributes:
        execution_id: The execution.
    """

    def __init__(self, story: Story, person: Person, pipeline: str, execution_id: str) -> None:
        """Begin to follow.

        Args:
            story: The story.
            person: Who looks.
            pipeline: Name of the pipeline.
            execution_id: The execution.
        """
        self._story = story
        self._codepipeline = story.acting_as(person, "codepipeline")
        self._person = person
        self._pipeline = pipeline
        self.execution_id = execution_id
        self._told: set[tuple[str, str, str]] = set()

    def finish(self) -> dict[str, Any]:
        """Wait until the execution has succeeded, and return its description."""
        return wait_for(f"the end of pipeline {self._pipeline}", self._succeeded)

    def approval(self, stage: str) -> dict[str, Any]:
        """Wait until a stage of the execution waits for approval.

        Returns:
            `stage`, `action`, `token`, and what the approver is shown: `custom_data` and `link`.
        """
        return wait_for(f"approval in stage {stage} of {self._pipeline}", lambda: self._waiting(stage))

    def failure(self, stage: str, name: str) -> str:
        """Wait until an action of the execution has failed, and return its reason.

        Raises:
            ActError: The execution ended otherwise.
        """

        def look() -> str | None:
            if self.description()["status"] == "Succeeded":
                raise ActError(f"pipeline {self._pipeline} ended, though {name} had to fail")
            for action in self.actions():
                if (action["stageName"], action["actionName"], action["status"]) == (stage, name, "Failed"):
                    details = action["output"]["executionResult"].get("errorDetails", {})
                    return str(details.get("message", ""))
            return None

        return wait_for(f"the failure of {name} in {self._pipeline}", look)

    def retry(self, stage: str) -> None:
        """Run the failed actions of a stage again."""
        self._codepipeline.retry_stage_execution(
            pipelineName=self._pipeline,
            stageName=stage,
            pipelineExecutionId=self.execution_id,
            retryMode="FAILED_ACTIONS",
        )

    def actions(self) -> list[dict[str, Any]]:
        """The actions of the execution, first to last."""
        pages = self._codepipeline.get_paginator("list_action_executions").paginate(
            pipelineName=self._pipeline, filter={"pipelineExecutionId": self.execution_id}
        )
        return sorted(
            (action for page in pages for action in page["actionExecutionDetails"]),
            key=lambda action: action["startTime"],
        )

    def _succeeded(self) -> dict[str, Any] | None:
        execution = self._look()
        return execution if execution["status"] == "Succeeded" else None

    def _waiting(self, stage: str) -> dict[str, Any] | None:
        if self._look()["status"] == "Succeeded":
            raise ActError(f"pipeline {self._pipeline} ended without asking for approval in {stage}")
        for state in self._codepipeline.get_pipeline_state(name=self._pipeline)["stageStates"]:
            execution = state.get("latestExecution", {})
            if state["stageName"] != stage or execution.get("pipelineExecutionId") != self.execution_id:
                continue
            for action in state["actionStates"]:
                latest = action.get("latestExecution", {})
                if latest.get("status") == "InProgress" and "token" in latest:
                    return {
                        "stage": stage,
                        "action": action["actionName"],
                        "token": latest["token"],
                        **self._shown(stage, action["actionName"]),
                    }
        return None

    def description(self) -> dict[str, Any]:
        """The execution as CodePipeline describes it."""
        execution: dict[str, Any] = self._codepipeline.get_pipeline_execution(
            pipelineName=self._pipeline, pipelineExecutionId=self.execution_id
        )["pipelineExecution"]
        return execution

    def _shown(self, stage: str, name: str) -> dict[str, str]:
        configuration: dict[str, str] = {}
        for action in self.actions():
            if (action["stageName"], action["actionName"]) == (stage, name):
                configuration = action["input"].get("resolvedConfiguration", {})
        return {
            "custom_data": configuration.get("CustomData", ""),
            "link": configuration.get("ExternalEntityLink", ""),
        }

    def _look(self) -> dict[str, Any]:
        """Tell what changed, and raise if the execution failed."""
        execution = self.description()
        actions = self.actions()
        for action in actions:
            key = (action["stageName"], action["actionName"], action["status"])
            if key not in self._told:
                self._told.add(key)
                self._story.tell(f"{self._pipeline}: {key[0]} / {key[1]} {key[2]}")
        if execution["status"] in ("Failed", "Stopped", "Superseded", "Cancelled"):
            raise ActError(self._reason(execution, actions))
        return execution

    def _reason(self, execution: dict[str, Any], actions: list[dict[str, Any]]) -> str:
        sentence = f"pipeline {self._pipeline} ended as {execution['status']}"
        for action in actions:
            if action["status"] not in ("Failed", "Abandoned"):
                continue
            result = action.get("output", {}).get("executionResult", {})
            error = result.get("errorDetails", {}).get("message") or result.get(
                "externalExecutionSummary", ""
            )
            sentence += f" in {action['stageName']} / {action['actionName']}: {error}"
            log = build_log(self._story, self._person, result.get("externalExecutionId", ""))
            return f"{sentence}\n{log}" if log else sentence
        return f"{sentence}: {execution.get('statusSummary', 'no reason given')}"


def build_log(story: Story, person: Person, build_id: str) -> str:
    """Return the last lines of a build's log, read by the account's administrator."""
    if ":" not in build_id:
        return ""
    account = person.account
    try:
        builds = story.accounts.administrator(account, "codebuild").batch_get_builds(ids=[build_id])["builds"]
        where = builds[0]["logs"]
        events = story.accounts.administrator(account, "logs").get_log_events(
            logGroupName=where["groupName"], logStreamName=where["streamName"], limit=LOG_LINES
        )["events"]
    except (ClientError, KeyError, IndexError):
        return ""
    return "\n".join(event["message"].rstrip() for event in events[-LOG_LINES:])


def function_logs(story: Story, account: AccountKey, name: str) -> str:
    """Return the last lines that functions of a name have logged, read by the account's administrator."""
    logs = story.accounts.administrator(account, "logs")
    lines: list[str] = []
    try:
        for group in logs.describe_log_groups()["logGroups"]:
            if name in group["logGroupName"].lower():
                events = logs.filter_log_events(logGroupName=group["logGroupName"])["events"]
                lines += [event["message"].rstrip() for event in events[-LOG_LINES:]]
    except ClientError:
        return ""
    return "\n".join(lines)


def known_executions(story: Story, person: Person, pipeline: str) -> set[str]:
    """Return the executions that a CodePipeline pipeline has had so far, as a person sees them."""
    pages = story.acting_as(person, "codepipeline").get_paginator("list_pipeline_executions")
    return {
        summary["pipelineExecutionId"]
        for page in pages.paginate(pipelineName=pipeline)
        for summary in page["pipelineExecutionSummaries"]
    }


def newest_execution(story: Story, person: Person, pipeline: str, known: set[str]) -> str:
    """Wait for an execution of a CodePipeline pipeline that is not known yet, and return its id."""

    def look() -> str | None:
        return next(iter(known_executions(story, person, pipeline) - known), None)

    return wait_for(f"an execution of pipeline {pipeline}", look, 60)


def finished_training(story: Story, person: Person, execution_arn: str) -> tuple[StepRecord, ...]:
    """Wait until an execution of a SageMaker pipeline has succeeded, and return its steps."""
    sagemaker = story.acting_as(person, "sagemaker")
    told: set[tuple[str, str]] = set()

    def look() -> tuple[StepRecord, ...] | None:
        # The status comes first: steps that end in between are then complete in the list.
        execution = sagemaker.describe_pipeline_execution(PipelineExecutionArn=execution_arn)
        steps = sagemaker.list_pipeline_execution_steps(
            PipelineExecutionArn=execution_arn, SortOrder="Ascending"
        )["PipelineExecutionSteps"]
        for step in steps:
            key = (step["StepName"], step["StepStatus"])
            if key not in told:
                told.add(key)
                story.tell(f"SageMaker pipeline: {key[0]} {key[1]}")
        status = execution["PipelineExecutionStatus"]
        if status in ("Failed", "Stopped"):
            reasons = [
                f"{step['StepName']}: {step['FailureReason']}" for step in steps if "FailureReason" in step
            ]
            reasons.append(execution.get("FailureReason", ""))
            raise ActError(f"the SageMaker pipeline ended as {status}: {'; '.join(filter(None, reasons))}")
        return tuple(map(_step, steps)) if status == "Succeeded" else None

    return wait_for("the end of the SageMaker pipeline", look)


def _step(step: dict[str, Any]) -> StepRecord:
    seconds = None
    if "StartTime" in step and "EndTime" in step:
        seconds = round((step["EndTime"] - step["StartTime"]).total_seconds(), 2)
    condition = step.get("Metadata", {}).get("Condition", {}).get("Outcome", "")
    return StepRecord(
        name=step["StepName"],
        status=step["StepStatus"],
        seconds=seconds,
        detail=step.get("FailureReason", "") or condition,
    )
