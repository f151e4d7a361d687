"""Who may do what with a model card: the roles, the trust of the leads, and the permission to read."""

from collections.abc import Mapping
from typing import Any

import base.embedded_node  # noqa: F401  # isort: skip  (before aws_cdk)
import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from ministack.core.iam_evaluator import EvalContext, evaluate, evaluate_trust_policy, parse_policy_document

from base.policy_variables import fill
from registry.cards import CardPermissionStack, aggregation_permissions
from tests.registry.cloud import HUB, OTHER_TEAM, REGION, TEAM
from tests.registry.registry_stack import NAMES, TEST, UNITS, Template, asks, only, resolve, resources

AUTHOR, OFFICER, ENGINEER = (
    NAMES.model_card_author_role,
    NAMES.governance_officer_role,
    NAMES.ml_engineer_role,
)
AUTHOR_ARN = f"arn:aws:iam::{HUB}:role/{AUTHOR}"
CARD = f"arn:aws:sagemaker:{REGION}:{HUB}:model-card/churn-p-abc"
TEAMS_CARD = CARD.replace(HUB, TEAM)
SHARE = f"arn:aws:ram:{REGION}:{HUB}:resource-share/1"
BUCKET = f"arn:aws:s3:::{NAMES.registry_bucket}"
APPROVAL = f"{BUCKET}/models/{TEAM}/churn/1/20261121T091500Z/decisions/card-approval-0123456789abcdef.json"
DIRECT_APPROVAL = f"{BUCKET}/registered/{TEAM}/p-abc/version-1/decisions/card-approval-0123456789abcdef.json"


def role_of(template: Template, name: str) -> Any:
    (properties,) = (
        role["Properties"]
        for role in resources(template, "AWS::IAM::Role").values()
        if role["Properties"]["RoleName"] == name
    )
    return properties


# Starting a card.


def trusted(template: Template, request: EvalContext, tags: Mapping[str, str]) -> bool:
    """Whether a role may take that of an author, with tags on its session."""
    carried = request.principal_keys
    policy = fill(role_of(template, AUTHOR)["AssumeRolePolicyDocument"], lambda key: carried.get(key.lower()))
    request.request_tags = dict(tags)
    request.tag_keys = list(tags)
    decisions = []
    for action in ("sts:AssumeRole", "sts:TagSession"):
        request.action = action
        decisions.append(evaluate_trust_policy(policy, request.principal_arn, request))
    return all(decisions)


LEAD = NAMES.lead_data_scientist_role
OF_DEVELOPMENT = (UNITS.workloads, UNITS.development)
CALLERS: dict[str, tuple[dict[str, Any], dict[str, str], bool]] = {
    "a lead, for its own account": ({"role": LEAD, "account": TEAM}, {"source-account": TEAM}, True),
    "a lead, for another account": ({"role": LEAD, "account": TEAM}, {"source-account": OTHER_TEAM}, False),
    "a lead, for no account": ({"role": LEAD, "account": TEAM}, {}, False),
    "a lead of another team's account": (
        {"role": LEAD, "account": OTHER_TEAM, "units": OF_DEVELOPMENT},
        {"source-account": OTHER_TEAM},
        True,
    ),
    "a data scientist": (
        {"role": NAMES.data_scientist_role, "account": TEAM},
        {"source-account": TEAM},
        False,
    ),
    "a role named like a lead's in test": ({"role": LEAD, "account": TEST}, {"source-account": TEST}, False),
    "a lead of another organisation": (
        {"role": LEAD, "account": TEAM, "organization": "o-anotherone"},
        {"source-account": TEAM},
        False,
    ),
}


@pytest.mark.parametrize(("caller", "tags", "expected"), CALLERS.values(), ids=list(CALLERS))
def test_who_takes_the_role_of_an_author(
    template: Template, caller: dict[str, Any], tags: dict[str, str], expected: bool
) -> None:
    request = asks(action="sts:AssumeRole", resource=AUTHOR_ARN, **caller)
    assert trusted(template, request, tags) == expected


# What roles may do.

