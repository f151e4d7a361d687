"""Copies one S3 object by parts: several at the same time, and going on where an earlier try stopped."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from .content import Content, S3Object
from .time_limit import TimeLimit

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

# A multipart upload has at most 10,000 parts, each of 5 MiB to 5 GiB but for the last, which may be smaller.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
PART_SIZE = 512 * 1024**2
SMALLEST_PART = 5 * 1024**2
MAXIMUM_PARTS = 10_000
PARALLEL_PARTS = 16

# Checksums that S3 can state of a whole object that was uploaded in parts.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
PARTWISE_CHECKSUMS = ("CRC64NVME", "CRC32", "CRC32C")


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Of which size the parts of a copy are, and what S3 states of the whole in the end."""

    size: int
    algorithm: str
    checksum_type: Literal["FULL_OBJECT", "COMPOSITE"]


def parts_for_size(content: Content) -> Parts:
    """Parts for an object that is too large to be copied at once."""
    algorithm = next(
        (name for name in PARTWISE_CHECKSUMS if name in content.whole_checksums), PARTWISE_CHECKSUMS[0]
    )
    size = max(PART_SIZE, -(-content.size // MAXIMUM_PARTS))
    return Parts(size=size, algorithm=algorithm, checksum_type="FULL_OBJECT")


def parts_like_the_original(content: Content, first_part: int) -> Parts | None:
    """The parts an object was uploaded in, as far as they can be told; None if they were not of one size.

    A checksum of parts' checksums can be compared only with one of the same parts.

    Args:
        content: The object.
        first_part: The size of its first part.
    """
    if content.composite_checksum is None or first_part < SMALLEST_PART:
        return None
    algorithm, number = content.composite_checksum
    if number < 2 or -(-content.size // first_part) != number:
        return None
    return Parts(size=first_part, algorithm=algorithm, checksum_type="COMPOSITE")


@dataclass(frozen=True, kw_only=True)
class PartwiseCopy:
    """The copy of one object by parts.

    Attributes:
        s3: A client that may read the one and write the other.
        source: The original.
        target: The copy.
        original: The content of the original.
        parts: In which parts.
    """

    s3: "S3Client"
    source: S3Object
    target: S3Object
    original: Content
    parts: Parts

    def run(self, condition: Mapping[str, Any], time: TimeLimit) -> None:
        """Copy what is not there yet.

        Args:
            condition: On which the copy comes into being, such as ``{"IfNoneMatch": "*"}``.
            time: How long it may take.

        Raises:
            OutOfTimeError: If there is no time for another part; the parts that are there stay.
        """
        upload = self._upload_to_continue() or self._new_upload()
        present = self._present(upload)
        numbers = range(1, -(-self.original.size // self.parts.size) + 1)
        with ThreadPoolExecutor(PARALLEL_PARTS) as pool:
            completed = list(
                pool.map(lambda number: self._part(upload, number, present.get(number), time), numbers)
            )
        self.s3.complete_multipart_upload(
            Bucket=self.target.bucket,
            Key=self.target.key,
            ExpectedBucketOwner=self.target.owner,
            UploadId=upload,
            MultipartUpload={"Parts": completed},
            **condition,
        )

    def _part(self, upload: str, number: int, present: Any, time: TimeLimit) -> "CompletedPartTypeDef":
        first = (number - 1) * self.parts.size
        last = min(first + self.parts.size, self.original.size) - 1
        if present is not None and present["Size"] == last - first + 1:
            return _completed(number, present)
        time.check()
        response = self.s3.upload_part_copy(
            Bucket=self.target.bucket,
            Key=self.target.key,
            ExpectedBucketOwner=self.target.owner,
            UploadId=upload,
            PartNumber=number,
            CopySource={"Bucket": self.source.bucket, "Key": self.source.key},
            CopySourceIfMatch=self.original.etag,
            CopySourceRange=f"bytes={first}-{last}",
            ExpectedSourceBucketOwner=self.source.owner,
        )
        time.step_done()
        return _completed(number, response["CopyPartResult"])

    def _new_upload(self) -> str:
        algorithm: Any = self.parts.algorithm
        return self.s3.create_multipart_upload(
            Bucket=self.target.bucket,
            Key=self.target.key,
            ExpectedBucketOwner=self.target.owner,
            ChecksumAlgorithm=algorithm,
            ChecksumType=self.parts.checksum_type,
        )["UploadId"]

    def _upload_to_continue(self) -> str | None:
        """An upload that an earlier try began after the source was last written."""
        pages = self.s3.get_paginator("list_multipart_uploads").paginate(
            Bucket=self.target.bucket, Prefix=self.target.key, ExpectedBucketOwner=self.target.owner
        )
        for page in pages:
            for upload in page.get("Uploads", []):
                is_newer = upload["Initiated"].timestamp() > self.original.last_modified
                if upload["Key"] == self.target.key and is_newer:
                    return upload["UploadId"]
        return None

    def _present(self, upload: str) -> dict[int, Any]:
        """What S3 says of the parts that are there already, by number."""
        pages = self.s3.get_paginator("list_parts").paginate(
            Bucket=self.target.bucket,
            Key=self.target.key,
            UploadId=upload,
            ExpectedBucketOwner=self.target.owner,
        )
        return {part["PartNumber"]: part for page in pages for part in page.get("Parts", [])}


def _completed(number: int, part: Any) -> "CompletedPartTypeDef":
    """A part as CompleteMultipartUpload wants it, with its checksum where S3 has told it."""
    told = {name: part[name] for name in part if name == "ETag" or name.startswith("Checksum")}
    return cast("CompletedPartTypeDef", {"PartNumber": number, **told})
