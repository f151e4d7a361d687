"""S3 objects, and what S3 states about their bytes."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


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
        checksums: Base64 by algorithm, such as ``{"CRC64NVME": "..."}``. That of an object which was uploaded
            in parts may be one of the parts' checksums; it then ends with a hyphen and their number.
            https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
        version_id: S3's id of these bytes; None in a bucket without versions.
    """

    size: int
    etag: str
    last_modified: float
    checksums: Mapping[str, str]
    version_id: str | None

    @classmethod
    def of(cls, head: Mapping[str, Any]) -> "Content":
        """Read what HeadObject says."""
        return cls(
            size=head["ContentLength"],
            etag=head["ETag"],
            last_modified=head["LastModified"].timestamp(),
            checksums={
                field.removeprefix("Checksum"): value
                for field, value in head.items()
                if field.startswith("Checksum") and field != "ChecksumType"
            },
            version_id=head.get("VersionId"),
        )

    @property
    def whole_checksums(self) -> Mapping[str, str]:
        """The checksums of the whole object's bytes."""
        return {name: value for name, value in self.checksums.items() if not _parts(value)}

    @property
    def sha256(self) -> str | None:
        """The SHA-256 digest in hexadecimal, where S3 states it."""
        checksum = self.whole_checksums.get("SHA256")
        return base64.b64decode(checksum).hex() if checksum else None

    @property
    def composite_checksum(self) -> tuple[str, int] | None:
        """Algorithm and number of parts of a checksum of the parts' checksums, if there is no better one."""
        if self.whole_checksums:
            return None
        return next(((name, int(_parts(value))) for name, value in self.checksums.items()), None)

    def difference(self, other: "Content") -> str | None:
        """What proves that two objects differ in content, or None.

        Without a checksum of the same kind on both sides the size alone is compared.
        """
        if self.size != other.size:
            return f"{self.size} and {other.size} bytes"
        for algorithm in self._comparable(other):
            if self.checksums[algorithm] != other.checksums[algorithm]:
                return f"{algorithm} {self.checksums[algorithm]} and {other.checksums[algorithm]}"
        return None

    def is_copy_of(self, original: "Content") -> bool:
        """Whether this object, which promotion alone writes, is a copy of the other.

        Where no checksums can be compared, it is, if it has the same size and was written later: an object
        comes into being as a whole.
        """
        is_proven = bool(self._comparable(original)) or self.last_modified > original.last_modified
        return is_proven and self.difference(original) is None

    def _comparable(self, other: "Content") -> list[str]:
        return [
            algorithm
            for algorithm in sorted(self.checksums.keys() & other.checksums.keys())
            if _parts(self.checksums[algorithm]) == _parts(other.checksums[algorithm])
        ]


def _parts(checksum: str) -> str:
    return checksum.partition("-")[2]
