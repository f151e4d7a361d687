"""What a workgroup says of a query."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What holds for a query.

    Attributes:
        location: Where its results go, with a slash at the end.
        encryption: `EncryptionConfiguration` of the results, or empty.
        bucket_owner: The account that must own the bucket, or None.
        cutoff: How many bytes it may read, or None.
    """

    location: str
    encryption: Mapping[str, str]
    bucket_owner: str | None
    cutoff: int | None
