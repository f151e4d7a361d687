"""Statements of the policies that are derived."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from aws_cdk import aws_iam as iam

from portfolios.template_values import ACCOUNT

_ANY_ACCOUNT = "0" * 12

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


def document(statements: Iterable[Statement], account: str) -> iam.PolicyDocument:
    """A policy of some statements.

    Args:
        statements: The statements.
        account: Stands for the account in which the policy is, such as ``AWS::AccountId``.
    """
    return iam.PolicyDocument.from_json(json.loads(_text(statements).replace(ACCOUNT, account)))


def size(statements: Iterable[Statement]) -> int:
    """The characters that IAM counts of a policy: white space is free, and account ids are filled in.

    Args:
        statements: The statements of the policy.
    """
    return len(_text(statements).replace(ACCOUNT, _ANY_ACCOUNT).replace(" ", ""))


def _text(statements: Iterable[Statement]) -> str:
    written = [statement.to_json() for statement in statements]
    return json.dumps({"Version": "2012-10-17", "Statement": written}, separators=(",", ":"))
