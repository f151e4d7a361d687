"""How long the platform's policies are: those in its templates, and those that its functions write."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from access.templates import DeployedTemplate
from base.contracts.tags import REGISTERS_DIRECTLY, SOURCE_ACCOUNT
from base.limits import (
    BUCKET_POLICY,
    EVENT_BUS_POLICY,
    GROUP_POLICY,
    INLINE_POLICIES,
    KEY_POLICY,
    MANAGED_POLICIES,
    MANAGED_POLICY,
    QUEUE_POLICY,
    REPOSITORY_POLICY,
    SERVICE_CONTROL_POLICY,
    TOPIC_POLICY,
    TRUST_POLICY,
    Limit,
    Measured,
)
from base.names import MAXIMUM_MODEL_PACKAGE_GROUP, MAXIMUM_ROLE
from base.settings import Settings
from portfolios.launch_role import DERIVED
from registry.functions.model_registry.group_policy import (
    group_policy,
)
from registry.functions.model_registry.promotion.repositories import repository_policy
from registry.serving import readers

Properties = Mapping[str, Any]

# Each type of resource, the property that holds its policy, and the limit.
_POLICIES: tuple[tuple[str, str, Limit], ...] = (
    ("AWS::ECR::Repository", "RepositoryPolicyText", REPOSITORY_POLICY),
    ("AWS::IAM::ManagedPolicy", "PolicyDocument", MANAGED_POLICY),
    ("AWS::IAM::Role", "AssumeRolePolicyDocument", TRUST_POLICY),
    ("AWS::IAM::Role", "ManagedPolicyArns", MANAGED_POLICIES),
    ("AWS::KMS::Key", "KeyPolicy", KEY_POLICY),
    ("AWS::Organizations::Policy", "Content", SERVICE_CONTROL_POLICY),
    ("AWS::S3::BucketPolicy", "PolicyDocument", BUCKET_POLICY),
    ("AWS::SNS::TopicPolicy", "PolicyDocument", TOPIC_POLICY),
    ("AWS::SQS::QueuePolicy", "PolicyDocument", QUEUE_POLICY),
    ("AWS::SageMaker::ModelPackageGroup", "ModelPackageGroupPolicy", GROUP_POLICY),
)


def measure(templates: Iterable[DeployedTemplate]) -> Iterator[Measured]:
    """Measure every policy of templates.

    Args:
        templates: The templates, with the longest names that a deployment may choose.
    """
    for template in templates:
        for kind, name, limit in _POLICIES:
            for logical_id, properties in template.resources(kind):
                if name in properties:
                    where = f"{template.name}/{logical_id}"
                    yield Measured(
                        where=where,
                        limit=limit,
                        size=limit.size(properties[name]),
                        # Managed policies are all of derived roles.
                        is_packed=limit is MANAGED_POLICY,
                    )
        yield from _inline(template)
        yield from _event_buses(template)


def measure_written(settings: Settings, serving_roles: Sequence[str]) -> Iterator[Measured]:
    """Measure the policies that functions write when a model comes, with the longest names.

    Args:
        settings: What the adopter decided.
        serving_roles: The names of the roles under which models serve.
    """
    reading = readers(settings.names, settings.organization, serving_roles)
    name = "g" * MAXIMUM_MODEL_PACKAGE_GROUP
    arn = (
        f"arn:aws:sagemaker:{settings.region}:{settings.accounts.shared_services}:model-package-group/{name}"
    )
    tags = {
        SOURCE_ACCOUNT: settings.accounts.development,
        REGISTERS_DIRECTLY: "r" * MAXIMUM_ROLE,
    }
    written = {
        GROUP_POLICY: (
            "A central group whose versions a project registers itself",
            group_policy(arn, tags, reading),
        ),
        REPOSITORY_POLICY: ("A central image repository", repository_policy(reading)),
    }
    for limit, (where, policy) in written.items():
        yield Measured(where=where, limit=limit, size=limit.size(policy))


def _inline(template: DeployedTemplate) -> Iterator[Measured]:
    """The policies that a role holds itself, and those that the template adds to it."""
    held: dict[str, list[Properties]] = defaultdict(list)
    for logical_id, role in template.resources("AWS::IAM::Role"):
        held[role.get("RoleName", logical_id)] += role.get("Policies", [])
    for _, policy in template.resources("AWS::IAM::Policy"):
        for role_name in policy["Roles"]:
            held[role_name].append(policy)
    for role_name, policies in held.items():
        yield Measured(
            where=f"{template.name}/{role_name}",
            limit=INLINE_POLICIES,
            size=INLINE_POLICIES.size(*(policy["PolicyDocument"] for policy in policies)),
            is_packed={policy["PolicyName"] for policy in policies} == {DERIVED},
        )


def _event_buses(template: DeployedTemplate) -> Iterator[Measured]:
    """The policy of a bus, each statement of which is a resource."""
    statements: dict[str, list[Any]] = defaultdict(list)
    for _, policy in template.resources("AWS::Events::EventBusPolicy"):
        statements[policy.get("EventBusName", "default")].append(policy["Statement"])
    for bus, held in statements.items():
        yield Measured(
            where=f"{template.name}/{bus}", limit=EVENT_BUS_POLICY, size=EVENT_BUS_POLICY.size(*held)
        )
