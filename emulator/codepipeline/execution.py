"""Executions of a pipeline: how they move from stage to stage, run actions, and end.

https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html
"""

import threading
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from typing import Any, Protocol

from botocore.exceptions import ClientError

from emulator.codepipeline import definition as definitions
from emulator.codepipeline.actions import (
    ActionAbandonedError,
    ActionFailedError,
    ActionResult,
    ActionRun,
    run_codebuild,
    run_codecommit_source,
    run_connection_source,
)
from emulator.codepipeline.artifact_store import Location
from emulator.codepipeline.cloudformation_action import run_cloudformation
from emulator.codepipeline.events import ExecutionEvents
from emulator.codepipeline.lambda_action import run_lambda
from emulator.codepipeline.records import ActionExecution, Approval, Check, PipelineName, StageExecution
from emulator.core.service import ServiceError
from emulator.iam import credentials

SERVICE_PRINCIPAL = "codepipeline.amazonaws.com"
APPROVAL_SECONDS = 7 * 24 * 3600
"""https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html"""

PROVIDERS: Mapping[tuple[str, str], Callable[[ActionRun], ActionResult]] = {
    ("Source", "CodeCommit"): run_codecommit_source,
    ("Source", "CodeStarSourceConnection"): run_connection_source,
    ("Build", "CodeBuild"): run_codebuild,
    ("Deploy", "CloudFormation"): run_cloudformation,
    ("Invoke", "Lambda"): run_lambda,
}
"""What runs an action, by its category and provider. An approval is not among them: it waits for a person."""


class RunningPipeline(Protocol):
    """What an execution sees of its pipeline (`pipeline.Pipeline`).

    Attributes:
        name: The pipeline's name.
        version: How often the definition has been changed, from 1.
        definition: The definition.
        changed: Held while an execution or a stage changes, and notified afterwards.
    """

    name: PipelineName
    version: int
    definition: dict[str, Any]
    changed: threading.Condition

    def enter(self, execution: "Execution", stage: str, /) -> bool:
        """Wait for a stage to be free, and take it; False if the execution ends here instead."""

    def leave(self, execution: "Execution", stage: str, /) -> None:
        """Give a stage free."""


