"""Starts a deploy pipeline with a version, where EventBridge does not hand the version to CodePipeline.

The rule of a deploy project then sends what to start here, when a version of its group is released.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from ..errors import RegistryError, explained

if TYPE_CHECKING:
    from mypy_boto3_codepipeline.client import CodePipelineClient


@dataclass(frozen=True, kw_only=True)
class Start:
    """What a rule asks for.

    Attributes:
        pipeline: The name of the pipeline.
        event: The id of the event that the rule matched.
        variables: The values of the pipeline's variables, by name.
    """

    pipeline: str
    event: str
    variables: Mapping[str, str]

    @classmethod
    def parse(cls, event: Mapping[str, Any]) -> Self | None:
        """Read what a rule sends; None if it is something else.

        Raises:
            RegistryError: If something is missing.
        """
        if "pipeline" not in event:
            return None
        variables = event.get("variables")
        texts = [
            event["pipeline"],
            event.get("event"),
            *(variables.values() if isinstance(variables, dict) else ()),
        ]
        if not isinstance(variables, dict) or not all(isinstance(text, str) and text for text in texts):
            raise RegistryError(
                f"{dict(event)} names no pipeline, event and variables: create the deploy project again."
            )
        return cls(pipeline=event["pipeline"], event=event["event"], variables=variables)


@dataclass(frozen=True, kw_only=True)
class Starter:
    """Starts pipelines of the account."""

    codepipeline: "CodePipelineClient"

    def start(self, wanted: Start) -> str:
        """Start a pipeline, once for an event however often it is delivered.

        Returns:
            One sentence that says what was done.

        Raises:
            RegistryError: If there is no such pipeline, or it is no project's.
        """
        with explained(
            denied=f"The release role may not start {wanted.pipeline}, which is no project's pipeline.",
            missing=f"There is no pipeline {wanted.pipeline} any more: there is nothing to start.",
        ):
            execution = self.codepipeline.start_pipeline_execution(
                name=wanted.pipeline,
                variables=[
                    {"name": name, "value": value} for name, value in sorted(wanted.variables.items())
                ],
                clientRequestToken=wanted.event,
            )["pipelineExecutionId"]
        return f"{wanted.pipeline} runs as {execution}."
