"""The gate before production: what a version, its receipt and its card must be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..artifacts import CentralArtifacts
from ..card_approval import approval
from ..card_content import missing_fields, where_to_write
from ..cards import Cards, CardVersion
from ..errors import RegistryError
from ..identities import role_name
from ..receipts import ReceiptBook
from ..records import Decision, Receipt
from ..tagging import APPROVED


@dataclass(frozen=True, kw_only=True)
class Gate:
    """Refuses what is not ready, each reason in one sentence.

    Attributes:
        book: The receipts.
        artifacts: The artifacts.
        cards: The model cards.
        required_fields: Paths in a card's content that must say something.
        officer_role: The name of the role that approves cards.
    """

    book: ReceiptBook
    artifacts: CentralArtifacts
    cards: Cards
    required_fields: tuple[str, ...]
    officer_role: str

    def released(self, version: Mapping[str, Any]) -> tuple[Receipt, Decision]:
        """Refuse what is not approved in the central registry, or was not released.

        Args:
            version: What DescribeModelPackage says of it.

        Returns:
            Its receipt, and the newest approval.

        Raises:
            RegistryError: If it is not, or has no sound receipt.
        """
        arn, status = version["ModelPackageArn"], version["ModelApprovalStatus"]
        if status != APPROVED:
            raise RegistryError(
                f"{arn} is {status} and not Approved: ask the ML engineer to approve it in the central "
                "registry, or deploy another version."
            )
        receipt = self.book.read(version)
        approvals = self.book.decisions(receipt, "central-approval")
        if not approvals:
            raise RegistryError(
                f"{arn} is Approved, and nothing says by whom: see release's dead letters, or ask the ML "
                "engineer to approve it once more."
            )
        return receipt, approvals[-1]

    def ready(self, version: Mapping[str, Any]) -> tuple[Receipt, CardVersion]:
        """Refuse what may not go to production.

        Args:
            version: What DescribeModelPackage says of it.

        Returns:
            Its receipt, and its card.

        Raises:
            RegistryError: If it may not; the sentence says why, and what to do.
        """
        receipt, _ = self.released(version)
        self.artifacts.check(version, receipt)
        card, _ = self.approved_card(version, receipt)
        return receipt, card

    def approved_card(self, version: Mapping[str, Any], receipt: Receipt) -> tuple[CardVersion, Decision]:
        """The card of a version, if it is complete and the governance officer has approved just that.

        Args:
            version: What DescribeModelPackage says of the version.
            receipt: Its receipt.

        Returns:
            The card version that speaks for it, and the approval.

        Raises:
            RegistryError: If there is none, it is not approved, or lacks a required field.
        """
        arn, group = version["ModelPackageArn"], version["ModelPackageGroupName"]
        card = self.cards.describing(group, receipt.model_package_arns)
        if card is None:
            raise RegistryError(
                f"{arn} has no model card: make one ('catalog card create --group {group}'), and run the "
                "project's SageMaker pipeline, which describes the version there."
            )
        subject = f"The model card of {arn} ({card.name}, version {card.version})"
        missing = missing_fields(card.content, self.required_fields)
        if missing:
            fields = ", ".join(f"{field} ({where_to_write(field)})" for field in missing)
            raise RegistryError(f"{subject} lacks {fields}.")
        approve = f"ask the governance officer to read it ('catalog card approve --model-package {arn}')"
        if card.status != APPROVED:
            raise RegistryError(f"{subject} is {card.status} and not Approved: {approve}.")
        decision = approval(self.book, card=card, receipt=receipt)
        if decision is not None and self._is_officer(decision):
            return card, decision
        if any(map(self._is_officer, self.book.decisions(receipt, "card-approval"))):
            raise RegistryError(f"{subject} was changed after its approval: {approve}.")
        raise RegistryError(f"{subject} is Approved, but not by the governance officer: {approve}.")

    def _is_officer(self, decision: Decision) -> bool:
        return role_name(decision.by) == self.officer_role
