"""The bucket of the central registry, for those who read and write there."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from .errors import is_missing

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import ObjectTypeDef


@dataclass(frozen=True, kw_only=True)
class CentralBucket:
    """The central bucket, which must belong to the registry's own account.

    Attributes:
        s3: A client in the account and Region of the registry.
        bucket: The central bucket.
        account: The account of the registry.
    """

    s3: "S3Client"
    bucket: str
    account: str

    def listed(self, prefix: str) -> "Iterator[ObjectTypeDef]":
        """What ListObjectsV2 says of each object whose key begins with a prefix."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=prefix, ExpectedBucketOwner=self.account
        )
        for page in pages:
            yield from page.get("Contents", [])

    def content(self, key: str) -> bytes | None:
        """The content of an object, or None if there is none."""
        try:
            return self.s3.get_object(Bucket=self.bucket, Key=key, ExpectedBucketOwner=self.account)[
                "Body"
            ].read()
        except ClientError as error:
            if is_missing(error):
                return None
            raise
