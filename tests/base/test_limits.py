"""The limits of AWS: the table agrees with AWS's own models, and the check warns and fails where it must."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import botocore.session
import pytest

from access import sizes
from access.platform import longest
from access.sizes import measure, measure_written
from access.templates import DeployedTemplate
from base import settings
from base.limits import (
    BUCKET_POLICY,
    CUSTOMER_METADATA,
    EVENT_BUS_POLICY,
    GROUP_POLICY,
    INLINE_POLICIES,
    KEY_POLICY,
    LIMITS,
    MANAGED_POLICIES,
    MANAGED_POLICY,
    MODEL_CARD,
    NEAR,
    QUEUE_POLICY,
    REPOSITORY_POLICY,
    SERVICE_CONTROL_POLICY,
    TOPIC_POLICY,
    TRUST_POLICY,
    Limit,
    Measured,
)
from base.names import MAXIMUM_ROLE
from products.product import Template
from registry.functions.model_registry.card_content import MAXIMUM_CONTENT
from registry.functions.model_registry.promotion.fields import WRITTEN_BY_PROMOTION

SETTINGS = settings.load()


@pytest.mark.parametrize(
    ("limit", "service", "operation", "member"),
    [
        pytest.param(
            GROUP_POLICY, "sagemaker", "PutModelPackageGroupPolicy", "ResourcePolicy", id="group policy"
        ),
        pytest.param(REPOSITORY_POLICY, "ecr", "SetRepositoryPolicy", "policyText", id="repository policy"),
        pytest.param(MODEL_CARD, "sagemaker", "UpdateModelCard", "Content", id="model card"),
        pytest.param(
            CUSTOMER_METADATA, "sagemaker", "CreateModelPackage", "CustomerMetadataProperties", id="metadata"
        ),
    ],
)
def test_the_table_agrees_with_the_api(limit: Limit, service: str, operation: str, member: str) -> None:
    asked = botocore.session.get_session().get_service_model(service).operation_model(operation).input_shape
    assert asked is not None
    assert limit.maximum == asked.members[member].metadata["max"]


def test_what_functions_check_is_in_the_table() -> None:
    assert MODEL_CARD.maximum == MAXIMUM_CONTENT
    assert CUSTOMER_METADATA.size(WRITTEN_BY_PROMOTION) < CUSTOMER_METADATA.maximum / 2


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
def test_each_limit_says_where_it_is_documented(limit: Limit) -> None:
    assert limit.source.startswith("https://docs.aws.amazon.com/")
    assert limit.remedy
    assert [other for other in LIMITS if other.name == limit.name] == [limit]


def document(size: int) -> dict[str, str]:
    """A document of so many characters."""
    return {"Sid": "x" * (size - len('{"Sid":""}'))}


def split(size: int) -> tuple[dict[str, str], dict[str, str]]:
    """Two documents of so many characters together."""
    return document(size // 2), document(size - size // 2)


def role(**properties: Any) -> Template:
    return {"Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "tester", **properties}}}


def holding(kind: str, name: str) -> Callable[[int], Template]:
    return lambda size: {"Holder": {"Type": kind, "Properties": {name: document(size)}}}


def inline(size: int) -> Template:
    own, added = split(size)
    policy = {
        "Type": "AWS::IAM::Policy",
        "Properties": {"PolicyName": "more", "PolicyDocument": added, "Roles": [{"Ref": "Role"}]},
    }
    return {**role(Policies=[{"PolicyName": "permissions", "PolicyDocument": own}]), "Policy": policy}


def event_bus(size: int) -> Template:
    return {
        f"Policy{number}": {
            "Type": "AWS::Events::EventBusPolicy",
            "Properties": {"EventBusName": "approvals", "Statement": statement},
        }
        for number, statement in enumerate(split(size))
    }


HOLDERS: Mapping[Limit, Callable[[int], Template]] = {
    BUCKET_POLICY: holding("AWS::S3::BucketPolicy", "PolicyDocument"),
    KEY_POLICY: holding("AWS::KMS::Key", "KeyPolicy"),
    GROUP_POLICY: holding("AWS::SageMaker::ModelPackageGroup", "ModelPackageGroupPolicy"),
    EVENT_BUS_POLICY: event_bus,
    REPOSITORY_POLICY: holding("AWS::ECR::Repository", "RepositoryPolicyText"),
    TOPIC_POLICY: holding("AWS::SNS::TopicPolicy", "PolicyDocument"),
    QUEUE_POLICY: holding("AWS::SQS::QueuePolicy", "PolicyDocument"),
    TRUST_POLICY: lambda size: role(AssumeRolePolicyDocument=document(size)),
    INLINE_POLICIES: inline,
    MANAGED_POLICIES: lambda size: role(ManagedPolicyArns=[f"arn:{number}" for number in range(size)]),
    SERVICE_CONTROL_POLICY: holding("AWS::Organizations::Policy", "Content"),
}


def found(resources: Template, limit: Limit) -> Measured:
    template = DeployedTemplate(
        name="hub",
        template={"Resources": resources},
        account="222222222222",
        region="eu-west-1",
        parameters={},
    )
    (measured,) = (each for each in measure([template]) if each.limit is limit)
    return measured


@pytest.mark.parametrize(("limit", "holder"), HOLDERS.items(), ids=[limit.name for limit in HOLDERS])
def test_the_check_warns_at_nine_tenths_and_fails_above_the_limit(
    limit: Limit, holder: Callable[[int], Template]
) -> None:
    nine_tenths = math.ceil(NEAR * limit.maximum)
    clear, near, full, above = (
        found(holder(size), limit)
        for size in (nine_tenths - 1, nine_tenths, limit.maximum, limit.maximum + 1)
    )
    assert [each.is_near for each in (clear, near, full, above)] == [False, True, True, True]
    assert [each.is_too_large for each in (clear, near, full, above)] == [False, False, False, True]
    for each in (near, above):
        assert each.sentence.startswith("hub/")
        for part in (f"{each.size:,}", f"{limit.maximum:,}", limit.name, limit.remedy, limit.source):
            assert part in each.sentence


@pytest.mark.parametrize(
    ("resources", "limit"),
    [
        pytest.param(
            holding("AWS::IAM::ManagedPolicy", "PolicyDocument")(MANAGED_POLICY.maximum),
            MANAGED_POLICY,
            id="managed policies of a derived role",
        ),
        pytest.param(
            role(Policies=[{"PolicyName": "derived", "PolicyDocument": document(INLINE_POLICIES.maximum)}]),
            INLINE_POLICIES,
            id="inline policy of a derived role",
        ),
    ],
)
def test_what_is_packed_may_be_full_but_not_too_large(resources: Template, limit: Limit) -> None:
    assert not found(resources, limit).is_near
    measured = Measured(where="hub/Role", limit=limit, size=limit.maximum + 1, is_packed=True)
    assert measured.is_too_large
    assert measured.is_near


def test_names_are_filled_in_before_counting() -> None:
    reference = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":iam::", {"Ref": "AWS::AccountId"}]]}
    measured = found(
        {"Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Id": reference}}}}, KEY_POLICY
    )
    assert measured.size == len('{"Id":"arn:aws:iam::222222222222"}')


def test_what_functions_write_is_measured_with_the_longest_names() -> None:
    written = {each.limit: each for each in measure_written(SETTINGS, ("r" * MAXIMUM_ROLE,))}
    assert set(written) == {GROUP_POLICY, REPOSITORY_POLICY}
    assert all(0 < each.size < each.limit.maximum / 2 for each in written.values())


def test_every_choice_of_a_template_is_deployed_with_its_longest_values() -> None:
    declared = {
        "Name": {"Type": "String", "MaxLength": 32},
        "Registration": {"Type": "String", "Default": "team", "AllowedValues": ["team", "central"]},
    }
    deployed = longest(SETTINGS, {"product": {"Parameters": declared, "Resources": {}}})
    assert [dict(each.parameters) for each in deployed] == [
        {"Name": "x" * 32, "Registration": "team"},
        {"Name": "x" * 32, "Registration": "central"},
    ]


def test_every_limit_of_a_policy_is_measured() -> None:
    measured = {limit for *_, limit in sizes._POLICIES} | {INLINE_POLICIES, EVENT_BUS_POLICY}
    assert set(LIMITS) - measured == {MODEL_CARD, CUSTOMER_METADATA}
