"""What a query leaves in Amazon S3: rows as CSV, or Parquet files and the manifest that lists them.

https://docs.aws.amazon.com/athena/latest/ug/querying-finding-output-files.html. Everything is written with
the credentials of whoever started the query.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from struct import pack, unpack
from typing import Any

from botocore.exceptions import ClientError

from emulator.athena.failures import QueryError
from emulator.athena.reading import bucket_and_key
from emulator.athena.workgroup_settings import Settings

_FIELD = re.compile(r'(?:"((?:[^"]|"")*)"|)(,|\n|$)')


class Writer:
    """Writes to Amazon S3 as a workgroup's settings say."""

    def __init__(self, s3: Any, settings: Settings) -> None:
        """Begin.

        Args:
            s3: A client of whoever started the query.
            settings: The workgroup's.

        Raises:
            QueryError: Results are to be encrypted in a way that the emulator does not have.
        """
        self._s3 = s3
        option, key = settings.encryption.get("EncryptionOption"), settings.encryption.get("KmsKey")
        self._more: dict[str, Any] = {}
        match option:
            case "SSE_S3":
                self._more = {"ServerSideEncryption": "AES256"}
            case "SSE_KMS":
                self._more = {"ServerSideEncryption": "aws:kms"} | ({"SSEKMSKeyId": key} if key else {})
            case "CSE_KMS":
                raise QueryError(
                    "NOT_SUPPORTED: The emulator does not encrypt on the client's side; AWS does."
                )
        if settings.bucket_owner:
            self._more["ExpectedBucketOwner"] = settings.bucket_owner

    def put(self, url: str, content: Any) -> None:
        """Write an object.

        Raises:
            QueryError: The caller may not.
        """
        bucket, key = bucket_and_key(url)
        try:
            self._s3.put_object(Bucket=bucket, Key=key, Body=content, **self._more)
        except ClientError as error:
            raise QueryError(
                f"Access denied when writing output to url: {url} . Please ensure you are allowed to access "
                "the S3 bucket. If you are encrypting query results with KMS key, please ensure you are "
                f"allowed to access your KMS key. {error.response['Error']['Message']}"
            ) from None

    def check_empty(self, location: str) -> None:
        """Check that an UNLOAD may write at a location.

        Raises:
            QueryError: Something is there already, or the caller may not look.
        """
        bucket, prefix = bucket_and_key(location)
        try:
            listed = self._s3.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1)
        except ClientError as error:
            raise QueryError(
                f"PERMISSION_DENIED: Permission denied on S3 path: {location}. "
                f"{error.response['Error']['Message']}"
            ) from None
        if listed.get("KeyCount", 0):
            raise QueryError(
                f"HIVE_PATH_ALREADY_EXISTS: Target directory already exists: {location}. You may need to "
                f"manually clean the data at location '{location}' before retrying. Athena will not delete "
                "data in your account."
            )


def write_rows(path: Path, names: Sequence[str], rows: Iterable[Sequence[Any]], kinds: Sequence[str]) -> int:
    """Write rows as Athena's CSV, all values in quotes but those that are NULL, and return how many.

    Args:
        path: Where.
        names: Of the columns.
        rows: Their values as DuckDB gives them.
        kinds: Athena's types of the columns.
    """
    number = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(_line(names))
        for row in rows:
            number += 1
            file.write(_line([text(value, kind) for value, kind in zip(row, kinds, strict=True)]))
    return number


def read_rows(content: str) -> Iterator[list[str | None]]:
    """The lines of Athena's CSV, the names first; None stands for NULL."""
    line: list[str | None] = []
    position = 0
    while position < len(content):
        match = _FIELD.match(content, position)
        if match is None:
            raise ValueError(f"no CSV of Athena's at {position}")
        line.append(None if match[1] is None else match[1].replace('""', '"'))
        position = match.end()
        if match[2] != ",":
            yield line
            line = []


def metadata(columns: Sequence[tuple[str, str]]) -> bytes:
    """What stands for the metadata file beside a result; AWS's own is binary, and nobody reads it."""
    return json.dumps([{"Name": name, "Type": kind} for name, kind in columns]).encode()


def _line(values: Sequence[str | None]) -> str:
    return ",".join("" if value is None else '"' + value.replace('"', '""') + '"' for value in values) + "\n"


def text(value: Any, kind: str) -> str | None:  # noqa: PLR0911  one for each kind
    """A value as Athena writes it, or None for NULL.

    Args:
        value: As DuckDB gives it.
        kind: Athena's type.
    """
    match value:
        case None:
            return None
        case bool():
            return str(value).lower()
        case float():
            return _fraction(value, single=kind == "float")
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%S}.{value.microsecond // 1000:03}"
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case bytes():
            return value.hex(" ")
        case list():
            return "[" + ", ".join(text(each, "") or "null" for each in value) + "]"
        case dict():
            return "{" + ", ".join(f"{key}={text(each, '') or 'null'}" for key, each in value.items()) + "}"
    return str(value)


def _fraction(value: float, *, single: bool) -> str:
    """A number as Java writes it: https://docs.oracle.com/javase/8/docs/api/java/lang/Double.html#toString-double-."""
    if value != value:  # noqa: PLR0124  only NaN is so
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    digits = _shortest(value) if single else repr(value)
    number = Decimal(digits)
    if number == 0 or Decimal("0.001") <= abs(number) < Decimal(10_000_000):
        plain = f"{number:f}"
        return plain if "." in plain else f"{plain}.0"
    sign, mantissa, exponent = number.normalize().as_tuple()
    whole = "".join(map(str, mantissa))
    power = len(whole) - 1 + int(exponent)
    return f"{'-' if sign else ''}{whole[0]}.{whole[1:] or '0'}E{power}"


def _shortest(value: float) -> str:
    """The shortest digits that stand for a number of 32 bits."""
    wanted = pack("f", value)
    found = (f"{value:.{digits}g}" for digits in range(1, 10))
    return next((each for each in found if pack("f", float(each)) == wanted), repr(unpack("f", wanted)[0]))
