"""Whether a role may do something: its own policies, the resource's policy, and who assumes whom.

Decisions are those of the evaluator that the rehearsal runs under, which follows
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html; service control
policies are the organisation's, and unknown here.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ministack.core import iam_evaluator

from base.policy_variables import fill

Document = Mapping[str, Any]
Keys = Mapping[str, Any]

_SESSION_TAG = "aws:PrincipalTag/"
_REQUEST_TAG = "aws:RequestTag/"


@dataclass(frozen=True, eq=False)
class Policy:
    """A policy document, in which variables stand for what a request carries.

    Attributes:
        document: The document.
    """

    document: Document

    @cached_property
    def statements(self) -> list[Document]:
        """Its statements."""
        held = self.document["Statement"]
        return held if isinstance(held, list) else [held]

    def filled(self, context: Any) -> Document:
        """The document with its variables replaced.

        Args:
            context: The request, as the evaluator takes it.
        """
        return self._fill(self.document, context) if self._has_variables else self.document

    def parsed(self, context: Any) -> Any:
        """What the evaluator takes of a role's own policy.

        Args:
            context: The request, as the evaluator takes it.
        """
        if self._has_variables:
            return iam_evaluator.parse_policy_document(self.filled(context))
        return self._parsed

    @cached_property
    def _has_variables(self) -> bool:
        return "${" in json.dumps(self.document)

    @cached_property
    def _parsed(self) -> Any:
        return iam_evaluator.parse_policy_document(self.document)

    @staticmethod
    def _fill(document: Document, context: Any) -> Document:
        filled: Document = fill(document, lambda key: context.service_context.get(key.lower()))
        return filled


@dataclass(frozen=True, kw_only=True, eq=False)
class Role:
    """A role of an account.

    Attributes:
        account: Its account.
        name: Its name.
        trust: Its trust policy.
        policies: Its own policies, inline and managed.
        boundary: Its permissions boundary, if it has one.
        session_tags: The tags of whoever uses it.
    """

    account: str
    name: str
    trust: Policy
    policies: tuple[Policy, ...]
    boundary: Policy | None = None
    session_tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        """Its ARN."""
        return f"arn:aws:iam::{self.account}:role/{self.name}"


@dataclass(frozen=True, kw_only=True, eq=False)
class ResourcePolicy:
    """The policy of a resource.

    Attributes:
        name: What people call the resource.
        account: The account that owns it.
        policy: The policy; None if the resource has none.
        is_required: Whether even roles of the account need it to allow, as of a key.
    """

    name: str
    account: str
    policy: Policy | None
    is_required: bool = False


@dataclass(frozen=True, kw_only=True)
class Request:
    """Something that a role asks for.

    Attributes:
        action: The IAM action.
        resource: The ARN.
        keys: Condition keys of the request.
    """

    action: str
    resource: str
    keys: Keys = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What becomes of a request.

    Attributes:
        is_allowed: Whether it is allowed.
        grants: What allows it besides the role's own policies: statements of resources' policies.
    """

    is_allowed: bool
    grants: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Estate:
    """Everything that decides about requests.

    Attributes:
        region: The Region.
        organization_id: The organisation.
        organization_paths: The path of each of its accounts.
        roles: All roles.
        resource_policies: By the beginning of the ARN of what they govern.
    """

    region: str
    organization_id: str
    organization_paths: Mapping[str, str]
    roles: tuple[Role, ...]
    resource_policies: Mapping[str, ResourcePolicy]

    def judge(self, role: Role, request: Request) -> Verdict:
        """Whether a role may do something itself.

        Args:
            role: The role.
            request: What it asks for.
        """
        context = self._context(role, request)
        governing = self._governing(request.resource)
        identity = iam_evaluator.evaluate(context, *self._own(role, context))
        decision = iam_evaluator.combine_resource_policy(
            identity,
            context,
            governing.policy and governing.policy.filled(context),
            governing.account or role.account,
            required=governing.is_required,
            limits=self._own(role, context)[1:],
        )
        if decision.decision != "Allow":
            return Verdict(is_allowed=False)
        return Verdict(is_allowed=True, grants=tuple(self._grants(governing, context)))

    def allows(self, role: Role, request: Request) -> bool:
        """Whether a role's own policies and its boundary allow something, whatever other policies say.

        Args:
            role: The role.
            request: What it asks for.
        """
        context = self._context(role, request)
        return bool(iam_evaluator.evaluate(context, *self._own(role, context)).decision == "Allow")

    @cached_property
    def assumptions(self) -> Mapping[str, tuple[Role, ...]]:
        """By the ARN of a role, the roles that it may assume, directly or by way of others."""
        direct = {
            role.arn: [other for other in self.roles if other is not role and self._assumes(role, other)]
            for role in self.roles
        }

        def reached(role: Role) -> tuple[Role, ...]:
            found: dict[str, Role] = {}
            waiting = list(direct[role.arn])
            while waiting:
                other = waiting.pop(0)
                if other.arn not in found and other is not role:
                    found[other.arn] = other
                    waiting += direct[other.arn]
            return tuple(found.values())

        return {role.arn: reached(role) for role in self.roles}

    def role(self, account: str, name: str) -> Role:
        """A role by its name.

        Raises:
            KeyError: There is none.
        """
        for role in self.roles:
            if (role.account, role.name) == (account, name):
                return role
        raise KeyError(f"{account} has no role {name}")

    def _assumes(self, role: Role, other: Role) -> bool:
        """Whether the other trusts the role, and the role's own policies allow it."""
        tags = {f"{_REQUEST_TAG}{name}": value for name, value in other.session_tags.items()}
        actions = ["sts:AssumeRole", *(["sts:TagSession"] if tags else [])]
        for action in actions:
            request = Request(action=action, resource=other.arn, keys=tags)
            context = self._context(role, request)
            if not iam_evaluator.evaluate_trust_policy(other.trust.filled(context), role.arn, context):
                return False
            if not self.allows(role, request):
                return False
        return True

    def _own(self, role: Role, context: Any) -> list[Any]:
        """The role's policies, and what limits them, as the evaluator takes them."""
        limits = [] if role.boundary is None else [[role.boundary]]
        return [[policy.parsed(context) for policy in layer] for layer in (role.policies, *limits)]

    def _context(self, role: Role, request: Request) -> Any:
        owner = self._governing(request.resource).account or role.account
        carried = {
            "aws:PrincipalAccount": role.account,
            "aws:PrincipalArn": role.arn,
            "aws:PrincipalOrgID": self.organization_id,
            "aws:PrincipalOrgPaths": [self.organization_paths[role.account]],
            "aws:ResourceAccount": owner,
            **{f"{_SESSION_TAG}{name}": value for name, value in role.session_tags.items()},
            **request.keys,
        }
        if owner in self.organization_paths:
            carried["aws:ResourceOrgID"] = self.organization_id
            carried["aws:ResourceOrgPaths"] = [self.organization_paths[owner]]
        return iam_evaluator.EvalContext(
            principal_arn=role.arn,
            principal_type="AssumedRole",
            principal_account=role.account,
            action=request.action,
            resource_arn=request.resource,
            region=self.region,
            secure_transport=True,
            service_context={name.lower(): value for name, value in carried.items()},
        )

    def _governing(self, resource: str) -> ResourcePolicy:
        """The policy of a resource; the longest beginning is that of the resource itself."""
        beginnings = [start for start in self.resource_policies if _lies_below(resource, start)]
        if beginnings:
            return self.resource_policies[max(beginnings, key=len)]
        parts = resource.split(":")
        account = parts[4] if len(parts) > 4 else ""
        return ResourcePolicy(name=resource, account=account, policy=None)

    def _grants(self, governing: ResourcePolicy, context: Any) -> Iterator[str]:
        for statement in governing.policy.statements if governing.policy else ():
            if statement["Effect"] != "Allow" or "Sid" not in statement:
                continue
            document = Policy({"Statement": [statement]}).filled(context)
            if iam_evaluator.evaluate_resource_policy(document, context).decision == "Allow":
                yield f"{governing.name}: {statement['Sid']}"


def _lies_below(resource: str, start: str) -> bool:
    return resource == start or resource.startswith(f"{start}/")
