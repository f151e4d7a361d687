"""The permissions that a template's resources need, derived from the template itself.

For each resource: the actions that CloudFormation's handlers call to create, read, update and delete it
(`portfolios.resource_types`), on what the Service Authorization Reference says they act on
(`portfolios.iam_actions`), under the names that the template gives (`portfolios.template_values`).

Handlers list what they may call for any resource of their type. It is cut down to this template:

* An action is left out when all it acts on is neither the resource, nor part of it, nor named in its
  properties: Lambda's handler reads layers, and a function without layers needs no permission for it.
* A resource that is retained is never deleted by CloudFormation, so nobody is permitted to delete it.
* Roles are passed only where a property takes one, and only to a service that may assume it.
* Roles get only the managed policies that the template attaches, and keep the boundary that it sets.
* Where a name tells nothing (a key, a VPC, a name that begins with a parameter), changing or deleting what
  exists already is bound to a tag that the template puts on it.
* What is shared through AWS RAM is bound to its kind and to whom the template shares it with.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from portfolios import iam_actions
from portfolios.iam_actions import Action, ArnFormat
from portfolios.resource_types import PermissionsError
from portfolios.sharing_conditions import sharing_conditions
from portfolios.template_values import Resource, TemplateValues, own_formats

Condition = tuple[tuple[str, str, tuple[str, ...]], ...]
"""Operator, key and values of each part, all of which must hold."""

PROJECT_TAG = "sagemaker:project-id"

# The handler of buckets lists these, and calls them for no property of a bucket
# (https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html, "Permissions").
_NEVER_CALLED = frozenset({("AWS::S3::Bucket", "s3:DeleteObject"), ("AWS::S3::Bucket", "s3:PutObjectAcl")})
# Listed for the creation of a resource, and called only for one that exists
# (https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-kms, CreateHandler).
_CALLED_LATER = frozenset({("AWS::KMS::Key", "kms:DisableKey"), ("AWS::KMS::Key", "kms:PutKeyPolicy")})
# What knows no resources and changes something, by the property without which handlers do not call it
# (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html).
_ONLY_WITH: Mapping[str, str] = {
    "logs:CreateLogDelivery": "DataProtectionPolicy",
    "logs:DeleteIndexPolicy": "FieldIndexPolicies",
    "logs:DeleteResourcePolicy": "ResourcePolicyDocument",
    "logs:PutIndexPolicy": "FieldIndexPolicies",
    "logs:PutResourcePolicy": "ResourcePolicyDocument",
}
_LIFTS_BOUNDARY = "iam:DeleteRolePermissionsBoundary"
_SETS_BOUNDARY = "iam:PutRolePermissionsBoundary"
_CRYPTOGRAPHIC = frozenset(
    {"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"}
)
_NAMED_IAM_TYPES = frozenset({"AWS::IAM::Role", "AWS::IAM::ManagedPolicy"})


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A statement of a policy that allows something.

    Attributes:
        sid: What the statement is for, in letters and digits.
        actions: IAM actions, sorted.
        resources: ARNs and patterns of ARNs, sorted; `template_values.ACCOUNT` is the role's own account.
        condition: What must hold besides.
    """

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: Condition = ()

    def to_json(self) -> dict[str, Any]:
        """The statement as it stands in a policy."""
        statement: dict[str, Any] = {
            "Sid": self.sid,
            "Effect": "Allow",
            "Action": list(self.actions),
            "Resource": list(self.resources),
        }
        for operator, key, values in self.condition:
            statement.setdefault("Condition", {}).setdefault(operator, {})[key] = list(values)
        return statement


def derive(template: Mapping[str, Any], *, region: str) -> tuple[Statement, ...]:
    """The statements that whoever creates, updates and deletes a stack of a template needs.

    Args:
        template: A CloudFormation template.
        region: The Region in which it will be launched.

    Returns:
        Statements whose order depends on nothing but the arguments.

    Raises:
        PermissionsError: If nothing says what a resource type needs, or if the template leaves the name of a
            role or managed policy to CloudFormation, so that no permission could be limited to it.
    """
    derivation = _Derivation(TemplateValues(template, region=region))
    for resource in derivation.values.resources.values():
        derivation.add(resource)
    return derivation.statements()


