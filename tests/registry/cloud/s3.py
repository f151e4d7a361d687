# ruff: noqa: N802, N803  (operations and parameters have the names that AWS gave them)
"""Amazon S3: objects with checksums and tags."""

import base64
import hashlib
import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from botocore.response import StreamingBody

from .core import HUB, REGION, TEAM, Core, Parameters, failure

REGISTRY_BUCKET = f"mlplatform-registry-{HUB}-{REGION}"
TEAM_BUCKET = f"mlplatform-p-abc-{TEAM}-{REGION}"
LIMITS = {"CopyObject": 5 * 1024**3}


def crc64(body: bytes) -> str:
    """Stands for CRC64NVME: some 8 bytes that depend on the content."""
    return base64.b64encode(hashlib.blake2b(body, digest_size=8).digest()).decode()


CHECKSUMS: dict[str, Callable[[bytes], str]] = {
    "CRC64NVME": crc64,
    "CRC32": lambda body: base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode(),
    "SHA256": lambda body: base64.b64encode(hashlib.sha256(body).digest()).decode(),
}


def composite_checksum(algorithm: str, parts: list[bytes]) -> str:
    """What S3 states of an object that was uploaded in parts: the checksum of their checksums."""
    joined = b"".join(base64.b64decode(CHECKSUMS[algorithm](part)) for part in parts)
    return f"{CHECKSUMS[algorithm](joined)}-{len(parts)}"


@dataclass
class Item:
    """An object."""

    body: bytes
    etag: str
    modified: datetime
    checksums: dict[str, str]
    checksum_type: str = "FULL_OBJECT"
    part_size: int | None = None
    tags: dict[str, str] = field(default_factory=dict)