OWN = {"aws:ResourceTag/source-account": TEAM}
OTHERS = {"aws:ResourceTag/source-account": OTHER_TEAM}
CREATED = {"sagemaker:TaggingAction": "CreateModelCard"}
SHAREABLE = {"ram:RequestedResourceType": "sagemaker:ModelCard"}
INSIDE = {"ram:RequestedAllowsExternalPrincipals": "false"}
AUTHORS_SHARE = {
    "ram:ResourceShareName": NAMES.card_authors_share("churn-p-abc"),
    "ram:AllowsExternalPrincipals": "false",
}

# The role, the action, the resource, the keys and the tags of the request, and whether it may.
Row = tuple[str, str, str, dict[str, str], dict[str, str], bool]
DECISIONS: dict[str, Row] = {
    "an author makes a card of its account": (
        AUTHOR,
        "sagemaker:CreateModelCard",
        CARD,
        {},
        {"source-account": TEAM},
        True,
    ),
    "an author makes a card of another account": (
        AUTHOR,
        "sagemaker:CreateModelCard",
        CARD,
        {},
        {"source-account": OTHER_TEAM},
        False,
    ),
    "an author makes a card of nobody": (AUTHOR, "sagemaker:CreateModelCard", CARD, {}, {}, False),
    "an author tags a card in the making": (
        AUTHOR,
        "sagemaker:AddTags",
        CARD,
        CREATED,
        {"source-account": TEAM},
        True,
    ),
    "an author tags a card later on": (
        AUTHOR,
        "sagemaker:AddTags",
        CARD,
        {},
        {"source-account": TEAM},
        False,
    ),
    "an author writes a card of its account": (AUTHOR, "sagemaker:UpdateModelCard", CARD, OWN, {}, True),
    "an author writes another account's card": (AUTHOR, "sagemaker:UpdateModelCard", CARD, OTHERS, {}, False),
    "an author reads any card": (AUTHOR, "sagemaker:DescribeModelCard", CARD, {}, {}, True),
    "an author deletes a card": (AUTHOR, "sagemaker:DeleteModelCard", CARD, OWN, {}, False),
    "an author makes a share": (AUTHOR, "ram:CreateResourceShare", "*", {**SHAREABLE, **INSIDE}, {}, True),
    "an author makes a share for strangers": (
        AUTHOR,
        "ram:CreateResourceShare",
        "*",
        {**SHAREABLE, "ram:RequestedAllowsExternalPrincipals": "true"},
        {},
        False,
    ),
    "an author makes a share of a subnet": (
        AUTHOR,
        "ram:CreateResourceShare",
        "*",
        {"ram:RequestedResourceType": "ec2:Subnet", **INSIDE},
        {},
        False,
    ),
    "an author makes a share with an account": (
        AUTHOR,
        "ram:CreateResourceShare",
        "*",
        {"ram:Principal": TEAM, **INSIDE},
        {},
        False,
    ),
    "an author shares with its account": (
        AUTHOR,
        "ram:AssociateResourceShare",
        SHARE,
        {**AUTHORS_SHARE, "ram:Principal": TEAM},
        {},
        True,
    ),
    "an author shares with another account": (
        AUTHOR,
        "ram:AssociateResourceShare",
        SHARE,
        {**AUTHORS_SHARE, "ram:Principal": OTHER_TEAM},
        {},
        False,
    ),
    "an author puts a card into a share": (
        AUTHOR,
        "ram:AssociateResourceShare",
        SHARE,
        {**AUTHORS_SHARE, **SHAREABLE},
        {},
        True,
    ),
    "an author puts a subnet into a share": (
        AUTHOR,
        "ram:AssociateResourceShare",
        SHARE,
        {**AUTHORS_SHARE, "ram:RequestedResourceType": "ec2:Subnet"},
        {},
        False,
    ),
    "an author uses another share": (
        AUTHOR,
        "ram:AssociateResourceShare",
        SHARE,
        {**AUTHORS_SHARE, "ram:ResourceShareName": "network", "ram:Principal": TEAM},
        {},
        False,
    ),
    "an author deletes a share": (AUTHOR, "ram:DeleteResourceShare", SHARE, AUTHORS_SHARE, {}, False),
    "an author records an approval": (AUTHOR, "s3:PutObject", APPROVAL, {}, {}, False),
    "the officer reads a card": (OFFICER, "sagemaker:DescribeModelCard", CARD, {}, {}, True),
    "the officer approves a card": (OFFICER, "sagemaker:UpdateModelCard", CARD, OTHERS, {}, True),
    "the officer makes a card": (
        OFFICER,
        "sagemaker:CreateModelCard",
        CARD,
        {},
        {"source-account": TEAM},
        False,
    ),
    "the officer writes a team's own card": (
        OFFICER,
        "sagemaker:UpdateModelCard",
        TEAMS_CARD,
        {},
        {},
        False,
    ),
    "the officer records an approval": (OFFICER, "s3:PutObject", APPROVAL, {}, {}, True),
    "the officer records one of a direct registration": (
        OFFICER,
        "s3:PutObject",
        DIRECT_APPROVAL,
        {},
        {},
        True,
    ),
    "the officer records another decision": (
        OFFICER,
        "s3:PutObject",
        APPROVAL.replace("card-approval", "production"),
        {},
        {},
        False,
    ),
    "the officer writes a receipt": (
        OFFICER,
        "s3:PutObject",
        f"{BUCKET}/models/{TEAM}/churn/1/20261121T091500Z/receipt.json",
        {},
        {},
        False,
    ),
    "the ML engineer reads a card": (ENGINEER, "sagemaker:ListModelCardVersions", CARD, {}, {}, True),
    "the ML engineer writes a card": (ENGINEER, "sagemaker:UpdateModelCard", CARD, OWN, {}, False),
    "the ML engineer records an approval": (ENGINEER, "s3:PutObject", APPROVAL, {}, {}, False),
}


