"""Constants that protect data, people and bills: one table of rules, asserted on every template.

A rule holds for every resource of its type in every template: the platform's, the products', the StackSets'
and the deploy seed's. What differs on purpose is an exception with its reason; an exception that applies to
nothing fails as well.
"""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from base.settings import load
from products.product import Template
from tests.data_account import with_data_account
from tests.gates.everything import Everything, projects
from tests.gates.test_policies import listed

OWN_ACCOUNT = {"Ref": "AWS::AccountId"}
KEPT = ("Retain", "RetainExceptOnCreate")
DAYS_14 = 14 * 24 * 3600

Resource = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What holds for all resources of a type.

    Attributes:
        name: What is protected.
        types: The CloudFormation types.
        holds: Whether a resource obeys.
        breaks: Takes the constant away: the test of the rule itself.
        exceptions: Resources that differ, by the template's and the beginning of their name, with the reason.
    """

    name: str
    types: tuple[str, ...]
    holds: Callable[[Resource], bool]
    breaks: Callable[[dict[str, Any]], Any]
    exceptions: Mapping[str, str]


def at(resource: Resource, path: str) -> Any:
    """A property by its path; None where it is missing."""
    found: Any = resource.get("Properties", {})
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def without(path: str) -> Callable[[dict[str, Any]], Any]:
    """Removes a property."""

    def remove(resource: dict[str, Any]) -> None:
        resource["Properties"].pop(path.split(".", maxsplit=1)[0], None)

    return remove


def put(path: str, value: Any) -> Callable[[dict[str, Any]], Any]:
    """Sets a property to what no rule allows."""
    return lambda resource: resource["Properties"].__setitem__(path, value)


def _lifecycle(resource: Resource) -> list[Mapping[str, Any]]:
    return [
        rule for rule in at(resource, "LifecycleConfiguration.Rules") or () if rule["Status"] == "Enabled"
    ]


def _kept_days(resource: Resource) -> bool:
    """What is overwritten or deleted stays for 90 days at least, and no rule deletes what is there."""
    return all(
        rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays", 90) >= 90
        and "ExpirationInDays" not in rule
        and "ExpirationDate" not in rule
        for rule in _lifecycle(resource)
    )


def _only_the_own_account(resource: Resource) -> bool:
    """A service that assumes a role acts for this account: the remedy for the confused deputy.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """
    statements = at(resource, "AssumeRolePolicyDocument.Statement")
    return all(
        statement.get("Condition", {}).get("StringEquals", {}).get("aws:SourceAccount") == OWN_ACCOUNT
        for statement in statements
        if isinstance(statement["Principal"], Mapping) and "Service" in statement["Principal"]
    )


def _endpoint_policy(resource: Resource) -> bool:
    statements = at(resource, "PolicyDocument.Statement") or ()
    return bool(statements) and all(
        statement["Effect"] == "Deny"
        or "aws:PrincipalAccount" in statement.get("Condition", {}).get("StringEquals", {})
        for statement in statements
    )


def _ingress(resource: Resource) -> bool:
    """Nothing comes in from outside of the network."""
    rules = at(resource, "SecurityGroupIngress") or ()
    return all(
        rule.get("CidrIp") not in ("0.0.0.0/0", None) or "SourceSecurityGroupId" in rule for rule in rules
    )


def _open_endpoint(resource: dict[str, Any]) -> None:
    for statement in resource["Properties"]["PolicyDocument"]["Statement"]:
        statement.pop("Condition")


def _open_ingress(resource: dict[str, Any]) -> None:
    resource["Properties"]["SecurityGroupIngress"] = [{"CidrIp": "0.0.0.0/0", "IpProtocol": "-1"}]


def _open_trust(resource: dict[str, Any]) -> None:
    resource["Properties"]["AssumeRolePolicyDocument"]["Statement"] = [
        {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ]


LOGS_OF_ACCESS = "S3 writes access logs there, each object once; they are kept for 400 days"
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
LAMBDA = "AWS's own trust of functions has none; who may pass the role in its account decides"
# https://docs.aws.amazon.com/servicecatalog/latest/adminguide/constraints-launch.html
OF_LAUNCHES = "AWS's own trust of launch roles has none; who may launch the product decides"
# https://docs.aws.amazon.com/datazone/latest/userguide/glue-manage-access-role.html
OF_THE_DOMAIN = "DataZone acts for the account of the domain, which the condition names"
CHOSEN_TRUST = "deployment-target DeploymentCloudformationRole"
"""The role whose trust follows `assumptions.cloudformation_trust` in the catalog file."""

RULES = (
    Rule(
        name="containers of endpoints reach no network",
        types=("AWS::SageMaker::Model",),
        holds=lambda model: at(model, "EnableNetworkIsolation") is True,
        breaks=put("EnableNetworkIsolation", False),
        exceptions={},
    ),
    Rule(
        name="buckets keep old versions",
        types=("AWS::S3::Bucket",),
        holds=lambda bucket: at(bucket, "VersioningConfiguration.Status") == "Enabled",
        breaks=without("VersioningConfiguration"),
        exceptions={
            "deployment-target DataCapture": "SageMaker writes each capture once; a second copy would keep "
            "what people asked for beyond its 90 days",
            "mlplatform-foundation AccessLogs": LOGS_OF_ACCESS,
            "mlplatform-registry StorageAccessLogs": LOGS_OF_ACCESS,
        },
    ),
    Rule(
        name="buckets keep their objects, and old versions for 90 days",
        types=("AWS::S3::Bucket",),
        holds=_kept_days,
        breaks=put("LifecycleConfiguration", {"Rules": [{"Status": "Enabled", "ExpirationInDays": 1}]}),
        exceptions={
            "deployment-target DataCapture": "captures hold what people asked for, and are kept for 90 days",
            "mlplatform-foundation AccessLogs": LOGS_OF_ACCESS,
            "mlplatform-registry StorageAccessLogs": LOGS_OF_ACCESS,
        },
    ),
    Rule(
        name="what expires is kept long enough to look at",
        types=("AWS::S3::Bucket",),
        holds=lambda bucket: all(
            rule.get("ExpirationInDays", 90) in (90, 400) for rule in _lifecycle(bucket)
        ),
        breaks=put("LifecycleConfiguration", {"Rules": [{"Status": "Enabled", "ExpirationInDays": 9}]}),
        exceptions={},
    ),
    Rule(
        name="buckets are closed to the public",
        types=("AWS::S3::Bucket",),
        holds=lambda bucket: (
            at(bucket, "PublicAccessBlockConfiguration")
            == dict.fromkeys(
                ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True
            )
        ),
        breaks=without("PublicAccessBlockConfiguration"),
        exceptions={},
    ),
    Rule(
        name="data, code and keys outlive their stacks",
        types=("AWS::CodeCommit::Repository", "AWS::KMS::Key", "AWS::S3::Bucket", "AWS::SQS::Queue"),
        holds=lambda kept: kept.get("DeletionPolicy") in KEPT and kept.get("UpdateReplacePolicy") == "Retain",
        breaks=lambda resource: resource.__setitem__("DeletionPolicy", "Delete"),
        exceptions={},
    ),
    Rule(
        name="keys rotate",
        types=("AWS::KMS::Key",),
        holds=lambda key: at(key, "EnableKeyRotation") is True,
        breaks=without("EnableKeyRotation"),
        exceptions={},
    ),
    Rule(
        name="logs are kept for 90 days, those of the registry for a year",
        types=("AWS::Logs::LogGroup",),
        holds=lambda log: at(log, "RetentionInDays") == (365 if log.get("DeletionPolicy") in KEPT else 90),
        breaks=without("RetentionInDays"),
        exceptions={},
    ),
    Rule(
        name="logs are encrypted with a key of the platform",
        types=("AWS::Logs::LogGroup",),
        holds=lambda log: at(log, "KmsKeyId") is not None,
        breaks=without("KmsKeyId"),
        exceptions={
            "launch SageMakerProjectsLogs": "the account has no key of the platform yet; it says nothing but "
            "whether SageMaker Projects is on",
            "data DataLakeAdministratorsLogs": "neither; it says nothing but which roles are administrators",
            "launch DataLakeAdministratorsLogs": "by the construct of the data accounts",
            "data-subscriptions SubscriberLogs": "its product has no key; it logs ids of listings",
            "published-data SubscribersLogs": "neither; it logs names of roles",
            "mlplatform-accounts SageMakerProjectsLogs": "by the construct of the launching accounts",
        },
    ),
    Rule(
        name="dead letters are kept for 14 days",
        types=("AWS::SQS::Queue",),
        holds=lambda queue: at(queue, "MessageRetentionPeriod") == DAYS_14,
        breaks=without("MessageRetentionPeriod"),
        exceptions={},
    ),
    Rule(
        name="functions end",
        types=("AWS::Lambda::Function",),
        holds=lambda function: at(function, "Timeout") in (60, 300, 900),
        breaks=without("Timeout"),
        exceptions={},
    ),
    Rule(
        name="an event is tried three times, for hours",
        types=("AWS::Lambda::EventInvokeConfig",),
        # Deploy pipelines take no answer of the stage function after 20 minutes.
        holds=lambda config: (
            at(config, "MaximumRetryAttempts") == 2
            and at(config, "MaximumEventAgeInSeconds") in (1200, 21600)
        ),
        breaks=put("MaximumRetryAttempts", 0),
        exceptions={},
    ),
    Rule(
        name="an alarm tells of the first dead letter, or when all attempts have failed",
        types=("AWS::CloudWatch::Alarm",),
        holds=lambda alarm: 1 <= at(alarm, "Threshold") <= (3 if at(alarm, "MetricName") == "Errors" else 1),
        breaks=put("Threshold", 100),
        exceptions={},
    ),
    Rule(
        name="an alarm looks at once, and silence is no alarm",
        types=("AWS::CloudWatch::Alarm",),
        holds=lambda alarm: (
            at(alarm, "Period") in (60, 900)
            and at(alarm, "EvaluationPeriods") == 1
            and at(alarm, "ComparisonOperator") == "GreaterThanOrEqualToThreshold"
            and at(alarm, "TreatMissingData") == "notBreaching"
        ),
        breaks=put("EvaluationPeriods", 12),
        exceptions={},
    ),
    Rule(
        name="a newer execution supersedes those that wait",
        types=("AWS::CodePipeline::Pipeline",),
        holds=lambda pipeline: (
            at(pipeline, "ExecutionMode") == "SUPERSEDED" and at(pipeline, "PipelineType") == "V2"
        ),
        breaks=put("ExecutionMode", "PARALLEL"),
        exceptions={},
    ),
    Rule(
        name="builds end",
        types=("AWS::CodeBuild::Project",),
        holds=lambda project: (
            (at(project, "TimeoutInMinutes") or 999) <= 60
            and (at(project, "QueuedTimeoutInMinutes") or 999) <= 60
        ),
        breaks=without("TimeoutInMinutes"),
        exceptions={},
    ),
    Rule(
        name="endpoints of the network serve the own account",
        types=("AWS::EC2::VPCEndpoint",),
        holds=_endpoint_policy,
        breaks=_open_endpoint,
        exceptions={},
    ),
    Rule(
        name="nothing enters from outside of the network",
        types=("AWS::EC2::SecurityGroup",),
        holds=_ingress,
        breaks=_open_ingress,
        exceptions={},
    ),
    Rule(
        name="subnets give no public addresses",
        types=("AWS::EC2::Subnet",),
        holds=lambda subnet: at(subnet, "MapPublicIpOnLaunch") is False,
        breaks=put("MapPublicIpOnLaunch", True),
        exceptions={},
    ),
    Rule(
        name="services assume roles for the own account",
        types=("AWS::IAM::Role",),
        holds=_only_the_own_account,
        breaks=_open_trust,
        exceptions={
            **{f"{project} RepositorySeedingRole": LAMBDA for project in projects(with_data_account(load()))},
            "launch SageMakerProjectsRole": LAMBDA,
            "data DataLakeAdministratorsRole": LAMBDA,
            "feature-group IngestRole": LAMBDA,
            "launch DataLakeAdministratorsRole": LAMBDA,
            "data-subscriptions SubscriberRole": LAMBDA,
            "published-data SubscribersRole": LAMBDA,
            "data-subscriptions SubscriberAccount": OF_THE_DOMAIN,
            "data Launch": OF_LAUNCHES,
            "mlplatform-accounts SageMakerProjectsRole": LAMBDA,
            "mlplatform-registry PromotionRole": LAMBDA,
            "mlplatform-registry ReleaseRole": LAMBDA,
            "mlplatform-registry StagesRole": LAMBDA,
            "launch Launch": OF_LAUNCHES,
            "mlplatform-portfolios Product": OF_LAUNCHES,
        },
    ),
    Rule(
        name="accounts are made ready one operation at a time, and new ones by themselves",
        types=("AWS::CloudFormation::StackSet",),
        holds=lambda stack_set: (
            at(stack_set, "ManagedExecution.Active") is True
            and at(stack_set, "AutoDeployment.Enabled") is True
            and at(stack_set, "AutoDeployment.RetainStacksOnAccountRemoval") is False
        ),
        breaks=without("ManagedExecution"),
        exceptions={},
    ),
)


def resources(templates: Mapping[str, Template], rule: Rule) -> Iterator[tuple[str, dict[str, Any]]]:
    """All resources that a rule is about, by the template's name and their own."""
    for template_name, template in templates.items():
        for name, resource in template["Resources"].items():
            if resource["Type"] in rule.types:
                yield f"{template_name} {name}", resource


