"""Who may do what: ministack's policy evaluator, asked for a caller or for a role that a service uses.

The evaluation follows
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html without service
control policies, which the emulator does not have.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ministack.core import iam_evaluator
from ministack.services import iam

Policy = dict[str, Any] | str | None
ResourcePolicy = tuple[Policy, str]
"""A resource's own policy, if it has one, and the account that owns the resource."""

_KEY_ACTIONS = "kms:"
"""A key's policy must allow even the principals of the owner's account."""


class AuthenticationError(Exception):
    """Credentials that the emulator did not give out, or that have expired."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Principal:
    """Whoever acts, with the policies that hold for it.

    Attributes:
        arn: An assumed role's session, a user, or an account's root.
        policies: Identity policies; None stands for root, which may do everything.
        limits: Permissions boundary and session policies.
        keys: Condition keys that describe the principal, in lower case.
    """

    arn: str
    kind: str
    account: str
    policies: list[Any] | None
    limits: list[Any] = field(default_factory=list)
    keys: dict[str, Any] = field(default_factory=dict)


def principal_of_key(access_key: str, account: str) -> Principal:
    """Return who an access key belongs to.

    Raises:
        AuthenticationError: To nobody, or no longer.
    """
    found = iam_evaluator.resolve_principal(access_key, account)
    if isinstance(found, iam_evaluator.AuthError):
        raise AuthenticationError(found.code, found.message)
    return Principal(
        arn=found.arn,
        kind=found.type,
        account=found.account,
        policies=found.policies,
        limits=list(found.limits),
        keys=dict(found.keys),
    )


def principal_of_role(role_arn: str, session_name: str) -> Principal:
    """Return the session in which a service uses a role, whatever the role's trust policy says.

    Raises:
        AuthenticationError: There is no such role.
    """
    account, name = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    role = iam._roles.get_scoped(account, None, name)
    if role is None:
        raise AuthenticationError("AccessDenied", f"The role {role_arn} does not exist.")
    tags = {f"aws:principaltag/{tag['Key'].lower()}": tag["Value"] for tag in role.get("Tags") or []}
    return Principal(
        arn=f"arn:aws:sts::{account}:assumed-role/{name}/{session_name}",
        kind="AssumedRole",
        account=account,
        policies=iam_evaluator._gather_role_policies(name, account),
        limits=iam_evaluator._permissions_boundary(iam._roles, name, account),
        keys={"aws:userid": f"{role['RoleId']}:{session_name}", **tags},
    )


def refusal(
    principal: Principal,
    action: str,
    resource: str,
    *,
    region: str,
    condition_keys: Mapping[str, Any] | None = None,
    resource_policy: ResourcePolicy | None = None,
) -> str | None:
    """Return why a principal may not do something, in AWS's words, or None if it may.

    Args:
        principal: Who.
        action: What, such as `sagemaker:CreateProject`.
        resource: ARN of on what, or `*` where an action takes none.
        region: The Region of the request.
        condition_keys: Keys that policies may ask for, beside those that describe the principal.
        resource_policy: The resource's own policy. A resource of another account without one is closed.
    """
    if principal.policies is None:
        return None
    context = {key.lower(): value for key, value in (condition_keys or {}).items()}
    context.setdefault("aws:tagkeys", None)
    evaluation = iam_evaluator.EvalContext(
        principal_arn=principal.arn,
        principal_type=principal.kind,
        principal_account=principal.account,
        action=action,
        resource_arn=resource,
        region=region,
        service_context=context,
        principal_keys=principal.keys,
    )
    identity = iam_evaluator.evaluate(evaluation, principal.policies, *principal.limits)
    policy, owner = resource_policy or (None, _owner(resource))
    combined = iam_evaluator.combine_resource_policy(
        identity,
        evaluation,
        policy,
        owner,
        required=policy is not None and action.startswith(_KEY_ACTIONS),
        limits=principal.limits,
    )
    if combined.decision == "Allow":
        return None
    if combined.decision == "Deny":
        kind = "a resource-based policy" if combined.resource_policy_arn else "an identity-based policy"
        reason = f"with an explicit deny in {kind}"
    else:
        kind = "resource-based" if identity.decision == "Allow" else "identity-based"
        reason = f"because no {kind} policy allows the {action} action"
    return f"User: {principal.arn} is not authorized to perform: {action} on resource: {resource} {reason}"


def service_refusal(
    service: str,
    action: str,
    resource: str,
    policy: Policy,
    *,
    source_arn: str,
    source_account: str,
    region: str,
) -> str | None:
    """Return why a resource's policy does not let a service in, or None if it does.

    Args:
        service: The service principal, such as `events.amazonaws.com`.
        action: What the service does.
        resource: ARN of on what.
        policy: The policy of the resource.
        source_arn: On behalf of which resource (`aws:SourceArn`).
        source_account: On behalf of which account (`aws:SourceAccount`).
        region: The Region.
    """
    evaluation = iam_evaluator.EvalContext(
        principal_arn=service,
        principal_type="Service",
        principal_account="",
        action=action,
        resource_arn=resource,
        region=region,
        service_context={"aws:sourcearn": source_arn, "aws:sourceaccount": source_account},
    )
    if iam_evaluator.evaluate_resource_policy(policy, evaluation, service=service).decision == "Allow":
        return None
    return (
        f"{service} is not authorized to perform: {action} on resource: {resource} "
        f"because no resource-based policy allows the {action} action"
    )


def tag_keys(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return `aws:RequestTag/...` and `aws:TagKeys` for the tags among the parameters of a request."""
    given = dict(_tags(parameters.get("Tags") or parameters.get("tags") or ()))
    names = [*given, *parameters.get("TagKeys", parameters.get("tagKeys", ()))]
    keys: dict[str, Any] = {f"aws:RequestTag/{name}": value for name, value in given.items()}
    return keys | ({"aws:TagKeys": names} if names else {})


def _tags(tags: Any) -> Iterator[tuple[str, str]]:
    if isinstance(tags, Mapping):
        yield from tags.items()
        return
    for tag in tags:
        yield tag.get("Key", tag.get("key")), tag.get("Value", tag.get("value", ""))


def _owner(resource: str) -> str | None:
    owner: str | None = iam_evaluator._account_from_arn(resource)
    return owner
