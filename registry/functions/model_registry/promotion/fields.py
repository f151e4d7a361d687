"""What a promoted version takes over from the version it comes from."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import RegistryError
from ..locations import Location, moved
from ..records import RECEIPT_SHA256, RECEIPT_URI, SOURCE_MODEL_PACKAGE_ARN
from .images import Image, with_images
from .source import SourceVersion

if TYPE_CHECKING:
    from mypy_boto3_sagemaker.client import SageMakerClient

SOURCE_ACCOUNT = "source_account"
SOURCE_CREATED = "source_created"
"""Where a central version says when its source was created, among its customer metadata."""

ARTIFACT_SHA256 = "artifact_sha256"
"""Where it says what the digest of its artifact is."""

WRITTEN_BY_PROMOTION = (
    ARTIFACT_SHA256,
    RECEIPT_SHA256,
    RECEIPT_URI,
    SOURCE_ACCOUNT,
    SOURCE_CREATED,
    SOURCE_MODEL_PACKAGE_ARN,
)
"""Customer metadata that says where a version comes from, and where its receipt is."""

# What promotion decides itself, because the version now lives in another account.
DECIDED_HERE = {
    "ModelPackageGroupName": "the central group, which has the name of the source's",
    "ModelPackageDescription": "names the source, then says what the source's description says",
    "ModelApprovalStatus": "PendingManualApproval: the central registry is approved by other people",
    "CustomerMetadataProperties": "the source's, and where the version comes from",
    "SecurityConfig": "the central key, where the source has a key",
    "SourceUri": "the source's, unless it is the ARN of a resource in the source's account",
    "ClientToken": "derived from the source, so that promoting twice registers once",
}

# What a version in a group cannot have, or what cannot cross an account.
LEFT_OUT = {
    "ModelPackageName": "only packages outside a group have a name",
    "CertifyForMarketplace": "does not apply to versions in a group",
    "ValidationSpecification": "starts jobs under a role of the source's account, which stays there",
    "Tags": "a version has the tags of its group, which takes over those of the source's",
    "ModelLifeCycle": "says how far the central version has come, which its deploy pipeline sets",
}

DISPENSABLE = ("ModelCard",)
"""What a version is registered without, where SageMaker refuses it; its receipt says so then."""

# SageMaker sets these for the object a location points to; the copy has others.
_ENTITY_TAGS = frozenset({"ETag", "ManifestEtag", "ModelDataETag"})

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html
MAXIMUM_DESCRIPTION = 1024
MAXIMUM_METADATA_PROPERTIES = 50


def carried_fields(sagemaker: "SageMakerClient") -> list[str]:
    """The fields that pass as they are, except for their S3 locations.

    They are what CreateModelPackage takes and DescribeModelPackage gives, by the SDK's own model of the
    API, so that a field of a newer SDK is carried without a change here.
    """
    model = sagemaker.meta.service_model
    taken = model.operation_model("CreateModelPackage").input_shape
    given = model.operation_model("DescribeModelPackage").output_shape
    return [
        field
        for field in getattr(taken, "members", {})
        if field in getattr(given, "members", {}) and field not in DECIDED_HERE and field not in LEFT_OUT
    ]


def request(
    source: SourceVersion,
    *,
    fields: list[str],
    key_arn: str,
    digests: Mapping[str, str],
    to: Callable[[Location], Location],
    images: Mapping[Image, Image],
) -> dict[str, Any]:
    """The CreateModelPackage request of the promoted version: the same at every try.

    Args:
        source: The version to promote.
        fields: The fields to carry, from `carried_fields`.
        key_arn: The ARN of the central key.
        digests: What to record of the artifact's bytes, as customer metadata.
        to: Gives the central place of a location of the source.
        images: The copies of images of the source, by the original.

    Raises:
        RegistryError: If the source leaves no room for what promotion records.
    """
    description = source.description
    carried = _as_taken({field: description[field] for field in fields if field in description})
    decided: dict[str, Any] = {
        "ModelPackageGroupName": source.group,
        "ModelPackageDescription": _described(source),
        "ModelApprovalStatus": "PendingManualApproval",
        "CustomerMetadataProperties": _metadata(source, digests),
        "ClientToken": source.client_token,
    }
    if "SecurityConfig" in description:
        decided["SecurityConfig"] = {"KmsKeyId": key_arn}
    if not description.get("SourceUri", "arn:").startswith("arn:"):
        decided["SourceUri"] = description["SourceUri"]
    return {**with_images(moved(carried, to), images), **decided}


def _described(source: SourceVersion) -> str:
    words = source.description.get("ModelPackageDescription", "")
    return f"{source.origin} {words}".strip()[:MAXIMUM_DESCRIPTION]


def _metadata(source: SourceVersion, digests: Mapping[str, str]) -> dict[str, str]:
    own = dict(source.description.get("CustomerMetadataProperties", {}))
    added = {
        SOURCE_MODEL_PACKAGE_ARN: source.arn.arn,
        SOURCE_ACCOUNT: source.arn.account,
        SOURCE_CREATED: source.created,
        **digests,
    }
    promotion_adds = {*added, ARTIFACT_SHA256, RECEIPT_URI, RECEIPT_SHA256}
    if len(own.keys() | promotion_adds) > MAXIMUM_METADATA_PROPERTIES:
        raise RegistryError(
            f"{source.arn.arn} has {len(own)} customer metadata properties, and promotion adds "
            f"{len(promotion_adds)}; SageMaker allows {MAXIMUM_METADATA_PROPERTIES}: remove some from the "
            "version, then approve it."
        )
    # What a team writes under these names is not what promotion has found.
    return {name: value for name, value in own.items() if name not in promotion_adds} | added


def _as_taken(value: Any) -> Any:
    """What DescribeModelPackage says, as CreateModelPackage takes it.

    Without the tags of the source's objects, and without empty lists: Describe may give one where nothing was
    registered, and Create asks every list for one entry at least.
    """
    if isinstance(value, list):
        return [_as_taken(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    return {
        field: _as_taken(item) for field, item in value.items() if field not in _ENTITY_TAGS and item != []
    }
