"""The values of CloudFormation's intrinsic functions and conditions, where all that they refer to is known.

This is the one evaluation of templates outside of the emulator. Filled-in templates (`access.templates`),
rules that are judged before a launch (`scripts.projects.rules`) and tests use it, each with its own way to
look up what a template refers to. Two others answer other questions:

* `portfolios.template_values`: which patterns cover all that a value may become, before anybody launches it.
* `emulator.cloudformation.conditions`: what CloudFormation does. Who deploys and who enforces share nothing.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

NOTHING = object()
"""What `AWS::NoValue` stands for: a list or a mapping leaves it out."""

_PLACEHOLDER = re.compile(r"\$\{(!?)([\w.:]+)\}", re.ASCII)
_ZONES = "abc"


class UnknownFunctionError(Exception):
    """A function that is not evaluated here; the message is its name."""


@dataclass(frozen=True, kw_only=True)
class Intrinsics:
    """Evaluates parts of one template.

    Attributes:
        reference: What `Ref` gives for a name: the value of a parameter, the id of a resource, `NOTHING`.
        attribute: What `Fn::GetAtt` gives for a logical id and the name of an attribute.
        conditions: The section `Conditions` of the template.
    """

    reference: Callable[[str], Any]
    attribute: Callable[[str, str], Any]
    conditions: Mapping[str, Any] = field(default_factory=dict)

    def value(self, node: Any) -> Any:
        """A part of the template, as CloudFormation hands it to the service.

        Args:
            node: Text, a number, a function, or a list or mapping of these.

        Raises:
            UnknownFunctionError: If a function is not evaluated here.
        """
        if isinstance(node, list):
            return [entry for entry in map(self.value, node) if entry is not NOTHING]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((name, argument),) = node.items()
            if name in _FUNCTIONS:
                return _FUNCTIONS[name](self, argument)
            if name.startswith("Fn::"):
                raise UnknownFunctionError(name)
        entries = {name: self.value(entry) for name, entry in node.items()}
        return {name: entry for name, entry in entries.items() if entry is not NOTHING}

    def holds(self, condition: Any) -> bool:
        """Whether a condition holds.

        Args:
            condition: The name of one of the template's conditions, or a condition itself.

        Raises:
            UnknownFunctionError: If a function is not evaluated here.
        """
        match condition:
            case str() | {"Condition": str()}:
                name = condition if isinstance(condition, str) else condition["Condition"]
                return self.holds(self.conditions[name])
            case _:
                return bool(self.value(condition))

    def exists(self, body: Mapping[str, Any]) -> bool:
        """Whether a resource or an output is there: its condition holds, or it has none."""
        return "Condition" not in body or self.holds(body["Condition"])

    def _attribute(self, path: str | list[str]) -> Any:
        logical_id, _, name = (path if isinstance(path, str) else ".".join(path)).partition(".")
        return self.attribute(logical_id, name)

    def _chosen(self, argument: list[Any]) -> Any:
        condition, first, second = argument
        return self.value(first if self.holds(condition) else second)

    def _joined(self, argument: list[Any]) -> str:
        separator, parts = argument
        return str(separator).join(map(str, self.value(parts)))

    def _selected(self, argument: list[Any]) -> Any:
        index, parts = argument
        return self.value(parts)[int(self.value(index))]

    def _split(self, argument: list[Any]) -> list[str]:
        separator, text = argument
        return str(self.value(text)).split(separator)

    def _blocks(self, argument: list[Any]) -> list[str]:
        """Stand-ins for the blocks of a network, each unlike the others."""
        return [f"{self.value(argument[0])}-{number}" for number in range(int(self.value(argument[1])))]

    def _zones(self, argument: Any) -> list[str]:
        region = self.value(argument) or self.reference("AWS::Region")
        return [f"{region}{letter}" for letter in _ZONES]

    def _substituted(self, argument: Any) -> str:
        text, variables = argument if isinstance(argument, list) else (argument, {})

        def found(placeholder: re.Match[str]) -> str:
            literal, name = placeholder.groups()
            if literal:
                return f"${{{name}}}"
            if name in variables:
                return str(self.value(variables[name]))
            return str(self._attribute(name) if "." in name else self.reference(name))

        return _PLACEHOLDER.sub(found, text)

    def _are_equal(self, argument: list[Any]) -> bool:
        first, second = self.value(argument)
        return bool(first == second)

    def _each(self, argument: list[Any]) -> tuple[list[Any], Any]:
        members, other = self.value(argument)
        return members, other

    def _contains(self, argument: list[Any]) -> bool:
        members, text = self._each(argument)
        return text in members

    def _each_equals(self, argument: list[Any]) -> bool:
        members, text = self._each(argument)
        return all(member == text for member in members)

    def _each_in(self, argument: list[Any]) -> bool:
        members, allowed = self._each(argument)
        return set(members) <= set(allowed)


_FUNCTIONS: Mapping[str, Callable[[Intrinsics, Any], Any]] = {
    "Ref": lambda intrinsics, name: intrinsics.reference(name),
    "Fn::And": lambda intrinsics, argument: all(map(intrinsics.holds, argument)),
    "Fn::Cidr": Intrinsics._blocks,
    "Fn::Contains": Intrinsics._contains,
    "Fn::EachMemberEquals": Intrinsics._each_equals,
    "Fn::EachMemberIn": Intrinsics._each_in,
    "Fn::Equals": Intrinsics._are_equal,
    "Fn::GetAZs": Intrinsics._zones,
    "Fn::GetAtt": Intrinsics._attribute,
    "Fn::If": Intrinsics._chosen,
    "Fn::Join": Intrinsics._joined,
    "Fn::Not": lambda intrinsics, argument: not intrinsics.holds(argument[0]),
    "Fn::Or": lambda intrinsics, argument: any(map(intrinsics.holds, argument)),
    "Fn::Select": Intrinsics._selected,
    "Fn::Split": Intrinsics._split,
    "Fn::Sub": Intrinsics._substituted,
}
