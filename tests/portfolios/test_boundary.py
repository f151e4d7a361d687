"""The boundary of the roles that products make: there by default, and wide enough for them alone."""

from typing import Any, get_args

import pytest

from base.limits import MANAGED_POLICY
from base.settings import Settings
from portfolios.boundary import boundary_statements
from portfolios.statements import size
from products.discovery import discover
from products.product import LaunchAccount
from tests.portfolios.conftest import Synthesize
from tests.portfolios.small import Templates, resources
from tests.products.launches import PRODUCTS, PROVIDERS, templates

REGION = "eu-west-1"
LAUNCH_ACCOUNT = "ML platform: roles of an account that launches products"
HUB = "mlplatform-portfolios"


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def boundaries(templates: Templates, stack: str, settings: Settings) -> list[dict[str, Any]]:
    policies = resources(templates[stack], "AWS::IAM::ManagedPolicy").values()
    return [policy for policy in policies if policy["ManagedPolicyName"] == settings.names.project_boundary]


@pytest.mark.parametrize("stack", [LAUNCH_ACCOUNT, HUB])
def test_the_platform_has_a_boundary_where_products_are_launched(
    stack: str, platform: Templates, settings: Settings
) -> None:
    (boundary,) = boundaries(platform, stack, settings)
    actions = {
        action
        for statement in boundary["PolicyDocument"]["Statement"]
        for action in listed(statement["Action"])
    }
    assert actions
    assert not any("*" in action for action in actions)
    # Nothing that makes or changes roles, policies or keys.
    assert {action for action in actions if action.startswith("iam:")} <= {"iam:PassRole"}
    assert not actions & {"kms:PutKeyPolicy", "kms:CreateKey", "s3:PutBucketPolicy"}


def test_the_adopters_boundary_wins(synthesize: Synthesize, settings: Settings) -> None:
    own = synthesize(discover(), permissions_boundary="ours")
    for stack in (LAUNCH_ACCOUNT, HUB):
        assert boundaries(own, stack, settings) == []


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("product", PRODUCTS)
def test_a_boundary_takes_nothing_from_the_roles_of_a_product(provider: str, product: str) -> None:
    rendered = templates(provider)
    bounded = {
        action
        for statement in boundary_statements(rendered.values(), region=REGION)
        for action in statement.actions
    }
    roles = resources(rendered[product], "AWS::IAM::Role")
    used = {
        action
        for role in roles.values()
        for policy in role.get("Policies", ())
        for statement in policy["PolicyDocument"]["Statement"]
        for action in listed(statement["Action"])
    }
    assert used <= bounded
    assert {str(role["PermissionsBoundary"]).count("project-boundary") for role in roles.values()} == {1}


@pytest.mark.parametrize("kind", get_args(LaunchAccount))
@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_boundary_of_each_account_fits_a_policy(provider: str, kind: LaunchAccount) -> None:
    launched = [
        template for name, template in templates(provider).items() if kind in PRODUCTS[name].launched_in
    ]
    assert size(boundary_statements(launched, region=REGION)) <= MANAGED_POLICY.maximum


def test_nobody_is_bounded_where_nobody_makes_roles() -> None:
    assert boundary_statements([{"Resources": {}}], region=REGION) == ()
