"""The receipt of a version that a project has registered in the central registry itself.

What is promoted gets its receipt from promotion. A project that registers directly writes its artifact into
the central bucket, where no other account's projects write, and no receipt: that is made here, of what is
found there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import metrics
from ..artifacts import CentralArtifacts
from ..card_content import digest
from ..cards import Cards
from ..errors import RegistryError
from ..group_policy import REGISTERS_DIRECTLY_TAG, SOURCE_ACCOUNT_TAG
from ..locations import all_locations, artifacts
from ..receipts import ReceiptBook
from ..records import Image, is_promoted, receipt_content

if TYPE_CHECKING:
    from mypy_boto3_sagemaker.client import SageMakerClient


@dataclass(frozen=True, kw_only=True)
class DirectRegistration:
    """Writes the receipts of versions that projects register themselves.

    Attributes:
        sagemaker: A client in the account and Region of the registry.
        book: The receipts.
        artifacts: The artifacts.
        cards: The model cards.
    """

    sagemaker: "SageMakerClient"
    book: ReceiptBook
    artifacts: CentralArtifacts
    cards: Cards

    def receipt(self, version: Mapping[str, Any]) -> dict[str, str]:
        """Write the receipt of a version that has none.

        Args:
            version: What DescribeModelPackage says of it.

        Returns:
            What the version has to say of its receipt, as customer metadata.

        Raises:
            RegistryError: If the version was promoted, its group takes no direct registration, or something
                of it is outside its account's part of the central bucket.
        """
        arn = version["ModelPackageArn"]
        if is_promoted(version):
            raise RegistryError(
                f"{arn} has no receipt yet, which promotion writes: replay promotion's dead letters, if it "
                "has any; then approve the version again."
            )
        account = self._registering_account(version)
        self._check_locations(version, account)
        first = next(iter(artifacts(version)), None)
        if first is None:
            raise RegistryError(f"{arn} has no artifact: register the version with what it serves with.")
        folder = f"{first.parent}version-{version['ModelPackageVersion']}/"
        card = self.cards.describing(version["ModelPackageGroupName"], {arn})
        sha256 = self.book.write(
            folder,
            receipt_content(
                source=version,
                central_model_package_arn=arn,
                artifacts=self.artifacts.measured(version),
                images=_images(version),
                metrics=metrics.of_version(self.book.s3, version, self.book.account),
                model_card={"arn": card.arn, "content_sha256": digest(card.content)} if card else None,
            ),
        )
        return self.book.metadata(folder, sha256)

    def _registering_account(self, version: Mapping[str, Any]) -> str:
        group = version["ModelPackageGroupName"]
        arn = (
            version["ModelPackageArn"].replace(":model-package/", ":model-package-group/").rpartition("/")[0]
        )
        pages = self.sagemaker.get_paginator("list_tags").paginate(ResourceArn=arn)
        tags = {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}
        if REGISTERS_DIRECTLY_TAG not in tags or SOURCE_ACCOUNT_TAG not in tags:
            raise RegistryError(
                f"{version['ModelPackageArn']} was not promoted, and nobody registers into the group {group} "
                "directly: delete the version, or prepare the group with 'catalog group create'."
            )
        return tags[SOURCE_ACCOUNT_TAG]

    def _check_locations(self, version: Mapping[str, Any], account: str) -> None:
        folder = f"registered/{account}/"
        for location in all_locations(version):
            if location.bucket != self.book.bucket or not location.parent.startswith(folder):
                raise RegistryError(
                    f"{version['ModelPackageArn']} refers to {location.uri}, and not to a place below "
                    f"s3://{self.book.bucket}/{folder}, where account {account} registers: make the "
                    "project's SageMaker pipeline write there, and register the version again."
                )


def _images(version: Mapping[str, Any]) -> list[Image]:
    """The images of all containers, each once."""
    specifications = [
        version.get("InferenceSpecification", {}),
        *version.get("AdditionalInferenceSpecifications", []),
    ]
    containers = [container for part in specifications for container in part.get("Containers", [])]
    found = [
        Image(source=container["Image"], image=container["Image"], digest=container.get("ImageDigest"))
        for container in containers
        if "Image" in container
    ]
    return list(dict.fromkeys(found))
