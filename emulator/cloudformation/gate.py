"""Whether whoever runs a stack may do what CloudFormation does in its name to one resource.

CloudFormation acts on the credentials of the stack's role, or of its caller
(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html). ministack does
everything by itself; here each step is first asked for, on the ARNs of the very resource, as far as they
can be known before it exists.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ministack.services import kms, s3

from emulator.cloudformation.actions import (
    asked_besides,
    called,
    is_about_tags,
    passed_connections,
    passed_roles,
    tags,
)
from emulator.core import arns, service_linked_roles
from emulator.core.authorization import Principal, ResourcePolicy, refusal
from emulator.core.resource_schemas import Verb, identifiers
from emulator.iam.conditions import owner_of
from emulator.ram import keys as ram_keys
from emulator.s3.access import s3_location

_GENERATED = "0123456789abcdef0"
"""What stands for an id that AWS will generate."""

_PASSED_TO: Mapping[str, str] = {"AWS::EC2::FlowLog": "vpc-flow-logs.amazonaws.com"}
"""Who gets the roles of a type, where that is not its service."""

_PLACEHOLDERS: Mapping[str, str] = {
    "GroupId": "SecurityGroupId",
    "KmsKeyId": "KeyId",
    "Queue": "QueueName",
    "TargetKeyId": "KeyId",
}
"""Properties that name what ARNs call otherwise."""

_POLICY_ACTIONS = frozenset({"iam:AttachRolePolicy", "iam:DetachRolePolicy"})


class NotAllowedError(ValueError):
    """A stack's role lacks a permission; in the words of a stack event."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """What is about to happen to a resource of a stack.

    Attributes:
        verb: What happens.
        type_name: The resource's type.
        logical_id: Its name in the template.
        properties: Its properties; on update, the new ones.
        previous: On update, the old properties.
        physical_id: Its id, if it exists.
        stack_name: The stack.
        stack_tags: Tags of the stack.
        account: Where.
        region: Where.
    """

    verb: Verb
    type_name: str
    logical_id: str
    properties: Mapping[str, Any]
    previous: Mapping[str, Any] | None = None
    physical_id: str | None = None
    stack_name: str
    stack_tags: Mapping[str, str]
    account: str
    region: str


class _Need(NamedTuple):
    action: str
    resource: str
    keys: dict[str, Any]


def check(principal: Principal, step: Step) -> None:
    """Check that a step is allowed.

    Args:
        principal: Whose credentials CloudFormation uses.
        step: The step.

    Raises:
        NotAllowedError: It is not; the message names the first action and resource that are refused.
    """
    linked = [
        _Need(service_linked_roles.ACTION, role.arn, role.condition_keys) for role in linked_roles(step)
    ]
    for action, resource, keys in (*_needs(step), *linked):
        reason = refusal(
            principal,
            action,
            resource,
            region=step.region,
            condition_keys=keys,
            resource_policy=_resource_policy(resource, step.account),
        )
        if reason is not None:
            raise NotAllowedError(
                f'Resource handler returned message: "{reason}" (HandlerErrorCode: AccessDenied)'
            )


def _needs(step: Step) -> Iterator[_Need]:
    own_tags = {**step.stack_tags, **tags(step.type_name, step.properties)}
    request = {f"aws:RequestTag/{key}": value for key, value in own_tags.items()} | {
        "aws:TagKeys": [*own_tags]
    }
    existing = {f"aws:ResourceTag/{key}": value for key, value in own_tags.items()}
    boundary = {"iam:PermissionsBoundary": step.properties.get("PermissionsBoundary")}
    for action in called(step.type_name, step.verb, step.properties, step.previous):
        keys: dict[str, Any] = {"kms:GrantIsForAWSResource": "true", "kms:ViaService": _via(step), **boundary}
        creates = step.verb == "create" and action.partition(":")[2].startswith(
            ("Create", "PutRule", "PutMetric")
        )
        if creates or "Tag" in action:
            keys |= request
        if not creates:
            keys |= existing
        for resource in _resources(action, step):
            if action in _POLICY_ACTIONS:
                for policy_arn in _attached(step):
                    yield _Need(action, resource, {**keys, "iam:PolicyARN": policy_arn})
            else:
                for asked in ram_keys.of_properties(action, step.properties):
                    yield _Need(action, resource, {**keys, **asked})
        for besides, resource in asked_besides(action, step.properties, step.previous):
            yield _Need(besides, resource, {})
    if step.verb != "delete":
        yield from _passed(step)


def _passed(step: Step) -> Iterator[_Need]:
    """Roles and connections that the resource hands to its service."""
    service = _PASSED_TO.get(step.type_name, f"{step.type_name.split('::')[1].lower()}.amazonaws.com")
    for role_arn in passed_roles(step.type_name, step.properties, step.previous, step.account):
        yield _Need("iam:PassRole", role_arn, {"iam:PassedToService": service})
    for connection in passed_connections(step.properties, step.previous):
        prefix = connection.split(":")[2]
        yield _Need(f"{prefix}:PassConnection", connection, {f"{prefix}:PassedToService": service})


def linked_roles(step: Step) -> list[service_linked_roles.ServiceLinkedRole]:
    """Return the service-linked roles that the account lacks, and that a step's calls create."""
    actions = called(step.type_name, step.verb, step.properties, step.previous)
    found = (service_linked_roles.missing(action, step.account) for action in actions)
    return [role for role in found if role is not None]


