"""The central image repositories, one for each model, and who may pull from them."""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ..errors import error_code
from ..readers import Readers
from .images import Image

if TYPE_CHECKING:
    from mypy_boto3_ecr.client import ECRClient


@dataclass(frozen=True, kw_only=True)
class CentralRepositories:
    """Where the images of central versions lie.

    Attributes:
        ecr: A client in the account and Region of the central registry.
        account: That account.
        region: That Region.
        prefix: What the repositories' names begin with; account and group follow.
        key_arn: Encrypts the images.
        readers: Who may pull in the accounts that serve models.
    """

    ecr: "ECRClient"
    account: str
    region: str
    prefix: str
    key_arn: str
    readers: Readers

    def prepare(self, account: str, group: str) -> str:
        """Make sure that the repository of a model is there, and that its policy is today's.

        Args:
            account: The team's account.
            group: The model's group.

        Returns:
            The repository's name.
        """
        name = f"{self.prefix}/{account}/{_name_in_ecr(group)}"
        try:
            self.ecr.create_repository(
                repositoryName=name,
                imageTagMutability="IMMUTABLE",
                imageScanningConfiguration={"scanOnPush": True},
                encryptionConfiguration={"encryptionType": "KMS", "kmsKey": self.key_arn},
            )
        except ClientError as error:
            if error_code(error) != "RepositoryAlreadyExistsException":
                raise
        self.ecr.set_repository_policy(
            repositoryName=name, policyText=json.dumps(repository_policy(self.readers))
        )
        return name

    def image(self, repository: str, digest: str) -> Image:
        """An image in a repository, by its digest."""
        host = f"{self.account}.dkr.ecr.{self.region}.amazonaws.com"
        return Image(uri=f"{host}/{repository}@{digest}", digest=digest)


def _name_in_ecr(group: str) -> str:
    """A name that ECR takes, for each that SageMaker takes for a group.

    ECR takes lower case, and by its documentation one hyphen between letters, while its SDK takes several
    (https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html). Where hyphens fall
    away, a digest keeps the models of ``a--b`` and ``a-b`` apart.
    """
    name = re.sub("-+", "-", group.lower())
    return (
        name if name == group.lower() else f"{name}-{hashlib.sha256(group.lower().encode()).hexdigest()[:8]}"
    )


def repository_policy(readers: Readers) -> dict[str, Any]:
    """The resource policy of a central image repository: the organisation's serving roles may pull.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html

    Args:
        readers: Who may pull in the accounts that serve models.
    """
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Pull",
                "Effect": "Allow",
                "Principal": "*",
                "Action": [
                    "ecr:BatchCheckLayerAvailability",
                    "ecr:BatchGetImage",
                    "ecr:GetDownloadUrlForLayer",
                ],
                "Condition": readers.condition,
            }
        ],
    }
