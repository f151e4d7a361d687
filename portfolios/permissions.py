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
* Where a name tells nothing (a key, a VPC, a name that begins with a parameter), making, changing, deleting
  and tagging are bound to the tags that the template puts on it (`portfolios.belonging`).
* What is shared through AWS RAM is bound to its kind and to whom the template shares it with.

Besides come what reading the template itself calls (`portfolios.template_calls`), and what AWS asks for along
with an action (`portfolios.dependent_actions`), and what grants of Lake Formation to other accounts do
(`portfolios.lake_grants`).
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from typing import Any

from portfolios import iam_actions
from portfolios.belonging import Belonging
from portfolios.dependent_actions import dependents
from portfolios.handed_over import HandingOver
from portfolios.handler_actions import actions_for
from portfolios.iam_actions import Action, ArnFormat
from portfolios.lake_grants import grants_elsewhere
from portfolios.resource_types import PermissionsError
from portfolios.sharing_conditions import sharing_conditions
from portfolios.statements import Condition, Part, Statement
from portfolios.template_calls import Call, template_calls
from portfolios.template_values import Resource, TemplateValues, own_formats

__all__ = ["PermissionsError", "Statement", "derive"]

_LIFTS_BOUNDARY = "iam:DeleteRolePermissionsBoundary"
_SETS_BOUNDARY = "iam:PutRolePermissionsBoundary"
# What gives a role something asks for its boundary. What reads it, deletes it or takes something away also
# works on a role that was made before roles had boundaries. The user guide's list of what carries the key has
# no UpdateAssumeRolePolicy, and the Service Authorization Reference has it: asked for where AWS tells it
# (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html).
_BOUND: Mapping[str, str] = {
    "iam:AttachRolePolicy": "StringEquals",
    "iam:CreateRole": "StringEquals",
    "iam:PutRolePermissionsBoundary": "StringEquals",
    "iam:PutRolePolicy": "StringEquals",
    "iam:UpdateAssumeRolePolicy": "StringEqualsIfExists",
}
_CRYPTOGRAPHIC = frozenset(
    {"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"}
)
# What a service makes with a resource and deletes with it, by IAM prefix and the service's tag
# (https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSageMakerNotebooksServiceRolePolicy.html).
_MADE_BESIDE: Mapping[str, Mapping[str, str]] = {
    "AWS::SageMaker::Domain": {"elasticfilesystem": "ManagedByAmazonSageMakerResource"},
}
_Allowed = dict[tuple[str, Condition], set[str]]
"""What is to be allowed: patterns of resources, by action and condition."""

_NAMED_IAM_TYPES = frozenset({"AWS::IAM::Role", "AWS::IAM::ManagedPolicy"})


def derive(
    *templates: Mapping[str, Any], region: str, product_tag: str | None = None
) -> tuple[Statement, ...]:
    """The statements that whoever creates, updates and deletes a stack of any of some templates needs.

    Args:
        templates: CloudFormation templates.
        region: The Region in which they will be launched.
        product_tag: The key of the tag by which a template tells its product, if it does.

    Returns:
        Statements whose order depends on nothing but the arguments.

    Raises:
        PermissionsError: If nothing says what a resource type or a function of the template needs, or if
            the template leaves the name of a role or managed policy to CloudFormation, so that no permission
            could be limited to it.
    """
    return _derive(tuple(map(json.dumps, templates)), region, product_tag)


# One template is launched in several accounts, each of which holds a role for it.
@lru_cache(maxsize=64)
def _derive(texts: tuple[str, ...], region: str, product_tag: str | None) -> tuple[Statement, ...]:
    allowed: _Allowed = defaultdict(set)
    for template in map(json.loads, texts):
        derivation = _Derivation(
            TemplateValues(template, region=region), Belonging(product_tag), allowed, region
        )
        for call in template_calls(template, derivation.values, region=region):
            derivation.add_call(call)
        for resource in derivation.values.resources.values():
            derivation.add(resource)
    return _statements(allowed)


def _statements(allowed: _Allowed) -> tuple[Statement, ...]:
    """Group actions that act on the same resources under the same condition."""
    groups: dict[tuple[tuple[str, ...], Condition], list[str]] = defaultdict(list)
    for (action, condition), arns in sorted(allowed.items()):
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


