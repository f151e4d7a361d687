"""The versions of the central registry, and what is recorded about them, as the hub's people see them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from registry.functions.model_registry.errors import is_missing
from registry.functions.model_registry.receipts import ReceiptBook
from registry.functions.model_registry.records import Decision, Kind, Receipt
from registry.functions.model_registry.versions import describe_version
from scripts.console.change import OperatorError

if TYPE_CHECKING:
    from mypy_boto3_sagemaker.client import SageMakerClient

Version = Mapping[str, Any]

# The decisions that people are shown, in words.
_SHOWN: Mapping[Kind, str] = {
    "central-approval": "approved centrally",
    "production-approval": "approved for production",
    "production": "came to production",
}


@dataclass(frozen=True, kw_only=True)
class RecordedVersion:
    """A central version with what is recorded about it.

    Attributes:
        package: What DescribeModelPackage says of it.
        receipt: Its receipt.
        decisions: What was decided about it, oldest first.
    """

    package: Version
    receipt: Receipt
    decisions: Sequence[Decision]

    @property
    def arn(self) -> str:
        """Its ARN."""
        return str(self.package["ModelPackageArn"])

    @property
    def number(self) -> int:
        """Its number in its group."""
        return int(self.package["ModelPackageVersion"])

    @property
    def status(self) -> str:
        """Its approval status."""
        return str(self.package["ModelApprovalStatus"])

    def last(self, kind: Kind) -> Decision | None:
        """The newest decision of a kind."""
        return next((decision for decision in reversed(self.decisions) if decision.kind == kind), None)

    def describe(self) -> Iterator[str]:
        """Say in lines what it is, and who decided about it."""
        said = self.receipt.content
        life_cycle = self.package.get("ModelLifeCycle", {})
        stage = f"{life_cycle['Stage']}/{life_cycle['StageStatus']}" if life_cycle else "no stage yet"
        yield f"Version {self.number}, {self.arn}"
        yield f"  status: {self.status}, {stage}"
        yield f"  receipt: {self.receipt.uri}, SHA-256 {self.receipt.sha256}"
        yield f"  source: {said['source_model_package_arn']}, commit {said['commit'] or 'not recorded'}"
        if said["approved_by"]:
            yield f"  approved by its team: {said['approved_by']}, {said['approved_at']}"
        for kind, words in _SHOWN.items():
            decision = self.last(kind)
            if decision is not None:
                yield f"  {words}: {decision.by}, {decision.time}"


@dataclass(frozen=True, kw_only=True)
class CentralVersions:
    """Reads versions and their receipts.

    Attributes:
        sagemaker: A client of the shared services account.
        book: The receipts.
    """

    sagemaker: "SageMakerClient"
    book: ReceiptBook

    def of_group(self, group: str) -> dict[int, Version]:
        """Summaries of the versions of a group, by their number, newest first.

        Args:
            group: The model package group.

        Raises:
            OperatorError: If there is no such group.
        """
        pages = self.sagemaker.get_paginator("list_model_packages").paginate(ModelPackageGroupName=group)
        try:
            found = [summary for page in pages for summary in page["ModelPackageSummaryList"]]
        except ClientError as error:
            if not is_missing(error):
                raise
            raise OperatorError(
                f"There is no model package group {group} in the central registry: name the group that a "
                "deploy project was made for."
            ) from error
        return {
            summary["ModelPackageVersion"]: summary
            for summary in sorted(found, key=lambda summary: -summary["ModelPackageVersion"])
        }

    def recorded(self, arn: str) -> RecordedVersion:
        """A version with what is recorded about it.

        Args:
            arn: Its ARN.

        Raises:
            RegistryError: If its receipt is missing, or it or a decision was tampered with.
        """
        package = describe_version(self.sagemaker, arn)
        receipt = self.book.read(package)
        return RecordedVersion(package=package, receipt=receipt, decisions=self.book.decisions(receipt))
