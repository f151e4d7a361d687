"""What an IAM action acts on, according to the Service Authorization Reference.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from portfolios.service_reference import service_reference

_PLACEHOLDER = re.compile(r"\$\{(\w+)\}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class ArnFormat:
    """The form of the ARNs of one kind of resource.

    Attributes:
        kind: The reference's name of the kind, such as ``model-package-group``.
        text: The form, such as ``arn:${Partition}:s3:::${BucketName}``.
        knows_tags: Whether a policy may ask for the resource's tags (``aws:ResourceTag``).
    """

    kind: str
    text: str
    knows_tags: bool

    @cached_property
    def placeholders(self) -> tuple[str, ...]:
        """What the form leaves open, in order: ``("Partition", "BucketName")``."""
        return tuple(_PLACEHOLDER.findall(self.text))

    def fill(self, values: Mapping[str, str]) -> str:
        """Put a value in place of each placeholder."""
        return _PLACEHOLDER.sub(lambda match: values[match.group(1)], self.text)

    def matches(self, arn: str) -> bool:
        """Whether an ARN, or a pattern of ARNs, has this form."""
        literals = _PLACEHOLDER.split(self.text)[::2]
        # Most forms fail here, and an expression is made of the few others alone.
        if not all(literal in arn for literal in literals):
            return False
        *head, tail = literals
        form = r"[^/:]*".join(map(re.escape, head)) + r".+" + re.escape(tail)
        return re.fullmatch(form, arn) is not None


@dataclass(frozen=True, kw_only=True)
class Action:
    """An IAM action.

    Attributes:
        name: In the reference's spelling, such as ``s3:CreateBucket``.
        changes: Whether it changes something, rather than reads it.
        required: What a call always acts on; empty if the action knows no resources.
        optional: What a call may act on besides, or instead.
        condition_keys: What a policy may ask of a call.
        tags: Whether it does nothing but change tags.
        dependents: Actions that its caller may need a permission for too.
    """

    name: str
    changes: bool
    required: tuple[ArnFormat, ...]
    optional: tuple[ArnFormat, ...]
    condition_keys: frozenset[str]
    tags: bool = False
    dependents: frozenset[str] = frozenset()

    @property
    def formats(self) -> tuple[ArnFormat, ...]:
        """Everything that the action may act on."""
        return self.required + self.optional


@cache
def find(name: str) -> Action | None:
    """The action of this name, in whatever case, or None if IAM knows none."""
    prefix, _, verb = name.partition(":")
    service = service_reference(prefix)
    spelling = service["privileges_lower_name"].get(verb.lower()) if service else None
    if spelling is None:
        return None
    privilege = service["privileges"][spelling]
    formats = {
        kind: (_format(prefix, kind), bool(entry["required"]))
        for kind, entry in privilege["resource_types"].items()
        if kind
    }
    return Action(
        name=f"{prefix}:{spelling}",
        changes=privilege["access_level"] not in ("Read", "List"),
        required=tuple(form for form, required in formats.values() if required),
        optional=tuple(form for form, required in formats.values() if not required),
        condition_keys=frozenset(
            key for entry in privilege["resource_types"].values() for key in entry["condition_keys"]
        ),
        tags=privilege["access_level"] == "Tagging",
        dependents=frozenset(
            name for entry in privilege["resource_types"].values() for name in entry["dependent_actions"]
        ),
    )


@cache
def formats(service: str) -> tuple[ArnFormat, ...]:
    """The forms of all ARNs of a service, by its IAM prefix."""
    data = service_reference(service)
    return tuple(_format(service, kind) for kind in data["resources"]) if data else ()


@cache
def classify(arn: str) -> ArnFormat | None:
    """The most specific form that an ARN, or a pattern of ARNs, has; None if it has none."""
    service = (*arn.split(":", maxsplit=5), "", "")[2]
    matching = [form for form in formats(service) if form.matches(arn)]
    return max(matching, key=lambda form: len(_PLACEHOLDER.sub("", form.text)), default=None)


def _format(service: str, kind: str) -> ArnFormat:
    resource = service_reference(service)["resources"][kind]
    return ArnFormat(
        kind=kind,
        text=resource["arn"],
        knows_tags="aws:ResourceTag/${TagKey}" in resource["condition_keys"],
    )