def _resources(action: str, step: Step) -> list[str]:
    """ARNs that an action touches: those it always asks for, or the resource's own, or those it names."""
    if action == "s3:GetObject":
        return list(_objects(step.properties))
    forms = arns.formats(action)
    own = _own_forms(forms, step)
    if own and is_about_tags(action):
        chosen = own  # The reference marks every kind that has tags as required; a call is about one.
    else:
        chosen = [form for form in forms if form.required and not _is_below(form, own)] or own
    if chosen:
        return list(dict.fromkeys(_arn(form, step, form in own) for form in chosen if _is_meant(form, step)))
    named = (arns.fill(form, _given(step.properties), step.account, step.region) for form in forms)
    return [arn for arn in named if arn is not None] or ["*"]


def _own_forms(forms: Iterable[arns.Format], step: Step) -> list[arns.Format]:
    """The forms of the resource's own ARN, which IAM sometimes calls a little otherwise than its type."""
    noun = arns.plain(step.type_name.rpartition("::")[2])
    kinds = {form: arns.plain(form.kind) for form in forms}
    return [form for form, kind in kinds.items() if kind == noun] or [
        form
        for form, kind in kinds.items()
        if kind.endswith(noun) or noun.endswith(kind) or kind.startswith(f"{noun}on")
    ]


def _is_below(form: arns.Format, own: Iterable[arns.Format]) -> bool:
    """Whether resources of a form stand below the resource: none is there before the resource is."""
    return any(form.text.startswith((f"{whole.text}/", f"{whole.text}:")) for whole in own)


def _arn(form: arns.Format, step: Step, own: bool) -> str:
    values = _given(step.properties)
    if not own:
        return str(arns.fill(form, values, step.account, step.region, unknown=_GENERATED))
    if (step.physical_id or "").startswith("arn:"):
        return str(step.physical_id)
    values |= _identity(form, step)
    unknown = _GENERATED if form.text.endswith("Id}") else _name(step)
    return str(arns.fill(form, values, step.account, step.region, unknown=unknown))


def _name(step: Step) -> str:
    """The name of a resource, or the name that CloudFormation will generate."""
    noun = step.type_name.rpartition("::")[2]
    for key in (*identifiers(step.type_name), f"{noun}Name", "Name"):
        if isinstance(name := step.properties.get(key), str):
            return name.lstrip("/")
    return f"{step.stack_name}-{step.logical_id}-{_GENERATED}"


def _identity(form: arns.Format, step: Step) -> dict[str, Any]:
    """Name and id of the resource itself, by the placeholders of a form of its ARN."""
    noun = step.type_name.rpartition("::")[2]
    values: dict[str, Any] = {}
    if isinstance(name := step.properties.get("Name"), str):
        values[f"{noun}Name"] = values[f"{form.kind}Name"] = name
    if step.physical_id:
        names, parts = identifiers(step.type_name), step.physical_id.split("|")
        if len(names) == len(parts):
            values |= dict(zip(names, parts, strict=True))
        values[f"{noun}Id"] = values[f"{form.kind}Id"] = parts[-1]
        if f"{noun}Name" not in {*values, *step.properties}:
            values[f"{noun}Name"] = values[f"{form.kind}Name"] = parts[-1].rpartition("/")[2]
    return values


def _given(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Names, ids and ARNs that properties tell, by the placeholders of ARNs; of several the first."""
    values: dict[str, Any] = {}
    for key, value in properties.items():
        if isinstance(value, str | int):
            values[key] = value
        elif isinstance(value, list) and value and isinstance(value[0], str):
            values[key.removesuffix("s")] = value[0]
    path = str(values.get("Path", "/")).lstrip("/")
    for key, placeholder in (("RoleName", "RoleName"), ("ManagedPolicyName", "PolicyName")):
        if key in values:
            values[f"{placeholder}WithPath"] = path + str(values[key])
    if "AliasName" in values:
        values["Alias"] = str(values["AliasName"]).removeprefix("alias/")
    for key, placeholder in _PLACEHOLDERS.items():
        if key in values:
            values.setdefault(placeholder, values[key])
    return values


def _is_meant(form: arns.Format, step: Step) -> bool:
    """Rules are of the default bus or of another one, which their ARNs show."""
    if not form.kind.startswith("rule-on-"):
        return True
    custom = step.properties.get("EventBusName", "default") != "default"
    return bool(custom == (form.kind == "rule-on-custom-event-bus"))


def _objects(properties: Mapping[str, Any]) -> Iterator[str]:
    """Code and templates in S3, as functions, repositories and products name them."""
    code = properties.get("Code", {})
    code = code.get("S3", code)
    bucket, key = code.get("S3Bucket", code.get("Bucket")), code.get("S3Key", code.get("Key"))
    if bucket and key:
        yield f"arn:aws:s3:::{bucket}/{key}"
    for artifact in properties.get("ProvisioningArtifactParameters", ()):
        url = artifact.get("Info", {}).get("LoadTemplateFromURL")
        if url:
            yield f"arn:aws:s3:::{'/'.join(s3_location(url))}"


def _attached(step: Step) -> list[str]:
    return [
        *step.properties.get("ManagedPolicyArns", ()),
        *(step.previous or {}).get("ManagedPolicyArns", ()),
    ]


def _via(step: Step) -> str:
    return f"{step.type_name.split('::')[1].lower()}.{step.region}.amazonaws.com"


def _resource_policy(resource: str, account: str) -> ResourcePolicy:
    """The policy of a bucket or a key, and who owns it."""
    owner = owner_of(resource) or account
    if resource.startswith("arn:aws:s3:::"):
        bucket = resource.removeprefix("arn:aws:s3:::").partition("/")[0]
        return s3._bucket_policies.get_scoped(owner, None, bucket), owner
    if resource.startswith("arn:aws:kms:") and ":key/" in resource:
        return kms.key_policy_for_arn(resource) or (None, owner)
    return None, owner
