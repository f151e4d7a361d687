"""Rules of a template: what must hold between its parameters, judged before anything is launched.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html and, for the
functions, https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-rules.html.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from base.intrinsics import Intrinsics, UnknownFunctionError


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
    def reference(name: str) -> str:
        if name not in values:
            raise _UndecidedError(name)
        return values[name]

    def attribute(logical_id: str, name: str) -> str:
        raise _UndecidedError(f"{logical_id}.{name}")

    try:
        return Intrinsics(reference=reference, attribute=attribute).holds(condition)
    except (_UndecidedError, UnknownFunctionError):
        return if_undecided
