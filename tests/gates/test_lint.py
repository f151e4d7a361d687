"""cfn-lint finds no error and no warning in any template."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from cfnlint.config import ConfigMixIn
from cfnlint.decode.decode import decode_str
from cfnlint.runner import Runner

from products.discovery import discover
from products.product import Template, deliveries
from tests.gates.everything import Everything
from tests.sharing import made_once

REGION = "eu-west-1"


@cache
def linter() -> Any:
    """cfn-lint, whose rules take half a second to read."""
    return Runner(ConfigMixIn(regions=[REGION]))


def lint(text: str, _: Path | None = None) -> list[str]:
    template, matches = decode_str(text)
    return [
        f"{match.rule.id} {match.message} ({'/'.join(map(str, match.path))})"
        for match in matches or linter().validate_template(template)
    ]


def findings(templates: Mapping[str, Template]) -> list[str]:
    """What cfn-lint finds, which looks at each template once: variants have many in common."""
    texts = {name: json.dumps(template) for name, template in templates.items()}
    return [
        f"{name}: {finding}"
        for name, text in texts.items()
        for finding in made_once(f"findings-{hashlib.sha256(text.encode()).hexdigest()}", partial(lint, text))
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
