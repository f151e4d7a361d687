"""cfn-lint finds no error and no warning in any template."""

import json
from collections.abc import Iterable, Mapping

import pytest
from cfnlint.api import ManualArgs, lint

from products.discovery import discover
from products.product import Template, deliveries
from tests.gates.everything import Everything

REGION = "eu-west-1"


def findings(templates: Mapping[str, Template]) -> list[str]:
    return [
        f"{name}: {match.rule.id} {match.message} ({'/'.join(map(str, match.path))})"
        for name, template in templates.items()
        for match in lint(json.dumps(template), config=ManualArgs(regions=[REGION]))
    ]


def test_everything_is_clean(everything: Everything) -> None:
    assert findings(everything.templates) == []


def test_seed_is_clean(seed_templates: Mapping[str, Template]) -> None:
    expected = [
        f"{delivery.kind}-{stage}" for delivery in deliveries(discover()) for stage in delivery.stages
    ]
    assert sorted(seed_templates) == sorted(expected)
    assert findings(seed_templates) == []


@pytest.mark.parametrize(
    ("properties", "rules"),
    [
        pytest.param({"BucketNme": "data"}, ["E3002"], id="error"),
        pytest.param({"AccessControl": "Private"}, ["W3045"], id="warning"),
    ],
)
def test_gate_can_fail(properties: Mapping[str, str], rules: Iterable[str]) -> None:
    template = {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": properties}}}
    assert [finding.split()[1] for finding in findings({"bad": template})] == rules