class S3(Core):
    """Buckets and what is in them.

    Attributes:
        owners: The account of each bucket.
        objects: By bucket and key.
    """

    def __init__(self) -> None:
        super().__init__()
        self.owners = {REGISTRY_BUCKET: HUB, TEAM_BUCKET: TEAM}
        self.objects: dict[tuple[str, str], Item] = {}

    def put(
        self,
        bucket: str,
        key: str,
        body: bytes,
        *,
        algorithm: str = "CRC64NVME",
        part_size: int | None = None,
    ) -> str:
        """Put an object into a bucket, and give its URI.

        Args:
            bucket: The bucket.
            key: The key.
            body: The content.
            algorithm: Of the checksum that S3 keeps.
            part_size: Of an object that was uploaded in parts, with a checksum of the parts' checksums.
        """
        checksum = CHECKSUMS[algorithm](body)
        if part_size is not None:
            parts = [body[start : start + part_size] for start in range(0, len(body), part_size)]
            checksum = composite_checksum(algorithm, parts)
        modified = self.now()
        self.objects[bucket, key] = Item(
            body=body,
            etag=entity_tag(modified),
            modified=modified,
            checksums={algorithm: checksum},
            checksum_type="FULL_OBJECT" if part_size is None else "COMPOSITE",
            part_size=part_size,
        )
        return f"s3://{bucket}/{key}"

    def body(self, uri: str) -> bytes:
        """The content of an object."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        return self.objects[bucket, key].body

    def keys(self, bucket: str) -> list[str]:
        """The keys of a bucket's objects."""
        return sorted(key for holder, key in self.objects if holder == bucket)

    def _own(self, operation: str, bucket: str, owner: str | None) -> None:
        if bucket not in self.owners:
            raise failure(operation, "NoSuchBucket", "The specified bucket does not exist", 404)
        if owner is not None and self.owners[bucket] != owner:
            raise failure(operation, "AccessDenied", "Access Denied", 403)

    def _get(self, operation: str, bucket: str, key: str, code: str = "NoSuchKey") -> Item:
        if (bucket, key) not in self.objects:
            raise failure(operation, code, "The specified key does not exist.", 404)
        return self.objects[bucket, key]

    def _condition(
        self, operation: str, bucket: str, key: str, if_none_match: str | None, if_match: str | None = None
    ) -> None:
        """Refuse a write whose condition does not hold."""
        there = self.objects.get((bucket, key))
        if if_none_match == "*" and there is not None:
            raise _precondition_failed(operation)
        if if_match is not None and (there is None or there.etag != if_match):
            raise _precondition_failed(operation)

    def _source(self, operation: str, source: str, owner: str | None, if_match: str) -> Item:
        bucket, _, key = unquote(source).partition("/")
        self._own(operation, bucket, owner)
        item = self._get(operation, bucket, key)
        if item.etag != if_match:
            raise _precondition_failed(operation)
        return item

    def s3_HeadObject(
        self,
        *,
        Bucket: str,
        Key: str,
        ExpectedBucketOwner: str | None = None,
        ChecksumMode: str = "",
        PartNumber: int | None = None,
        IfMatch: str | None = None,
    ) -> Parameters:
        self._own("HeadObject", Bucket, ExpectedBucketOwner)
        item = self._get("HeadObject", Bucket, Key, code="404")
        if IfMatch not in (None, item.etag):
            raise failure("HeadObject", "412", "Precondition Failed", 412)
        whole = PartNumber is None or item.part_size is None
        return {
            "ContentLength": len(item.body) if whole else min(item.part_size or 0, len(item.body)),
            "ETag": item.etag,
            "LastModified": item.modified,
            "VersionId": f"{item.modified:%H%M%S}",
            "ChecksumType": item.checksum_type,
            **{
                f"Checksum{algorithm}": value
                for algorithm, value in item.checksums.items()
                if ChecksumMode == "ENABLED"
            },
        }

    def s3_GetObject(
        self,
        *,
        Bucket: str,
        Key: str,
        IfMatch: str | None = None,
        Range: str | None = None,
        ExpectedBucketOwner: str | None = None,
        ChecksumMode: str = "",
    ) -> Parameters:
        self._own("GetObject", Bucket, ExpectedBucketOwner)
        item = self._get("GetObject", Bucket, Key)
        if IfMatch not in (None, item.etag):
            raise _precondition_failed("GetObject")
        return {
            "Body": StreamingBody(io.BytesIO(item.body), len(item.body)),
            "ContentLength": len(item.body),
            "ETag": item.etag,
            "LastModified": item.modified,
        }

    def s3_PutObject(
        self,
        *,
        Bucket: str,
        Key: str,
        Body: Any = b"",
        ExpectedBucketOwner: str | None = None,
        IfNoneMatch: str | None = None,
        ContentType: str = "",
        ChecksumAlgorithm: str = "CRC32",
    ) -> Parameters:
        self._own("PutObject", Bucket, ExpectedBucketOwner)
        self._condition("PutObject", Bucket, Key, IfNoneMatch)
        body = Body.encode() if isinstance(Body, str) else Body if isinstance(Body, bytes) else Body.read()
        self.put(Bucket, Key, body, algorithm=ChecksumAlgorithm)
        return {"ETag": self.objects[Bucket, Key].etag}

    def s3_DeleteObject(self, *, Bucket: str, Key: str, ExpectedBucketOwner: str | None = None) -> Parameters:
        self._own("DeleteObject", Bucket, ExpectedBucketOwner)
        self.objects.pop((Bucket, Key), None)
        return {}

    def s3_DeleteObjects(
        self,
        *,
        Bucket: str,
        Delete: Parameters,
        ExpectedBucketOwner: str | None = None,
        ChecksumAlgorithm: str = "",
    ) -> Parameters:
        self._own("DeleteObjects", Bucket, ExpectedBucketOwner)
        for item in Delete["Objects"]:
            self.objects.pop((Bucket, item["Key"]), None)
        return {}

    def s3_ListObjectsV2(
        self, *, Bucket: str, Prefix: str, ExpectedBucketOwner: str | None = None, EncodingType: str = ""
    ) -> Parameters:
        self._own("ListObjectsV2", Bucket, ExpectedBucketOwner)
        found = [
            {"Key": key, "LastModified": self.objects[Bucket, key].modified}
            for key in self.keys(Bucket)
            if key.startswith(Prefix)
        ]
        return {"Contents": found} if found else {}

    def s3_CopyObject(
        self,
        *,
        Bucket: str,
        Key: str,
        ExpectedBucketOwner: str,
        CopySource: str,
        CopySourceIfMatch: str,
        ExpectedSourceBucketOwner: str,
        TaggingDirective: str = "COPY",
        IfNoneMatch: str | None = None,
        IfMatch: str | None = None,
    ) -> Parameters:
        self._own("CopyObject", Bucket, ExpectedBucketOwner)
        self._condition("CopyObject", Bucket, Key, IfNoneMatch, IfMatch)
        source = self._source("CopyObject", CopySource, ExpectedSourceBucketOwner, CopySourceIfMatch)
        if len(source.body) > LIMITS["CopyObject"]:
            raise failure(
                "CopyObject", "InvalidRequest", "The specified copy source is larger than the maximum"
            )
        algorithm = next(iter(source.checksums))
        self.put(Bucket, Key, source.body, algorithm=algorithm)
        if TaggingDirective == "COPY":
            self.objects[Bucket, Key].tags = dict(source.tags)
        return {"CopyObjectResult": {"ETag": self.objects[Bucket, Key].etag}}

    def s3_PutObjectTagging(
        self, *, Bucket: str, Key: str, Tagging: Parameters, ExpectedBucketOwner: str | None = None
    ) -> Parameters:
        self._own("PutObjectTagging", Bucket, ExpectedBucketOwner)
        item = self._get("PutObjectTagging", Bucket, Key)
        item.tags = {tag["Key"]: tag["Value"] for tag in Tagging["TagSet"]}
        return {}

    def s3_GetObjectTagging(
        self, *, Bucket: str, Key: str, ExpectedBucketOwner: str | None = None
    ) -> Parameters:
        self._own("GetObjectTagging", Bucket, ExpectedBucketOwner)
        item = self._get("GetObjectTagging", Bucket, Key)
        return {"TagSet": [{"Key": key, "Value": value} for key, value in item.tags.items()]}


def entity_tag(written: datetime) -> str:
    """An entity tag: of encrypted objects it is another one at each write, even of the same bytes."""
    return f'"{written:%d%H%M%S}"'


def _precondition_failed(operation: str) -> Exception:
    return failure(
        operation, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412
    )
