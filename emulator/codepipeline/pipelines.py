"""The pipelines of all accounts, and what makes, changes and ends them."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from emulator.codepipeline import offered
from emulator.codepipeline.definition import DefinitionError, check
from emulator.codepipeline.execution import Execution
from emulator.codepipeline.pipeline import Pipeline
from emulator.codepipeline.records import PipelineName
from emulator.core import resource_tags
from emulator.core.service import ServiceError
from emulator.core.store import Store

pipelines: Store[Pipeline] = Store(
    "arn:aws:codepipeline:{region}:{account}:{name}",
    missing="Account '{account}' does not have a pipeline with name '{name}'",
    missing_code="PipelineNotFoundException",
    duplicate="A pipeline with name '{name}' already exists",
    duplicate_code="PipelineNameInUseException",
)


def create(name: PipelineName, definition: Mapping[str, Any], tags: Sequence[Mapping[str, str]]) -> Pipeline:
    """Create a pipeline, without starting it.

    Raises:
        ServiceError: The name is taken, or the definition is not valid.
    """
    pipelines.check_free(*name)
    return pipelines.add(*name, Pipeline(name, _checked(definition), tags))


def update(name: PipelineName, definition: Mapping[str, Any]) -> Pipeline:
    """Give a pipeline another definition; executions that run keep theirs.

    Raises:
        ServiceError: There is no such pipeline, or the definition is not valid.
    """
    pipeline = find(name)
    pipeline.definition = _checked(definition)
    pipeline.version += 1
    pipeline.updated = time.time()
    return pipeline


def find(name: PipelineName) -> Pipeline:
    """Return a pipeline.

    Raises:
        ServiceError: There is none of that name.
    """
    return pipelines.get(*name)


def tags_of(arn: str) -> Mapping[str, str] | None:
    """Return the tags of the pipeline that an ARN names, or to which its stage or action belongs."""
    _, _, _, region, account, path = arn.split(":", 5)
    pipeline = pipelines.find(account, region, path.partition("/")[0])
    return {tag["key"]: tag["value"] for tag in pipeline.tags} if pipeline else None


resource_tags.register("codepipeline", tags_of)


def delete(name: PipelineName) -> None:
    """Delete a pipeline and abandon its executions; nothing happens if there is none."""
    pipeline = pipelines.discard(*name)
    if pipeline is not None:
        for execution in pipeline.executions.values():
            if execution.status == "InProgress":
                execution.stop(abandon=True, reason="The pipeline was deleted")


def start(
    pipeline: Pipeline,
    *,
    trigger: tuple[str, str],
    variables: Mapping[str, str] | None = None,
) -> Execution:
    """Start an execution; see `Pipeline.start`."""
    return pipeline.start(trigger=trigger, variables=variables or {})


def _checked(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return a definition with its defaults.

    Raises:
        ServiceError: The definition is not valid, or the emulator does not run all of it.
    """
    try:
        check(definition)
    except DefinitionError as error:
        raise ServiceError("InvalidStructureException", str(error)) from None
    offered.check(definition)
    return {"executionMode": offered.EXECUTION_MODE, **definition}
