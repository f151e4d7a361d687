"""What the stage function says to CodePipeline, and asks it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from botocore.exceptions import ClientError

from ..errors import RegistryError, error_code
from .job import Task

if TYPE_CHECKING:
    from mypy_boto3_codepipeline.client import CodePipelineClient

# https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_FailureDetails.html
MAXIMUM_MESSAGE = 5000
# https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ExecutionDetails.html
MAXIMUM_SUMMARY = 2048

APPROVAL = "ApproveProduction"
"""Stage and action of a deploy pipeline in which the governance officer decides."""

# CodePipeline has taken an answer already, or waits for none any more.
_SETTLED = frozenset({"InvalidJobStateException", "JobNotFoundException"})


@dataclass(frozen=True, kw_only=True)
class ProductionApproval:
    """The decision of a person in a deploy pipeline.

    Attributes:
        by: Who: the ARN of an identity.
        time: When.
        comment: What the person wrote.
    """

    by: str
    time: datetime
    comment: str


@dataclass(frozen=True, kw_only=True)
class Pipelines:
    """The deploy pipelines of the account."""

    codepipeline: "CodePipelineClient"

    def succeed(self, job_id: str, said: str, outputs: Mapping[str, str]) -> bool:
        """Report that a job's action has succeeded.

        Args:
            job_id: The job.
            said: What was done, in a sentence.
            outputs: The action's variables.

        Returns:
            Whether CodePipeline still waited for the answer.
        """
        try:
            self.codepipeline.put_job_success_result(
                jobId=job_id,
                executionDetails={"summary": said[:MAXIMUM_SUMMARY]},
                outputVariables=dict(outputs),
            )
        except ClientError as error:
            return _settled(error)
        return True

    def fail(
        self, job_id: str, sentence: str, kind: Literal["ConfigurationError", "JobFailed"] = "JobFailed"
    ) -> bool:
        """Report that a job's action has failed.

        Args:
            job_id: The job.
            sentence: What is wrong, where, and what to do.
            kind: Whether the parameters were wrong, or something else.

        Returns:
            Whether CodePipeline still waited for the answer.
        """
        try:
            self.codepipeline.put_job_failure_result(
                jobId=job_id, failureDetails={"type": kind, "message": sentence[:MAXIMUM_MESSAGE]}
            )
        except ClientError as error:
            return _settled(error)
        return True

    def production_approval(self, task: Task) -> ProductionApproval:
        """Who has approved production in the execution of a task.

        Raises:
            RegistryError: If nobody has.
        """
        pages = self.codepipeline.get_paginator("list_action_executions").paginate(
            pipelineName=task.pipeline, filter={"pipelineExecutionId": task.execution}
        )
        decisions = [
            action
            for page in pages
            for action in page["actionExecutionDetails"]
            if (action["stageName"], action["actionName"]) == (APPROVAL, APPROVAL)
            and action["status"] == "Succeeded"
        ]
        named = [action for action in decisions if action.get("updatedBy")]
        if not named:
            found = self._approval_by_state(task) if decisions else None
            if found is None:
                raise RegistryError(
                    f"Nobody has approved {APPROVAL} in the execution {task.execution} of {task.pipeline}: "
                    "ask the governance officer to approve it there before this action runs."
                )
            return found
        newest = max(named, key=lambda action: action["lastUpdateTime"])
        result = newest.get("output", {}).get("executionResult", {})
        return ProductionApproval(
            by=newest["updatedBy"],
            time=newest["lastUpdateTime"],
            comment=result.get("externalExecutionSummary", ""),
        )

    def _approval_by_state(self, task: Task) -> ProductionApproval | None:
        """The approval as the pipeline's state has it, while no later execution has entered the stage.

        For where the history of actions does not say who. The state names the person for the console
        (https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionExecution.html).
        """
        state = self.codepipeline.get_pipeline_state(name=task.pipeline)
        for stage in state["stageStates"]:
            in_stage = stage.get("latestExecution", {}).get("pipelineExecutionId")
            if stage.get("stageName") != APPROVAL or in_stage != task.execution:
                continue
            for action in stage.get("actionStates", []):
                latest = action.get("latestExecution", {})
                by = latest.get("lastUpdatedBy")
                if action.get("actionName") == APPROVAL and latest.get("status") == "Succeeded" and by:
                    return ProductionApproval(
                        by=by, time=latest["lastStatusChange"], comment=latest.get("summary", "")
                    )
        return None


def _settled(error: ClientError) -> bool:
    if error_code(error) not in _SETTLED:
        raise error
    return False
