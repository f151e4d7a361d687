"""Where a model package keeps what belongs to it: the S3 locations in its description."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .errors import RegistryError

# Fields of CreateModelPackage that hold the S3 location of something the version needs. A test compares
# them with botocore's model, so that a new field of the API does not pass unnoticed.
LOCATION_FIELDS = frozenset({"ModelDataUrl", "S3Uri", "SamplePayloadUrl"})
# Maps whose keys a team chooses, and the keys in them that hold a location. The inference toolkit of AWS's
# images takes the model's code from SAGEMAKER_SUBMIT_DIRECTORY when that is in S3.
# https://github.com/aws/sagemaker-inference-toolkit
FREE_MAPS = {
    "Environment": frozenset({"SAGEMAKER_SUBMIT_DIRECTORY"}),
    "CustomerMetadataProperties": frozenset[str](),
}
# A manifest names further objects of the source account, so a copy of the manifest alone is no copy.
MANIFEST_FIELD = "ManifestS3Uri"
# Parts of the description whose objects are needed to serve the model; all others document it.
ARTIFACT_PARTS = (
    "InferenceSpecification",
    "AdditionalInferenceSpecifications",
    "SourceAlgorithmSpecification",
)

_S3_URI = re.compile(r"^s3://(?P<bucket>[^/]+)/(?P<key>.+)$")


@dataclass(frozen=True, kw_only=True, order=True)
class Location:
    """A place in S3.

    Attributes:
        bucket: The bucket.
        key: The key of the object, or what the keys of the objects begin with.
        is_prefix: Whether it stands for every object whose key begins with `key`.
    """

    bucket: str
    key: str
    is_prefix: bool = False

    @property
    def uri(self) -> str:
        """The place as SageMaker writes it."""
        return f"s3://{self.bucket}/{self.key}"

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.key.rstrip("/").rpartition("/")[2]

    @property
    def parent(self) -> str:
        """The path before `name`, empty or ending with a slash."""
        return self.key[: len(self.key.rstrip("/")) - len(self.name)]


def parse(uri: str, *, field: str, is_prefix: bool = False) -> Location:
    """Read an S3 URI.

    Args:
        uri: The URI.
        field: The field that holds it, for the message.
        is_prefix: Whether it stands for every object whose key begins with its path.

    Raises:
        RegistryError: If it is no S3 URI.
    """
    match = _S3_URI.match(uri)
    if match is None:
        raise RegistryError(
            f"{field} of the model version is {uri!r}: register the version with a location of the form s3://bucket/key."
        )
    return Location(bucket=match["bucket"], key=match["key"], is_prefix=is_prefix)


def artifacts(package: Mapping[str, Any]) -> list[Location]:
    """The S3 locations of what serving a model package needs, each once, in the order of the description."""
    return all_locations({part: package[part] for part in ARTIFACT_PARTS if part in package})


def all_locations(package: Mapping[str, Any]) -> list[Location]:
    """Every S3 location of a model package, each once, in the order of the description.

    Raises:
        RegistryError: If one of them cannot be read.
    """
    found: list[Location] = []

    def note(location: Location) -> Location:
        found.append(location)
        return location

    moved(package, note)
    return list(dict.fromkeys(found))


def moved(value: Any, to: Callable[[Location], Location], fields: frozenset[str] = LOCATION_FIELDS) -> Any:
    """A copy of a description, or of a part of it, with each S3 location replaced.

    Args:
        value: The description.
        to: Gives the new place of a location.
        fields: The fields that hold locations.

    Raises:
        RegistryError: If a location cannot be read.
    """
    if isinstance(value, list):
        return [moved(item, to, fields) for item in value]
    if not isinstance(value, Mapping):
        return value
    return {
        field: to(_location(field, value)).uri
        if _is_location(field, item, fields)
        else moved(item, to, FREE_MAPS.get(field, fields))
        for field, item in value.items()
    }


def _is_location(field: str, item: Any, fields: frozenset[str]) -> bool:
    if field == MANIFEST_FIELD:
        raise RegistryError(
            f"The model version names its artifact by a manifest, {item!r}, which promotion does not follow: "
            "register it with the S3 prefix that holds the files."
        )
    # In a container's environment, other values than S3 URIs are as good.
    return field in fields and (fields is LOCATION_FIELDS or item.startswith("s3://"))


def _location(field: str, holder: Mapping[str, Any]) -> Location:
    return parse(holder[field], field=field, is_prefix=holder.get("S3DataType") == "S3Prefix")
