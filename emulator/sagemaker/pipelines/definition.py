"""Pipeline definitions: the JSON that CreatePipeline takes, checked.

The language is version 2020-12-01 of SageMaker's pipeline definition
(https://aws-sagemaker-mlops.github.io/sagemaker-model-building-pipeline-definition-JSON-schema/), written
here as the SageMaker Python SDK 3 emits it. The published JSON schema rejects that output, so the checks
are our own: references, names, types, and no cycle. Nothing here calls AWS.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from graphlib import CycleError, TopologicalSorter
from typing import Any

from emulator.sagemaker.pipelines.expressions import (
    PROPERTY_FILE_REFERENCE,
    STEP_REFERENCE,
    DefinitionError,
    references,
)

VERSION = "2020-12-01"

STEP_TYPES = frozenset({"Processing", "Training", "Condition", "Fail", "RegisterModel", "Model"})
CACHEABLE_STEP_TYPES = frozenset({"Processing", "Training"})
EXECUTION_VARIABLES = frozenset(
    {"PipelineName", "PipelineArn", "PipelineExecutionId", "PipelineExecutionArn", "StartDateTime",
     "CurrentDateTime"}
)  # fmt: skip

_DURATION = re.compile(
    r"P?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?(?:T?(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True)
class Parameter:
    """A parameter of a pipeline."""

    name: str
    type: str
    default: Any = None
    has_default: bool = False
    enumeration: tuple[Any, ...] = ()

    def value(self, given: Any) -> Any:
        """Convert a given value, which the API carries as a string, to the parameter's type.

        Raises:
            DefinitionError: The value is not of the type or not one of the enumeration.
        """
        try:
            value = _CONVERSIONS[self.type](given)
        except (TypeError, ValueError):
            raise DefinitionError(
                f"Parameter {self.name} is of type {self.type} and cannot take the value {given!r}."
            ) from None
        if self.enumeration and value not in self.enumeration:
            raise DefinitionError(
                f"Parameter {self.name} takes one of {list(self.enumeration)}, not {value!r}."
            )
        return value


@dataclass(frozen=True)
class PropertyFile:
    """A JSON file among a processing step's outputs that conditions and expressions may read."""

    name: str
    output_name: str
    file_path: str


@dataclass(frozen=True)
class Branch:
    """Where a step stands that only runs on one outcome of a condition."""

    condition: str
    outcome: bool


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step, wherever it stands in the definition.

    Attributes:
        arguments: The arguments of the step's API call, expressions unresolved; of a condition step only
            its conditions.
        depends_on: Every step that must have ended before: declared, referred to, and the condition that
            guards it.
        cache_period: How old a successful run may be to be reused; None when caching is off.
    """

    name: str
    type: str
    display_name: str | None
    description: str | None
    arguments: dict[str, Any]
    depends_on: frozenset[str]
    property_files: Mapping[str, PropertyFile]
    cache_period: timedelta | None
    branch: Branch | None


@dataclass(frozen=True)
class Definition:
    """A checked pipeline definition.

    Attributes:
        steps: All steps by name, in an order in which they could run one after the other.
    """

    parameters: Mapping[str, Parameter]
    steps: Mapping[str, Step]

    def parameter_values(self, given: Mapping[str, str]) -> dict[str, Any]:
        """Values of all parameters for an execution.

        Args:
            given: What StartPipelineExecution was given, as strings.

        Raises:
            DefinitionError: A parameter is unknown, missing, or of the wrong type.
        """
        if unknown := sorted(set(given) - set(self.parameters)):
            raise DefinitionError(
                f"The pipeline has no parameter {unknown[0]}; it has {sorted(self.parameters)}."
            )
        missing = [p.name for p in self.parameters.values() if not p.has_default and p.name not in given]
        if missing:
            raise DefinitionError(f"Parameter {missing[0]} has no default and must be given.")
        return {
            name: parameter.value(given.get(name, parameter.default))
            for name, parameter in self.parameters.items()
        }


def parse(text: str) -> Definition:
    """Parse and check a definition.

    Args:
        text: The JSON.

    Raises:
        DefinitionError: The definition is malformed, or has a step that the emulator does not run.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise DefinitionError(f"The pipeline definition is not JSON: {error}.") from None
    if not isinstance(document, dict) or document.get("Version") != VERSION:
        raise DefinitionError(f"The pipeline definition must be an object of version {VERSION}.")
    parameters = {item["Name"]: _parameter(item) for item in document.get("Parameters", [])}
    steps: dict[str, Step] = {}
    for step in _steps(document.get("Steps") or [], None):
        if step.name in steps:
            raise DefinitionError(f"Two steps are named {step.name}.")
        steps[step.name] = step
    if not steps:
        raise DefinitionError("The pipeline definition has no step.")
    for step in steps.values():
        _check_references(step, steps, parameters)
    return Definition(parameters, _in_order(steps))


