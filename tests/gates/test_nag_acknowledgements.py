"""Each finding of cdk-nag that is acknowledged is really found, listed here, and answered by a check of ours.

Wildcards of policies (AwsSolutions-IAM5) are answered by `tests/access`, whose tables ask for every part of
every policy, and by the tests of what is derived.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from base.settings import Settings
from products.discovery import discover
from products.product import Template
from tests.gates.everything import VARIANTS, Everything, projects, settings_of, synthesize
from tests.gates.test_policies import resources
from tests.sharing import made_once

_WILDCARDS = "AwsSolutions-IAM5"


@dataclass(frozen=True)
class Found:
    """What cdk-nag finds where nothing is acknowledged, and what would be.

    Attributes:
        findings: Rule and construct.
        acknowledged: Construct and rule.
        settings: What an adopter decided.
    """

    settings: Settings
    findings: frozenset[tuple[str, str]]
    acknowledged: frozenset[tuple[str, str]]


class _Recorder:
    """Takes acknowledgements down instead of passing them on."""

    def __init__(self, construct: Any, validations: Any, kept: set[tuple[str, str]]) -> None:
        self._path = construct.node.path
        self._validations = validations
        self._kept = kept

    def acknowledge(self, *rules: cdk.Acknowledgment) -> None:
        self._kept.update((self._path, rule.id) for rule in rules)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._validations, name)


@pytest.fixture(scope="module", params=VARIANTS, ids=str)
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Found:
    variant: str = request.param
    return made_once(
        f"unacknowledged-{variant}", lambda _: _find(tmp_path_factory.mktemp("unacknowledged"), variant)
    )


def _find(folder: Path, variant: str) -> Found:
    kept: set[tuple[str, str]] = set()
    validations_of = cdk.Validations.of
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            cdk.Validations,
            "of",
            staticmethod(lambda construct: _Recorder(construct, validations_of(construct), kept)),
        )
        everything = synthesize(folder, settings_of(variant), discover())
    rules = frozenset((rule, path) for rule, _, path in (each.partition(" ") for each in everything.findings))
    return Found(settings=everything.settings, findings=rules, acknowledged=frozenset(kept))


def test_every_acknowledgement_is_used(found: Found) -> None:
    unused = [
        f"{construct}: {rule}"
        for construct, rule in sorted(found.acknowledged)
        if not any(each == rule and f"{path}/".startswith(f"{construct}/") for each, path in found.findings)
    ]
    assert unused == []


ACKNOWLEDGED: Mapping[str, tuple[str, ...]] = {
    "AwsSolutions-EC23": ("studio-domain/Network/StudioSecurityGroup",),
    "AwsSolutions-L1": (
        "launch/SageMakerProjects/Function",
        "mlplatform-accounts/SageMakerProjects/Function",
        "mlplatform-registry/Promotion/Function",
        "mlplatform-registry/Release/Function",
        "mlplatform-registry/Stages/Function",
    ),
    "AwsSolutions-S1": (
        "deployment-target/Batch",
        "deployment-target/DataCapture",
        "studio-domain/TeamData",
    ),
    "AwsSolutions-SQS3": (
        "mlplatform-registry/Promotion/DeadLetters",
        "mlplatform-registry/Release/DeadLetters",
    ),
}
"""By rule, what every platform has; each project has a bucket besides."""

ACKNOWLEDGED_WITH_A_DATA_ACCOUNT: Mapping[str, tuple[str, ...]] = {
    "AwsSolutions-L1": (
        "data-subscriptions/Subscriber/Function",
        "data/DataLakeAdministrators/Function",
        "feature-group/Ingest/Function",
        "launch/DataLakeAdministrators/Function",
        "published-data/Subscribers/Function",
    ),
    "AwsSolutions-S1": ("data-lake/Lake/Bucket",),
}
"""By rule, what a data account adds."""


def test_what_is_acknowledged_is_listed(found: Found) -> None:
    by_rule: dict[str, set[str]] = defaultdict(set)
    for construct, rule in found.acknowledged:
        if not rule.startswith(_WILDCARDS):
            by_rule[rule].add(construct)
    offered = projects(found.settings)
    # Where a provider keeps the repositories, a function of each project answers for the first commit.
    seeding = {construct for construct in by_rule["AwsSolutions-L1"] if "/RepositorySeeding/" in construct}
    by_rule["AwsSolutions-L1"] -= seeding
    assert seeding in (set(), {f"{project}/RepositorySeeding/Function" for project in offered})
    expected = {rule: set(constructs) for rule, constructs in ACKNOWLEDGED.items()}
    expected["AwsSolutions-S1"] |= {f"{project}/Storage/Bucket" for project in offered}
    if found.settings.accounts.data is not None:
        for rule, constructs in ACKNOWLEDGED_WITH_A_DATA_ACCOUNT.items():
            expected[rule] |= {*constructs}
    assert dict(by_rule) == expected


def test_functions_run_the_python_that_is_tested(everything: Everything) -> None:
    """Acknowledged as AwsSolutions-L1, which asks for whatever is newest."""
    runtimes = {
        where: properties.get("Runtime")
        for where, properties in resources(everything.templates, "AWS::Lambda::Function")
        if str(properties.get("Runtime", "")).startswith("python")
    }
    assert set(runtimes.values()) == {"python3.13"}


def test_buckets_without_access_logs_are_closed(everything: Everything) -> None:
    """Acknowledged as AwsSolutions-S1; buckets that take access logs write none of their own."""
    for name, template in everything.templates.items():
        for where, bucket in resources({name: template}, "AWS::S3::Bucket"):
            if "LoggingConfiguration" in bucket:
                continue
            assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}, where
            assert "ServerSideEncryptionConfiguration" in str(bucket) or "BucketEncryption" in bucket, where
            assert refuses_plain_requests(template, where.partition("/")[2]), where


def refuses_plain_requests(template: Template, bucket: str) -> bool:
    """Whether the policy of a bucket refuses what comes without TLS."""
    return any(
        statement["Effect"] == "Deny"
        and statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
        for _, policy in resources({"": template}, "AWS::S3::BucketPolicy")
        if policy["Bucket"] == {"Ref": bucket}
        for statement in policy["PolicyDocument"]["Statement"]
    )


def test_queues_without_dead_letters_take_those_of_others(everything: Everything) -> None:
    """Acknowledged as AwsSolutions-SQS3."""
    for name, template in everything.templates.items():
        takers = str(
            [
                *(properties for _, properties in resources({name: template}, "AWS::Events::Rule")),
                *(
                    properties
                    for _, properties in resources({name: template}, "AWS::Lambda::EventInvokeConfig")
                ),
            ]
        )
        for where, queue in resources({name: template}, "AWS::SQS::Queue"):
            if "RedrivePolicy" not in queue:
                assert where.partition("/")[2] in takers, where
                assert queue["MessageRetentionPeriod"] == cdk.Duration.days(14).to_seconds(), where


def test_the_studio_lets_in_its_own_network_alone(everything: Everything) -> None:
    """Acknowledged as AwsSolutions-EC23, which cannot read a range that is a parameter."""
    template = everything.templates["studio-domain"]
    groups = dict(resources({"studio-domain": template}, "AWS::EC2::SecurityGroup"))
    ingress = [rule for group in groups.values() for rule in group.get("SecurityGroupIngress", [])]
    ranges = {str(rule["CidrIp"]) for rule in ingress if "CidrIp" in rule}
    vpcs = {str(vpc["CidrBlock"]) for _, vpc in resources({"": template}, "AWS::EC2::VPC")}
    own = vpcs | {
        str({"Fn::GetAtt": [logical_id, "CidrBlock"]})
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == "AWS::EC2::VPC"
    }
    assert ingress
    assert ranges <= own
    assert not any("CidrIpv6" in rule for rule in ingress)
