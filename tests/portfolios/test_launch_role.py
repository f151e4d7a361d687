"""Roles hold what is derived for them, within the limits of IAM."""

from collections.abc import Sequence

import pytest

from base.limits import INLINE_POLICIES, MANAGED_POLICIES, MANAGED_POLICY
from base.settings import Settings
from portfolios.launch_role import fit
from portfolios.resource_types import PermissionsError
from portfolios.statements import Statement, size
from tests.portfolios.small import Templates, resources


def statement(number: int, *, actions: int = 1, resources: int = 1) -> Statement:
    """A statement of about 40 characters for each action and each resource."""
    return Statement(
        sid=f"Statement{number}",
        actions=tuple(f"sagemaker:SomeActionWithALongName{index:05}" for index in range(actions)),
        resources=tuple(f"arn:aws:sagemaker:eu-west-1::thing/{index:05}" for index in range(resources)),
    )


def pairs(statements: Sequence[Statement]) -> set[tuple[str, str]]:
    return {(action, arn) for each in statements for action in each.actions for arn in each.resources}


@pytest.mark.parametrize(
    ("statements", "policies"),
    [
        pytest.param([statement(0)], 0, id="inline"),
        pytest.param([statement(index, actions=20) for index in range(12)], 2, id="several"),
        pytest.param([statement(0, actions=400)], 4, id="many-actions"),
        pytest.param([statement(0, resources=400)], 4, id="many-resources"),
    ],
)
def test_fit(statements: list[Statement], policies: int) -> None:
    inline, managed = fit(statements)
    assert len(managed) == policies
    assert bool(inline) is not bool(managed)
    assert size(inline) <= INLINE_POLICIES.maximum
    assert all(size(policy) <= MANAGED_POLICY.maximum for policy in managed)
    assert pairs([*inline, *(each for policy in managed for each in policy)]) == pairs(statements)


@pytest.mark.parametrize(
    "statements",
    [
        pytest.param(
            [statement(index, actions=100) for index in range(2 * MANAGED_POLICIES.maximum)], id="too-many"
        ),
        pytest.param(
            [Statement(sid="Long", actions=("s3:GetObject",), resources=("x" * 11_000,))], id="too-long"
        ),
    ],
)
def test_refusal(statements: list[Statement]) -> None:
    with pytest.raises(PermissionsError, match=r"split the product in two|shorten its names"):
        fit(statements)


ACCOUNTS = {
    "development": "ML platform: roles of an account that launches products",
    "shared_services": "mlplatform-portfolios",
}


@pytest.mark.parametrize(
    ("account", "product"),
    [
        ("development", "build-from-s3"),
        ("development", "studio-domain"),
        ("shared_services", "deploy-batch"),
        ("shared_services", "deploy-realtime"),
    ],
)
def test_only_launching_services_assume_it(
    account: str, product: str, platform: Templates, settings: Settings
) -> None:
    roles = {
        role["RoleName"]: role for role in resources(platform[ACCOUNTS[account]], "AWS::IAM::Role").values()
    }
    trust = roles[f"{settings.name_prefix}-launch-{product}"]["AssumeRolePolicyDocument"]["Statement"]
    assert [(each["Principal"], each["Action"], each.get("Condition")) for each in trust] == [
        ({"Service": "servicecatalog.amazonaws.com"}, "sts:AssumeRole", None),
        (
            {"Service": "cloudformation.amazonaws.com"},
            "sts:AssumeRole",
            {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
        ),
    ]
