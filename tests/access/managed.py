"""AWS's own roles for the jobs that roles of the platform do, as moto bundles their policies.

https://docs.aws.amazon.com/aws-managed-policy/latest/reference/about-managed-policy-reference.html
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from policy_sentry.shared.iam_data import get_service_prefix_data


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A policy of AWS, and the roles of the platform that do its job.

    Attributes:
        policy: Its name.
        roles: The roles, as variant, account and name; each must do all of it, or together if `together`.
        reasons: Why our roles go without an action: by action, or by a pattern of actions.
        scope: Which of its actions belong to the job; all by default.
        together: Whether the roles share the job.
    """

    policy: str
    roles: tuple[tuple[str, str, str], ...]
    reasons: Mapping[str, str]
    scope: Callable[[str], bool] = lambda _: True
    together: bool = False


def allowed_by_aws(policy: str) -> frozenset[str]:
    """The actions that a policy of AWS allows on something, each wildcard written out.

    Args:
        policy: The policy's name.
    """
    document = _policies()[policy]["Document"]
    patterns = (
        pattern
        for statement in document["Statement"]
        if statement["Effect"] == "Allow"
        for pattern in _listed(statement["Action"])
    )
    return frozenset(action for pattern in patterns for action in _expanded(pattern))


def _expanded(pattern: str) -> Iterator[str]:
    service, _, name = pattern.partition(":")
    known = (get_service_prefix_data(service) or {}).get("privileges", {})
    if "*" in name:
        yield from (f"{service}:{action}" for action in known if fnmatchcase(action, name))
    else:
        yield pattern


@cache
def _policies() -> dict[str, Any]:
    policies: dict[str, Any] = json.loads(aws_managed_policies_data)
    return policies


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]
