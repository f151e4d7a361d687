"""Copies S3 objects server-side, of any size, and proves that the copy is the original."""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from botocore.exceptions import ClientError

from ..errors import RegistryError, error_code, explained, is_missing

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

# CopyObject takes objects up to 5 GB; a multipart upload has at most 10,000 parts.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
SINGLE_COPY_LIMIT = 5 * 1024**3
PART_SIZE = 512 * 1024**2
MAXIMUM_PARTS = 10_000
PARALLEL_PARTS = 16
READ_SIZE = 8 * 1024**2

# Checksums that S3 can state of a whole object that was uploaded in parts.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
PartwiseChecksum = Literal["CRC64NVME", "CRC32", "CRC32C"]
PARTWISE_CHECKSUMS: tuple[PartwiseChecksum, ...] = ("CRC64NVME", "CRC32", "CRC32C")


@dataclass(frozen=True, kw_only=True)
class S3Object:
    """An object, and the account that must own its bucket."""

    bucket: str
    key: str
    owner: str

    @property
    def uri(self) -> str:
        """The object as people write it."""
        return f"s3://{self.bucket}/{self.key}"


@dataclass(frozen=True, kw_only=True)
class Content:
    """What S3 states about an object's bytes.

    Attributes:
        size: In bytes.
        etag: As S3 gives it, in quotation marks.
        last_modified: POSIX time in seconds.
        checksums: Base64 by algorithm, such as ``{"CRC64NVME": "..."}``; only those of the whole object.
    """

    size: int
    etag: str
    last_modified: float
    checksums: Mapping[str, str]

    def difference(self, other: "Content") -> str | None:
        """What proves that two objects differ in content, or None.

        Without a checksum of the same algorithm on both sides the size alone is compared.
        """
        if self.size != other.size:
            return f"{self.size} and {other.size} bytes"
        for algorithm in sorted(self.checksums.keys() & other.checksums.keys()):
            if self.checksums[algorithm] != other.checksums[algorithm]:
                return f"{algorithm} {self.checksums[algorithm]} and {other.checksums[algorithm]}"
        return None

    def is_proven_equal(self, other: "Content") -> bool:
        """Whether size and a checksum of the same algorithm agree."""
        return bool(self.checksums.keys() & other.checksums.keys()) and self.difference(other) is None


