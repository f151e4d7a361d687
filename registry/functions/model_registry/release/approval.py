"""Who has approved a central version, as a decision below its receipt."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..errors import RegistryError
from ..identities import account_of, role_name
from ..receipts import ReceiptBook
from ..records import Decision, Receipt, modified_by
from .trail import Approver


@dataclass(frozen=True, kw_only=True)
class CentralApprovals:
    """The approvals in the central registry.

    SageMaker says who changed a version last. That is who approved it, until a function of the platform
    changes the version in its turn; by then the approval is recorded.

    Attributes:
        book: The receipts.
        functions: The names of the roles of the platform's functions, which approve nothing.
    """

    book: ReceiptBook
    functions: frozenset[str]

    def recorded(
        self, version: Mapping[str, Any], receipt: Receipt, approver: Approver | None = None
    ) -> Decision:
        """Record the approval of an approved version, once.

        Args:
            version: What DescribeModelPackage says of it.
            receipt: Its receipt.
            approver: Who has approved it, where CloudTrail says so in place of the version.

        Returns:
            The newest approval.

        Raises:
            RegistryError: If it is not known who has approved it, or that is nobody of this account.
        """
        arn = version["ModelPackageArn"]
        by = approver.arn if approver else modified_by(version)
        if by is None:
            raise RegistryError(
                f"{arn} has been Approved since it was registered, by nobody of account {self.book.account}: "
                "set it to PendingManualApproval; then ask the ML engineer to approve it. If SageMaker never "
                "says who, set assumptions.approver to cloudtrail in catalog.yaml, and deploy the registry."
            )
        if account_of(by) != self.book.account:
            raise RegistryError(
                f"{arn} was approved by {by}, who is not of account {self.book.account}: set it to "
                "PendingManualApproval; then ask the ML engineer to approve it."
            )
        if role_name(by) not in self.functions:
            return self._record(
                version, receipt, by, approver.time if approver else version["LastModifiedTime"]
            )
        earlier = self.book.decisions(receipt, "central-approval")
        if not earlier:
            raise RegistryError(
                f"{arn} was approved before its receipt was written, and {by} has changed it since, so that "
                "nobody knows who approved it: approve it once more."
            )
        return earlier[-1]

    def is_taken_up(self, approval: Decision, receipt: Receipt) -> bool:
        """Whether a deploy pipeline has begun with a version since it was approved."""
        return any(test.time >= approval.time for test in self.book.decisions(receipt, "test"))

    def _record(self, version: Mapping[str, Any], receipt: Receipt, by: str, time: datetime) -> Decision:
        return self.book.decide(
            receipt,
            "central-approval",
            f"{time:%Y%m%dT%H%M%S%fZ}",
            by=by,
            time=time,
            details={"approval_description": version.get("ApprovalDescription")},
        )
