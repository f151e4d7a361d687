"""What Amazon S3 makes of a request beside its permissions, where ministack does less.

* The owner that a request expects of its bucket, and of the bucket that it copies from
  (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html).
* Conditions of a copy on what is at its destination
  (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html).
* An object that is written again has the tags of the new request, and none of before
  (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html).
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import unquote

from ministack.services import s3

Answer = tuple[int, dict[str, str], bytes]
Operation = Callable[..., Answer]
Handler = Callable[..., Awaitable[Answer]]

OWNER_HEADER = "x-amz-expected-bucket-owner"
SOURCE_OWNER_HEADER = "x-amz-source-expected-bucket-owner"


def install() -> None:
    """Put the behaviour in place, around whatever stands there already."""
    s3.handle_request = _asking_for_the_owner(s3.handle_request)
    s3._put_object = _without_tags_of_before(s3._put_object)
    s3._complete_multipart_upload = _without_tags_of_before(s3._complete_multipart_upload)
    s3._copy_object = _on_condition(s3._copy_object)


def _asking_for_the_owner(handle: Handler) -> Handler:
    async def run(method: str, path: str, headers: Mapping[str, str], *more: Any, **named: Any) -> Answer:
        bucket, _ = s3._parse_bucket_key(path, headers)
        source = unquote(headers.get("x-amz-copy-source", "").lstrip("/")).partition("/")[0]
        for name, header in ((bucket, OWNER_HEADER), (source, SOURCE_OWNER_HEADER)):
            owner = s3._bucket_owner_account(name)
            if headers.get(header) and owner is not None and owner != headers[header]:
                refused: Answer = s3._error("AccessDenied", "Access Denied", 403, f"/{name}")
                return refused
        return await handle(method, path, headers, *more, **named)

    return run


def _without_tags_of_before(write: Operation) -> Operation:
    def run(bucket: str, key: str, *arguments: Any, **named: Any) -> Answer:
        # Where versions are kept, each has tags of its own, and a new one has none.
        before = s3._object_tags.pop((bucket, key, None), None)
        answer = write(bucket, key, *arguments, **named)
        if before is not None and answer[0] >= 400:
            s3._object_tags[bucket, key, None] = before
        return answer

    return run


def _on_condition(copy: Operation) -> Operation:
    def run(bucket: str, key: str, headers: dict[str, str], *more: Any) -> Answer:
        target = s3._ensure_bucket(bucket)
        there = target["objects"].get(key) if target else None
        refused: Answer | None = s3._check_put_preconditions(headers, there)
        return refused or copy(bucket, key, headers, *more)

    return run
