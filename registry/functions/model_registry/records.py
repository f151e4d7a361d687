"""What is recorded of a central model version: its receipt, and the decisions about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import quote, urlencode

FORMAT = 1
RECEIPT = "receipt.json"
DECISIONS = "decisions/"

# Where a version holds its receipt, among its CustomerMetadataProperties.
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateModelPackage.html
MAXIMUM_METADATA_VALUE = 256
RECEIPT_URI = "receipt_uri"
RECEIPT_SHA256 = "receipt_sha256"
SOURCE_MODEL_PACKAGE_ARN = "source_model_package_arn"

Kind = Literal["central-approval", "test", "card-approval", "production-approval", "production"]
"""The decisions about a version, in the order of its life."""

WHAT_TO_DO = "do not deploy the version, and look in CloudTrail for who has written there."


@dataclass(frozen=True, kw_only=True)
class Artifact:
    """An object that serving a version needs.

    Attributes:
        uri: Where it is in the central bucket.
        size: In bytes.
        sha256: Its digest in hexadecimal digits; None where nobody has read so large an object.
        checksums: What S3 states of the whole object: Base64 by algorithm, such as ``CRC64NVME``.
        version_id: S3's id of these bytes, another one once the object is overwritten; None if not recorded.
    """

    uri: str
    size: int
    sha256: str | None
    checksums: Mapping[str, str]
    version_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Image:
    """A container image of a version.

    Attributes:
        source: The image that the version was registered with.
        image: The image that the central version names.
        digest: Such as ``sha256:...``; None if it is not known.
    """

    source: str
    image: str
    digest: str | None


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """A receipt that is what its version says it is.

    Attributes:
        bucket: The central bucket.
        folder: What the keys of the version's objects begin with, ending with a slash.
        sha256: The digest of the file, in hexadecimal digits.
        content: What it says, as `receipt_content` gives it.
    """

    bucket: str
    folder: str
    sha256: str
    content: Mapping[str, Any]

    @property
    def uri(self) -> str:
        """Where it lies."""
        return f"s3://{self.bucket}/{self.folder}{RECEIPT}"

    @property
    def model_package_arn(self) -> str:
        """The central version that it speaks for."""
        return str(self.content["central_model_package_arn"])

    @property
    def model_package_arns(self) -> frozenset[str]:
        """The ARNs under which the version is known: the central one, and that of its source."""
        return frozenset({self.model_package_arn, str(self.content["source_model_package_arn"])})

    @property
    def artifacts(self) -> list[Artifact]:
        """The objects that serving the version needs."""
        return [Artifact(**entry) for entry in self.content["artifacts"]]

    @property
    def link(self) -> str:
        """The page of the receipt in the AWS console."""
        region = self.model_package_arn.split(":")[3]
        query = urlencode({"region": region, "prefix": f"{self.folder}{RECEIPT}"}, quote_via=quote, safe="/")
        return f"https://{region}.console.aws.amazon.com/s3/object/{self.bucket}?{query}"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What was decided about a version.

    Attributes:
        kind: What kind of decision.
        id: Tells it from others of its kind.
        time: When, such as ``2026-11-21T09:15:00Z``.
        by: Who: the ARN of a person's identity, or of the function that did it.
        details: What else there is to say, by name.
    """

    kind: Kind
    id: str
    time: str
    by: str
    details: Mapping[str, Any]


def has_receipt(version: Mapping[str, Any]) -> bool:
    """Whether a version says where its receipt is, and what its digest is.

    Args:
        version: What DescribeModelPackage says of the central version.
    """
    stated = version.get("CustomerMetadataProperties", {})
    return RECEIPT_URI in stated and RECEIPT_SHA256 in stated


def is_promoted(version: Mapping[str, Any]) -> bool:
    """Whether a version was promoted, and thus gets its receipt from promotion.

    Args:
        version: What DescribeModelPackage says of the central version.
    """
    return SOURCE_MODEL_PACKAGE_ARN in version.get("CustomerMetadataProperties", {})


def receipt_content(
    *,
    source: Mapping[str, Any],
    central_model_package_arn: str,
    artifacts: Sequence[Artifact],
    images: Sequence[Image],
    metrics: Mapping[str, float],
    model_card: Mapping[str, str] | None,
    left_out: Sequence[str] = (),
) -> dict[str, Any]:
    """What a receipt says.

    Args:
        source: What DescribeModelPackage says of the version that a team registered.
        central_model_package_arn: The central version; the source itself, if it was registered there.
        artifacts: The objects that serving the version needs.
        images: Its container images.
        metrics: Its metrics, from `metrics.numbers`.
        model_card: ``arn`` and ``content_sha256`` of the card that speaks for it, if there is one.
        left_out: Fields of the source that the central version was registered without.
    """
    stated = source.get("CustomerMetadataProperties", {})
    approved = source.get("ModelApprovalStatus") == "Approved"
    approved_at = source.get("LastModifiedTime") if approved else None
    return {
        "format": FORMAT,
        "source_model_package_arn": source["ModelPackageArn"],
        "central_model_package_arn": central_model_package_arn,
        "registered_at": timestamp(source["CreationTime"]),
        "artifacts": [
            {
                "uri": artifact.uri,
                "size": artifact.size,
                "sha256": artifact.sha256,
                "checksums": dict(artifact.checksums),
                "version_id": artifact.version_id,
            }
            for artifact in artifacts
        ],
        "images": [
            {"source": image.source, "image": image.image, "digest": image.digest} for image in images
        ],
        **{
            name: stated.get(name)
            for name in ("commit", "pipeline_execution_arn", "input_data_uri", "project_name")
        },
        **data_details(stated),
        "approved_by": modified_by(source) if approved else None,
        "approved_at": timestamp(approved_at) if approved_at else None,
        "approval_description": source.get("ApprovalDescription") if approved else None,
        "metrics": dict(metrics),
        "model_card": dict(model_card) if model_card else None,
        "left_out": list(left_out),
    }


def data_details(said: Mapping[str, Any]) -> dict[str, str]:
    """What a version or its receipt says of its data besides the address, by name.

    Args:
        said: The version's metadata, or the receipt's content.
    """
    details = {name: str(value) for name, value in said.items() if name.startswith("input_data_")}
    details.pop("input_data_uri", None)
    return dict(sorted(details.items()))


def modified_by(version: Mapping[str, Any]) -> str | None:
    """The ARN of the identity that changed a version last, if SageMaker says so."""
    arn = version.get("LastModifiedBy", {}).get("IamIdentity", {}).get("Arn")
    return str(arn) if arn else None


def timestamp(time: datetime) -> str:
    """A time as receipts write it, such as ``2026-11-21T09:15:00Z``."""
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
