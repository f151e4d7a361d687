"""Expressions of pipeline definitions: references, joins, values in JSON files, and conditions.

They are written here as the SageMaker Python SDK 3 emits them
(https://aws-sagemaker-mlops.github.io/sagemaker-model-building-pipeline-definition-JSON-schema/).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_PATH_TOKEN = re.compile(
    r"\.?(?P<name>[A-Za-z_][\w-]*)|\[['\"](?P<quoted>[^'\"]*)['\"]\]|\[(?P<index>\d+)\]", re.ASCII
)
STEP_REFERENCE = re.compile(r"Steps\.(?P<step>[\w-]+)(?P<path>.*)", re.DOTALL | re.ASCII)
"""A reference to a property of a step."""
PROPERTY_FILE_REFERENCE = re.compile(r"Steps\.(?P<step>[\w-]+)\.PropertyFiles\.(?P<name>[\w.-]+)", re.ASCII)
"""A reference to a property file of a step."""


class DefinitionError(Exception):
    """A definition, a parameter or an expression that SageMaker would refuse."""


@dataclass
class Values:
    """What expressions are resolved against during an execution.

    Attributes:
        properties: By step that has succeeded, what its Describe call answers.
        read_property_file: Gives the parsed content of a property file of a step.
        read_json: Gives the parsed content of a JSON object at an S3 URI.
    """

    parameters: Mapping[str, Any]
    execution: Mapping[str, Any]
    read_property_file: Callable[[str, str], Any]
    read_json: Callable[[str], Any]
    properties: dict[str, Any] = field(default_factory=dict)

    def resolve(self, expression: Any) -> Any:
        """Replace every expression in a JSON value by its value.

        Raises:
            DefinitionError: A reference leads nowhere.
        """
        match expression:
            case list():
                return [self.resolve(item) for item in expression]
            case {"Get": str(reference), **rest} if not rest:
                return self._get(reference)
            case {"Std:Join": {"On": on, "Values": values}, **rest} if not rest:
                return self.resolve(on).join(_text(value) for value in self.resolve(values))
            case {"Std:JsonGet": dict(source), **rest} if not rest:
                return self._json_get(source)
            case dict():
                return {key: self.resolve(value) for key, value in expression.items()}
        return expression

    def is_met(self, condition: Mapping[str, Any]) -> bool:
        """Evaluate a condition of a condition step.

        Raises:
            DefinitionError: The condition's type is unknown or its operands cannot be compared.
        """
        match condition["Type"]:
            case "Not":
                return not self.is_met(condition["Expression"])
            case "Or":
                return any(self.is_met(alternative) for alternative in condition["Conditions"])
            case "In":
                return bool(self.resolve(condition["QueryValue"]) in self.resolve(condition["Values"]))
            case str(kind) if kind in _COMPARISONS:
                left = self.resolve(condition["LeftValue"])
                right = self.resolve(condition["RightValue"])
                try:
                    return _COMPARISONS[kind](left, right)
                except TypeError:
                    raise DefinitionError(f"{kind} cannot compare {left!r} with {right!r}.") from None
            case kind:
                raise DefinitionError(f"Condition type {kind} is unknown.")

    def _get(self, reference: str) -> Any:
        space, _, name = reference.partition(".")
        if space == "Parameters":
            return self.parameters[name]
        if space == "Execution":
            return self.execution[name]
        match = STEP_REFERENCE.fullmatch(reference)
        if match is None or match["step"] not in self.properties:
            raise DefinitionError(f"{reference} refers to a step that has not succeeded.")
        return _walk(self.properties[match["step"]], match["path"], reference)

    def _json_get(self, source: Mapping[str, Any]) -> Any:
        path = self.resolve(source["Path"])
        if "PropertyFile" in source:
            step, name = property_file_reference(source["PropertyFile"])
            return _walk(
                self.read_property_file(step, name), path, f"{path} in property file {name} of {step}"
            )
        uri = self.resolve(source["S3Uri"])
        return _walk(self.read_json(uri), path, f"{path} in {uri}")


def references(value: Any) -> Iterator[str]:
    """Yield every reference (``{"Get": "..."}``) within a JSON value."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, dict):
        if set(value) == {"Get"} and isinstance(value["Get"], str):
            yield value["Get"]
        else:
            for item in value.values():
                yield from references(item)


def property_file_reference(value: Any) -> tuple[str, str]:
    """Step and name of the property file that a JsonGet names.

    Raises:
        DefinitionError: The value is not such a reference.
    """
    reference = value.get("Get", "") if isinstance(value, dict) else ""
    match = PROPERTY_FILE_REFERENCE.fullmatch(reference)
    if match is None:
        raise DefinitionError(f"{value!r} does not name a property file.")
    return match["step"], match["name"]


def _walk(value: Any, path: str, reference: str) -> Any:
    position = 0
    while position < len(path):
        token = _PATH_TOKEN.match(path, position)
        if token is None:
            raise DefinitionError(f"The path of {reference} is malformed.")
        try:
            value = value[int(token["index"])] if token["index"] else value[token["name"] or token["quoted"]]
        except (KeyError, IndexError, TypeError):
            raise DefinitionError(
                f"{reference} leads nowhere: nothing at {token.group().lstrip('.')}."
            ) from None
        position = token.end()
    return value


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "Equals": lambda left, right: bool(left == right),
    "GreaterThan": lambda left, right: bool(left > right),
    "GreaterThanOrEqualTo": lambda left, right: bool(left >= right),
    "LessThan": lambda left, right: bool(left < right),
    "LessThanOrEqualTo": lambda left, right: bool(left <= right),
}
