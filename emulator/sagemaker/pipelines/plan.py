"""What an execution of a pipeline is to do, and how its steps end early."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emulator.sagemaker.pipelines.cache import StepCache
from emulator.sagemaker.pipelines.definition import Definition, Step


class StepError(Exception):
    """Why a step failed, as its FailureReason."""


class StepStopped(Exception):  # noqa: N818 (no error: somebody stopped the execution)
    """The step's job was stopped with its execution."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What an execution is to do.

    Attributes:
        parameters: Values of the definition's parameters.
        parallel_steps: How many steps may run at the same time.
    """

    pipeline_name: str
    pipeline_arn: str
    role_arn: str
    region: str
    definition: Definition
    parameters: Mapping[str, Any]
    parallel_steps: int
    cache: StepCache


def operation_of(step: Step) -> str:
    """The IAM action of the operation that a step calls."""
    calls = {"RegisterModel": "CreateModelPackage", "Model": "CreateModel"}
    return f"sagemaker:{calls.get(step.type, f'Create{step.type}Job')}"


def by_name(description: Mapping[str, Any]) -> dict[str, Any]:
    """A job's description as expressions see it: inputs and outputs by name instead of in a list."""
    properties = dict(description)
    if "ProcessingInputs" in properties:
        properties["ProcessingInputs"] = {each["InputName"]: each for each in properties["ProcessingInputs"]}
    if "ProcessingOutputConfig" in properties:
        outputs = {each["OutputName"]: each for each in properties["ProcessingOutputConfig"]["Outputs"]}
        properties["ProcessingOutputConfig"] = {**properties["ProcessingOutputConfig"], "Outputs": outputs}
    return properties
