"""The stage and status of a central version, in AWS's predefined words.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-staging-construct-set-up.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import explained
from ..versions import describe_version

if TYPE_CHECKING:
    from mypy_boto3_sagemaker.client import SageMakerClient


@dataclass(frozen=True, kw_only=True)
class Step:
    """A stage of a version's life, and how far it has come there."""

    stage: str
    status: str


TESTED = Step(stage="QA", status="InProgress")
REVIEWED = Step(stage="QA", status="PendingApproval")
ADMITTED = Step(stage="Production", status="InProgress")
IN_PRODUCTION = Step(stage="Production", status="Approved")
RETIRED = Step(stage="Archived", status="Retired")
STEPS = (TESTED, REVIEWED, ADMITTED, IN_PRODUCTION, RETIRED)

# The most that ListModelPackages gives at once.
PAGE_SIZE = 100


@dataclass(frozen=True, kw_only=True)
class LifeCycle:
    """The lives of the central versions."""

    sagemaker: "SageMakerClient"

    def describe(self, arn: str) -> Mapping[str, Any]:
        """What DescribeModelPackage says of a version.

        Raises:
            RegistryError: If it is gone.
        """
        with explained(
            denied=f"The stage function may not describe {arn}: deploy the registry again.",
            missing=f"{arn} does not exist any more: deploy another version.",
        ):
            return describe_version(self.sagemaker, arn)

    def advance(self, version: Mapping[str, Any], to: Step, words: str) -> None:
        """Take a version a step further; what production runs stays what it is until it is replaced.

        Args:
            version: What DescribeModelPackage says of it.
            to: The step.
            words: What led to it.
        """
        if step(version) not in (to, IN_PRODUCTION):
            self._update(version["ModelPackageArn"], to, words)

    def retire(self, arn: str, words: str) -> None:
        """Note that production does not run a version any more.

        Args:
            arn: The version.
            words: What led to it.
        """
        self._update(arn, RETIRED, words)

    def in_production(self, group: str) -> list[str]:
        """The ARNs of the versions that production runs: one, but while it is being replaced.

        Args:
            group: The model package group.
        """
        pages = self.sagemaker.get_paginator("list_model_packages").paginate(
            ModelPackageGroupName=group,
            SortBy="CreationTime",
            SortOrder="Descending",
            PaginationConfig={"PageSize": PAGE_SIZE},
        )
        return [
            summary["ModelPackageArn"]
            for page in pages
            for summary in page["ModelPackageSummaryList"]
            if step(summary) == IN_PRODUCTION
        ]

    def _update(self, arn: str, to: Step, words: str) -> None:
        self.sagemaker.update_model_package(
            ModelPackageArn=arn,
            ModelLifeCycle={"Stage": to.stage, "StageStatus": to.status, "StageDescription": words},
        )


def step(version: Mapping[str, Any]) -> Step | None:
    """Where a version stands, or None if nobody has said.

    Args:
        version: What DescribeModelPackage or ListModelPackages says of it.
    """
    stated = version.get("ModelLifeCycle")
    return Step(stage=stated["Stage"], status=stated["StageStatus"]) if stated else None
