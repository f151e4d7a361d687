"""Rules of a template: what must hold between its parameters, judged before anything is launched.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html and, for the
functions, https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-rules.html.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

_FUNCTIONS: Mapping[str, Callable[..., bool]] = {
    "Fn::And": lambda *conditions: all(conditions),
    "Fn::Contains": lambda strings, string: string in strings,
    "Fn::EachMemberEquals": lambda strings, string: all(each == string for each in strings),
    "Fn::EachMemberIn": lambda strings, allowed: set(strings) <= set(allowed),
    "Fn::Equals": lambda left, right: bool(left == right),
    "Fn::Not": lambda condition: not condition,
    "Fn::Or": lambda *conditions: any(conditions),
}


class _UndecidedError(Exception):
    """Only AWS can tell, as with what a function reads from the account."""


def broken(rules: Mapping[str, Any], values: Mapping[str, str]) -> Iterator[str]:
    """Yield the description of each assertion that does not hold.

    An assertion that only AWS can judge is left to it.

    Args:
        rules: The section ``Rules`` of the template.
        values: The value of each parameter.
    """
    for name, rule in rules.items():
        if not _holds(rule.get("RuleCondition", True), values, if_undecided=False):
            continue
        for assertion in rule.get("Assertions", ()):
            if not _holds(assertion["Assert"], values, if_undecided=True):
                yield str(assertion.get("AssertDescription") or f"The rule {name} of the template is broken.")


def _holds(condition: Any, values: Mapping[str, str], *, if_undecided: bool) -> bool:
    try:
        return bool(_value(condition, values))
    except _UndecidedError:
        return if_undecided


def _value(node: Any, values: Mapping[str, str]) -> Any:
    if isinstance(node, list):
        return [_value(item, values) for item in node]
    if not isinstance(node, dict):
        return node
    ((function, given),) = node.items()
    if function == "Ref" and given in values:
        return values[given]
    if function not in _FUNCTIONS:
        raise _UndecidedError(function)
    return _FUNCTIONS[function](*_value(given, values))