def _parameter(item: Mapping[str, Any]) -> Parameter:
    if item.get("Type") not in _CONVERSIONS:
        raise DefinitionError(f"Parameter {item.get('Name')} has the unknown type {item.get('Type')}.")
    parameter = Parameter(
        name=item["Name"],
        type=item["Type"],
        default=item.get("DefaultValue"),
        has_default="DefaultValue" in item,
        enumeration=tuple(item.get("EnumValues") or ()),
    )
    if parameter.has_default:
        parameter.value(parameter.default)
    return parameter


def _steps(items: list[dict[str, Any]], branch: Branch | None) -> Iterator[Step]:
    for item in items:
        name, kind = item.get("Name"), item.get("Type")
        if not name or not isinstance(name, str):
            raise DefinitionError("A step has no name.")
        if kind not in STEP_TYPES:
            raise DefinitionError(
                f"Step {name} is of type {kind}; the emulator runs {', '.join(sorted(STEP_TYPES))}."
            )
        arguments = dict(item.get("Arguments") or {})
        branches = {True: arguments.pop("IfSteps", []), False: arguments.pop("ElseSteps", [])} if (
            kind == "Condition"
        ) else {}  # fmt: skip
        yield Step(
            name=name,
            type=kind,
            display_name=item.get("DisplayName"),
            description=item.get("Description"),
            arguments=arguments,
            depends_on=_dependencies(item.get("DependsOn") or [], arguments, branch),
            property_files={
                file["PropertyFileName"]: PropertyFile(
                    file["PropertyFileName"], file["OutputName"], file["FilePath"]
                )
                for file in item.get("PropertyFiles") or []
            },
            cache_period=_cache_period(name, kind, item.get("CacheConfig") or {}),
            branch=branch,
        )
        for outcome, nested in branches.items():
            yield from _steps(nested or [], Branch(name, outcome))


def _dependencies(declared: list[Any], arguments: Mapping[str, Any], branch: Branch | None) -> frozenset[str]:
    names = {entry["Step"] if isinstance(entry, dict) else entry for entry in declared}
    names |= {match["step"] for match in map(STEP_REFERENCE.fullmatch, references(arguments)) if match}
    if branch is not None:
        names.add(branch.condition)
    return frozenset(names)


def _cache_period(name: str, kind: str, config: Mapping[str, Any]) -> timedelta | None:
    if not config.get("Enabled") or kind not in CACHEABLE_STEP_TYPES:
        return None
    return duration(config.get("ExpireAfter"), f"CacheConfig.ExpireAfter of step {name}")


def duration(text: str | None, where: str) -> timedelta:
    """Read an ISO 8601 duration of weeks, days, hours, minutes and seconds, such as ``P30D``.

    SageMaker also takes it without its letters P and T, as ``T12H`` or ``30d``.

    Args:
        text: The duration.
        where: What an error names.

    Raises:
        DefinitionError: The text is no such duration.
    """
    match = _DURATION.fullmatch(text or "")
    parts = {unit: int(amount) for unit, amount in match.groupdict().items() if amount} if match else {}
    if not parts:
        raise DefinitionError(f"{where} must be an ISO 8601 duration such as P30D, not {text!r}.")
    return timedelta(**parts)


def _check_references(step: Step, steps: Mapping[str, Step], parameters: Mapping[str, Parameter]) -> None:
    if unknown := sorted(step.depends_on - set(steps)):
        raise DefinitionError(f"Step {step.name} refers to step {unknown[0]}, which does not exist.")
    for reference in references(step.arguments):
        space, _, name = reference.partition(".")
        if space == "Parameters" and name not in parameters:
            raise DefinitionError(f"Step {step.name} refers to parameter {name}, which does not exist.")
        if space == "Execution" and name not in EXECUTION_VARIABLES:
            raise DefinitionError(f"Step {step.name} uses {reference}, which the emulator does not know.")
        if space not in {"Parameters", "Execution", "Steps"}:
            raise DefinitionError(f"Step {step.name} has the malformed reference {reference}.")
        if (file := PROPERTY_FILE_REFERENCE.fullmatch(reference)) and (
            file["name"] not in steps[file["step"]].property_files
        ):
            raise DefinitionError(f"Step {file['step']} has no property file {file['name']}.")


def _in_order(steps: Mapping[str, Step]) -> dict[str, Step]:
    try:
        order = TopologicalSorter(
            {step.name: sorted(step.depends_on) for step in steps.values()}
        ).static_order()
        return {name: steps[name] for name in order}
    except CycleError as error:
        raise DefinitionError(
            f"Steps depend on one another in a cycle: {' -> '.join(error.args[1])}."
        ) from None


def _boolean(value: Any) -> bool:
    text = str(value).lower()
    if text not in {"true", "false"}:
        raise ValueError(value)
    return text == "true"


def _integer(value: Any) -> int:
    if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
        raise ValueError(value)
    return int(value)


_CONVERSIONS: Mapping[str, Callable[[Any], Any]] = {
    "String": str,
    "Integer": _integer,
    "Float": float,
    "Boolean": _boolean,
}
