# ruff: noqa: N802, N803  (operations and parameters have the names that AWS gave them)
"""Amazon S3: multipart uploads."""

from dataclasses import dataclass, field
from datetime import datetime

from .core import Parameters, failure
from .s3 import CHECKSUMS, S3, entity_tag


@dataclass
class Upload:
    """A multipart upload that is not completed yet."""

    bucket: str
    key: str
    initiated: datetime
    algorithm: str
    checksum_type: str
    parts: dict[int, tuple[str, bytes]] = field(default_factory=dict)


class MultipartUploads(S3):
    """What is being uploaded in parts.

    Attributes:
        uploads: By id.
    """

    def __init__(self) -> None:
        super().__init__()
        self.uploads: dict[str, Upload] = {}

    def _upload(self, operation: str, upload: str) -> Upload:
        if upload not in self.uploads:
            raise failure(operation, "NoSuchUpload", "The specified upload does not exist.", 404)
        return self.uploads[upload]

    def s3_CreateMultipartUpload(
        self,
        *,
        Bucket: str,
        Key: str,
        ExpectedBucketOwner: str,
        ChecksumAlgorithm: str = "CRC64NVME",
        ChecksumType: str = "FULL_OBJECT",
    ) -> Parameters:
        self._own("CreateMultipartUpload", Bucket, ExpectedBucketOwner)
        initiated = self.now()
        upload = f"upload-{initiated:%H%M%S}"
        self.uploads[upload] = Upload(
            bucket=Bucket,
            key=Key,
            initiated=initiated,
            algorithm=ChecksumAlgorithm,
            checksum_type=ChecksumType,
        )
        return {"UploadId": upload}

    def s3_AbortMultipartUpload(
        self, *, Bucket: str, Key: str, UploadId: str, ExpectedBucketOwner: str
    ) -> Parameters:
        self._own("AbortMultipartUpload", Bucket, ExpectedBucketOwner)
        self._upload("AbortMultipartUpload", UploadId)
        del self.uploads[UploadId]
        return {}

    def s3_ListMultipartUploads(self, *, Bucket: str, Prefix: str, ExpectedBucketOwner: str) -> Parameters:
        self._own("ListMultipartUploads", Bucket, ExpectedBucketOwner)
        return {
            "Uploads": [
                {"UploadId": upload, "Key": state.key, "Initiated": state.initiated}
                for upload, state in self.uploads.items()
                if state.bucket == Bucket and state.key.startswith(Prefix)
            ]
        }

    def s3_ListParts(self, *, Bucket: str, Key: str, UploadId: str, ExpectedBucketOwner: str) -> Parameters:
        self._own("ListParts", Bucket, ExpectedBucketOwner)
        upload = self._upload("ListParts", UploadId)
        return {
            "Parts": [
                {"PartNumber": number, "Size": len(body), **_part(upload, etag, body)}
                for number, (etag, body) in upload.parts.items()
            ]
        }

    def s3_UploadPartCopy(
        self,
        *,
        Bucket: str,
        Key: str,
        ExpectedBucketOwner: str,
        UploadId: str,
        PartNumber: int,
        CopySource: str,
        CopySourceIfMatch: str,
        CopySourceRange: str,
        ExpectedSourceBucketOwner: str,
    ) -> Parameters:
        self._own("UploadPartCopy", Bucket, ExpectedBucketOwner)
        source = self._source("UploadPartCopy", CopySource, ExpectedSourceBucketOwner, CopySourceIfMatch)
        first, last = map(int, CopySourceRange.removeprefix("bytes=").split("-"))
        body = source.body[first : last + 1]
        etag = entity_tag(self.now())
        upload = self._upload("UploadPartCopy", UploadId)
        upload.parts[PartNumber] = (etag, body)
        return {"CopyPartResult": _part(upload, etag, body)}

    def s3_CompleteMultipartUpload(
        self,
        *,
        Bucket: str,
        Key: str,
        ExpectedBucketOwner: str,
        UploadId: str,
        MultipartUpload: Parameters,
        IfNoneMatch: str | None = None,
        IfMatch: str | None = None,
    ) -> Parameters:
        self._own("CompleteMultipartUpload", Bucket, ExpectedBucketOwner)
        self._condition("CompleteMultipartUpload", Bucket, Key, IfNoneMatch, IfMatch)
        upload = self._upload("CompleteMultipartUpload", UploadId)
        bodies = []
        for part in MultipartUpload["Parts"]:
            etag, body = upload.parts[part["PartNumber"]]
            known = {"PartNumber": part["PartNumber"], **_part(upload, etag, body)}
            # The checksums of parts may be left out where that of the whole does not follow from them.
            left_out = {} if upload.checksum_type == "COMPOSITE" else known
            if {**left_out, **part} != known:
                raise failure("CompleteMultipartUpload", "InvalidPart", "One or more of the parts")
            bodies.append(body)
        part_size = len(bodies[0]) if upload.checksum_type == "COMPOSITE" else None
        self.put(Bucket, Key, b"".join(bodies), algorithm=upload.algorithm, part_size=part_size)
        del self.uploads[UploadId]
        return {"Bucket": Bucket, "Key": Key}


def _part(upload: Upload, etag: str, body: bytes) -> Parameters:
    return {"ETag": etag, f"Checksum{upload.algorithm}": CHECKSUMS[upload.algorithm](body)}
