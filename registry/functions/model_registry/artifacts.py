"""The objects that serving a central version needs: which they are, and whether they are still the same."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from .central_bucket import CentralBucket
from .errors import RegistryError, explained, is_missing
from .locations import artifacts
from .promotion.content import Content
from .records import WHAT_TO_DO, Artifact, Receipt


@dataclass(frozen=True, kw_only=True)
class CentralArtifacts(CentralBucket):
    """The artifacts of the central registry."""

    def keys(self, version: Mapping[str, Any]) -> Iterator[str]:
        """The keys of the objects of a version's artifact.

        Args:
            version: What DescribeModelPackage says of it.

        Raises:
            RegistryError: If one of them is elsewhere.
        """
        for location in artifacts(version):
            if location.bucket != self.bucket:
                raise RegistryError(
                    f"{version['ModelPackageArn']} needs {location.uri} to serve, which is not in the "
                    f"registry's bucket {self.bucket}: register the version again, with what it needs there."
                )
            if not location.is_prefix:
                yield location.key
                continue
            yield from (item["Key"] for item in self.listed(location.key))

    def measured(self, version: Mapping[str, Any]) -> list[Artifact]:
        """What S3 states of the objects of a version's artifact, as a receipt records it.

        Args:
            version: What DescribeModelPackage says of it.

        Raises:
            RegistryError: If one of them is elsewhere, or is missing.
        """
        return [self._measured(key) for key in self.keys(version)]

    def check(self, version: Mapping[str, Any], receipt: Receipt) -> None:
        """See that what serves is what the receipt says.

        Args:
            version: What DescribeModelPackage says of the version.
            receipt: Its receipt.

        Raises:
            RegistryError: If an object was changed, added or removed.
        """
        recorded = {artifact.uri: artifact for artifact in receipt.artifacts}
        found = {artifact.uri: artifact for artifact in self.measured(version)}
        for uri in sorted(recorded | found):
            change = _difference(recorded.get(uri), found.get(uri))
            if change:
                raise RegistryError(
                    f"{uri} is not what the receipt {receipt.uri} says ({change}): {WHAT_TO_DO}"
                )

    def _measured(self, key: str) -> Artifact:
        uri = f"s3://{self.bucket}/{key}"
        try:
            with explained(denied=f"This role may not read {uri}."):
                content = Content.of(
                    self.s3.head_object(
                        Bucket=self.bucket, Key=key, ChecksumMode="ENABLED", ExpectedBucketOwner=self.account
                    )
                )
        except ClientError as error:
            if is_missing(error):
                raise RegistryError(
                    f"{uri}, which the version needs to serve, is gone: {WHAT_TO_DO}"
                ) from error
            raise
        return Artifact(
            uri=uri,
            size=content.size,
            sha256=content.sha256,
            checksums=dict(content.whole_checksums),
            version_id=content.version_id,
        )


def _difference(recorded: Artifact | None, found: Artifact | None) -> str | None:
    """What proves that an object is not the recorded one, or None."""
    if recorded is None:
        return "which does not know it"
    if found is None:
        return "it does not serve any more"
    if recorded.size != found.size:
        return f"{recorded.size} bytes, and now {found.size}"
    if recorded.version_id not in (None, found.version_id):
        return f"its version {recorded.version_id}, and now {found.version_id}"
    for algorithm in sorted(recorded.checksums.keys() & found.checksums.keys()):
        if recorded.checksums[algorithm] != found.checksums[algorithm]:
            return f"{algorithm} {recorded.checksums[algorithm]}, and now {found.checksums[algorithm]}"
    return None
