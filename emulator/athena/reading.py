"""The objects of a table: found, measured, and fetched with the credentials that Athena has for them.

Athena reads in the name of whoever asks
(https://docs.aws.amazon.com/athena/latest/ug/s3-permissions.html), but for locations that are registered with
Lake Formation, which lends the credentials of the registered role
(https://docs.aws.amazon.com/athena/latest/ug/lf-athena-access.html).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from emulator.athena.failures import QueryError
from emulator.athena.tables import Partition, Table

_LOCATION = re.compile(r"s3[an]?://(?P<bucket>[^/]+)/?(?P<prefix>.*)", re.ASCII | re.DOTALL)
_DENIED = ("AccessDenied", "AccessDeniedException", "403")


@dataclass(frozen=True, kw_only=True)
class Object:
    """An object of a table.

    Attributes:
        url: Its S3 URL.
        size: In bytes.
        values: Of the table's partition keys.
        path: Its copy, once it is fetched.
    """

    url: str
    size: int
    values: tuple[str, ...]
    path: Path


def bucket_and_key(url: str) -> tuple[str, str]:
    """Bucket and key, or prefix, of an S3 URL.

    Raises:
        QueryError: It is none.
    """
    match = _LOCATION.fullmatch(url)
    if match is None:
        raise QueryError(f"HIVE_UNKNOWN_ERROR: Location {url} is no location in Amazon S3.")
    return match["bucket"], match["prefix"]


def objects(s3: Any, table: Table, chosen: Sequence[Partition] | None, folder: Path) -> list[Object]:
    """The objects of a table, or of some of its partitions, in the order of their keys.

    Args:
        s3: A client with the credentials for the location.
        table: The table.
        chosen: Of its partitions; None for a table without.
        folder: Where their copies will be.

    Raises:
        QueryError: They may not be listed.
    """
    places = [((), table.location)] if chosen is None else [(each.values, each.location) for each in chosen]
    found: list[Object] = []
    for values, location in places:
        bucket, prefix = bucket_and_key(location)
        prefix = prefix if not prefix or prefix.endswith("/") else f"{prefix}/"
        for key, size in _listed(s3, bucket, prefix).items():
            # Hive's readers skip what begins so: https://docs.aws.amazon.com/athena/latest/ug/tables-location-format.html
            hidden = any(part.startswith(("_", ".")) for part in key.removeprefix(prefix).split("/"))
            if size and not hidden:
                suffix = ".gz" if key.endswith(".gz") else ""
                path = folder / f"{len(found):06}{suffix}"
                found.append(Object(url=f"s3://{bucket}/{key}", size=size, values=values, path=path))
    return found


def fetch(s3: Any, found: Sequence[Object]) -> None:
    """Copy objects to where their paths say.

    Raises:
        QueryError: One may not be read.
    """
    for each in found:
        bucket, key = bucket_and_key(each.url)
        each.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            body = s3.get_object(Bucket=bucket, Key=key)["Body"]
        except ClientError as error:
            raise _refused(error, each.url) from None
        with each.path.open("wb") as copy:
            for chunk in body.iter_chunks(1 << 20):
                copy.write(chunk)


def _listed(s3: Any, bucket: str, prefix: str) -> Mapping[str, int]:
    try:
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return {each["Key"]: each["Size"] for page in pages for each in page.get("Contents", ())}
    except ClientError as error:
        raise _refused(error, f"s3://{bucket}/{prefix}") from None


def _refused(error: ClientError, url: str) -> QueryError:
    code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
    if code in _DENIED:
        return QueryError(f"PERMISSION_DENIED: Permission denied on S3 path: {url}. {message}")
    return QueryError(f"HIVE_FILESYSTEM_ERROR: Failed to read {url}: {message}")
