"""CloudFormation's role in the target accounts covers what the deploy seeds' own templates need."""

import json
from collections.abc import Mapping

import pytest

from portfolios.permissions import Statement, derive
from portfolios.template_values import ACCOUNT, TemplateValues
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


@pytest.mark.parametrize(
    ("kind", "made", "services"),
    [
        ("endpoint", "sagemaker:CreateEndpoint", {"sagemaker.amazonaws.com"}),
        ("batch", "scheduler:CreateSchedule", {"sagemaker.amazonaws.com", "scheduler.amazonaws.com"}),
    ],
)
def test_role_covers_the_seed(
    granted: list[Statement],
    seed_templates: Mapping[str, Template],
    kind: str,
    made: str,
    services: set[str],
) -> None:
    # The seed names the account; that it is the stack's own tells `derive` which roles are passed.
    template = json.loads(json.dumps(seed_templates[f"{kind}-test"]).replace("444444444444", ACCOUNT))
    needed = [
        (action, arn.replace(ACCOUNT, OWN_ACCOUNT), statement)
        for statement in derive(template, region="eu-west-1")
        for action in statement.actions
        for arn in statement.resources
    ]
    passed = {
        service
        for _, _, statement in needed
        for _, key, values in statement.condition
        if key == "iam:PassedToService"
        for service in values
    }
    assert passed == services
    assert made in {action for action, _, _ in needed}
    refused = [
        (action, arn)
        for action, arn, statement in needed
        if not allowed(granted, action, arn, keys_of(statement))
    ]
    assert refused == []


def keys_of(statement: Statement) -> dict[str, str]:
    """What a request of CloudFormation's carries: the project's tag, and to whom a role is passed."""
    passed = [values[0] for _, key, values in statement.condition if key == "iam:PassedToService"]
    return {
        "aws:ResourceTag/sagemaker:project-id": "p-0123456789abcdefgh",
        **({"iam:PassedToService": passed[0]} if passed else {}),
    }


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("sagemaker:CreateTrainingJob", "arn:aws:sagemaker:eu-west-1:333333333333:training-job/x-y"),
        ("sagemaker:DeleteEndpoint", "arn:aws:sagemaker:eu-west-1:333333333333:endpoint/other-team"),
        ("iam:PassRole", "arn:aws:iam::333333333333:role/mlplatform-deployment"),
        ("iam:CreateRole", "arn:aws:iam::333333333333:role/mlplatform-endpoint"),
        # Only the scheduler gets it.
        ("iam:PassRole", "arn:aws:iam::333333333333:role/mlplatform-batch-schedule"),
        ("scheduler:CreateSchedule", "arn:aws:scheduler:eu-west-1:333333333333:schedule/default/payroll"),
        ("sagemaker:CreateTransformJob", "arn:aws:sagemaker:eu-west-1:333333333333:transform-job/p-1"),
    ],
)
def test_role_allows_nothing_else(granted: list[Statement], action: str, resource: str) -> None:
    assert not allowed(granted, action, resource, {"iam:PassedToService": "sagemaker.amazonaws.com"})
