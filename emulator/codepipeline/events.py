"""The events of an execution, on the default bus of the pipeline's account.

https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emulator.codepipeline.records import ActionExecution, PipelineName, StageExecution
from emulator.services import events


@dataclass(frozen=True)
class ExecutionEvents:
    """Tells about one execution.

    Attributes:
        name: The pipeline.
        identifier: Id of the execution.
        version: Version of the pipeline.
        trigger: Type and detail of what started the execution.
    """

    name: PipelineName
    identifier: str
    version: int
    trigger: tuple[str, str]

    def pipeline(self, state: str) -> None:
        """Tell that the execution as a whole is in another state."""
        kind, detail = self.trigger
        self._put(
            "CodePipeline Pipeline Execution State Change",
            {"state": state, "execution-trigger": {"trigger-type": kind, "trigger-detail": detail}},
        )

    def stage(self, stage: StageExecution, state: str) -> None:
        """Tell that a stage is in another state."""
        self._put("CodePipeline Stage Execution State Change", {"stage": stage.name, "state": state})

    def action(self, action: ActionExecution) -> None:
        """Tell that an action is in another state."""
        detail: dict[str, Any] = {
            "stage": action.stage,
            "action": action.name,
            "action-execution-id": action.identifier,
            "state": "STARTED" if action.status == "InProgress" else action.status.upper(),
            "region": self.name.region,
            "type": dict(action.definition["actionTypeId"]),
        }
        if action.external or action.error:
            identifier, url = action.external or ("", "")
            error = action.error or {}
            detail["execution-result"] = {
                "external-execution-id": identifier,
                "external-execution-url": url,
                "external-execution-summary": error.get("message", action.summary),
                **({"error-code": error["code"]} if error else {}),
            }
        self._put("CodePipeline Action Execution State Change", detail)

    def _put(self, detail_type: str, detail: Mapping[str, Any]) -> None:
        account, region, name = self.name
        common = {"pipeline": name, "execution-id": self.identifier, "version": self.version}
        events.put_service_event(
            account, region, "aws.codepipeline", detail_type, {**common, **detail}, [self.name.arn]
        )
