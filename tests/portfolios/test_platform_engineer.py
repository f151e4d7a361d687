"""The platform engineer bootstraps, deploys and shares."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from base.settings import Settings
from portfolios import iam_actions, platform_engineer
from tests.portfolios.small import Templates, resources

BOOTSTRAP_TEMPLATE = (
    Path(__file__).parents[2] / "node_modules/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml"
)


@pytest.fixture(scope="module")
def template(platform: Templates) -> dict[str, Any]:
    return platform["mlplatform-platform-engineer"]


def statements(template: dict[str, Any]) -> list[dict[str, Any]]:
    (role,) = resources(template, "AWS::IAM::Role").values()
    return [statement for policy in role["Policies"] for statement in policy["PolicyDocument"]["Statement"]]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_needs_no_bootstrap(template: dict[str, Any]) -> None:
    assert "Parameters" not in template


def test_makes_roles_of_the_bootstrap_only(template: dict[str, Any]) -> None:
    made = {
        arn
        for statement in statements(template)
        if "iam:CreateRole" in listed(statement["Action"])
        for arn in listed(statement["Resource"])
    }
    assert made == {
        f"arn:aws:iam::222222222222:role/cdk-hnb659fds-{purpose}-role-222222222222-eu-west-1"
        for purpose in platform_engineer._TOOLKIT_ROLES
    }


def test_passes_no_role(template: dict[str, Any]) -> None:
    assert not any("iam:PassRole" in listed(statement["Action"]) for statement in statements(template))


def test_assumes_what_deploys_and_publishes(template: dict[str, Any], settings: Settings) -> None:
    (assuming,) = [each for each in statements(template) if "sts:AssumeRole" in listed(each["Action"])]
    names = {arn.rpartition("/")[2] for arn in assuming["Resource"]}
    assert settings.names.asset_publishing_role in names
    assert not any("cfn-exec" in name for name in names)


def test_cannot_change_the_own_stack(template: dict[str, Any], settings: Settings) -> None:
    """But for the change sets that the command line leaves behind."""
    own = {
        action
        for statement in statements(template)
        for arn in listed(statement["Resource"])
        if f"stack/{settings.names.platform_engineer_stack}/" in arn
        for action in listed(statement["Action"])
    }
    assert "cloudformation:DescribeStackEvents" in own
    known = {action: iam_actions.find(action) for action in own}
    assert {action for action, found in known.items() if found is None or found.changes} == {
        "cloudformation:DeleteChangeSet"
    }


def test_creates_the_service_linked_role_of_shares_and_no_other(template: dict[str, Any]) -> None:
    """`CreatePortfolioShare` creates it; AWS's own policy for administrators allows just this."""
    aws = json.loads(aws_managed_policies_data)["AWSServiceCatalogAdminFullAccess"]["Document"]["Statement"]
    (theirs,) = [each for each in aws if "iam:CreateServiceLinkedRole" in listed(each["Action"])]
    (ours,) = [
        each for each in statements(template) if "iam:CreateServiceLinkedRole" in listed(each["Action"])
    ]
    (key,) = ours["Condition"]["StringEquals"]
    assert key == "iam:AWSServiceName"
    assert listed(ours["Condition"]["StringEquals"][key]) == listed(theirs["Condition"]["StringEquals"][key])
    assert ours["Resource"] == theirs["Resource"].replace("*", "222222222222")


def test_takes_back_what_is_shared_and_no_more(template: dict[str, Any], settings: Settings) -> None:
    """Leaving needs it: portfolios that are shared cannot be deleted, nor the permission of a share."""
    (ours,) = [
        each
        for each in statements(template)
        if "servicecatalog:DeletePortfolioShare" in listed(each["Action"])
    ]
    assert listed(ours["Resource"]) == ["arn:aws:catalog:eu-west-1:222222222222:portfolio/*"]
    (cards,) = [each for each in statements(template) if "ram:DeleteResourceShare" in listed(each["Action"])]
    assert cards["Condition"] == {
        "StringLike": {
            "ram:ResourceShareName": [
                settings.names.card_authors_share("*"),
                settings.names.card_readers_share("*"),
            ]
        }
    }


def test_attaches_the_policies_that_the_toolkit_attaches(template: dict[str, Any]) -> None:
    toolkit = BOOTSTRAP_TEMPLATE.read_text(encoding="utf-8")
    attached = set(re.findall(r"arn:\$\{AWS::Partition\}:iam::aws:policy/(\w+)", toolkit))
    assert attached
    allowed = {
        arn.rpartition("/")[2]
        for statement in statements(template)
        if "iam:AttachRolePolicy" in listed(statement["Action"])
        for condition in statement["Condition"].values()
        for arn in listed(condition.get("iam:PolicyARN", []))
    }
    assert allowed == attached
