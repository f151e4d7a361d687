"""Variables in policies, such as `${aws:PrincipalAccount}` in a resource or in the value of a condition.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html; ministack takes them
literally.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

from ministack.core import iam_evaluator

from base.policy_variables import fill

_first_match = iam_evaluator._first_match
_conditions_met = iam_evaluator._conditions_met


def install() -> None:
    """Put the variables in place."""
    iam_evaluator._first_match = _first_match_filled
    iam_evaluator._conditions_met = _conditions_met_filled


def _first_match_filled(context: Any, statements: list[Any], effect: str) -> Any:
    return _first_match(context, [_with_resources(statement, context) for statement in statements], effect)


def _with_resources(statement: Any, context: Any) -> Any:
    if not any("${" in resource for resource in (*statement.resources, *statement.not_resources)):
        return statement
    return dataclasses.replace(
        statement,
        resources=_filled(statement.resources, context),
        not_resources=_filled(statement.not_resources, context),
    )


def _conditions_met_filled(conditions: Mapping[str, Any], context: Any) -> bool:
    met: bool = _conditions_met(_filled(conditions, context), context)
    return met


def _filled(part: Any, context: Any) -> Any:
    return fill(part, lambda key: iam_evaluator._resolve_condition_key(key, context))