class _Derivation:
    """Collects what a template needs."""

    def __init__(self, values: TemplateValues, belonging: Belonging, allowed: _Allowed, region: str) -> None:
        self.values = values
        self._belonging = belonging
        self._allowed = allowed
        self._region = region
        self._handing_over = HandingOver(values)

    def add_call(self, call: Call) -> None:
        """Allow what reading the template calls."""
        via = (("StringEquals", "kms:ViaService", (call.via,)),) if call.via else ()
        self._allowed[call.action, via].add(call.resource)

    def add(self, resource: Resource) -> None:
        """Allow what one resource needs."""
        if resource.type.name in _NAMED_IAM_TYPES and not self.values.has_own_name(resource):
            raise PermissionsError(
                f"{resource.logical_id} ({resource.type.name}) has no name: give it one that starts with "
                "the platform's prefix, so that the launch role can be limited to it."
            )
        for grant in grants_elsewhere(resource, region=self._region):
            self._allowed[grant.action, grant.condition].add(grant.resource)
        used: dict[ArnFormat | None, list[str]] = defaultdict(list)
        for arn in self.values.references(resource):
            used[iam_actions.classify(arn)].append(arn)
        kinds = resource.type
        verbs = [kinds.create, kinds.read | kinds.update]
        if not resource.retained:
            verbs.append(kinds.delete)
        listed = frozenset().union(*verbs)
        for calls in verbs:
            actions = actions_for(resource, calls)
            needed = [action for action in actions if self._allow(action, resource, used)]
            for action in needed:
                self._allow_dependents(action, resource, listed)
            if any(action.changes for action in actions) and not any(action.changes for action in needed):
                raise PermissionsError(
                    f"Nothing tells what {', '.join(sorted(calls))} act on for {resource.logical_id}: "
                    f"say which kind of ARN {kinds.name} has, in portfolios/template_values.py."
                )

    def _allow(self, action: Action, resource: Resource, used: Mapping[ArnFormat | None, list[str]]) -> bool:
        """Allow one call for one resource, if handlers may need it; tell whether they may."""
        handed_over = self._handing_over.grants(action, resource)
        if handed_over is not None:
            for grant in handed_over:
                self._allowed[grant.action, grant.condition].add(grant.resource)
            return bool(handed_over)
        if not action.formats:
            bound = (
                *sharing_conditions(action, resource, self.values),
                *self._belonging.of_request(action, resource),
            )
            self._allowed[action.name, tuple(sorted(bound))].add("*")
            return True
        if action.name.partition(":")[0] in _MADE_BESIDE.get(resource.type.name, {}):
            return self._allow_on_what_is_made_beside(action, resource)
        own = own_formats(resource.type)
        acted_on = [form for form in action.formats if form in own]
        required = action.required
        if acted_on and (action.tags or not required):
            # Tags are of one thing at a time: here, of itself. The kinds of which tagging requires one are a
            # choice. So are those of other actions that require none.
            required = ()
        else:
            acted_on += [form for form in action.formats if form in used or self.values.names(form, resource)]
        if not acted_on and not any(_is_part(form, own) for form in action.formats):
            return False
        for form in dict.fromkeys((*acted_on, *required)):
            named = () if form in own else used.get(form, ())
            arns = tuple(named) or self.values.fill(form, resource)
            condition = self._condition(action, resource)
            if not arns or condition is None:
                continue
            own_form = form in own_formats(resource.type)
            belongs = self._belonging.conditions(action, form, resource, arns) if own_form else [()]
            for alternative in belongs:
                self._allowed[action.name, tuple(sorted((*condition, *alternative)))].update(arns)
        return True

    def _condition(self, action: Action, resource: Resource) -> Condition | None:
        """What must hold for an action; None if the template has no use for the action."""
        parts: list[Part] = []
        boundaries = self._boundaries
        if action.name == _LIFTS_BOUNDARY or (action.name == _SETS_BOUNDARY and not boundaries):
            return None
        if boundaries and action.name in _BOUND:
            parts.append((_BOUND[action.name], "iam:PermissionsBoundary", boundaries))
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
        return tuple(parts)

    def _allow_on_what_is_made_beside(self, action: Action, resource: Resource) -> bool:
        """What a service makes with a resource is known by the service's tag, once it is there."""
        service = action.name.partition(":")[0]
        tag = _MADE_BESIDE[resource.type.name][service]
        exists = action.changes and not action.name.partition(":")[2].startswith("Create")
        condition = (("Null", f"aws:ResourceTag/{tag}", ("false",)),) if exists else ()
        for form in action.required:
            self._allowed[action.name, condition].update(self.values.fill(form, resource))
        return True

    def _allow_dependents(self, action: Action, resource: Resource, listed: frozenset[str]) -> None:
        for dependent in actions_for(resource, dependents(resource, action, listed)):
            if self._handing_over.grants(dependent, resource) is not None:
                self._allow(dependent, resource, {})
                continue
            service, _, verb = action.name.partition(":")
            while_made = f"{service}:CreateAction"
            condition: Condition = ()
            if dependent.tags and while_made in dependent.condition_keys:
                # What exists already is not tagged.
                condition = (("StringEquals", while_made, (verb,)),)
            forms = dependent.required or dependent.formats
            arns = [arn for form in forms for arn in self.values.fill(form, resource)]
            self._allowed[dependent.name, condition].update(arns or ["*"])

    @cached_property
    def _boundaries(self) -> tuple[str, ...]:
        """The boundaries of the template's roles; none if a role has none."""
        found: set[str] = set()
        for role in self._handing_over.roles.values():
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


def _is_part(form: ArnFormat, own: Iterable[ArnFormat]) -> bool:
    """Whether resources of a form belong to the resource: a pipeline's stage, a domain's profile."""
    identities = {placeholder for whole in own for placeholder in whole.placeholders[-1:]}
    return bool(identities.intersection(form.placeholders[:-1]))


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
