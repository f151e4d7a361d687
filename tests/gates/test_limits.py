"""Templates stay clear of the limits of AWS."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from portfolios.launch_role import MAXIMUM_INLINE, MAXIMUM_MANAGED_POLICIES, MAXIMUM_MANAGED_POLICY
from products.product import Template
from tests.gates.everything import Everything
from tests.gates.test_policies import resources

# Share of a limit that a template may use up.
APPROACHING = 0.9

ACCOUNT = {"Ref": "AWS::AccountId"}


@dataclass(frozen=True, kw_only=True)
class Limit:
    measure: Callable[[Template], int]
    maximum: int
    applies: Callable[[str], bool] = lambda _: True


# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
LIMITS = {
    "bytes from S3": Limit(measure=lambda template: len(json.dumps(template, indent=1)), maximum=1_000_000),
    # The administrator deploys it before there is a bucket to deploy from.
    "bytes inline": Limit(
        measure=lambda template: len(json.dumps(template, indent=1)),
        maximum=51_200,
        applies=lambda name: name.endswith("-platform-engineer"),
    ),
    "resources": Limit(measure=lambda template: len(template["Resources"]), maximum=500),
    "parameters": Limit(measure=lambda template: len(template.get("Parameters", {})), maximum=200),
    "outputs": Limit(measure=lambda template: len(template.get("Outputs", {})), maximum=200),
    "description": Limit(measure=lambda template: len(template["Description"].encode()), maximum=1024),
}


@pytest.mark.parametrize("limit", LIMITS.values(), ids=LIMITS)
def test_template_is_clear_of_limit(limit: Limit, everything: Everything) -> None:
    measured = {
        name: limit.measure(template)
        for name, template in everything.templates.items()
        if limit.applies(name)
    }
    assert measured
    assert {name: size for name, size in measured.items() if size > APPROACHING * limit.maximum} == {}


def policy_size(document: object) -> int:
    """The characters that IAM counts, with account ids filled in."""

    def filled(value: object) -> object:
        match value:
            case {"Ref": "AWS::AccountId"}:
                return "0" * 12
            case {"Ref": _} | {"Fn::GetAtt": _}:
                return "x" * 63
            case {"Fn::Join": [separator, parts]}:
                return str(separator).join(str(filled(part)) for part in parts)
            case dict():
                return {key: filled(entry) for key, entry in value.items()}
            case list():
                return [filled(entry) for entry in value]
            case _:
                return value

    return len(json.dumps(filled(document), separators=(",", ":")).replace(" ", ""))


def test_roles_hold_their_policies(everything: Everything) -> None:
    for where, properties in resources(everything.templates, "AWS::IAM::Role"):
        inline = sum(policy_size(policy["PolicyDocument"]) for policy in properties.get("Policies", []))
        assert inline <= MAXIMUM_INLINE, where
        assert len(properties.get("ManagedPolicyArns", [])) <= MAXIMUM_MANAGED_POLICIES, where
        assert len(str(properties.get("Description", ""))) <= 1000, where


def test_managed_policies_fit(everything: Everything) -> None:
    for where, properties in resources(everything.templates, "AWS::IAM::ManagedPolicy"):
        assert policy_size(properties["PolicyDocument"]) <= MAXIMUM_MANAGED_POLICY, where
