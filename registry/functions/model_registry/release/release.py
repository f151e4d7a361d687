"""Makes the workload accounts' access to a central version agree with its approval status."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import RegistryError, explained
from ..events import StateChange
from ..receipts import ReceiptBook
from ..records import Decision, Receipt, has_receipt, is_promoted
from ..settling import settle
from ..tagging import APPROVED, ArtifactTags
from ..versions import describe_version
from .approval import CentralApprovals
from .registration import DirectRegistration
from .trail import Approver

if TYPE_CHECKING:
    from mypy_boto3_events.client import EventBridgeClient
    from mypy_boto3_sagemaker.client import SageMakerClient

DETAIL_TYPE = "Model Version Released"
ANNOUNCED_FIELDS = (
    "ModelPackageGroupName",
    "ModelPackageArn",
    "ModelPackageVersion",
    "ModelApprovalStatus",
)

Approval = tuple[Receipt, Decision]


@dataclass(frozen=True, kw_only=True)
class Release:
    """Opens the artifact of an approved version to the workload accounts, and says so.

    Attributes:
        sagemaker: A client in the account and Region of the registry.
        events: A client in the same.
        book: The receipts.
        approvals: Who has approved what.
        registration: The receipts of versions that were not promoted.
        tags: The tags on the artifacts.
        event_source: The source of the event that it sends.
        approver_told_apart: Whether CloudTrail says who has approved, in an event of its own, because
            versions do not; until then nothing is released.
    """

    sagemaker: "SageMakerClient"
    events: "EventBridgeClient"
    book: ReceiptBook
    approvals: CentralApprovals
    registration: DirectRegistration
    tags: ArtifactTags
    event_source: str
    approver_told_apart: bool = False

    def follow(self, change: StateChange, approver: Approver | None = None) -> str:
        """Bring the tags of a version's artifact in line with its status, then announce it if it is approved.

        What counts is the status when the version is looked at, so that events out of order end in the right
        state. The announcement comes last: whoever hears it can read the artifact, and finds the receipt and
        who has approved the version. An approval that is delivered twice may be announced twice; not so one
        that was withdrawn meanwhile, or that a deploy pipeline has taken up.

        Args:
            change: The change of a central version.
            approver: Who has approved it, where CloudTrail tells that apart.

        Returns:
            One sentence that says what was done.

        Raises:
            RegistryError: If the version is gone, is not what its receipt says, nobody knows who approved it,
                or its status does not settle.
        """
        arn = change.version.arn
        if not change.may_change("ModelApprovalStatus"):
            return f"{arn} has another {', '.join(sorted(change.updated_fields or ()))}: nothing to do."
        version, approval = settle(
            arn=arn,
            look=lambda: self._describe(change),
            status=lambda version: str(version["ModelApprovalStatus"]),
            act=lambda version: self._act(version, approver),
        )
        status = version["ModelApprovalStatus"]
        if self._waits(version, approver):
            return f"{arn} is {status}: it is released when CloudTrail says by whom."
        if approval is None or change.approval_status != APPROVED:
            return f"{arn} is {status}: its artifact is tagged so, and nothing is announced."
        receipt, decision = approval
        if self.approvals.is_taken_up(decision, receipt):
            return f"{arn} is released already, and a deploy pipeline has taken it up."
        self._announce(version)
        return f"{arn} is released to the workload accounts."

    def _describe(self, change: StateChange) -> Mapping[str, Any]:
        with explained(
            denied=f"The release role may not describe {change.version.arn}: deploy the registry again.",
            missing=f"{change.version.arn} does not exist any more: there is nothing to release.",
        ):
            return describe_version(self.sagemaker, change.version.arn)

    def _waits(self, version: Mapping[str, Any], approver: Approver | None) -> bool:
        approved = version["ModelApprovalStatus"] == APPROVED
        return approved and self.approver_told_apart and approver is None

    def _act(self, version: Mapping[str, Any], approver: Approver | None) -> Approval | None:
        """Record and tag; give what a release is based on, if the version is approved."""
        if self._waits(version, approver):
            return None
        approved = version["ModelApprovalStatus"] == APPROVED
        written: dict[str, str] = {}
        if not has_receipt(version) and (approved or not is_promoted(version)):
            written = self.registration.receipt(version)
            version = {
                **version,
                "CustomerMetadataProperties": {**version.get("CustomerMetadataProperties", {}), **written},
            }
        # Before the version is changed here, for it says only who changed it last.
        approval = self._approval(version, approver) if approved else None
        if written:
            # The whole map: AWS does not say whether an update merges it or replaces it.
            self.sagemaker.update_model_package(
                ModelPackageArn=version["ModelPackageArn"],
                CustomerMetadataProperties=version["CustomerMetadataProperties"],
            )
        self.tags.follow(version)
        return approval

    def _approval(self, version: Mapping[str, Any], approver: Approver | None) -> Approval:
        receipt = self.book.read(version)
        self.tags.artifacts.check(version, receipt)
        return receipt, self.approvals.recorded(version, receipt, approver)

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
