"""Which IAM actions CloudFormation calls to create, update or delete one resource.

The registry lists for each type what its handlers may ever call. Here the list is cut down to what the very
resource makes them call:

* what creates, changes, reads or deletes the resource itself: actions that bear the name of its type,
* what a property makes necessary: a log group's retention, a bucket's encryption, tags,
* `iam:PassRole` for each role of the account that a property names.

* what a service asks of the caller besides (`asked_besides`).

Whatever else the list has is left out, so that a role is never refused for something AWS would not ask. It
is worked out from the resource alone, and knows nothing of how anybody composed a role.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from emulator.cloudformation.action_tables import ASKED_BESIDES, CALLED_FOR, OTHER_NAMES
from emulator.core.resource_schemas import Verb, permissions, tag_property

Properties = Mapping[str, Any]

_ROLE_ARN = re.compile(r"arn:aws[\w-]*:iam::(\d{12}):role/.+", re.ASCII)
_CONNECTION_ARN = re.compile(r"arn:aws[\w-]*:code(star-)?connections:[\w-]+:\d{12}:connection/.+", re.ASCII)
_READS = ("Describe", "Get", "List", "BatchGet")
_VERBS = re.compile(
    r"^(Create|Put|Add|Associate|Allocate|Register|Attach|Authorize|Update|Modify|Set|Delete|Remove|"
    r"Deregister|Disassociate|Detach|Revoke|Release|Schedule|Describe|BatchGet|Get|List)"
)
_PARTS = ("Attribute", "Configuration", "Deletion")
"""What may follow the name of a type in the name of an action on the whole resource."""

_DOCUMENTS = re.compile(r"(Policy|Policies|PolicyDocument|EventPattern|Variables|Tags|AuthorizedPrincipals)$")
"""Properties in which an ARN is said something about, and not handed over."""


_UNSETS = frozenset(
    {
        "cloudformation:DeleteStackInstances",
        "events:RemoveTargets",
        "iam:DeleteRolePermissionsBoundary",
        "iam:DeleteRolePolicy",
        "iam:DetachRolePolicy",
        "kms:DisableKeyRotation",
        "ec2:RevokeSecurityGroupIngress",
        "logs:DeleteRetentionPolicy",
        "ram:DisassociateResourceShare",
        "s3:DeleteBucketEncryption",
        "s3:DeleteBucketLifecycle",
        "sagemaker:DeleteModelPackageGroupPolicy",
    }
)
"""Actions that are called when their property goes away, or an entry of it, or the whole resource."""

_NOT_AT_CREATION = frozenset({"kms:PutKeyPolicy"})
"""Listed for creation, where CreateKey takes the property itself."""


def called(
    type_name: str, verb: Verb, properties: Properties, previous: Properties | None = None
) -> list[str]:
    """Return the actions that are called, `iam:PassRole` apart.

    Args:
        type_name: The resource's type.
        verb: What happens to it.
        properties: Its properties; on update, the new ones.
        previous: On update, the old ones.
    """
    prefix = _prefix(type_name)
    return [
        action
        for action in permissions(type_name, verb)
        if action != "iam:PassRole" and _is_called(action, prefix, type_name, verb, properties, previous)
    ]


def asked_besides(
    action: str, properties: Properties, previous: Properties | None = None
) -> Iterator[tuple[str, str]]:
    """Return what a service asks of the caller of an action besides: actions, each with an ARN.

    Args:
        action: The action that is called.
        properties: Of the resource; on update, the new ones.
        previous: On update, the old ones.
    """
    for name, besides, resource in ASKED_BESIDES.get(action, ()):
        if properties.get(name) and properties[name] != (previous or {}).get(name):
            yield besides, resource


def passed_connections(properties: Properties, previous: Properties | None) -> list[str]:
    """Return the ARNs of the connections that a resource is handed, on update only the new ones.

    https://docs.aws.amazon.com/dtconsole/latest/userguide/security-iam.html#permissions-reference-connections-passconnection
    """
    before = set(_connections(previous or {}))
    return [arn for arn in dict.fromkeys(_connections(properties)) if arn not in before]


def passed_roles(
    type_name: str, properties: Properties, previous: Properties | None, account: str
) -> list[str]:
    """Return the ARNs of the roles of an account that a resource is handed, on update only the new ones."""
    if all("iam:PassRole" not in permissions(type_name, verb) for verb in ("create", "update")):
        return []
    before = set(_roles(previous or {}, account))
    return [arn for arn in dict.fromkeys(_roles(properties, account)) if arn not in before]


def tags(type_name: str, properties: Properties) -> dict[str, str]:
    """Return a resource's tags."""
    found = tag_property(type_name)
    given = properties.get(found[0]) if found else None
    if isinstance(given, Mapping):
        return {str(key): str(value) for key, value in given.items()}
    return {str(tag["Key"]): str(tag.get("Value", "")) for tag in given or () if "Key" in tag}


