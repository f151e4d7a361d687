"""The accounts where assumptions about AWS do not hold; tests are named for their keys."""

from typing import Any

import pytest

from products.discovery import discover
from tests.assumptions.fallbacks import FALLBACKS
from tests.portfolios.conftest import Synthesize
from tests.portfolios.small import Templates, resources
from tests.portfolios.test_accounts import TARGET, roles
from tests.sharing import made_once

CLOUDFORMATION = "mlplatform-deployment-cloudformation"


@pytest.fixture(scope="module")
def fallen_back(synthesize: Synthesize) -> Templates:
    """The platform with every fallback."""
    return made_once("templates-fallen-back", lambda _: synthesize(discover(), assumptions=FALLBACKS))


def trust(templates: Templates) -> Any:
    (statement,) = roles(templates[TARGET])[CLOUDFORMATION]["AssumeRolePolicyDocument"]["Statement"]
    return statement


def test_cloudformation_trust(platform: Templates, fallen_back: Templates) -> None:
    assert trust(platform)["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    assert trust(fallen_back)["Principal"] == {"Service": "cloudformation.amazonaws.com"}
    assert "Condition" not in trust(fallen_back)


def decrypting(templates: Templates, role: str) -> list[Any]:
    return [
        statement.get("Condition")
        for policy in roles(templates[TARGET])[role]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Action"] == "kms:Decrypt"
    ]


@pytest.mark.parametrize(
    ("role", "alias"),
    [("mlplatform-endpoint", "alias/mlplatform-registry"), ("mlplatform-deployment", "alias/mlplatform-*")],
)
def test_key_alias(platform: Templates, fallen_back: Templates, role: str, alias: str) -> None:
    assert decrypting(platform, role) == [{"ForAnyValue:StringLike": {"kms:ResourceAliases": alias}}]
    assert decrypting(fallen_back, role) == [None]


def test_card_permission_is_a_stack_of_its_own(platform: Templates, fallen_back: Templates) -> None:
    stacks = [name for name in platform if resources(platform[name], "AWS::RAM::Permission")]
    assert stacks == ["mlplatform-card-permission"]
    assert list(resources(platform["mlplatform-card-permission"], "AWS::RAM::Permission"))
    assert "mlplatform-card-permission" not in fallen_back
