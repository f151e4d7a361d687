"""IAM roles that may do just what is listed, each wildcard with its reason."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from base.acknowledgements import acknowledge, acknowledgements_wanted
from base.pseudo_parameters import ACCOUNT_ID, PARTITION, REGION


@dataclass(frozen=True, kw_only=True)
class Permission:
    """One statement of what a role may do.

    Attributes:
        actions: IAM actions, none with a wildcard.
        resources: ARNs.
        conditions: Conditions as in a policy document.
        because: Why a resource holds a wildcard; required when one does.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    because: str = ""

    def to_json(self) -> dict[str, Any]:
        """The permission as a statement of a policy."""
        return {
            "Effect": "Allow",
            "Action": list(self.actions),
            "Resource": list(self.resources),
            **({"Condition": self.conditions} if self.conditions else {}),
        }


def policy_document(permissions: Iterable[Permission]) -> iam.PolicyDocument:
    """The policy that allows what is listed.

    Handed over in one piece: each statement made by itself costs two calls of jsii.

    Args:
        permissions: What it allows.
    """
    return iam.PolicyDocument.from_json(
        {"Version": "2012-10-17", "Statement": [permission.to_json() for permission in permissions]}
    )


@cache
def service_principal(service: str, *, tells_account: bool = True) -> iam.PrincipalBase:
    """A service acting for the account of the stack, and for no other.

    The condition is AWS's remedy for the confused deputy
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html).

    Args:
        service: The service's name, such as ``codebuild``.
        tells_account: Whether the service says for which account it acts; otherwise it is trusted without.
    """
    principal = iam.ServicePrincipal(f"{service}.amazonaws.com")
    if not tells_account:
        return principal
    return principal.with_conditions({"StringEquals": {"aws:SourceAccount": ACCOUNT_ID}})


def role_elsewhere(account: str, role_name: str) -> iam.PrincipalBase:
    """A role of another account, named before it exists.

    A policy that names a role as its principal is refused while there is no such role, and goes dead when
    the role is made anew. The account with a condition on the caller's role has neither trouble.

    Args:
        account: The account's id.
        role_name: The role's name.
    """
    return iam.AccountPrincipal(account).with_conditions(
        {"ArnEquals": {"aws:PrincipalArn": role_arn(account, role_name)}}
    )


def key_of_another_account(alias: str, *, by_alias: bool) -> Mapping[str, Mapping[str, Any]]:
    """The condition by which a role knows a key of another account, whose id it does not know.

    Without it the policy of each key decides alone, which must let the role in by name in any case
    (https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html).

    Args:
        alias: The key's alias, or a pattern of it.
        by_alias: Whether aliases of another account's keys are told to policies.
    """
    return {"ForAnyValue:StringLike": {"kms:ResourceAliases": alias}} if by_alias else {}


def arn(service: str, resource: str) -> str:
    """The ARN of something in the account and Region of the stack.

    Args:
        service: The service, such as ``sagemaker``.
        resource: Type and name, such as ``pipeline/churn``.
    """
    return f"arn:{PARTITION}:{service}:{REGION}:{ACCOUNT_ID}:{resource}"


def role_arn(account: str, role_name: str) -> str:
    """The ARN of a role by its name.

    Args:
        account: The account's id.
        role_name: The role's name.
    """
    return f"arn:{PARTITION}:iam::{account}:role/{role_name}"


def role(
    scope: Construct,
    construct_id: str,
    *,
    name: str,
    description: str,
    trusts: iam.IPrincipal,
    permissions: Iterable[Permission],
) -> iam.Role:
    """A role that may do just what is listed, in one resource with its policy.

    Args:
        scope: The construct it belongs to.
        construct_id: Its id there.
        name: The role's name.
        description: What the role is for, in the console.
        trusts: Who assumes it.
        permissions: What it may do.

    Raises:
        ValueError: If an action holds a wildcard, or a resource does and no reason is given.
    """
    permissions = tuple(permissions)
    made = iam.Role(
        scope,
        construct_id,
        role_name=name,
        description=description,
        assumed_by=trusts,
        inline_policies={"permissions": policy_document(permissions)} if permissions else None,
    )
    explain_wildcards(made, permissions)
    return made


def explain_wildcards(construct: Construct, permissions: Iterable[Permission]) -> None:
    """Tell cdk-nag why each resource with a wildcard is as narrow as it can be.

    Args:
        construct: The role or policy that holds the permissions.
        permissions: The permissions.

    Raises:
        ValueError: If an action holds a wildcard, or a resource does and no reason is given.
    """
    stack = cdk.Stack.of(construct) if acknowledgements_wanted() else None
    for permission in permissions:
        if any("*" in action for action in permission.actions):
            raise ValueError(f"{construct.node.path}: name each action of {', '.join(permission.actions)}.")
        for resource in permission.resources:
            flat = _flatten(stack.resolve(resource)) if stack else resource
            if "*" not in flat:
                continue
            if not permission.because:
                raise ValueError(f"{construct.node.path}: say why {flat} holds a wildcard.")
            acknowledge(construct, rule=f"AwsSolutions-IAM5[Resource::{flat}]", reason=permission.because)


def _flatten(value: Any) -> str:
    """A resolved value in the form in which cdk-nag writes it in its findings.

    It keeps references, for which a finding has names of its own; `base.intrinsics` replaces them by values.
    """
    match value:
        case str():
            return value.replace("${", "<").replace("}", ">")
        case {"Fn::Join": [str() as delimiter, [*items]]}:
            return delimiter.join(_flatten(item) for item in items)
        case {"Fn::GetAtt": [resource, attribute]}:
            return f"<{_flatten(resource)}.{_flatten(attribute)}>"
        case {"Ref": name}:
            return f"<{_flatten(name)}>"
        case _:
            return json.dumps(value, separators=(",", ":"))
