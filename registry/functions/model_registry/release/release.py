"""Makes the workload accounts' access to a central version agree with its approval status."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import RegistryError, explained
from ..events import StateChange
from ..locations import artifacts
from ..settling import settle

if TYPE_CHECKING:
    from mypy_boto3_events.client import EventBridgeClient
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_sagemaker.client import SageMakerClient

# The bucket's policy lets the workload accounts read objects with this tag and the value Approved.
APPROVAL_TAG = "approval-status"
DETAIL_TYPE = "Model Version Released"
ANNOUNCED_FIELDS = (
    "ModelPackageGroupName",
    "ModelPackageArn",
    "ModelPackageVersion",
    "ModelApprovalStatus",
)


@dataclass(frozen=True, kw_only=True)
class Release:
    """Opens the artifact of an approved version to the workload accounts, and says so.

    Attributes:
        sagemaker: A client in the account and Region of the registry.
        s3: A client in the same.
        events: A client in the same.
        bucket: The central bucket.
        account: The account of the registry.
        event_source: The source of the event that it sends.
    """

    sagemaker: "SageMakerClient"
    s3: "S3Client"
    events: "EventBridgeClient"
    bucket: str
    account: str
    event_source: str

    def follow(self, change: StateChange) -> str:
        """Bring the tags of a version's artifact in line with its status, then announce it if it is approved.

        What counts is the status when the version is looked at, so that events out of order end in the right
        state. The announcement comes last: whoever hears it can read the artifact. An approval that is
        delivered twice is announced twice; one that was withdrawn meanwhile is not announced.

        Args:
            change: The change of a central version.

        Returns:
            One sentence that says what was done.

        Raises:
            RegistryError: If the version is gone, or its status does not settle.
        """
        version, _ = settle(
            arn=change.version.arn,
            look=lambda: self._describe(change),
            status=lambda version: str(version["ModelApprovalStatus"]),
            act=self._tag,
        )
        status = version["ModelApprovalStatus"]
        if status == change.approval_status == "Approved":
            self._announce(version)
            return f"{change.version.arn} is released to the workload accounts."
        return f"{change.version.arn} is {status}: its artifact is tagged so, and nothing is announced."

    def _describe(self, change: StateChange) -> Mapping[str, Any]:
        with explained(
            denied=f"The release role may not describe {change.version.arn}: deploy the registry again.",
            missing=f"{change.version.arn} does not exist any more: there is nothing to release.",
        ):
            return self.sagemaker.describe_model_package(ModelPackageName=change.version.arn)

    def _tag(self, version: Mapping[str, Any]) -> None:
        for key in self._keys(version):
            self.s3.put_object_tagging(
                Bucket=self.bucket,
                Key=key,
                ExpectedBucketOwner=self.account,
                Tagging={"TagSet": [{"Key": APPROVAL_TAG, "Value": version["ModelApprovalStatus"]}]},
            )

    def _keys(self, version: Mapping[str, Any]) -> Iterator[str]:
        """The keys of the objects of a version's artifact, as far as they lie in the central bucket."""
        for location in artifacts(version):
            if location.bucket != self.bucket:
                continue
            if not location.is_prefix:
                yield location.key
                continue
            pages = self.s3.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=location.key, ExpectedBucketOwner=self.account
            )
            for page in pages:
                yield from (item["Key"] for item in page.get("Contents", []))

    def _announce(self, version: Mapping[str, Any]) -> None:
        detail = {name: version[name] for name in ANNOUNCED_FIELDS}
        response = self.events.put_events(
            Entries=[
                {
                    "Source": self.event_source,
                    "DetailType": DETAIL_TYPE,
                    "Resources": [version["ModelPackageArn"]],
                    "Detail": json.dumps(detail),
                }
            ]
        )
        if response["FailedEntryCount"]:
            entry = response["Entries"][0]
            raise RegistryError(
                f"EventBridge did not take the release of {version['ModelPackageArn']} "
                f"({entry.get('ErrorCode')}: {entry.get('ErrorMessage')}): replay the event."
            )
