"""CloudFormation's role in the target accounts covers what the deploy seed's own templates need."""

from collections.abc import Mapping

import pytest

from portfolios.permissions import Statement, derive
from portfolios.template_values import TemplateValues
from products.product import Template
from tests.gates.everything import Everything
from tests.gates.test_policies import listed, resources
from tests.portfolios.policies import OWN_ACCOUNT, allowed

ROLE = "mlplatform-deployment-cloudformation"


@pytest.fixture
def granted(everything: Everything) -> list[Statement]:
    """The statements of the role, as the StackSet brings it."""
    template = everything.templates["deployment-target"]
    values = TemplateValues(template, region=everything.settings.region)
    roles = resources({"": template}, "AWS::IAM::Role")
    (role,) = [properties for _, properties in roles if properties["RoleName"] == ROLE]
    return [
        Statement(
            sid=statement["Sid"],
            actions=tuple(listed(statement["Action"])),
            resources=values.patterns(statement["Resource"]),
            condition=tuple(
                (operator, key, values.patterns(expected))
                for operator, keys in statement.get("Condition", {}).items()
                for key, expected in keys.items()
            ),
        )
        for policy in role["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def test_role_covers_the_seed(granted: list[Statement], endpoint_templates: Mapping[str, Template]) -> None:
    needed = [
        (action, arn.replace("444444444444", OWN_ACCOUNT).replace("${Account}", OWN_ACCOUNT))
        for statement in derive(endpoint_templates["endpoint-test"], region="eu-west-1")
        for action in statement.actions
        for arn in statement.resources
    ]
    keys = {
        "aws:ResourceTag/sagemaker:project-id": "p-0123456789abcdefgh",
        "iam:PassedToService": "sagemaker.amazonaws.com",
    }
    assert "sagemaker:CreateEndpoint" in {action for action, _ in needed}
    assert [pair for pair in needed if not allowed(granted, *pair, keys)] == []


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("sagemaker:CreateTrainingJob", "arn:aws:sagemaker:eu-west-1:333333333333:training-job/x-y"),
        ("sagemaker:DeleteEndpoint", "arn:aws:sagemaker:eu-west-1:333333333333:endpoint/other-team"),
        ("iam:PassRole", "arn:aws:iam::333333333333:role/mlplatform-deployment"),
        ("iam:CreateRole", "arn:aws:iam::333333333333:role/mlplatform-endpoint"),
    ],
)
def test_role_allows_nothing_else(granted: list[Statement], action: str, resource: str) -> None:
    assert not allowed(granted, action, resource, {"iam:PassedToService": "sagemaker.amazonaws.com"})
