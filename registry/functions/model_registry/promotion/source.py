"""The model version in the team's account, as it is now."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ..errors import DENIED, RegistryError, error_code, is_missing
from ..events import ModelVersionArn
from .refusals import Refusals

if TYPE_CHECKING:
    from mypy_boto3_sagemaker.client import SageMakerClient


class SourceGoneError(RegistryError):
    """The version does not exist any more."""


@dataclass(frozen=True, kw_only=True)
class SourceVersion:
    """A version in a team's model package group.

    Attributes:
        arn: Its ARN, taken apart.
        group: The name of its group, in the team's own spelling; SageMaker writes ARNs in lower case.
        created: When it was created, such as ``20261121T091500Z``. A group that was deleted and created anew
            counts its versions from 1 again, so the ARN alone does not tell one version from another.
        description: What DescribeModelPackage says of it.
    """

    arn: ModelVersionArn
    group: str
    created: str
    description: Mapping[str, Any]

    @property
    def approval_status(self) -> str:
        """The approval status, such as ``Approved``."""
        return str(self.description.get("ModelApprovalStatus", ""))

    @property
    def is_archived(self) -> bool:
        """Whether the team has put it aside."""
        return bool(self.description.get("ModelLifeCycle", {}).get("Stage") == "Archived")

    @property
    def origin(self) -> str:
        """The sentence with which the description of the promoted version begins."""
        return f"{origin(self.arn)}{self.created}."

    @property
    def client_token(self) -> str:
        """The same for every try to promote this version, and for no other version."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, self.origin))

    @property
    def folder(self) -> str:
        """What the keys of its objects in the central bucket begin with."""
        return f"{folders(self.arn, self.group)}{self.created}/"

    def check(self) -> None:
        """Refuse what promotion cannot copy.

        Raises:
            RegistryError: If the version has failed.
        """
        if self.description.get("ModelPackageStatus") == "Failed":
            raise RegistryError(f"{self.arn.arn} has failed: register the version again, and approve that.")


def origin(arn: ModelVersionArn) -> str:
    """What the descriptions of all versions begin with that were promoted from this ARN."""
    return f"Promoted from {arn.arn}, created "


def folders(arn: ModelVersionArn, group: str) -> str:
    """What the folders of all versions begin with that had this ARN.

    Args:
        arn: The ARN.
        group: The name of the group, in its own spelling.
    """
    return f"models/{arn.account}/{group}/{arn.version}/"


def describe(sagemaker: "SageMakerClient", arn: ModelVersionArn, refusals: Refusals) -> SourceVersion:
    """Ask the team's account for a version, with the model card inside it.

    Raises:
        SourceGoneError: If there is none.
        RegistryError: If the account does not show it, or the key of the version is closed to promotion.
    """
    try:
        description = sagemaker.describe_model_package(ModelPackageName=arn.arn)
    except ClientError as error:
        if error_code(error) in DENIED or "kms:" in str(error):
            raise refusals.to_describe(arn, error) from error
        if is_missing(error):
            raise SourceGoneError(
                f"{arn.arn} does not exist any more: there is nothing to promote."
            ) from error
        raise
    return SourceVersion(
        arn=arn,
        group=description["ModelPackageGroupName"],
        created=f"{description['CreationTime'].astimezone(UTC):%Y%m%dT%H%M%SZ}",
        description=description,
    )