class _Derivation:
    """Collects what is to be allowed: patterns of resources, by action and condition."""

    def __init__(self, values: TemplateValues) -> None:
        self.values = values
        self._allowed: dict[tuple[str, Condition], set[str]] = defaultdict(set)
        self._roles = {
            arn: resource
            for resource in values.resources.values()
            if resource.type.name == "AWS::IAM::Role"
            for arn in values.arns(resource)
        }

    def add(self, resource: Resource) -> None:
        """Allow what one resource needs."""
        if resource.type.name in _NAMED_IAM_TYPES and not self.values.has_own_name(resource):
            raise PermissionsError(
                f"{resource.logical_id} ({resource.type.name}) has no name: give it one that starts with "
                "the platform's prefix, so that the launch role can be limited to it."
            )
        used: dict[ArnFormat | None, list[str]] = defaultdict(list)
        for arn in self.values.references(resource):
            used[iam_actions.classify(arn)].append(arn)
        kinds = resource.type
        verbs = [kinds.create, kinds.read | kinds.update]
        if not resource.retained:
            verbs.append(kinds.delete)
        for calls in verbs:
            actions = [action for action in map(iam_actions.find, sorted(calls)) if action is not None]
            needed = [action for action in actions if self._allow(action, resource, used)]
            if any(action.changes for action in actions) and not any(action.changes for action in needed):
                raise PermissionsError(
                    f"Nothing tells what {', '.join(sorted(calls))} act on for {resource.logical_id}: "
                    f"say which kind of ARN {kinds.name} has, in portfolios/template_values.py."
                )

    def statements(self) -> tuple[Statement, ...]:
        """Group actions that act on the same resources under the same condition."""
        groups: dict[tuple[tuple[str, ...], Condition], list[str]] = defaultdict(list)
        for (action, condition), arns in sorted(self._allowed.items()):
            groups[_without_covered(arns), condition].append(action)
        uses: dict[str, int] = defaultdict(int)
        statements = []
        for (resources, condition), actions in sorted(groups.items()):
            title = _title(actions, resources, condition)
            uses[title] += 1
            statements.append(
                Statement(
                    sid=title if uses[title] == 1 else f"{title}{uses[title]}",
                    actions=tuple(actions),
                    resources=resources,
                    condition=condition,
                )
            )
        return tuple(statements)

    def _allow(self, action: Action, resource: Resource, used: Mapping[ArnFormat | None, list[str]]) -> bool:
        """Allow one call for one resource, if handlers may need it; tell whether they may."""
        if _is_unused(action, resource):
            return False
        if action.name == "iam:PassRole":
            return self._allow_passing_roles(resource)
        if action.name == "iam:CreateServiceLinkedRole":
            return self._allow_service_linked_role(resource)
        if not action.formats:
            self._allowed[action.name, tuple(sharing_conditions(action, resource, self.values))].add("*")
            return True
        own = own_formats(resource.type)
        acted_on = [form for form in action.formats if form in own]
        # What requires no kind of resource, such as tagging, acts on one thing at a time: here, on itself.
        if not acted_on or action.required:
            acted_on += [form for form in action.formats if form in used or self.values.names(form, resource)]
        if not acted_on and not any(_is_part(form, own) for form in action.formats):
            return False
        for form in dict.fromkeys((*acted_on, *action.required)):
            named = () if form in own else used.get(form, ())
            arns = tuple(named) or self.values.fill(form, resource)
            condition = self._condition(action, form, resource, arns)
            if arns and condition is not None:
                self._allowed[action.name, condition].update(arns)
        return True

    def _condition(
        self, action: Action, form: ArnFormat, resource: Resource, arns: tuple[str, ...]
    ) -> Condition | None:
        """What must hold for an action; None if the template has no use for the action."""
        parts: list[tuple[str, str, tuple[str, ...]]] = []
        boundaries = self._boundaries()
        if action.name == _LIFTS_BOUNDARY or (action.name == _SETS_BOUNDARY and not boundaries):
            return None
        if boundaries and "iam:PermissionsBoundary" in action.condition_keys:
            parts.append(("StringEquals", "iam:PermissionsBoundary", boundaries))
        if "iam:PolicyARN" in action.condition_keys:
            attached = self._attached_policies(resource)
            if not attached:
                return None
            parts.append(("ArnLike", "iam:PolicyARN", attached))
        if "kms:GrantIsForAWSResource" in action.condition_keys:
            parts.append(("Bool", "kms:GrantIsForAWSResource", ("true",)))
        if action.name in _CRYPTOGRAPHIC:
            # Only through the service that the key is for.
            parts.append(("Null", "kms:ViaService", ("false",)))
        parts += sharing_conditions(action, resource, self.values)
        if form in own_formats(resource.type) and _is_told_by_tag(action, form, resource, arns):
            parts += self._tag_condition(resource)
        return tuple(sorted(parts))

    def _allow_passing_roles(self, resource: Resource) -> bool:
        taker = f"{resource.type.service}.amazonaws.com"
        roles = self.values.roles(resource)
        for arn in roles:
            trusted = self._trusted_services(arn)
            services = (taker,) if taker in trusted or not trusted else trusted
            condition = (("StringEquals", "iam:PassedToService", services),)
            self._allowed["iam:PassRole", condition].add(arn)
        return bool(roles)

    def _allow_service_linked_role(self, resource: Resource) -> bool:
        service = f"{resource.type.service}.amazonaws.com"
        condition = (("StringEquals", "iam:AWSServiceName", (service,)),)
        arn = f"arn:aws:iam::*:role/aws-service-role/{service}/*"
        self._allowed["iam:CreateServiceLinkedRole", condition].add(arn)
        return True

    def _trusted_services(self, role_arn: str) -> tuple[str, ...]:
        """The services that may assume one of the template's own roles; none for any other role."""
        role = self._roles.get(role_arn)
        statements = role.properties["AssumeRolePolicyDocument"]["Statement"] if role else []
        return tuple(
            sorted(
                service
                for statement in statements
                for service in self.values.patterns(statement.get("Principal", {}).get("Service", []))
            )
        )

    def _boundaries(self) -> tuple[str, ...]:
        """The boundaries of the template's roles; none if a role has none."""
        found: set[str] = set()
        for role in self._roles.values():
            boundary = self.values.patterns(role.properties.get("PermissionsBoundary", []))
            if not boundary:
                return ()
            found.update(boundary)
        return tuple(sorted(found))

    def _attached_policies(self, resource: Resource) -> tuple[str, ...]:
        """The managed policies that a role takes, or the managed policy that roles take."""
        if resource.type.name == "AWS::IAM::ManagedPolicy":
            return self.values.arns(resource)
        return tuple(sorted(self.values.patterns(resource.properties.get("ManagedPolicyArns", []))))

    def _tag_condition(self, resource: Resource) -> list[tuple[str, str, tuple[str, ...]]]:
        """What tells a resource by its tags: that it belongs to a project, or else its first fixed tag."""
        tags = _tags(resource)
        if PROJECT_TAG in tags:
            return [("Null", f"aws:ResourceTag/{PROJECT_TAG}", ("false",))]
        for key in sorted(tags):
            if isinstance(tags[key], str):
                return [("StringEquals", f"aws:ResourceTag/{key}", (tags[key],))]
        return []


