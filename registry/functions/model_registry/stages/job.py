"""What CodePipeline asks for: the job of a Lambda action.

https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Lambda.html
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self, get_args

from ..errors import RegistryError
from ..events import ModelVersionArn

TaskName = Literal["test", "review", "admit", "record"]

FIELDS = ("task", "model_package_arn", "account", "pipeline", "execution")
WHERE = "correct the UserParameters of the action in the pipeline"


@dataclass(frozen=True, kw_only=True)
class Task:
    """What is to be done, about which version, on whose behalf.

    Attributes:
        name: ``test``, ``review``, ``admit`` or ``record``.
        version: The central version.
        account: The account that the version is deployed to next.
        pipeline: The name of the deploy pipeline.
        execution: The id of its execution.
    """

    name: TaskName
    version: ModelVersionArn
    account: str
    pipeline: str
    execution: str

    @property
    def pipeline_arn(self) -> str:
        """The pipeline, as the one in whose name something is recorded."""
        partition = self.version.arn.split(":")[1]
        return f"arn:{partition}:codepipeline:{self.version.region}:{self.version.account}:{self.pipeline}"

    @classmethod
    def parse(cls, parameters: str, registry_account: str) -> Self:
        """Read the parameters of an action.

        Args:
            parameters: The UserParameters, a JSON object.
            registry_account: The account of the central registry.

        Raises:
            RegistryError: If something is missing or wrong.
        """
        try:
            given = json.loads(parameters)
        except ValueError as error:
            raise RegistryError(f"The parameters are not JSON ({error}): {WHERE}.") from error
        if not isinstance(given, dict):
            raise RegistryError(f"The parameters are {given!r} and not a JSON object: {WHERE}.")
        texts = {name: _text(given, name) for name in FIELDS}
        if texts["task"] not in get_args(TaskName):
            raise RegistryError(
                f"There is no task {texts['task']!r}, but {', '.join(get_args(TaskName))}: {WHERE}."
            )
        if re.fullmatch(r"\d{12}", texts["account"], flags=re.ASCII) is None:
            raise RegistryError(f"The account {texts['account']!r} does not have twelve digits: {WHERE}.")
        version = ModelVersionArn.parse(texts["model_package_arn"])
        if version.account != registry_account:
            raise RegistryError(
                f"{version.arn} is not a version of the central registry in account {registry_account}: "
                f"deploy a version from there, or {WHERE}."
            )
        return cls(
            name=texts["task"],  # type: ignore[arg-type]  # One of them, as was seen above.
            version=version,
            account=texts["account"],
            pipeline=texts["pipeline"],
            execution=texts["execution"],
        )


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job.

    Attributes:
        id: By which CodePipeline knows the answer.
        parameters: The UserParameters of the action.
    """

    id: str
    parameters: str

    @classmethod
    def parse(cls, event: Mapping[str, Any]) -> Self:
        """Read an event as CodePipeline sends it.

        Raises:
            RegistryError: If it is another event, to which there is nobody to answer.
        """
        try:
            job = event["CodePipeline.job"]
            configuration = job["data"]["actionConfiguration"]["configuration"]
            return cls(id=job["id"], parameters=configuration.get("UserParameters", ""))
        except (KeyError, TypeError, AttributeError) as error:
            raise RegistryError(
                "This event is no job of CodePipeline: invoke the function by a Lambda action of a pipeline."
            ) from error


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise RegistryError(f"The parameters have no text {name!r}: {WHERE}.")
    return value