def is_about_tags(action: str) -> bool:
    """Whether an action is about the tags of a resource, and not about the resource."""
    name = action.partition(":")[2]
    return ("Tag" in name or name.startswith("Untag")) and "TagOption" not in name


def _is_called(  # noqa: PLR0917  the parts of one question
    action: str,
    prefix: str,
    type_name: str,
    verb: Verb,
    properties: Properties,
    previous: Properties | None,
) -> bool:
    service, _, name = action.partition(":")
    if action in CALLED_FOR:
        return _property_calls(action, verb, properties, previous)
    if service != prefix:
        return False
    if is_about_tags(action):
        return _tags_call(name, type_name, verb, properties, previous)
    return _names(type_name, name)


def _property_calls(action: str, verb: Verb, properties: Properties, previous: Properties | None) -> bool:
    for name in CALLED_FOR[action]:
        old, new = (previous or {}).get(name), properties.get(name)
        if verb == "update":
            if _is_less(old, new) if action in _UNSETS else new and new != old:
                return True
        elif new and not (verb == "create" and action in _UNSETS | _NOT_AT_CREATION):
            return True
    return False


def _is_less(old: Any, new: Any) -> bool:
    """Whether a property went away, or an entry of it."""
    if isinstance(old, list) and isinstance(new, list):
        return any(entry not in new for entry in old)
    return bool(old) and not new


def _tags_call(
    name: str, type_name: str, verb: Verb, properties: Properties, previous: Properties | None
) -> bool:
    if name.startswith(_READS) or verb == "delete":
        return False
    before, after = tags(type_name, previous or {}), tags(type_name, properties)
    if name.startswith(("Untag", "Delete", "Remove")):
        return verb == "update" and bool(before.keys() - after.keys())
    return any(before.get(key) != value for key, value in after.items())


def _names(type_name: str, action_name: str) -> bool:
    """Whether an action's name says that it is done to resources of the type."""
    own = OTHER_NAMES.get(type_name, (type_name.rpartition("::")[2],))
    thing = _VERBS.sub("", action_name)
    for part in _PARTS:
        thing = thing.removesuffix(part + "s").removesuffix(part)
    forms = {thing, thing.removesuffix("s"), thing.removesuffix("es"), re.sub("ies$", "y", thing)}
    return any(form.lower() == noun.lower() for form in forms for noun in own)


def _prefix(type_name: str) -> str:
    """IAM prefix of a type's service: that of most of its actions."""
    listed = [action.partition(":")[0] for action in permissions(type_name, "create")]
    own = type_name.split("::")[1].lower()
    return own if own in listed or not listed else max(listed, key=listed.count)


def _roles(properties: Any, account: str) -> Iterator[str]:
    for text in _handed_over(properties):
        found = _ROLE_ARN.fullmatch(text)
        if found and found[1] == account:
            yield text


def _connections(properties: Any) -> Iterator[str]:
    return (text for text in _handed_over(properties) if _CONNECTION_ARN.fullmatch(text))


def _handed_over(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for key, entry in value.items():
                if not _DOCUMENTS.search(key):
                    yield from _handed_over(entry)
        case list():
            for entry in value:
                yield from _handed_over(entry)
