"""Copies container images between registries, by digest, and proves that the copy is the original."""

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from urllib3 import PoolManager, Timeout

from ..errors import DENIED, RegistryError, error_code, is_missing
from .images import EcrImage, Image
from .refusals import Refusals
from .repositories import CentralRepositories
from .time_limit import TimeLimit

if TYPE_CHECKING:
    from mypy_boto3_ecr.client import ECRClient
    from mypy_boto3_ecr.type_defs import ImageIdentifierTypeDef
    from urllib3 import BaseHTTPResponse

# One image for one platform, and lists of such images; each in Docker's and in OCI's format.
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-manifest-formats.html
MEDIA_TYPES = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
)
# https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_UploadLayerPart.html
MAXIMUM_LAYER_PART = 20_971_520
# https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchCheckLayerAvailability.html
MAXIMUM_LAYERS_ASKED = 100
PARALLEL_LAYERS = 4
TIMEOUT = Timeout(connect=10, read=60)


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What an image consists of.

    Attributes:
        text: As it was pushed, byte by byte: its digest is the image's.
        media_type: Its format.
        digest: Such as ``sha256:...``.
    """

    text: str
    media_type: str
    digest: str

    @property
    def images(self) -> list[str]:
        """The digests of the images that a list names."""
        return [item["digest"] for item in self._content.get("manifests", [])]

    @property
    def layers(self) -> list[str]:
        """The digests of the configuration and the layers, each once."""
        if "config" not in self._content:
            return []
        blobs = [self._content["config"], *self._content.get("layers", [])]
        return list(dict.fromkeys(blob["digest"] for blob in blobs))

    @property
    def _content(self) -> dict[str, Any]:
        return json.loads(self.text)  # type: ignore[no-any-return]


@dataclass(frozen=True, kw_only=True)
class ImageCopier:
    """Copies images into the central repositories, layer by layer, without tags.

    Attributes:
        ecr: A client in the account and Region of the central registry.
        http: Downloads layers from where ECR keeps them.
        repositories: Where the copies lie.
        refusals: Explains who must let promotion pull.
    """

    ecr: "ECRClient"
    http: PoolManager
    repositories: CentralRepositories
    refusals: Refusals

    def copy(self, source: EcrImage, group: str, time: TimeLimit) -> Image:
        """Copy an image, if it is not there yet.

        What is there already is not copied again, so a copy that was broken off goes on with the first layer
        that is missing. Done twice at once, both come to the same image.

        Args:
            source: The image, in the team's registry.
            group: The group of the model version.
            time: How long it may take.

        Raises:
            RegistryError: If the image may not be pulled, is missing, or differs from the copy.
            OutOfTimeError: If there is no time for the next step.
        """
        manifest = self._original(source, source.digest)
        repository = self.repositories.prepare(source.account, group)
        self._copy(source, manifest, repository, time)
        return self.repositories.image(repository, manifest.digest)

    def _copy(self, source: EcrImage, manifest: Manifest, repository: str, time: TimeLimit) -> None:
        present = self._manifest(self.repositories.account, repository, {"imageDigest": manifest.digest})
        if present is not None:
            return
        # ECR takes a list only when the images are there that it names.
        for digest in manifest.images:
            self._copy(source, self._original(source, digest), repository, time)
        missing = self._missing(repository, manifest.layers)
        with ThreadPoolExecutor(PARALLEL_LAYERS) as pool:
            list(pool.map(lambda layer: self._copy_layer(source, layer, repository, time), missing))
        try:
            self.ecr.put_image(
                repositoryName=repository,
                imageManifest=manifest.text,
                imageManifestMediaType=manifest.media_type,
                imageDigest=manifest.digest,
            )
        except ClientError as error:
            if error_code(error) != "ImageAlreadyExistsException":
                raise
        time.step_done()

    def _original(self, source: EcrImage, digest: str | None) -> Manifest:
        identifier: ImageIdentifierTypeDef = (
            {"imageDigest": digest} if digest else {"imageTag": source.tag or ""}
        )
        try:
            manifest = self._manifest(source.account, source.repository, identifier)
        except ClientError as error:
            if error_code(error) in DENIED:
                raise self.refusals.to_pull(source.repository, source.account) from error
            if not is_missing(error):
                raise
            manifest = None
        if manifest is None:
            raise RegistryError(
                f"The image {digest or source.tag} in the repository {source.repository} of account "
                f"{source.account}, which the model version serves with, does not exist: push it again, or "
                "register the version with another."
            )
        return manifest

    def _manifest(
        self, account: str, repository: str, identifier: "ImageIdentifierTypeDef"
    ) -> Manifest | None:
        """Ask a registry for an image; None if it has none.

        Raises:
            RegistryError: If it gives something else than what was asked for.
        """
        answer = self.ecr.batch_get_image(
            registryId=account,
            repositoryName=repository,
            imageIds=[identifier],
            acceptedMediaTypes=list(MEDIA_TYPES),
        )
        for failure in answer["failures"]:
            if failure.get("failureCode") == "ImageNotFound":
                return None
            raise RegistryError(
                f"ECR does not give the image {identifier} in the repository {repository} of account "
                f"{account} ({failure.get('failureCode')}: {failure.get('failureReason')}): correct that, "
                "then replay the event."
            )
        image = answer["images"][0]
        manifest = Manifest(
            text=image["imageManifest"],
            media_type=image["imageManifestMediaType"],
            digest=image["imageId"]["imageDigest"],
        )
        digest = f"sha256:{hashlib.sha256(manifest.text.encode()).hexdigest()}"
        for expected in (manifest.digest, identifier.get("imageDigest", digest)):
            if digest != expected:
                raise RegistryError(
                    f"The manifest of the image {expected} in the repository {repository} of account "
                    f"{account} has the digest {digest}: nothing was registered; push the image again, then "
                    "replay the event."
                )
        return manifest

    def _download_url(self, source: EcrImage, layer: str) -> str:
        try:
            return self.ecr.get_download_url_for_layer(
                registryId=source.account, repositoryName=source.repository, layerDigest=layer
            )["downloadUrl"]
        except ClientError as error:
            if error_code(error) in DENIED:
                raise self.refusals.to_pull(source.repository, source.account) from error
            if is_missing(error):
                raise RegistryError(
                    f"The layer {layer} in the repository {source.repository} of account {source.account} "
                    "does not exist: push the image again, then replay the event."
                ) from error
            raise

    def _missing(self, repository: str, layers: list[str]) -> list[str]:
        """The layers that a central repository does not have yet."""
        present: set[str] = set()
        for start in range(0, len(layers), MAXIMUM_LAYERS_ASKED):
            answer = self.ecr.batch_check_layer_availability(
                repositoryName=repository, layerDigests=layers[start : start + MAXIMUM_LAYERS_ASKED]
            )
            present |= {
                layer["layerDigest"]
                for layer in answer["layers"]
                if layer.get("layerAvailability") == "AVAILABLE"
            }
        return [layer for layer in layers if layer not in present]

    def _copy_layer(self, source: EcrImage, layer: str, repository: str, time: TimeLimit) -> None:
        """Stream a layer from the one registry into the other, in constant memory."""
        time.check()
        url = self._download_url(source, layer)
        upload = self.ecr.initiate_layer_upload(repositoryName=repository)
        digest = hashlib.sha256()
        first = 0
        with closing(self.http.request("GET", url, preload_content=False, timeout=TIMEOUT)) as response:
            if response.status != 200:
                raise RegistryError(
                    f"The layer {layer} in the repository {source.repository} of account {source.account} "
                    f"cannot be downloaded (status {response.status}): replay the event."
                )
            for part in _parts(response, min(upload["partSize"], MAXIMUM_LAYER_PART)):
                time.check()
                digest.update(part)
                self.ecr.upload_layer_part(
                    repositoryName=repository,
                    uploadId=upload["uploadId"],
                    partFirstByte=first,
                    partLastByte=first + len(part) - 1,
                    layerPartBlob=part,
                )
                first += len(part)
        if f"sha256:{digest.hexdigest()}" != layer:
            raise RegistryError(
                f"The layer {layer} in the repository {source.repository} of account {source.account} came "
                f"with the digest sha256:{digest.hexdigest()}: nothing was registered; push the image again, "
                "then replay the event."
            )
        try:
            self.ecr.complete_layer_upload(
                repositoryName=repository, uploadId=upload["uploadId"], layerDigests=[layer]
            )
        except ClientError as error:
            if error_code(error) != "LayerAlreadyExistsException":
                raise
        time.step_done()


def _parts(response: "BaseHTTPResponse", size: int) -> Iterator[bytes]:
    """The bytes of a response in parts of one size; the last may be smaller.

    ECR takes no smaller part but the last one, and a read may give less than it was asked for.
    """
    part = bytearray()
    while chunk := response.read(size - len(part), decode_content=False):
        part += chunk
        if len(part) == size:
            yield bytes(part)
            part.clear()
    if part:
        yield bytes(part)
