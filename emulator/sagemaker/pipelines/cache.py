"""Step caching: a step that has run before with the same arguments is not run again.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-caching.html.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.sagemaker.pipelines.definition import Step

CACHE_ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "Processing": ("AppSpecification", "Environment", "ProcessingInputs"),
    "Training": (
        "AlgorithmSpecification",
        "CheckpointConfig",
        "DebugHookConfig",
        "DebugRuleConfigurations",
        "Environment",
        "HyperParameters",
        "InputDataConfig",
    ),
}
"""What decides whether a step is the same as before: not its outputs, resources or role
(https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-default-keys.html)."""


@dataclass(frozen=True)
class CachedStep:
    """A successful run of a step that later executions may reuse."""

    finished: float
    execution_arn: str
    metadata: Mapping[str, Any]
    properties: Mapping[str, Any]


@dataclass
class StepCache:
    """Successful runs of one pipeline's steps; the newest of equal runs is kept."""

    _runs: dict[tuple[str, str], CachedStep] = field(default_factory=dict)

    def find(self, step: Step, arguments: Mapping[str, Any]) -> CachedStep | None:
        """A run of the step with equal arguments that is not older than the step's cache period."""
        if step.cache_period is None:
            return None
        run = self._runs.get(self._key(step, arguments))
        fresh = run is not None and time.time() - run.finished <= step.cache_period.total_seconds()
        return run if fresh else None

    def keep(self, step: Step, arguments: Mapping[str, Any], run: CachedStep) -> None:
        """Remember a run if the step takes part in caching."""
        if step.cache_period is not None:
            self._runs[self._key(step, arguments)] = run

    @staticmethod
    def _key(step: Step, arguments: Mapping[str, Any]) -> tuple[str, str]:
        attributes = {name: arguments.get(name) for name in CACHE_ATTRIBUTES[step.type]}
        return step.name, json.dumps(attributes, sort_keys=True)