@dataclass(frozen=True, kw_only=True)
class Copier:
    """Copies objects between buckets without reading them."""

    s3: "S3Client"

    def copy(self, source: S3Object, target: S3Object) -> Content:
        """Make `target` a copy of `source`.

        Done already, it does nothing; broken off in the middle of a large object, it goes on where it
        stopped; done twice at once, both come to the same object. Tags are not copied: in the central
        registry a tag says that a version is approved.

        Returns:
            The content of the copy.

        Raises:
            RegistryError: If the source may not be read, is missing, or differs from the copy.
        """
        original = self._source_content(source)
        present = self.content(target)
        if present is None or not original.is_proven_equal(present):
            with explained(denied=_cannot_copy(source, target), missing=_is_gone(source)):
                if original.size <= SINGLE_COPY_LIMIT:
                    self._copy_at_once(source, target, original)
                else:
                    self._copy_by_parts(source, target, original)
            present = self.content(target)
        if present is None:
            raise RegistryError(
                f"{target.uri} vanished while it was being written: see the bucket's access log, then replay."
            )
        difference = original.difference(present)
        if difference is not None:
            raise RegistryError(
                f"{target.uri} is not the same as {source.uri} ({difference}): nothing was registered; "
                "replay the event, and ask AWS Support if it happens again."
            )
        return present

    def content(self, thing: S3Object) -> Content | None:
        """What S3 states about an object, or None if there is none."""
        try:
            head = self.s3.head_object(
                Bucket=thing.bucket, Key=thing.key, ChecksumMode="ENABLED", ExpectedBucketOwner=thing.owner
            )
        except ClientError as error:
            if is_missing(error):
                return None
            raise
        return Content(
            size=head["ContentLength"],
            etag=head["ETag"],
            last_modified=head["LastModified"].timestamp(),
            checksums=_whole_object_checksums(head),
        )

    def sha256(self, thing: S3Object, content: Content) -> str | None:
        """The SHA-256 digest of an object, in hexadecimal.

        S3's own, where the object carries it; otherwise the object is read once, in constant memory. None
        above 5 GB, which takes longer to read than a function may run.
        """
        if "SHA256" in content.checksums:
            return base64.b64decode(content.checksums["SHA256"]).hex()
        if content.size > SINGLE_COPY_LIMIT:
            return None
        digest = hashlib.sha256()
        response = self.s3.get_object(
            Bucket=thing.bucket, Key=thing.key, IfMatch=content.etag, ExpectedBucketOwner=thing.owner
        )
        for chunk in response["Body"].iter_chunks(READ_SIZE):
            digest.update(chunk)
        return digest.hexdigest()

    def objects(self, bucket: str, prefix: str, owner: str) -> Iterator[S3Object]:
        """Every object whose key begins with a prefix, without the empty markers that stand for folders."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(
            Bucket=bucket, Prefix=prefix, ExpectedBucketOwner=owner
        )
        for page in pages:
            for item in page.get("Contents", []):
                if not item["Key"].endswith("/"):
                    yield S3Object(bucket=bucket, key=item["Key"], owner=owner)

    def _source_content(self, source: S3Object) -> Content:
        with explained(denied=_cannot_read(source)):
            content = self.content(source)
        if content is None:
            raise RegistryError(_is_gone(source))
        return content

    def _copy_at_once(self, source: S3Object, target: S3Object, original: Content) -> None:
        self.s3.copy_object(
            Bucket=target.bucket,
            Key=target.key,
            ExpectedBucketOwner=target.owner,
            CopySource={"Bucket": source.bucket, "Key": source.key},
            CopySourceIfMatch=original.etag,
            ExpectedSourceBucketOwner=source.owner,
            TaggingDirective="REPLACE",
        )

    def _copy_by_parts(self, source: S3Object, target: S3Object, original: Content) -> None:
        upload = self._upload_to_continue(target, original) or self._new_upload(target, original)
        present = self._parts(target, upload)
        ranges = _part_ranges(original.size)

        def copy_part(number: int) -> "CompletedPartTypeDef":
            first, last = ranges[number - 1]
            etag, size = present.get(number, ("", 0))
            if size == last - first + 1:
                return {"PartNumber": number, "ETag": etag}
            response = self.s3.upload_part_copy(
                Bucket=target.bucket,
                Key=target.key,
                ExpectedBucketOwner=target.owner,
                UploadId=upload,
                PartNumber=number,
                CopySource={"Bucket": source.bucket, "Key": source.key},
                CopySourceIfMatch=original.etag,
                CopySourceRange=f"bytes={first}-{last}",
                ExpectedSourceBucketOwner=source.owner,
            )
            return {"PartNumber": number, "ETag": response["CopyPartResult"]["ETag"]}

        try:
            with ThreadPoolExecutor(PARALLEL_PARTS) as pool:
                parts = list(pool.map(copy_part, range(1, len(ranges) + 1)))
            self.s3.complete_multipart_upload(
                Bucket=target.bucket,
                Key=target.key,
                ExpectedBucketOwner=target.owner,
                UploadId=upload,
                MultipartUpload={"Parts": parts},
            )
        except ClientError as error:
            # Another delivery of the same event has completed the upload; the caller compares its result.
            if error_code(error) != "NoSuchUpload":
                raise

    def _new_upload(self, target: S3Object, original: Content) -> str:
        algorithm = next(
            (name for name in PARTWISE_CHECKSUMS if name in original.checksums), PARTWISE_CHECKSUMS[0]
        )
        return self.s3.create_multipart_upload(
            Bucket=target.bucket,
            Key=target.key,
            ExpectedBucketOwner=target.owner,
            ChecksumAlgorithm=algorithm,
            ChecksumType="FULL_OBJECT",
        )["UploadId"]

    def _upload_to_continue(self, target: S3Object, original: Content) -> str | None:
        """An upload that an earlier try began after the source was last written."""
        pages = self.s3.get_paginator("list_multipart_uploads").paginate(
            Bucket=target.bucket, Prefix=target.key, ExpectedBucketOwner=target.owner
        )
        for page in pages:
            for upload in page.get("Uploads", []):
                if upload["Key"] == target.key and upload["Initiated"].timestamp() > original.last_modified:
                    return upload["UploadId"]
        return None

    def _parts(self, target: S3Object, upload: str) -> dict[int, tuple[str, int]]:
        """ETag and size of the parts that are there already, by number."""
        pages = self.s3.get_paginator("list_parts").paginate(
            Bucket=target.bucket, Key=target.key, UploadId=upload, ExpectedBucketOwner=target.owner
        )
        return {
            part["PartNumber"]: (part["ETag"], part["Size"])
            for page in pages
            for part in page.get("Parts", [])
        }


def _whole_object_checksums(head: Mapping[str, Any]) -> dict[str, str]:
    if head.get("ChecksumType") == "COMPOSITE":
        return {}
    return {
        field.removeprefix("Checksum"): value
        for field, value in head.items()
        if field.startswith("Checksum") and field != "ChecksumType"
    }


def _part_ranges(size: int) -> list[tuple[int, int]]:
    """First and last byte of each part."""
    part_size = max(PART_SIZE, -(-size // MAXIMUM_PARTS))
    return [(first, min(first + part_size, size) - 1) for first in range(0, size, part_size)]


def _is_gone(source: S3Object) -> str:
    return f"{source.uri}, which the model version refers to, does not exist: register the version again."


def _cannot_read(source: S3Object) -> str:
    return (
        f"Promotion may not read {source.uri}: its bucket must belong to account {source.owner}, and the "
        "policies of the bucket (s3:GetObject, s3:ListBucket) and of its KMS key (kms:Decrypt) must allow "
        "the promotion role."
    )


def _cannot_copy(source: S3Object, target: S3Object) -> str:
    return (
        f"Promotion may not copy {source.uri} to {target.uri}: let the policies of the source's bucket "
        "(s3:GetObject) and of its KMS key (kms:Decrypt) allow the promotion role."
    )
