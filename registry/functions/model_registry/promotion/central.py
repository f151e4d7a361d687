"""The central registry: its groups, who may use them, and the versions promoted into them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from botocore.exceptions import ClientError

from ..errors import RegistryError, is_missing
from ..group_policy import SOURCE_ACCOUNT_TAG, group_policy
from .source import SourceVersion

if TYPE_CHECKING:
    from mypy_boto3_sagemaker.client import SageMakerClient

# The most that ListModelPackages gives at once.
PAGE_SIZE = 100


@dataclass(frozen=True, kw_only=True)
class CentralVersion:
    """A promoted version."""

    arn: str
    approval_status: str


@dataclass(frozen=True, kw_only=True)
class CentralGroups:
    """The model package groups of the central registry.

    Attributes:
        sagemaker: A client in the account and Region of the registry.
        organization_id: The organisation whose accounts may use approved versions.
        reader_roles: The names of the roles, in any account of the organisation, that may.
    """

    sagemaker: "SageMakerClient"
    organization_id: str
    reader_roles: tuple[str, ...]

    def prepare(self, source: SourceVersion) -> None:
        """Make sure that the group for a version exists, belongs to the version's account, and is shared.

        Raises:
            RegistryError: If the group belongs to another account, or to nobody known.
        """
        arn = self._arn(source.group) or self._create(source)
        tags = self._tags(arn)
        owner = tags.get(SOURCE_ACCOUNT_TAG)
        if owner != source.arn.account:
            holder = f"holds the models of account {owner}" if owner else f"has no tag {SOURCE_ACCOUNT_TAG}"
            raise RegistryError(
                f"The central group {source.group} {holder}, so {source.arn.arn} is not promoted into it: "
                f"register the model in account {source.arn.account} under another group name."
            )
        policy = group_policy(arn, tags, organization_id=self.organization_id, reader_roles=self.reader_roles)
        self.sagemaker.put_model_package_group_policy(
            ModelPackageGroupName=source.group, ResourcePolicy=json.dumps(policy)
        )

    def find(self, source: SourceVersion) -> CentralVersion | None:
        """The version that was promoted from `source`, or None.

        It is known by the sentence its description begins with, which nobody can change afterwards.
        """
        pages = self.sagemaker.get_paginator("list_model_packages").paginate(
            ModelPackageGroupName=source.group,
            SortBy="CreationTime",
            SortOrder="Descending",
            PaginationConfig={"PageSize": PAGE_SIZE},
        )
        try:
            for page in pages:
                for summary in page["ModelPackageSummaryList"]:
                    if summary.get("ModelPackageDescription", "").startswith(source.origin):
                        return CentralVersion(
                            arn=summary["ModelPackageArn"],
                            approval_status=summary.get("ModelApprovalStatus", ""),
                        )
        except ClientError as error:
            if not is_missing(error):
                raise
        return None

    def register(self, request: Mapping[str, Any]) -> CentralVersion:
        """Create a version.

        Args:
            request: What CreateModelPackage takes.
        """
        arn = self.sagemaker.create_model_package(**request)["ModelPackageArn"]
        return CentralVersion(arn=arn, approval_status=request["ModelApprovalStatus"])

    def set_approval_status(
        self, version: CentralVersion, status: Literal["Rejected", "PendingManualApproval"], reason: str
    ) -> None:
        """Change the approval status of a version.

        Args:
            version: The version.
            status: The new status.
            reason: A sentence for whoever looks at the version.
        """
        self.sagemaker.update_model_package(
            ModelPackageArn=version.arn, ModelApprovalStatus=status, ApprovalDescription=reason
        )

    def status_reason(self, version: CentralVersion) -> str:
        """Why a version has its approval status, as it was said with the last change."""
        return self.sagemaker.describe_model_package(ModelPackageName=version.arn).get(
            "ApprovalDescription", ""
        )

    def _tags(self, arn: str) -> dict[str, str]:
        pages = self.sagemaker.get_paginator("list_tags").paginate(ResourceArn=arn)
        return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}

    def _arn(self, name: str) -> str | None:
        try:
            return self.sagemaker.describe_model_package_group(ModelPackageGroupName=name)[
                "ModelPackageGroupArn"
            ]
        except ClientError as error:
            if is_missing(error):
                return None
            raise

    def _create(self, source: SourceVersion) -> str:
        try:
            return self.sagemaker.create_model_package_group(
                ModelPackageGroupName=source.group,
                ModelPackageGroupDescription=f"Models that account {source.arn.account} has approved.",
                Tags=[{"Key": SOURCE_ACCOUNT_TAG, "Value": source.arn.account}],
            )["ModelPackageGroupArn"]
        except ClientError:
            # Another delivery may have created it in between; then it is there, whatever the error says.
            arn = self._arn(source.group)
            if arn is None:
                raise
            return arn