@pytest.mark.parametrize("row", DECISIONS.values(), ids=list(DECISIONS))
def test_what_a_role_may_do_with_cards(template: Template, row: Row) -> None:
    role, action, resource, keys, tags, expected = row
    request = asks(role, action, resource, keys=keys)
    request.request_tags = tags
    session = {"aws:principaltag/source-account": TEAM} if role == AUTHOR else {}
    request.principal_keys.update(session)
    policies = [
        parse_policy_document(
            fill(policy["PolicyDocument"], lambda key: request.principal_keys.get(key.lower()))
        )
        for policy in role_of(template, role)["Policies"]
    ]
    assert (evaluate(request, policies).decision == "Allow") == expected


AGGREGATION = {
    "promotion reads a team's card": ("sagemaker:DescribeModelCard", TEAMS_CARD, {}, True),
    "promotion writes a team's card": ("sagemaker:UpdateModelCard", TEAMS_CARD, {}, False),
    "promotion makes a central card": ("sagemaker:CreateModelCard", CARD, {}, True),
    "promotion writes a central card": ("sagemaker:UpdateModelCard", CARD, {}, True),
    "promotion tags a card in the making": ("sagemaker:AddTags", CARD, CREATED, True),
    "promotion tags a card later on": ("sagemaker:AddTags", CARD, {}, False),
    "promotion deletes a central card": ("sagemaker:DeleteModelCard", CARD, {}, False),
}


@pytest.mark.parametrize(
    ("action", "resource", "keys", "expected"), AGGREGATION.values(), ids=list(AGGREGATION)
)
def test_what_aggregation_needs(action: str, resource: str, keys: dict[str, str], expected: bool) -> None:
    statements = [permission.to_json() for permission in aggregation_permissions(NAMES)]
    document = resolve(cdk.Stack().resolve({"Version": "2012-10-17", "Statement": statements}))
    request = asks(NAMES.promotion_role, action, resource, keys=keys)
    assert (evaluate(request, [parse_policy_document(document)]).decision == "Allow") == expected


def test_readers_of_a_share_read_and_no_more() -> None:
    hub = cdk.Environment(account=HUB, region=REGION)
    stack = CardPermissionStack(cdk.App(), NAMES.card_permission_stack, names=NAMES, env=hub)
    permission = only(dict(assertions.Template.from_stack(stack).to_json()), "AWS::RAM::Permission")
    assert permission == {
        "Name": NAMES.card_reader_permission,
        "ResourceType": "sagemaker:ModelCard",
        "PolicyTemplate": {
            "Effect": "Allow",
            "Action": ["sagemaker:DescribeModelCard", "sagemaker:ListModelCardVersions"],
        },
    }
    assert NAMES.card_reader_permission_arn.endswith(f":{HUB}:permission/{permission['Name']}")