def _is_unused(action: Action, resource: Resource) -> bool:
    """Whether handlers list an action that they never call for the resource."""
    needed = _ONLY_WITH.get(action.name)
    return (resource.type.name, action.name) in _NEVER_CALLED or (
        needed is not None and needed not in resource.properties
    )


def _is_part(form: ArnFormat, own: Iterable[ArnFormat]) -> bool:
    """Whether resources of a form belong to the resource: a pipeline's stage, a domain's profile."""
    identities = {placeholder for whole in own for placeholder in whole.placeholders[-1:]}
    return bool(identities.intersection(form.placeholders[:-1]))


def _is_told_by_tag(action: Action, form: ArnFormat, resource: Resource, arns: Iterable[str]) -> bool:
    """Whether an action changes what exists already, and neither its name nor its id says whose it is."""
    created = {name.lower() for name in resource.type.create}
    later = action.name.lower() not in created or (resource.type.name, action.name) in _CALLED_LATER
    nameless = all(arn.replace(":", "/").rpartition("/")[2].startswith("*") for arn in arns)
    return form.knows_tags and action.changes and later and nameless


def _tags(resource: Resource) -> Mapping[str, Any]:
    tags = resource.properties.get("Tags", {})
    if isinstance(tags, list):
        return {tag["Key"]: tag["Value"] for tag in tags if isinstance(tag.get("Key"), str)}
    return dict(tags)


def _without_covered(arns: set[str]) -> tuple[str, ...]:
    """Drop patterns that a wider one covers."""
    return tuple(
        sorted(arn for arn in arns if not any(fnmatchcase(arn, wider) for wider in arns if wider != arn))
    )


def _title(actions: Iterable[str], resources: tuple[str, ...], condition: Condition) -> str:
    """A statement id: what the actions act on, or why they are allowed on everything."""
    if resources == ("*",):
        return "ActionsThatKnowNoResources"
    if tuple(actions) == ("iam:PassRole",):
        (_, _, services), *_ = condition
        return "PassRoleTo" + "".join(_camel(service.partition(".")[0]) for service in services)
    if tuple(actions) == ("iam:CreateServiceLinkedRole",):
        return "ServiceLinkedRole"
    form = iam_actions.classify(resources[0])
    kind = _camel(f"{resources[0].split(':')[2]} {form.kind if form else ''}")
    by_tag = any(key.startswith("aws:ResourceTag/") for _, key, _ in condition)
    return f"{kind}ByTag" if by_tag else kind


def _camel(text: str) -> str:
    words = "".join(character if character.isalnum() else " " for character in text).split()
    return "".join(word[0].upper() + word[1:] for word in words)
