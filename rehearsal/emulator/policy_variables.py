"""Variables in policies, such as `${aws:PrincipalAccount}` in a resource or in the value of a condition.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html; ministack takes them
literally. A variable that has no value, or several, stays as it is written, and so matches nothing.
"""

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from ministack.core import iam_evaluator

_VARIABLE = re.compile(r"\$\{(?P<key>[^},]+)(?:,\s*'(?P<default>[^']*)')?\}")
_LITERALS = {"*": "*", "?": "?", "$": "$"}

_first_match = iam_evaluator._first_match
_conditions_met = iam_evaluator._conditions_met


def install() -> None:
    """Put the variables in place."""
    iam_evaluator._first_match = _first_match_resolved
    iam_evaluator._conditions_met = _conditions_met_resolved


def _first_match_resolved(context: Any, statements: list[Any], effect: str) -> Any:
    return _first_match(context, [_with_resources(statement, context) for statement in statements], effect)


def _with_resources(statement: Any, context: Any) -> Any:
    resources = [*statement.resources, *statement.not_resources]
    if not any("${" in resource for resource in resources):
        return statement
    return dataclasses.replace(
        statement,
        resources=[_resolved(each, context) for each in statement.resources],
        not_resources=[_resolved(each, context) for each in statement.not_resources],
    )


def _conditions_met_resolved(conditions: Mapping[str, Any], context: Any) -> bool:
    met: bool = _conditions_met(_in_values(conditions, context), context)
    return met


def _in_values(value: Any, context: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _in_values(item, context) for key, item in value.items()}
    if isinstance(value, list):
        return [_in_values(item, context) for item in value]
    return _resolved(value, context) if isinstance(value, str) else value


def _resolved(text: str, context: Any) -> str:
    def value(match: re.Match[str]) -> str:
        key = match["key"].strip()
        if key in _LITERALS:
            return _LITERALS[key]
        found = iam_evaluator._resolve_condition_key(key, context)
        if found is None:
            return match[0] if match["default"] is None else match["default"]
        return match[0] if isinstance(found, list) else str(found)

    return _VARIABLE.sub(value, text) if "${" in text else text
