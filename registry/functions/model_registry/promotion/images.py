"""The container images of a model version: which there are, and which promotion copies."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from ..errors import RegistryError

# https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
_ECR_IMAGE = re.compile(
    r"^(?P<account>\d{12})\.dkr[.-]ecr(-fips)?\.(?P<region>[a-z0-9-]+)\.(amazonaws\.com(\.cn)?|on\.aws)"
    r"/(?P<repository>[^:@]+)(:(?P<tag>[^@]+))?(@(?P<digest>sha256:[0-9a-f]{64}))?$",
    re.ASCII,
)
_DIGEST = re.compile(r"@(sha256:[0-9a-f]{64})$")


@dataclass(frozen=True, kw_only=True, order=True)
class Image:
    """A container image, as a container of a model version names it.

    Attributes:
        uri: The image, by tag or by digest.
        digest: The digest it had when the version was registered, such as ``sha256:...``; empty if SageMaker
            does not say. A tag may stand for another image since.
    """

    uri: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class EcrImage:
    """An image in Amazon ECR.

    Attributes:
        account: The account of the registry.
        region: Its Region.
        repository: The name of the repository.
        tag: The tag; None where the image is named by digest.
        digest: The digest; None where the image is named by tag.
    """

    account: str
    region: str
    repository: str
    tag: str | None
    digest: str | None

    @classmethod
    def parse(cls, image: Image) -> Self | None:
        """Read an image's URI; None if it is not in ECR."""
        match = _ECR_IMAGE.match(image.uri)
        if match is None:
            return None
        digest = image.digest or match["digest"]
        return cls(
            account=match["account"],
            region=match["region"],
            repository=match["repository"],
            tag=None if digest else match["tag"] or "latest",
            digest=digest,
        )


def images(package: Any) -> list[Image]:
    """The images of a description, or of a part of it, each once, in the order of the description."""
    return list(dict.fromkeys(_containers(package)))


def images_to_copy(package: Mapping[str, Any], *, account: str, region: str) -> dict[Image, EcrImage]:
    """The images of a version that are in the team's own account, where nobody else can pull them.

    Those of AWS, and all others, can be pulled as they are.

    Args:
        package: What DescribeModelPackage says of the version.
        account: The team's account.
        region: The Region of the central registry.

    Raises:
        RegistryError: If one of them is in another Region.
    """
    found = {image: EcrImage.parse(image) for image in images(package)}
    own = {image: ecr for image, ecr in found.items() if ecr is not None and ecr.account == account}
    for image, ecr in own.items():
        # https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html
        if ecr.region != region:
            raise RegistryError(
                f"The version serves with the image {image.uri} of another Region, which SageMaker cannot "
                f"use in {region}: push the image to {region}, and register the version with that."
            )
    return own


def with_images(package: Any, copied: Mapping[Image, Image]) -> Any:
    """A copy of a description, or of a part of it, in which the copied images stand for the original ones."""
    if isinstance(package, list):
        return [with_images(item, copied) for item in package]
    if not isinstance(package, Mapping):
        return package
    changed = {field: with_images(item, copied) for field, item in package.items()}
    image = _image(package)
    if image is not None and image in copied:
        changed |= {"Image": copied[image].uri, "ImageDigest": copied[image].digest}
    return changed


def stated_digest(image: Image) -> str | None:
    """The digest of an image, as far as it is known without asking its registry."""
    match = _DIGEST.search(image.uri)
    return image.digest or (match[1] if match else None)


def _containers(package: Any) -> Iterator[Image]:
    if isinstance(package, list):
        for item in package:
            yield from _containers(item)
    elif isinstance(package, Mapping):
        image = _image(package)
        if image is not None:
            yield image
        for item in package.values():
            yield from _containers(item)


def _image(container: Mapping[str, Any]) -> Image | None:
    uri = container.get("Image")
    if not isinstance(uri, str):
        return None
    digest = str(container.get("ImageDigest", "")).lower()
    return Image(uri=uri, digest=digest if digest.startswith("sha256:") else "")
