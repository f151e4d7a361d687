"""Amazon S3 across accounts: who may reach into a bucket of another account.

ministack asks the bucket's policy about the caller's account; a policy may name a role, or ask for the name
of one. Here it is asked about the caller itself. Object ACLs, which buckets have off by default, open
nothing (https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html).

Two more things that ministack does not ask: the condition keys of conditional writes, which it makes
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html), and the permission to
tag of whoever writes an object together with its tags
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html).
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import s3

TAGS_HEADER = "x-amz-tagging"

_object_tags = s3.object_tags_for_condition
_object_data = s3._get_object_data
_copy_object = s3._copy_object
_upload_part_copy = s3._upload_part_copy
_service_context = iam_actions.s3_service_context
_additional_checks = iam_actions.s3_additional_checks


def install() -> None:
    """Put the checks in place."""
    s3._foreign_bucket_allows = _foreign_bucket_allows
    s3.object_tags_for_condition = _object_tags_for_condition
    s3._get_object_data = _get_object_data
    s3._ensure_bucket = _ensure_bucket
    s3._copy_object = _with_foreign_source(_copy_object)
    s3._upload_part_copy = _with_foreign_source(_upload_part_copy)
    iam_actions.s3_service_context = _with_write_keys
    iam_actions.s3_additional_checks = _with_tag_checks


def _foreign_bucket_allows(  # noqa: PLR0917  ministack's signature
    owner_account: str,
    bucket_name: str,
    key: str,
    method: str,
    query_params: dict[str, Any],
    caller: str,
    headers: dict[str, Any] | None = None,
) -> bool:
    path = f"/{bucket_name}/{key}" if key else f"/{bucket_name}"
    actions = [f"s3:{iam_actions._s3_action(method, path, query_params)}"]
    if actions == ["s3:PutObject"] and (headers or {}).get(TAGS_HEADER):
        actions.append("s3:PutObjectTagging")
    arn = iam_evaluator.caller_arn() if caller else "*"
    policy = s3._bucket_policies.get_scoped(owner_account, None, bucket_name)
    for action in actions:
        keys = iam_actions.s3_service_context(action, query_params, path, headers or {})
        context = iam_evaluator.EvalContext(
            principal_arn=arn,
            principal_type="AssumedRole" if ":assumed-role/" in arn else "User" if caller else "Anonymous",
            principal_account=caller,
            action=action,
            resource_arn=f"arn:aws:s3:::{path.lstrip('/')}",
            region=get_region(),
            service_context={name.lower(): value for name, value in keys.items()},
        )
        if iam_evaluator.evaluate_resource_policy(policy, context).decision != "Allow":
            return False
    return True


def _with_write_keys(
    action: str,
    query_params: dict[str, Any] | None,
    path: str = "",
    headers: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The condition keys of a request, with those of conditional writes.

    `s3:ObjectCreationOperation` tells what makes an object (PutObject, CopyObject, CompleteMultipartUpload)
    from the other requests of an upload by parts.
    """
    keys: dict[str, Any] = _service_context(action, query_params, path, headers)
    if action != "s3:PutObject":
        return keys
    given, query = headers or {}, query_params or {}
    keys |= {f"s3:{name}": given[name] for name in ("if-match", "if-none-match") if given.get(name)}
    creates = "uploads" not in query and "partNumber" not in query
    return keys | {"s3:ObjectCreationOperation": str(creates).lower()}


def _with_tag_checks(
    method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
) -> list[tuple[str, str]]:
    """What a request needs beside its own action, with the tags that it brings or copies along."""
    checks: list[tuple[str, str]] = _additional_checks(method, path, headers, body, query_params)
    if iam_actions._s3_action(method, path, query_params) != "PutObject":
        return checks
    target = f"arn:aws:s3:::{path.lstrip('/')}"
    if headers.get(TAGS_HEADER):
        return [*checks, ("s3:PutObjectTagging", target)]
    source = iam_actions._s3_source_object(headers)
    copies = source is not None and "partNumber" not in query_params
    if copies and headers.get("x-amz-tagging-directive", "COPY") == "COPY":
        arn, version = source
        bucket, _, key = arn.removeprefix("arn:aws:s3:::").partition("/")
        if s3.object_tags_for_condition(bucket, key, {"versionId": version} if version else {}):
            read = "s3:GetObjectVersionTagging" if version else "s3:GetObjectTagging"
            return [*checks, (read, arn), ("s3:PutObjectTagging", target)]
    return checks


def _object_tags_for_condition(bucket: str, key: str, query_params: dict[str, Any]) -> dict[str, str]:
    with request_scope(s3._bucket_owner_account(bucket) or "", get_region()):
        tags: dict[str, str] = _object_tags(bucket, key, query_params)
    return tags


def _ensure_bucket(name: str) -> Any:
    """A bucket by its name, whoever owns it: who may reach it has been decided before."""
    return s3._buckets.get_scoped(s3._bucket_owner_account(name), None, name)


def _with_foreign_source(copy: Callable[..., Any]) -> Callable[..., Any]:
    """Show a copy the versions and tags of its source, which may be in another account."""

    def run(bucket_name: str, key: str, *arguments: Any) -> Any:
        path = unquote(arguments[-1].get("x-amz-copy-source", "").lstrip("/").partition("?")[0])
        source_bucket, _, source_key = path.partition("/")
        here, owner = get_account_id(), s3._bucket_owner_account(source_bucket)
        if owner in (None, here):
            return copy(bucket_name, key, *arguments)
        lent = [
            (store, name)
            for store in (s3._object_versions, s3._object_tags)
            for account, name in list(store._data)
            if account == owner and name[:2] == (source_bucket, source_key)
        ]
        for store, name in lent:
            store.set_scoped(here, None, name, store.get_scoped(owner, None, name))
        try:
            return copy(bucket_name, key, *arguments)
        finally:
            for store, name in lent:
                store.pop_scoped(here, None, name)

    return run


def _get_object_data(bucket_name: str, key: str, version_id: str | None = None) -> bytes | None:
    """An object that another service reads (code, a template), which checks whoever asks for it."""
    with request_scope(s3._bucket_owner_account(bucket_name) or "", get_region()):
        content: bytes | None = _object_data(bucket_name, key, version_id=version_id)
    return content


def s3_location(url: str) -> tuple[str, str]:
    """Return bucket and key that an S3 URL names, with the bucket in the path or in the host.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
    """
    parts = urlsplit(url)
    host, path = parts.hostname or "", unquote(parts.path.lstrip("/"))
    label, _, rest = host.partition(".s3")
    if rest and (rest.startswith((".", "-"))):
        return label, path
    bucket, _, key = path.partition("/")
    return bucket, key
