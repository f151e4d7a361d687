"""What AWS's own role for a job has and ours has not is in a table, with the reason."""

from fnmatch import fnmatchcase

import pytest

from tests.access.comparisons import COMPARISONS
from tests.access.managed import Comparison, allowed_by_aws
from tests.access.test_tables import listed, places


def allowed_by_us(variant: str, account: str, name: str) -> set[str]:
    role = places(variant).role(account, name)
    return {
        action
        for policy in role.policies
        for statement in policy.statements
        for action in listed(statement["Action"])
    }


def missing(comparison: Comparison) -> set[str]:
    wanted = {action for action in allowed_by_aws(comparison.policy) if comparison.scope(action)}
    ours = [allowed_by_us(*role) for role in comparison.roles]
    if comparison.together:
        return wanted - set[str]().union(*ours)
    return set[str]().union(*(wanted - held for held in ours))


every_comparison = pytest.mark.parametrize("comparison", COMPARISONS, ids=lambda each: each.policy)


@every_comparison
def test_what_ours_has_not_has_a_reason(comparison: Comparison) -> None:
    unexplained = {
        action
        for action in missing(comparison)
        if not any(fnmatchcase(action, pattern) for pattern in comparison.reasons)
    }
    assert sorted(unexplained) == []


@every_comparison
def test_every_reason_is_needed(comparison: Comparison) -> None:
    """None for what ours has, nor for what AWS's has no longer."""
    absent = missing(comparison)
    stale = [
        pattern
        for pattern in comparison.reasons
        if not any(fnmatchcase(action, pattern) for action in absent)
    ]
    assert stale == []


@every_comparison
def test_policy_has_actions_in_scope(comparison: Comparison) -> None:
    assert any(comparison.scope(action) for action in allowed_by_aws(comparison.policy))
