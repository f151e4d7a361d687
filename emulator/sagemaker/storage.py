"""How SageMaker reads and writes S3 for a job or an endpoint: with its role's credentials, by prefix."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.exceptions import ClientError

_URI = re.compile(r"s3://(?P<bucket>[^/]+)/?(?P<key>.*)", re.DOTALL)


class StorageError(Exception):
    """S3 refused, or has nothing there; worded as in a FailureReason."""


@dataclass(frozen=True)
class Location:
    """A bucket and a key or key prefix."""

    bucket: str
    key: str

    @classmethod
    def parse(cls, uri: str) -> "Location":
        """Take an S3 URI apart.

        Raises:
            StorageError: It is not an S3 URI.
        """
        match = _URI.fullmatch(uri)
        if match is None:
            raise StorageError(f"ClientError: {uri!r} is not an S3 URI.")
        return cls(match["bucket"], match["key"])

    def below(self, name: str) -> "Location":
        """Location of a name below this one."""
        return Location(self.bucket, str(PurePosixPath(self.key) / name) if self.key else name)

    @property
    def uri(self) -> str:
        """The S3 URI."""
        return f"s3://{self.bucket}/{self.key}"


class Storage:
    """S3 as one role sees it."""

    def __init__(self, client: Any, kms_key: str | None = None) -> None:
        """Take hold of S3.

        Args:
            client: A boto3 S3 client with the role's credentials.
            kms_key: Key for what is written; the bucket decides if not given.
        """
        self._client = client
        self._encryption: Mapping[str, str] = (
            {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key} if kms_key else {}
        )

    def download(self, uri: str, folder: Path) -> None:
        """Copy the object at a URI, or all objects whose keys begin with it, into a folder (`S3Prefix`).

        Raises:
            StorageError: There is no such object, or the role may not read it.
        """
        location = Location.parse(uri)
        with _worded(f"Failed to download data from {uri}"):
            keys = [key for key in self._keys(location) if not key.endswith("/")]
            if not keys:
                raise StorageError(
                    f"ClientError: No S3 objects found under S3 URL {uri!r} given in input data source."
                )
            for key in keys:
                target = folder / relative_path(key, location.key)
                if not target.resolve().is_relative_to(folder.resolve()):
                    raise StorageError(f"ClientError: The key {key!r} leads out of its folder.")
                target.parent.mkdir(parents=True, exist_ok=True)
                self._client.download_file(location.bucket, key, str(target))

    def download_object(self, uri: str, file: Path) -> None:
        """Copy one object into a file.

        Raises:
            StorageError: There is no such object, or the role may not read it.
        """
        location = Location.parse(uri)
        file.parent.mkdir(parents=True, exist_ok=True)
        with _worded(f"Failed to download {uri}"):
            self._client.download_file(location.bucket, location.key, str(file))

    def check(self, uri: str) -> None:
        """Check that an object is there and may be read.

        Raises:
            StorageError: There is no such object, or the role may not read it.
        """
        location = Location.parse(uri)
        with _worded(f"Failed to find {uri}"):
            self._client.head_object(Bucket=location.bucket, Key=location.key)

    def read(self, uri: str) -> bytes:
        """Content of one object.

        Raises:
            StorageError: There is no such object, or the role may not read it.
        """
        location = Location.parse(uri)
        with _worded(f"Failed to read {uri}"):
            content: bytes = self._client.get_object(Bucket=location.bucket, Key=location.key)["Body"].read()
        return content

    def write(self, uri: str, content: bytes) -> None:
        """Write one object.

        Raises:
            StorageError: The role may not write it.
        """
        location = Location.parse(uri)
        with _worded(f"Failed to write {uri}"):
            self._client.put_object(
                Bucket=location.bucket, Key=location.key, Body=content, **self._encryption
            )

    def upload(self, source: Path, uri: str) -> None:
        """Copy a file to the URI, or every file of a folder below it.

        Raises:
            StorageError: The role may not write there.
        """
        location = Location.parse(uri)
        files = sorted(path for path in source.rglob("*") if path.is_file()) if source.is_dir() else [source]
        with _worded(f"Failed to upload to {uri}"):
            for file in files:
                target = location.below(file.relative_to(source).as_posix()) if source.is_dir() else location
                self._client.upload_file(
                    str(file), target.bucket, target.key, ExtraArgs=dict(self._encryption)
                )

    def _keys(self, location: Location) -> Iterator[str]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=location.bucket, Prefix=location.key
        )
        for page in pages:
            for item in page.get("Contents", []):
                yield item["Key"]


def relative_path(key: str, prefix: str) -> str:
    """Where an object goes in its folder: below a folder prefix, else beside what the prefix begins."""
    if prefix.endswith("/") or not prefix:
        return key[len(prefix) :]
    if key.startswith(prefix + "/"):
        return key[len(prefix) + 1 :]
    return key[prefix.rfind("/") + 1 :]


@contextmanager
def _worded(what: str) -> Iterator[None]:
    try:
        yield
    except (ClientError, Boto3Error) as error:
        raise StorageError(f"ClientError: {what}. {error}") from error