class Execution:
    """An execution of a pipeline, which runs in a thread of its own."""

    def __init__(
        self,
        pipeline: RunningPipeline,
        number: int,
        *,
        trigger: tuple[str, str],
        variables: Mapping[str, str],
    ) -> None:
        """Describe the execution, which is the pipeline's first, second and so on; see `Pipeline.start`."""
        self.identifier = str(uuid.uuid4())
        self.number = number
        self.pipeline = pipeline
        self.definition = pipeline.definition
        self.version = pipeline.version
        self.trigger = trigger
        self.status = "InProgress"
        self.started = self.updated = time.time()
        self.stages: dict[str, StageExecution] = {}
        self.actions: list[ActionExecution] = []
        self.superseded = False
        self.stopping = False
        self.abandoned = False
        self.stop_reason = ""
        self.variables: dict[str, dict[str, str]] = {
            definitions.EXECUTION_NAMESPACE: {"PipelineExecutionId": self.identifier},
            definitions.PIPELINE_NAMESPACE: {
                variable["name"]: variables.get(variable["name"], variable.get("defaultValue", ""))
                for variable in self.definition.get("variables", [])
            },
        }
        self._events = ExecutionEvents(pipeline.name, self.identifier, self.version, trigger)
        self._artifact_revisions: dict[str, str] = {}
        self._artifacts: dict[str, Location] = {}
        self._changes = threading.Lock()

    def start(self, stage: int, kept: frozenset[str] = frozenset()) -> None:
        """Run from a stage on, in a thread.

        Args:
            stage: Position of the stage.
            kept: Actions of that stage that have succeeded already and are not run again.
        """
        self.status = "InProgress"
        threading.Thread(
            target=self._run, args=(stage, kept), name=f"pipeline-{self.identifier}", daemon=True
        ).start()

    def stop(self, *, abandon: bool, reason: str) -> None:
        """End the execution, after its running actions or at once."""
        self.stop_reason = reason
        with self.pipeline.changed:
            self.stopping = True
            self.abandoned |= abandon
            self.pipeline.changed.notify_all()
        if self.status == "InProgress":
            self._become("Stopping")
        for action in self.actions:
            if action.approval is not None:
                action.approval.decide("", "", "")

    # The course of an execution.

    def _run(self, first: int, kept: frozenset[str]) -> None:
        self._events.pipeline("RESUMED" if first or kept else "STARTED")
        for stage in self.definition["stages"][first:]:
            if not self.pipeline.enter(self, stage["name"]):
                self._become("Superseded" if self.superseded else "Stopped")
                return
            try:
                status = self._run_stage(stage, kept)
            finally:
                self.pipeline.leave(self, stage["name"])
            kept = frozenset()
            if status in ("Failed", "Stopped"):
                self._become(status)
                return
        self._become("Succeeded")

    def _run_stage(self, stage: Mapping[str, Any], kept: frozenset[str]) -> str:
        run = StageExecution(name=stage["name"])
        self.stages[stage["name"]] = run
        self._events.stage(run, "STARTED")
        run.status = self._check_conditions(stage, run) or self._run_actions(stage, kept)
        self._events.stage(run, run.status.upper())
        return run.status

    def _check_conditions(self, stage: Mapping[str, Any], run: StageExecution) -> str | None:
        """Evaluate the conditions for entry; the status of the stage if one keeps the execution out."""
        for condition in stage.get("beforeEntry", {}).get("conditions", []):
            checks = [Check(rule["name"], *self._check_rule(rule)) for rule in condition["rules"]]
            run.conditions.append(checks)
            if not all(check.passed for check in checks):
                return "Skipped"
        return None

    def _check_rule(self, rule: Mapping[str, Any]) -> tuple[bool, str]:
        """Evaluate a rule: whether it passes, and what it compares.

        https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-VariableCheck.html
        """
        try:
            configuration = self._resolved(rule["configuration"])
        except definitions.UnresolvedVariableError as error:
            return False, str(error)
        variable, value = configuration["Variable"], configuration["Value"]
        passed = variable != value
        return passed, f"'{variable}' NE '{value}' is {str(passed).lower()}"

    def _run_actions(self, stage: Mapping[str, Any], kept: frozenset[str]) -> str:
        actions = sorted(stage["actions"], key=definitions.run_order)
        for _, group in groupby(actions, key=definitions.run_order):
            together = [
                ActionExecution(stage=stage["name"], definition=action)
                for action in group
                if action["name"] not in kept
            ]
            if self.stopping:
                return "Stopped"
            self.actions.extend(together)
            with ThreadPoolExecutor(max_workers=max(1, len(together))) as pool:
                list(pool.map(self._run_action, together))
            if any(action.status == "Failed" for action in together):
                return "Failed"
        return "Stopped" if self.stopping else "Succeeded"

    def _run_action(self, action: ActionExecution) -> None:
        self._events.action(action)
        try:
            outcome = self._perform(action)
        except ActionAbandonedError:
            self._end_action(action, "Abandoned")
        except Exception as error:  # Whatever an action runs into is its failure, and the reader's to see.
            action.error = _error_details(error)
            self._end_action(action, "Failed")
        else:
            with self._changes:
                self._artifacts |= action.outputs
                action.variables = outcome.variables
                action.revision = outcome.revision
                if outcome.revision:
                    self._artifact_revisions |= dict.fromkeys(action.outputs, outcome.revision[0])
                if "namespace" in action.definition:
                    self.variables[action.definition["namespace"]] = outcome.variables
            action.summary = outcome.summary
            self._end_action(action, "Succeeded")

    def _perform(self, action: ActionExecution) -> ActionResult:
        definition = action.definition
        action.configuration = self._resolved(definition.get("configuration", {}))
        kind = definition["actionTypeId"]
        if (kind["category"], kind["provider"]) == ("Approval", "Manual"):
            return self._await_approval(action)
        store = self.definition["artifactStore"]
        action.inputs = {
            artifact["name"]: self._artifacts[artifact["name"]]
            for artifact in definition.get("inputArtifacts", [])
        }
        action.outputs = {
            artifact["name"]: Location(store["location"], self._key(artifact["name"]))
            for artifact in definition.get("outputArtifacts", [])
        }
        role = definition.get("roleArn", self.definition["roleArn"])

        def tell(identifier: str, url: str) -> None:
            action.external = (identifier, url)
            action.updated = time.time()

        return PROVIDERS[kind["category"], kind["provider"]](
            ActionRun(
                pipeline=self.pipeline.name.name,
                definition=definition,
                configuration=action.configuration,
                credentials=self._credentials(definition),
                account=role.split(":")[4],
                region=self.pipeline.name.region,
                store=store,
                inputs=action.inputs,
                outputs=action.outputs,
                revisions=self._artifact_revisions,
                abandoned=lambda: self.abandoned,
                tell=tell,
            )
        )

    def _credentials(self, definition: Mapping[str, Any]) -> dict[str, Any]:
        """Return credentials of an action's role, which the pipeline's role must be able to assume."""
        name = self.pipeline.name
        session = self.identifier.replace("-", "")
        own = credentials.service_role_credentials(
            self.definition["roleArn"],
            SERVICE_PRINCIPAL,
            session,
            source_arn=name.arn,
            source_account=name.account,
        )
        if "roleArn" not in definition:
            return own
        return credentials.assume_role(definition["roleArn"], own, session)

    def _await_approval(self, action: ActionExecution) -> ActionResult:
        approval = Approval()
        action.approval = approval
        if not approval.decided.wait(APPROVAL_SECONDS):
            raise ActionFailedError(f"Nobody decided within {APPROVAL_SECONDS // 60} minutes")
        if not approval.status:
            raise ActionAbandonedError
        if approval.status == "Rejected":
            action.summary = approval.summary
            raise ActionFailedError(f"Rejected by {approval.by}: {approval.summary}")
        return ActionResult(summary=approval.summary)

    def _resolved(self, configuration: Mapping[str, str]) -> dict[str, str]:
        with self._changes:
            return {key: definitions.resolve(value, self.variables) for key, value in configuration.items()}

    def _key(self, artifact: str) -> str:
        """Return a new key for an artifact, shortened as CodePipeline does."""
        return f"{self.pipeline.name.name[:20]}/{artifact[:10]}/{uuid.uuid4().hex[:7]}"

    def _end_action(self, action: ActionExecution, status: str) -> None:
        action.status = status
        action.updated = self.updated = time.time()
        self._events.action(action)

    def _become(self, status: str) -> None:
        self.status = status
        self.updated = time.time()
        self._events.pipeline(status.upper())


def _error_details(error: Exception) -> dict[str, str]:
    """Return what the person who looks at the action reads, with AWS's code for it."""
    if isinstance(error, ActionFailedError):
        return {"code": error.code, "message": str(error)}
    if isinstance(error, definitions.UnresolvedVariableError):
        return {"code": "ConfigurationError", "message": str(error)}
    code, message = "", f"{type(error).__name__}: {error}"
    if isinstance(error, ServiceError):
        code, message = error.code, error.message
    elif isinstance(error, ClientError):
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
    if code in ("AccessDenied", "AccessDeniedException"):
        sentence = "The provided role does not have sufficient permissions"
        return {"code": "PermissionError", "message": f"{sentence}: {message}"}
    return {"code": "JobFailed", "message": message}
