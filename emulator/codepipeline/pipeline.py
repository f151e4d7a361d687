"""A pipeline: its definition, its executions, and which of them has which stage.

https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html
"""

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from emulator.codepipeline.execution import Execution
from emulator.codepipeline.records import ActionExecution, PipelineName


class Pipeline:
    """A pipeline, its executions, and who holds which stage."""

    def __init__(
        self, name: PipelineName, definition: dict[str, Any], tags: Sequence[Mapping[str, str]]
    ) -> None:
        """Take a definition that has been checked."""
        self.name = name
        self.tags = list(tags)
        self.version = 1
        self.created = self.updated = time.time()
        self.definition = definition
        self.executions: dict[str, Execution] = {}
        self.changed = threading.Condition()
        self.holders: dict[str, Execution] = {}
        self.waiting: dict[str, list[Execution]] = {}
        self.entered: dict[str, Execution] = {}

    def start(self, *, trigger: tuple[str, str], variables: Mapping[str, str]) -> Execution:
        """Start an execution.

        Args:
            trigger: Type and detail of what started it.
            variables: Values of the pipeline's variables; the others take their defaults.
        """
        with self.changed:
            number = len(self.executions) + 1
            execution = Execution(self, number, trigger=trigger, variables=variables)
            self.executions[execution.identifier] = execution
        execution.start(0)
        return execution

    def enter(self, execution: Execution, stage: str) -> bool:
        """Wait for a stage to be free, and take it; False if the execution ends here instead.

        Of those that wait, the newest supersedes the others.
        """
        with self.changed:
            queue = self.waiting.setdefault(stage, [])
            queue.append(execution)
            queue.sort(key=lambda each: each.number)
            for older in queue[:-1]:
                older.superseded = True
            self.changed.notify_all()
            self.changed.wait_for(
                lambda: (
                    execution.superseded
                    or execution.stopping
                    or (stage not in self.holders and queue[0] is execution)
                )
            )
            queue.remove(execution)
            self.changed.notify_all()
            if execution.superseded or execution.stopping:
                return False
            self.holders[stage] = self.entered[stage] = execution
            return True

    def leave(self, execution: Execution, stage: str) -> None:
        """Give a stage free."""
        with self.changed:
            if self.holders.get(stage) is execution:
                del self.holders[stage]
            self.changed.notify_all()

    def latest_action(self, stage: str, name: str) -> ActionExecution | None:
        """Return the run of an action that started last, if it has ever run."""
        runs = [
            action
            for execution in self.executions.values()
            for action in execution.actions
            if (action.stage, action.name) == (stage, name)
        ]
        return max(runs, key=lambda action: action.started, default=None)

    def stage_names(self) -> list[str]:
        """Return the names of the stages, in their order."""
        return [stage["name"] for stage in self.definition["stages"]]
