"""What tries that failed have left in the central bucket, and its removal."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..central_bucket import CentralBucket
from ..errors import RegistryError
from ..records import DECISIONS, RECEIPT
from .drafts import DRAFT

# A run and those that it hands over to last four hours at most: Lambda ends a chain after 16 invocations of
# 15 minutes (https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html). What nobody has touched
# for longer belongs to no run that still goes on.
QUIET = timedelta(hours=6)
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
MAXIMUM_DELETED_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class _Upload:
    """A multipart upload that nobody has completed."""

    key: str
    id: str
    initiated: datetime


@dataclass(frozen=True, kw_only=True)
class Leftovers(CentralBucket):
    """Removes from the central bucket what belongs to no central version.

    The bucket keeps what is deleted as a version of the object, and the bucket's policy lets nobody delete
    receipts and decisions.
    """

    def keep_only(self, folder: str, keys: Collection[str]) -> None:
        """Remove what earlier tries have brought into the folder of a version and the last one has not.

        Args:
            folder: What the keys of the version's objects begin with, ending with a slash.
            keys: The keys of the objects that the version refers to.
        """
        own = {f"{folder}{RECEIPT}", f"{folder}{DRAFT}", *keys}
        self._delete(
            key
            for key in (item["Key"] for item in self.listed(folder))
            if key not in own and not key.startswith(f"{folder}{DECISIONS}")
        )
        self._abort(self._uploads(folder))

    def clean(self, folders: str, used: Collection[str], now: datetime) -> None:
        """Remove the folders of versions that do not exist and that nobody is promoting any more.

        Args:
            folders: What the names of the folders begin with, ending with a slash.
            used: The folders of versions that exist.
            now: The present time.
        """
        objects = [(item["Key"], item["LastModified"]) for item in self.listed(folders)]
        uploads = list(self._uploads(folders))

        def folder(key: str) -> str:
            return f"{folders}{key.removeprefix(folders).partition('/')[0]}/"

        touched = [*objects, *((upload.key, upload.initiated) for upload in uploads)]
        kept = {*used, *(folder(key) for key, time in touched if now - time < QUIET)}
        self._delete(key for key, _ in objects if folder(key) not in kept)
        self._abort(upload for upload in uploads if folder(upload.key) not in kept)

    def _uploads(self, prefix: str) -> Iterator[_Upload]:
        pages = self.s3.get_paginator("list_multipart_uploads").paginate(
            Bucket=self.bucket, Prefix=prefix, ExpectedBucketOwner=self.account
        )
        for page in pages:
            for upload in page.get("Uploads", []):
                yield _Upload(key=upload["Key"], id=upload["UploadId"], initiated=upload["Initiated"])

    def _delete(self, keys: Iterable[str]) -> None:
        left = [{"Key": key} for key in keys]
        for start in range(0, len(left), MAXIMUM_DELETED_AT_ONCE):
            batch: Any = left[start : start + MAXIMUM_DELETED_AT_ONCE]
            response = self.s3.delete_objects(
                Bucket=self.bucket,
                ExpectedBucketOwner=self.account,
                Delete={"Objects": batch, "Quiet": True},
            )
            for error in response.get("Errors", []):
                raise RegistryError(
                    f"s3://{self.bucket}/{error.get('Key')}, which an earlier try has left, cannot be "
                    f"removed ({error.get('Code')}: {error.get('Message')}): deploy the registry again, then "
                    "replay the event."
                )

    def _abort(self, uploads: Iterable[_Upload]) -> None:
        for upload in uploads:
            with suppress(self.s3.exceptions.NoSuchUpload):
                self.s3.abort_multipart_upload(
                    Bucket=self.bucket, Key=upload.key, UploadId=upload.id, ExpectedBucketOwner=self.account
                )
