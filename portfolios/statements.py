"""Statements of the policies that are derived."""

from dataclasses import dataclass
from typing import Any

Part = tuple[str, str, tuple[str, ...]]
"""Operator, key and values of a part of a condition."""

Condition = tuple[Part, ...]
"""The parts of a condition, all of which must hold."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A statement of a policy that allows something.

    Attributes:
        sid: What the statement is for, in letters and digits.
        actions: IAM actions, sorted.
        resources: ARNs and patterns of ARNs, sorted; `template_values.ACCOUNT` is the role's own account.
        condition: What must hold besides.
    """

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: Condition = ()

    def to_json(self) -> dict[str, Any]:
        """The statement as it stands in a policy."""
        statement: dict[str, Any] = {
            "Sid": self.sid,
            "Effect": "Allow",
            "Action": list(self.actions),
            "Resource": list(self.resources),
        }
        for operator, key, values in self.condition:
            statement.setdefault("Condition", {}).setdefault(operator, {})[key] = list(values)
        return statement
