"""Permissions boundaries: the adopter's of every role, and the platform's of the roles that products make."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from base.limits import MANAGED_POLICY
from base.roles import Permission, explain_wildcards
from base.settings import Settings
from portfolios.resource_types import PermissionsError
from portfolios.statements import Statement, document, size
from portfolios.template_values import ACCOUNT, Resource, TemplateValues
from products.product import Template

# Who may pass, assume or make roles may become them: here the boundary names which.
_OVER_ROLES = ("iam", "sts")


def apply_boundary(stack: cdk.Stack, settings: Settings) -> None:
    """Bound every role of a stack, if the adopter asks for it.

    Args:
        stack: The stack.
        settings: What the adopter decided.
    """
    if settings.permissions_boundary:
        policy = iam.ManagedPolicy.from_managed_policy_name(stack, "Boundary", settings.permissions_boundary)
        iam.PermissionsBoundary.of(stack).apply(policy)


def add_project_boundary(
    scope: Construct, *, settings: Settings, templates: Iterable[Template]
) -> iam.CfnManagedPolicy | None:
    """Define the boundary of the roles that products make in an account, if they make any.

    A launch role may make roles, and write their policies. The boundary, which it may neither leave out nor
    lift, keeps these to the actions that the products' own roles have: a launch that goes astray makes no
    administrator (https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html).

    Args:
        scope: The parent.
        settings: What the adopter decided.
        templates: The templates of the products that are launched in the account.

    Returns:
        None if no role needs it, or the adopter names another.

    Raises:
        PermissionsError: If the products' roles have more actions than a boundary holds.
    """
    statements = boundary_statements(templates, region=settings.region)
    if settings.permissions_boundary or not statements:
        return None
    if size(statements) > MANAGED_POLICY.maximum:
        raise PermissionsError(
            f"The roles of the products have {size(statements):,} characters of different actions, and a "
            f"boundary holds {MANAGED_POLICY.maximum:,}: name a boundary of your own as permissions_boundary "
            "in catalog.yaml."
        )
    account = cdk.Stack.of(scope).account
    policy = iam.CfnManagedPolicy(
        scope,
        "ProjectBoundary",
        managed_policy_name=settings.names.project_boundary,
        description="Bounds the roles that products of the ML platform make; it grants nothing",
        policy_document=document(statements, account),
    )
    explain_wildcards(
        policy,
        [
            Permission(
                actions=statement.actions,
                resources=tuple(arn.replace(ACCOUNT, account) for arn in statement.resources),
                because="A boundary grants nothing: the role's own policies name the resources.",
            )
            for statement in statements
        ],
    )
    return policy


def boundary_statements(templates: Iterable[Template], *, region: str) -> tuple[Statement, ...]:
    """The actions of all roles that templates make; what gives power over roles, on their resources only.

    Args:
        templates: The templates.
        region: The Region in which they are launched.
    """
    over_roles: dict[str, set[str]] = defaultdict(set)
    actions: set[str] = set()
    for template in templates:
        values = TemplateValues(template, region=region)
        for statement in _statements(values):
            for action in _listed(statement["Action"]):
                if action.startswith(tuple(f"{prefix}:" for prefix in _OVER_ROLES)):
                    over_roles[action].update(values.patterns(statement["Resource"]))
                else:
                    actions.add(action)
    bounded = [Statement(sid="ActionsOfProjects", actions=tuple(sorted(actions)), resources=("*",))]
    for action, resources in sorted(over_roles.items()):
        sid = "".join(word.capitalize() for word in action.split(":"))
        bounded.append(Statement(sid=sid, actions=(action,), resources=tuple(sorted(resources))))
    return tuple(statement for statement in bounded if statement.actions)


def _statements(values: TemplateValues) -> Iterator[Mapping[str, Any]]:
    for role in _of_type(values, "AWS::IAM::Role"):
        for policy in role.properties.get("Policies", []):
            yield from policy["PolicyDocument"]["Statement"]
    for kind in ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"):
        for policy in _of_type(values, kind):
            yield from policy.properties["PolicyDocument"]["Statement"]


def _of_type(values: TemplateValues, kind: str) -> Iterator[Resource]:
    return (resource for resource in values.resources.values() if resource.type.name == kind)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
