"""Copies S3 objects server-side, of any size, and proves that the copy is the original."""

import hashlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ..errors import DENIED, RegistryError, error_code, is_missing
from .content import Content, S3Object
from .multipart import Parts, PartwiseCopy, parts_for_size, parts_like_the_original
from .refusals import Refusals
from .time_limit import TimeLimit

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

# What CopyObject takes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
SINGLE_COPY_LIMIT = 5 * 1024**3
PARALLEL_OBJECTS = 4
# What S3 returns when another has written the original, written the copy, or completed its upload.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
OVERTAKEN = frozenset(
    {"412", "ConditionalRequestConflict", "InvalidPart", "NoSuchKey", "NoSuchUpload", "PreconditionFailed"}
)
READ_SIZE = 8 * 1024**2


@dataclass(frozen=True, kw_only=True)
class Copy:
    """An object to copy, and where to."""

    original: S3Object
    copy: S3Object


@dataclass(frozen=True, kw_only=True)
class Copier:
    """Copies objects between buckets without reading them.

    Attributes:
        s3: A client that may read the originals and write the copies.
        refusals: Explains who must let promotion read.
    """

    s3: "S3Client"
    refusals: Refusals

    def copy_all(self, copies: Iterable[Copy], time: TimeLimit) -> list[Content]:
        """Copy several objects, some at the same time; as `copy` does it.

        Returns:
            The contents of the copies, in the same order.
        """
        with ThreadPoolExecutor(PARALLEL_OBJECTS) as pool:
            return list(pool.map(lambda pair: self.copy(pair.original, pair.copy, time), copies))

    def copy(self, source: S3Object, target: S3Object, time: TimeLimit) -> Content:
        """Make `target` a copy of `source`.

        Done already, it does nothing; broken off in the middle of a large object, it goes on where it
        stopped; done twice at once, both come to the same object. Tags are not copied: in the central
        registry a tag says that a version is approved.

        Returns:
            The content of the copy.

        Raises:
            RegistryError: If the source may not be read, is missing, or differs from the copy.
            OutOfTimeError: If there is no time for the next step.
        """
        time.check()
        original = self._source_content(source)
        present = self.content(target)
        if present is not None and present.is_copy_of(original):
            return present
        overtaken: ClientError | None = None
        try:
            self._copy(source, target, original, present, time)
        except ClientError as error:
            if error_code(error) in DENIED:
                raise self.refusals.to_read(source.uri, source.owner, error) from error
            if error_code(error) not in OVERTAKEN:
                raise
            overtaken = error
        present = self.content(target)
        if present is None:
            raise RegistryError(
                f"{source.uri} is gone or was written anew while it was copied to {target.uri}, or another "
                "run copies it: replay the event, and keep what a registered version refers to as it is."
            ) from overtaken
        difference = original.difference(present)
        if difference is not None:
            raise RegistryError(
                f"{target.uri} is not the same as {source.uri} ({difference}): nothing was registered; "
                "replay the event, and ask AWS Support if it happens again."
            ) from overtaken
        time.step_done()
        return present

    def content(self, thing: S3Object, **part: Any) -> Content | None:
        """What S3 states about an object, or None if there is none."""
        try:
            head = self.s3.head_object(
                Bucket=thing.bucket,
                Key=thing.key,
                ChecksumMode="ENABLED",
                ExpectedBucketOwner=thing.owner,
                **part,
            )
        except ClientError as error:
            if is_missing(error):
                return None
            raise
        return Content.of(head)

    def read_sha256(self, thing: S3Object, content: Content) -> str:
        """The SHA-256 digest of an object in hexadecimal; the object is read once, in constant memory."""
        digest = hashlib.sha256()
        response = self.s3.get_object(
            Bucket=thing.bucket, Key=thing.key, IfMatch=content.etag, ExpectedBucketOwner=thing.owner
        )
        for chunk in response["Body"].iter_chunks(READ_SIZE):
            digest.update(chunk)
        return digest.hexdigest()

    def objects(self, bucket: str, prefix: str, owner: str) -> Iterator[S3Object]:
        """Every object whose key begins with a prefix, without the empty markers that stand for folders.

        Raises:
            RegistryError: If the bucket may not be listed.
        """
        pages = self.s3.get_paginator("list_objects_v2").paginate(
            Bucket=bucket, Prefix=prefix, ExpectedBucketOwner=owner
        )
        try:
            for page in pages:
                for item in page.get("Contents", []):
                    if not item["Key"].endswith("/"):
                        yield S3Object(bucket=bucket, key=item["Key"], owner=owner)
        except ClientError as error:
            if error_code(error) in DENIED:
                raise self.refusals.to_read(f"s3://{bucket}/{prefix}", owner, error) from error
            raise

    def _source_content(self, source: S3Object) -> Content:
        try:
            content = self.content(source)
        except ClientError as error:
            if error_code(error) in DENIED:
                raise self.refusals.to_read(source.uri, source.owner, self._said(source, error)) from error
            raise
        if content is None:
            raise RegistryError(_is_gone(source))
        return content

    def _said(self, source: S3Object, error: ClientError) -> ClientError:
        """The refusal of an object with a message: HeadObject's answer has no body to hold one."""
        try:
            self.s3.get_object(
                Bucket=source.bucket, Key=source.key, Range="bytes=0-0", ExpectedBucketOwner=source.owner
            )
        except ClientError as telling:
            return telling
        return error

    def _copy(
        self,
        source: S3Object,
        target: S3Object,
        original: Content,
        present: Content | None,
        time: TimeLimit,
    ) -> None:
        """Copy an object, unless another run has done so: two writes would make two versions of it."""
        condition: Any = {"IfMatch": present.etag} if present else {"IfNoneMatch": "*"}
        parts = self._parts_of(source, original)
        if parts is not None:
            by_parts = PartwiseCopy(s3=self.s3, source=source, target=target, original=original, parts=parts)
            by_parts.run(condition, time)
            return
        self.s3.copy_object(
            Bucket=target.bucket,
            Key=target.key,
            ExpectedBucketOwner=target.owner,
            CopySource={"Bucket": source.bucket, "Key": source.key},
            CopySourceIfMatch=original.etag,
            ExpectedSourceBucketOwner=source.owner,
            TaggingDirective="REPLACE",
            **condition,
        )

    def _parts_of(self, source: S3Object, original: Content) -> Parts | None:
        """In which parts to copy an object; None to copy it at once."""
        if original.composite_checksum is not None:
            first = self.content(source, PartNumber=1, IfMatch=original.etag)
            parts = parts_like_the_original(original, first.size if first else 0)
            if parts is not None:
                return parts
        return None if original.size <= SINGLE_COPY_LIMIT else parts_for_size(original)


def _is_gone(source: S3Object) -> str:
    return f"{source.uri}, which the model version refers to, does not exist: register the version again."
