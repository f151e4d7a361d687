"""The model version in the team's account, as it is now."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from ..errors import RegistryError, explained
from ..events import ModelVersionArn

if TYPE_CHECKING:
    from mypy_boto3_sagemaker.client import SageMakerClient

_ECR_IMAGE = re.compile(r"^(?P<account>\d{12})\.dkr\.ecr\.[^/]+/")


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
    def origin(self) -> str:
        """The sentence with which the description of the promoted version begins."""
        return f"Promoted from {self.arn.arn}, created {self.created}."

    @property
    def client_token(self) -> str:
        """The same for every try to promote this version, and for no other version."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, self.origin))

    @property
    def folder(self) -> str:
        """What the keys of its objects in the central bucket begin with."""
        return f"models/{self.arn.account}/{self.group}/{self.arn.version}/{self.created}/"

    def check(self) -> None:
        """Refuse what promotion cannot bring over.

        Raises:
            RegistryError: If the version has failed, or an image lies in the team's own registry.
        """
        if self.description.get("ModelPackageStatus") == "Failed":
            raise RegistryError(f"{self.arn.arn} has failed: register the version again, and approve that.")
        for image in _images(self.description):
            match = _ECR_IMAGE.match(image)
            if match is not None and match["account"] == self.arn.account:
                raise RegistryError(
                    f"{self.arn.arn} serves with the image {image} of its own account, which other accounts "
                    "cannot pull and promotion does not copy: register the version with an image of AWS."
                )


def describe(sagemaker: "SageMakerClient", arn: ModelVersionArn) -> SourceVersion:
    """Ask the team's account for a version.

    Raises:
        RegistryError: If the account does not show it, or there is none.
    """
    with explained(
        denied=(
            f"Promotion may not describe {arn.arn}: let the resource policy of the group {arn.group} in "
            f"account {arn.account} allow sagemaker:DescribeModelPackage to the promotion role."
        ),
        missing=f"{arn.arn} does not exist any more: there is nothing to promote.",
    ):
        description = sagemaker.describe_model_package(ModelPackageName=arn.arn)
    return SourceVersion(
        arn=arn,
        group=description["ModelPackageGroupName"],
        created=f"{description['CreationTime'].astimezone(UTC):%Y%m%dT%H%M%SZ}",
        description=description,
    )


def _images(value: Any) -> list[str]:
    """Every container image in a description."""
    if isinstance(value, list):
        return [image for item in value for image in _images(item)]
    if not isinstance(value, Mapping):
        return []
    own = [value["Image"]] if isinstance(value.get("Image"), str) else []
    return own + [image for item in value.values() for image in _images(item)]
