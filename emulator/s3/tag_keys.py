"""The condition keys of object tags when somebody tags: those that are there, and those that are asked for.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/tagging-and-policies.html; ministack knows the tags of
objects that are read.

What stays out: tags that come together with a new object.
"""

from typing import Any
from xml.etree import ElementTree

from ministack.core import iam_actions
from ministack.services import s3

_EXISTING = frozenset(
    {
        "s3:DeleteObjectTagging",
        "s3:DeleteObjectVersionTagging",
        "s3:GetObjectTagging",
        "s3:GetObjectVersionTagging",
        "s3:PutObjectTagging",
        "s3:PutObjectVersionTagging",
    }
)
_REQUESTED = frozenset({"s3:PutObjectTagging", "s3:PutObjectVersionTagging"})

_service_context = iam_actions.s3_service_context
_tag_context = iam_actions.request_tag_context


def install() -> None:
    """Put the keys in place, around whatever stands there already."""
    global _service_context, _tag_context
    _service_context, _tag_context = iam_actions.s3_service_context, iam_actions.request_tag_context
    iam_actions.s3_service_context = _with_existing
    iam_actions.request_tag_context = _with_body


def _with_existing(
    action: str,
    query_params: dict[str, Any] | None,
    path: str = "",
    headers: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The tags that an object has."""
    keys: dict[str, Any] = _service_context(action, query_params, path, headers)
    bucket, _, key = path.lstrip("/").partition("/")
    if action in _EXISTING and key:
        there = s3.object_tags_for_condition(bucket, key, query_params or {})
        keys |= {f"s3:ExistingObjectTag/{name}": value for name, value in there.items()}
    return keys


def _with_body(service: str, action: str, body: bytes, parameters: dict[str, Any]) -> dict[str, Any]:
    """The tags that an object is to have from now on."""
    keys: dict[str, Any] = _tag_context(service, action, body, parameters)
    if action not in _REQUESTED or not body:
        return keys
    try:
        wanted = ElementTree.fromstring(body).iterfind(".//{*}Tag")  # noqa: S314  from our own clients
    except ElementTree.ParseError:
        return keys
    tags = {tag.findtext("{*}Key", ""): tag.findtext("{*}Value", "") for tag in wanted}
    named = {f"s3:RequestObjectTag/{name}": value for name, value in tags.items()}
    return {**keys, **named, "s3:RequestObjectTagKeys": list(tags)}
