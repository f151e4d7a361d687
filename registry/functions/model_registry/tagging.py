"""Tags on the objects of a central version: who may read them follows from these.

The bucket's policy lets endpoints of test accounts read what is tagged as approved, and those of production
accounts what is admitted as well. Only release says what is approved; only the stage function admits.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from .artifacts import CentralArtifacts
from .errors import explained
from .records import WHAT_TO_DO

APPROVAL_TAG = "approval-status"
"""The approval status of the object's version."""

PRODUCTION_TAG = "production-status"
"""Present once a version is let into production, for as long as it is approved."""

APPROVED = "Approved"
ADMITTED = "Admitted"


@dataclass(frozen=True, kw_only=True)
class ArtifactTags:
    """The tags of the objects of versions. Other tags than these two are left as they are."""

    artifacts: CentralArtifacts

    def follow(self, version: Mapping[str, Any]) -> None:
        """Write the approval status of a version into its tags.

        Args:
            version: What DescribeModelPackage says of it.
        """
        status = version["ModelApprovalStatus"]
        for key in self.artifacts.keys(version):
            tags = self._get(key)
            wanted = {**tags, APPROVAL_TAG: status}
            if status != APPROVED:
                wanted.pop(PRODUCTION_TAG, None)
            self._put(key, tags, wanted)

    def admit(self, version: Mapping[str, Any]) -> None:
        """Admit a version to production. The bucket's policy allows this for approved versions only.

        Args:
            version: What DescribeModelPackage says of it.
        """
        for key in self.artifacts.keys(version):
            tags = self._get(key)
            self._put(key, tags, {**tags, PRODUCTION_TAG: ADMITTED})

    def _get(self, key: str) -> dict[str, str]:
        with self._explained(key):
            given = self.artifacts.s3.get_object_tagging(
                Bucket=self.artifacts.bucket, Key=key, ExpectedBucketOwner=self.artifacts.account
            )
        return {tag["Key"]: tag["Value"] for tag in given["TagSet"]}

    def _put(self, key: str, tags: Mapping[str, str], wanted: Mapping[str, str]) -> None:
        if wanted == tags:
            return
        with self._explained(key):
            self.artifacts.s3.put_object_tagging(
                Bucket=self.artifacts.bucket,
                Key=key,
                ExpectedBucketOwner=self.artifacts.account,
                Tagging={"TagSet": [{"Key": name, "Value": value} for name, value in sorted(wanted.items())]},
            )

    def _explained(self, key: str) -> AbstractContextManager[None]:
        uri = f"s3://{self.artifacts.bucket}/{key}"
        return explained(
            denied=f"This role may not tag {uri}: see the bucket's policy, and the object's own tags.",
            missing=f"{uri}, which the version needs to serve, is gone: {WHAT_TO_DO}",
        )
