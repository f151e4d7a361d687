"""Every statement of every policy says something, according to the Service Authorization Reference.

An action that does not exist, that acts on none of the statement's ARNs, or that never carries a key of the
statement's condition allows nothing, and looks as if it did.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from tests.access import reference
from tests.access.places import VARIANTS
from tests.access.test_tables import listed, places

Statement = Mapping[str, Any]


@cache
def statements(variant: str) -> tuple[tuple[str, Statement], ...]:
    """Every statement of every policy in every template, with references filled in, and where it stands."""
    return tuple(
        (f"{deployed.name}/{logical_id}", statement)
        for deployed in places(variant).example.deployed
        for logical_id, resource in deployed.template["Resources"].items()
        for kind in [resource["Type"]]
        for found, properties in deployed.resources(kind)
        if found == logical_id
        for statement in policies(properties)
    )


def policies(value: Any) -> Iterator[Statement]:
    """The statements of every policy in some properties; trust policies name no resources and stay apart."""
    if isinstance(value, list):
        for entry in value:
            yield from policies(entry)
    elif isinstance(value, Mapping):
        if "Statement" in value:
            yield from listed(value["Statement"])
        else:
            for name, entry in value.items():
                if name != "AssumeRolePolicyDocument":
                    yield from policies(entry)


def named(statement: Statement) -> list[str]:
    """The actions, but for those that a policy of a resource means all of."""
    return [action for action in listed(statement["Action"]) if "*" not in action]


def unknown(statement: Statement) -> Iterator[str]:
    return (action for action in named(statement) if not reference.exists(action))


def actions_without_resource(statement: Statement) -> Iterator[str]:
    resources = listed(statement.get("Resource", "*"))
    for action in named(statement):
        if "*" not in resources and not any(reference.acts_on(action, arn) for arn in resources):
            yield f"{action} acts on none of {', '.join(resources)}"


def resources_without_action(statement: Statement) -> Iterator[str]:
    actions = named(statement)
    for arn in listed(statement.get("Resource", "*")):
        if actions and arn != "*" and not any(reference.acts_on(action, arn) for action in actions):
            yield f"nothing of {', '.join(actions)} acts on {arn}"


def keys_that_never_come(statement: Statement) -> Iterator[str]:
    for keys in statement.get("Condition", {}).values():
        for key in keys:
            for action in named(statement):
                if not reference.carries(action, key):
                    yield f"{action} never carries {key}"


def groups_by_name_alone(statement: Statement) -> Iterator[str]:
    """What CloudWatch Logs asks for on ``log-group:NAME:*``, and the statement allows on ``log-group:NAME``.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
    """
    resources = listed(statement.get("Resource", "*"))
    for action in named(statement):
        is_of_groups = action.startswith("logs:") and not action.endswith(_TAGGING)
        if is_of_groups and not any(arn.endswith("*") or ":log-stream:" in arn for arn in resources):
            yield f"{action} is asked for on log-group:NAME:*, and not on {', '.join(resources)}"


_TAGGING = (":ListTagsForResource", ":TagResource", ":UntagResource")

CHECKS = (
    unknown,
    actions_without_resource,
    resources_without_action,
    keys_that_never_come,
    groups_by_name_alone,
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_statement_says_something(check: Callable[[Statement], Iterator[str]]) -> None:
    found = {
        f"{where}: {finding}"
        for variant in VARIANTS
        for where, statement in statements(variant)
        for finding in check(statement)
    }
    assert sorted(found) == []


@pytest.mark.parametrize("action", reference.BESIDES)
def test_what_is_added_to_the_reference_is_needed(action: str) -> None:
    assert not set(reference.BESIDES[action]) & set(reference.listed_forms(action))
    used = {
        arn
        for variant in VARIANTS
        for _, statement in statements(variant)
        if action in named(statement)
        for arn in listed(statement.get("Resource", "*"))
    }
    for form in reference.BESIDES[action]:
        assert any(reference.overlaps(arn, form) for arn in used - {"*"}), form


@pytest.mark.parametrize(
    ("check", "statement"),
    [
        (unknown, {"Action": "s3:ReadObject"}),
        (unknown, {"Action": "S3:getobject"}),
        (actions_without_resource, {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket"}),
        (actions_without_resource, {"Action": ["s3:ListBucket"], "Resource": "arn:aws:s3:::bucket/*"}),
        (
            actions_without_resource,
            {
                "Action": "codepipeline:RetryStageExecution",
                "Resource": "arn:aws:codepipeline:eu-west-1:222222222222:pipeline",
            },
        ),
        (
            resources_without_action,
            {"Action": "s3:GetObject", "Resource": ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"]},
        ),
        (
            keys_that_never_come,
            {
                "Action": "sagemaker:DescribeModelPackage",
                "Resource": "*",
                "Condition": {"StringEquals": {"sagemaker:ModelApprovalStatus": "Approved"}},
            },
        ),
        (
            keys_that_never_come,
            {
                "Action": "servicecatalog:SearchProducts",
                "Resource": "*",
                "Condition": {"StringEquals": {"servicecatalog:roleLevel": "self"}},
            },
        ),
        (
            groups_by_name_alone,
            {
                "Action": ["logs:FilterLogEvents", "logs:TagResource"],
                "Resource": "arn:aws:logs:eu-west-1:222222222222:log-group:/aws/sagemaker/ProcessingJobs",
            },
        ),
    ],
)
def test_gate_can_fail(check: Callable[[Statement], Iterator[str]], statement: Statement) -> None:
    assert len(list(check(statement))) == 1


@pytest.mark.parametrize(
    "statement",
    [
        {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::*/*"},
        {"Action": ["s3:GetObject", "s3:ListBucket"], "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]},
        {
            "Action": "kms:Decrypt",
            "Resource": "arn:aws:kms:eu-west-1:222222222222:key/*",
            "Condition": {
                "StringEquals": {"kms:ViaService": "s3", "kms:EncryptionContext:aws:s3:arn": "a"},
                "ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/a"},
                "Bool": {"aws:SecureTransport": "true"},
            },
        },
        {
            "Action": "logs:GetLogEvents",
            "Resource": "arn:aws:logs:eu-west-1:222222222222:log-group:/aws/codebuild/*",
        },
    ],
)
def test_gate_can_pass(statement: Statement) -> None:
    assert [finding for check in CHECKS for finding in check(statement)] == []
