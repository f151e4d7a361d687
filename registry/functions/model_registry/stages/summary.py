"""What the governance officer reads before approving production."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .. import metrics
from ..errors import RegistryError
from ..identities import person
from ..receipts import ReceiptBook
from ..records import Decision, Receipt
from .gate import Gate
from .life_cycle import LifeCycle

# An approval shows 1,000 characters, of which the pipeline itself needs some.
# https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
MAXIMUM_SUMMARY = 900
SHORT_DIGEST = 12


@dataclass(frozen=True, kw_only=True)
class Reviewer:
    """Sums up a version.

    Attributes:
        gate: What the version has to pass afterwards.
        book: The receipts.
        life_cycle: Knows what production runs.
    """

    gate: Gate
    book: ReceiptBook
    life_cycle: LifeCycle

    def summary(self, version: Mapping[str, Any], receipt: Receipt, approved: Decision) -> str:
        """Say what a version is, how it differs from what production runs, and what its card lacks.

        Args:
            version: What DescribeModelPackage says of it.
            receipt: Its receipt.
            approved: The approval in the central registry.

        Returns:
            At most 900 characters.
        """
        commit = receipt.content["commit"]
        first = (
            f"{version['ModelPackageGroupName']} version {version['ModelPackageVersion']}, "
            f"commit {commit[:SHORT_DIGEST] if commit else 'unknown'}, artifact {_digest(receipt)}, "
            f"approved by {person(approved.by)} at {approved.time}."
        )
        last = self._card(version, receipt)
        middle = self._difference(version, receipt)
        room = MAXIMUM_SUMMARY - len(first) - 2
        # The card before the metrics: what it lacks ends the deployment, and the receipt has all metrics.
        last = _shortened(last, room)
        return f"{first} {_shortened(middle, room - len(last))} {last}"

    def _difference(self, version: Mapping[str, Any], receipt: Receipt) -> str:
        candidate = receipt.content["metrics"]
        serving = self.life_cycle.in_production(version["ModelPackageGroupName"])
        if not serving:
            return f"Production runs no version yet; metrics: {metrics.listed(candidate)}."
        if version["ModelPackageArn"] in serving:
            return f"Production runs this version already; metrics: {metrics.listed(candidate)}."
        current = self.life_cycle.describe(serving[0])
        subject = f"Production runs version {current['ModelPackageVersion']}"
        try:
            rows = metrics.difference(candidate, self.book.read(current).content["metrics"])
        except RegistryError as error:
            return f"{subject}, whose metrics are not known: {error}"
        return f"{subject}; metrics: {metrics.sentence(rows)}."

    def _card(self, version: Mapping[str, Any], receipt: Receipt) -> str:
        try:
            card, decision = self.gate.approved_card(version, receipt)
        except RegistryError as error:
            return f"It cannot be deployed yet: {error}"
        return f"Its model card, version {card.version}, was approved by {person(decision.by)}."


def _digest(receipt: Receipt) -> str:
    artifacts = receipt.artifacts
    first = artifacts[0].sha256 if artifacts else None
    digest = f"sha256 {first[:SHORT_DIGEST]}" if first else "without a SHA-256"
    return digest if len(artifacts) < 2 else f"{digest} and {len(artifacts) - 1} more"


def _shortened(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: max(room - 1, 0)]}…"
