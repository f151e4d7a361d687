"""Where a project keeps the container images that it builds."""

import json

from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from base.grants.images import COPY_IMAGE
from base.names import ProjectNames
from base.pseudo_parameters import URL_SUFFIX
from base.roles import arn
from pipelines.project import KEEP

KEPT_IMAGES = 500
"""Of the team's own; what is promoted is copied, and stays as long as its version."""
UNTAGGED_DAYS = 14


class ImageRepository(Construct):
    """A repository of immutable tags, scanned on push, under the project's key; it outlives the project.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        names: ProjectNames,
        key: kms.IKey,
        reader: iam.PrincipalBase,
    ) -> None:
        """Define the repository.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            names: The project's names.
            key: Encrypts the images.
            reader: Principal of another account that may copy images.
        """
        super().__init__(scope, construct_id)
        self.arn = arn("ecr", f"repository/{names.image_repository}")
        self.uri = f"{names.account}.dkr.ecr.{names.region}.{URL_SUFFIX}/{names.image_repository}"
        policy = iam.PolicyDocument(
            statements=[iam.PolicyStatement(sid="Copy", principals=[reader], actions=list(COPY_IMAGE))]
        )
        repository = ecr.CfnRepository(
            self,
            "Repository",
            repository_name=names.image_repository,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration=ecr.CfnRepository.ImageScanningConfigurationProperty(
                scan_on_push=True
            ),
            encryption_configuration=ecr.CfnRepository.EncryptionConfigurationProperty(
                encryption_type="KMS", kms_key=key.key_arn
            ),
            lifecycle_policy=ecr.CfnRepository.LifecyclePolicyProperty(
                lifecycle_policy_text=json.dumps({"rules": _rules()})
            ),
            repository_policy_text=policy,
        )
        repository.apply_removal_policy(KEEP)


def _rules() -> list[dict[str, object]]:
    """https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html."""
    return [
        {
            "rulePriority": 1,
            "description": "What a broken push has left",
            "selection": {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": UNTAGGED_DAYS,
            },
            "action": {"type": "expire"},
        },
        {
            "rulePriority": 2,
            "description": f"The newest {KEPT_IMAGES} images stay",
            "selection": {
                "tagStatus": "any",
                "countType": "imageCountMoreThan",
                "countNumber": KEPT_IMAGES,
            },
            "action": {"type": "expire"},
        },
    ]
