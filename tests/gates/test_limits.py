"""Templates stay clear of the limits of AWS."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from access.platform import longest
from access.sizes import measure, measure_written
from base.limits import (
    BUCKET_POLICY,
    EVENT_BUS_POLICY,
    GROUP_POLICY,
    INLINE_POLICIES,
    KEY_POLICY,
    MANAGED_POLICY,
    NEAR,
    REPOSITORY_POLICY,
    TRUST_POLICY,
)
from pipelines.deliveries.delivery import roles_that_read_versions
from products.discovery import discover
from products.product import Template, deliveries
from tests.gates.everything import Everything
from tests.gates.test_policies import resources


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
    assert {name: size for name, size in measured.items() if size > NEAR * limit.maximum} == {}


def test_policies_are_clear_of_limits(everything: Everything) -> None:
    measured = [
        *measure(longest(everything.settings, everything.templates)),
        *measure_written(
            everything.settings, roles_that_read_versions(deliveries(discover()), everything.settings.names)
        ),
    ]
    assert {each.limit for each in measured} >= {
        BUCKET_POLICY,
        EVENT_BUS_POLICY,
        GROUP_POLICY,
        INLINE_POLICIES,
        KEY_POLICY,
        MANAGED_POLICY,
        REPOSITORY_POLICY,
        TRUST_POLICY,
    }
    assert [each.sentence for each in measured if each.is_near] == []


def test_descriptions_of_roles_fit(everything: Everything) -> None:
    for where, properties in resources(everything.templates, "AWS::IAM::Role"):
        assert len(str(properties.get("Description", ""))) <= 1000, where
