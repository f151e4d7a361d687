"""The central registry: its groups, who may use them, and the versions promoted into them."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from botocore.exceptions import ClientError

from ..errors import DENIED, RegistryError, error_code, is_missing
from ..events import ModelVersionArn
from ..group_policy import PLATFORM_TAGS, SOURCE_ACCOUNT_TAG, group_policy, policy_text
from ..member_accounts import MemberAccounts
from ..readers import Readers
from ..records import has_receipt
from ..stages.life_cycle import IN_PRODUCTION, step
from ..versions import describe_version
from .fields import DISPENSABLE
from .source import SourceVersion

if TYPE_CHECKING:
    from mypy_boto3_sagemaker.client import SageMakerClient

# The most that ListModelPackages gives at once.
PAGE_SIZE = 100
# https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
MAXIMUM_TAGS = 50


@dataclass(frozen=True, kw_only=True)
class CentralVersion:
    """A promoted version.

    Attributes:
        arn: Its ARN.
        description: What DescribeModelPackage says of it, or what it was registered with.
    """

    arn: str
    description: Mapping[str, Any]

    @property
    def approval_status(self) -> str:
        """The approval status, such as ``PendingManualApproval``."""
        return str(self.description.get("ModelApprovalStatus", ""))

    @property
    def reason(self) -> str:
        """Why it has that status, as it was said with the last change."""
        return str(self.description.get("ApprovalDescription", ""))

    @property
    def metadata(self) -> Mapping[str, str]:
        """The customer metadata."""
        return dict(self.description.get("CustomerMetadataProperties", {}))

    @property
    def is_finished(self) -> bool:
        """Whether its promotion is complete: it says where its receipt is."""
        return has_receipt(self.description)

    @property
    def is_in_production(self) -> bool:
        """Whether it is the version that production runs."""
        return step(self.description) == IN_PRODUCTION


@dataclass(frozen=True, kw_only=True)
class CentralGroups:
    """The model package groups of the central registry.

    Attributes:
        sagemaker: A client in the account and Region of the registry.
        account: The account of the registry.
        readers: Who may use versions in the accounts that serve models.
        members: Gives these accounts, where a group's policy has to name each; None where it does not.
    """

    sagemaker: "SageMakerClient"
    account: str
    readers: Readers
    members: MemberAccounts | None = None

    def prepare(self, source: SourceVersion) -> None:
        """Make sure that the group for a version exists, belongs to the version's account, and is shared.

        It takes over the tags of the team's group, as far as promotion may see them: what is new or has
        another value there is set with each new version; what is taken away there stays.

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
        self._take_over_tags(arn, tags, self._tags_of_source(source))
        readers = self.readers
        if self.members is not None:
            readers = replace(readers, accounts=self.members.listed())
        self.sagemaker.put_model_package_group_policy(
            ModelPackageGroupName=source.group, ResourcePolicy=policy_text(group_policy(arn, tags, readers))
        )

    def spelling(self, version: ModelVersionArn) -> str | None:
        """How the central group for a version is spelled, or None if there is no such group."""
        arn = version.group_arn.replace(f":{version.account}:", f":{self.account}:")
        try:
            return self.sagemaker.describe_model_package_group(ModelPackageGroupName=arn)[
                "ModelPackageGroupName"
            ]
        except ClientError as error:
            if is_missing(error):
                return None
            raise

    def find(self, group: str, origin: str) -> Iterator[CentralVersion]:
        """The versions whose description begins with a sentence, newest first.

        A version is known by the sentence that its description begins with, which nobody can change later.

        Args:
            group: The name of the group.
            origin: The beginning of the sentence.
        """
        pages = self.sagemaker.get_paginator("list_model_packages").paginate(
            ModelPackageGroupName=group,
            SortBy="CreationTime",
            SortOrder="Descending",
            PaginationConfig={"PageSize": PAGE_SIZE},
        )
        try:
            for page in pages:
                for summary in page["ModelPackageSummaryList"]:
                    if summary.get("ModelPackageDescription", "").startswith(origin):
                        arn = summary["ModelPackageArn"]
                        description = describe_version(self.sagemaker, arn)
                        yield CentralVersion(arn=arn, description=description)
        except ClientError as error:
            if not is_missing(error):
                raise

    def register(self, request: Mapping[str, Any]) -> CentralVersion:
        """Create a version; without what is dispensable, where SageMaker refuses that.

        Args:
            request: What CreateModelPackage takes.

        Returns:
            The version, with what it was registered with.
        """
        try:
            arn = self.sagemaker.create_model_package(**request)["ModelPackageArn"]
        except ClientError as error:
            refused = error_code(error) in DENIED or error_code(error) == "ValidationException"
            if not refused or request.keys().isdisjoint(DISPENSABLE):
                raise
            # Another request, and so another token, which is the same at every try as well.
            token = str(uuid.uuid5(uuid.UUID(request["ClientToken"]), ",".join(DISPENSABLE)))
            request = {key: value for key, value in request.items() if key not in DISPENSABLE}
            arn = self.sagemaker.create_model_package(**{**request, "ClientToken": token})["ModelPackageArn"]
        return CentralVersion(arn=arn, description=request)

    def add_metadata(self, version: CentralVersion, added: Mapping[str, str]) -> None:
        """Add customer metadata to a version."""
        self.sagemaker.update_model_package(
            ModelPackageArn=version.arn, CustomerMetadataProperties={**version.metadata, **added}
        )

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

    def _take_over_tags(self, arn: str, tags: Mapping[str, str], theirs: Mapping[str, str]) -> None:
        changed = {
            key: value
            for key, value in sorted(theirs.items())
            if key not in PLATFORM_TAGS and not key.startswith("aws:") and tags.get(key) != value
        }
        new = [key for key in changed if key not in tags]
        for key in new[max(0, MAXIMUM_TAGS - len(tags)) :]:
            del changed[key]
        if changed:
            self.sagemaker.add_tags(
                ResourceArn=arn, Tags=[{"Key": key, "Value": value} for key, value in changed.items()]
            )

    def _tags(self, arn: str) -> dict[str, str]:
        pages = self.sagemaker.get_paginator("list_tags").paginate(ResourceArn=arn)
        return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}

    def _tags_of_source(self, source: SourceVersion) -> dict[str, str]:
        """The tags of the team's group; none, if its account does not show them."""
        try:
            return self._tags(source.arn.group_arn)
        except ClientError as error:
            if error_code(error) in DENIED or error_code(error) == "ValidationException":
                return {}
            raise

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