def excepted(rule: Rule, name: str) -> bool:
    return any(name.startswith(beginning) for beginning in rule.exceptions)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_constants_that_protect(
    everything: Everything, seed_templates: Mapping[str, Template], rule: Rule
) -> None:
    found = list(resources({**everything.templates, **seed_templates}, rule))
    if everything.settings.assumptions.cloudformation_trust == "service":
        # The adopter has chosen it: AWS does not tell CloudFormation's account to this role then.
        found = [(name, role) for name, role in found if not name.startswith(CHOSEN_TRUST)]
    names_of_breaches = [name for name, resource in found if not rule.holds(resource)]
    assert [name for name in names_of_breaches if not excepted(rule, name)] == []
    # Repositories of a connection are seeded by a function, which templates without one do not have.
    unused = {
        beginning
        for beginning in rule.exceptions
        if any(name.startswith(beginning) for name, _ in found)
        and not any(name.startswith(beginning) for name in names_of_breaches)
    }
    assert unused == set()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_sees_when_its_constant_is_taken_away(
    everything: Everything, seed_templates: Mapping[str, Template], rule: Rule
) -> None:
    """In each resource that obeys it today."""
    obeying = [
        resource
        for _, resource in resources({**everything.templates, **seed_templates}, rule)
        if rule.holds(resource) and (rule.types != ("AWS::IAM::Role",) or _services(resource))
    ]
    assert obeying or rule.types[0].startswith(("AWS::EC2", "AWS::CodeCommit"))
    for resource in obeying:
        broken = copy.deepcopy(resource)
        rule.breaks(broken)
        assert not rule.holds(broken)


def _services(role: Resource) -> list[str]:
    return [
        service
        for statement in at(role, "AssumeRolePolicyDocument.Statement")
        if isinstance(statement["Principal"], Mapping)
        for service in listed(statement["Principal"].get("Service", ()))
    ]
