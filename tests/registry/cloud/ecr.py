# ruff: noqa: N802, N803  (operations and parameters have the names that AWS gave them)
"""Amazon ECR: image repositories of several accounts, and the downloads of their layers."""

import hashlib
import io
import json
from dataclasses import dataclass, field
from typing import Any

from urllib3 import BaseHTTPResponse, HTTPResponse, PoolManager

from .clients import answer
from .core import HUB, REGION, Core, Parameters, failure

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
PART_SIZE = 8


def sha256(content: bytes) -> str:
    """A digest as registries write it."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@dataclass
class Repository:
    """A repository.

    Attributes:
        settings: What it was created with.
        policy: Its resource policy.
        manifests: Text and media type by digest.
        tags: Digests by tag.
        layers: Contents by digest.
    """

    settings: Parameters = field(default_factory=dict)
    policy: Parameters = field(default_factory=dict)
    manifests: dict[str, tuple[str, str]] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    layers: dict[str, bytes] = field(default_factory=dict)


class Registry(Core):
    """The image registries of several accounts; the clients act in the hub.

    Attributes:
        repositories: By account and name.
        layer_uploads: The repository and what has come so far, by id.
    """

    def __init__(self) -> None:
        super().__init__()
        self.repositories: dict[tuple[str, str], Repository] = {}
        self.layer_uploads: dict[str, tuple[str, bytearray]] = {}

    def push(self, account: str, name: str, tag: str, *layers: bytes) -> str:
        """Push an image, and give its URI by tag."""
        digest = self._push(account, name, layers)
        self.repositories[account, name].tags[tag] = digest
        return f"{account}.dkr.ecr.{REGION}.amazonaws.com/{name}:{tag}"

    def push_index(self, account: str, name: str, tag: str, *images: tuple[bytes, ...]) -> str:
        """Push a list of images for several platforms, and give its URI by tag."""
        digests = [self._push(account, name, layers) for layers in images]
        manifests = [{"mediaType": MANIFEST, "digest": digest, "size": 1} for digest in digests]
        text = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests})
        repository = self.repositories[account, name]
        repository.manifests[sha256(text.encode())] = (text, INDEX)
        repository.tags[tag] = sha256(text.encode())
        return f"{account}.dkr.ecr.{REGION}.amazonaws.com/{name}:{tag}"

    def digest(self, uri: str) -> str:
        """The digest of an image by its URI."""
        host, _, path = uri.partition("/")
        name, _, tag = path.partition(":")
        return self.repositories[host[:12], name].tags[tag]

    def _push(self, account: str, name: str, layers: tuple[bytes, ...]) -> str:
        repository = self.repositories.setdefault((account, name), Repository())
        blobs = [b'{"architecture": "amd64"}', *layers]
        repository.layers |= {sha256(blob): blob for blob in blobs}
        config, *rest = ({"digest": sha256(blob), "size": len(blob)} for blob in blobs)
        # As OCI's builders write it: the media type is not in the text.
        text = json.dumps({"schemaVersion": 2, "config": config, "layers": rest})
        repository.manifests[sha256(text.encode())] = (text, MANIFEST)
        return sha256(text.encode())

    def _repository(self, operation: str, account: str, name: str) -> Repository:
        if (account, name) not in self.repositories:
            raise failure(
                operation, "RepositoryNotFoundException", f"The repository '{name}' does not exist."
            )
        return self.repositories[account, name]

    def ecr_CreateRepository(self, *, repositoryName: str, **settings: Any) -> Parameters:
        if (HUB, repositoryName) in self.repositories:
            raise failure("CreateRepository", "RepositoryAlreadyExistsException", "It exists already.")
        self.repositories[HUB, repositoryName] = Repository(settings=settings)
        return {"repository": {"repositoryName": repositoryName}}

    def ecr_SetRepositoryPolicy(self, *, repositoryName: str, policyText: str) -> Parameters:
        self._repository("SetRepositoryPolicy", HUB, repositoryName).policy = json.loads(policyText)
        return {"repositoryName": repositoryName}

    def ecr_BatchGetImage(
        self,
        *,
        repositoryName: str,
        imageIds: list[Parameters],
        acceptedMediaTypes: list[str],
        registryId: str = HUB,
    ) -> Parameters:
        repository = self._repository("BatchGetImage", registryId, repositoryName)
        (identifier,) = imageIds
        digest = identifier.get("imageDigest") or repository.tags.get(identifier["imageTag"], "")
        if digest not in repository.manifests:
            return {"images": [], "failures": [{"imageId": identifier, "failureCode": "ImageNotFound"}]}
        text, media_type = repository.manifests[digest]
        assert media_type in acceptedMediaTypes
        image = {
            "imageId": {**identifier, "imageDigest": digest},
            "imageManifest": text,
            "imageManifestMediaType": media_type,
        }
        return {"images": [image], "failures": []}

    def ecr_BatchCheckLayerAvailability(
        self, *, repositoryName: str, layerDigests: list[str], registryId: str = HUB
    ) -> Parameters:
        layers = self._repository("BatchCheckLayerAvailability", registryId, repositoryName).layers
        return {
            "layers": [
                {"layerDigest": digest, "layerAvailability": "AVAILABLE"}
                for digest in layerDigests
                if digest in layers
            ],
            "failures": [
                {"layerDigest": digest, "failureCode": "MissingLayerDigest"}
                for digest in layerDigests
                if digest not in layers
            ],
        }

    def ecr_GetDownloadUrlForLayer(
        self, *, repositoryName: str, layerDigest: str, registryId: str = HUB
    ) -> Parameters:
        repository = self._repository("GetDownloadUrlForLayer", registryId, repositoryName)
        if layerDigest not in repository.layers:
            raise failure("GetDownloadUrlForLayer", "LayersNotFoundException", "There is no such layer.")
        return {
            "downloadUrl": f"https://layers.example/{registryId}/{repositoryName}/{layerDigest}",
            "layerDigest": layerDigest,
        }

    def http_Download(self, *, url: str) -> Parameters:
        account, _, path = url.removeprefix("https://layers.example/").partition("/")
        name, _, digest = path.rpartition("/")
        return {"body": self.repositories[account, name].layers[digest]}

    def ecr_InitiateLayerUpload(self, *, repositoryName: str) -> Parameters:
        self._repository("InitiateLayerUpload", HUB, repositoryName)
        upload = f"upload-{len(self.calls)}"
        self.layer_uploads[upload] = (repositoryName, bytearray())
        return {"uploadId": upload, "partSize": PART_SIZE}

    def ecr_UploadLayerPart(
        self,
        *,
        repositoryName: str,
        uploadId: str,
        partFirstByte: int,
        partLastByte: int,
        layerPartBlob: bytes,
    ) -> Parameters:
        name, content = self.layer_uploads[uploadId]
        assert name == repositoryName
        assert len(layerPartBlob) == partLastByte - partFirstByte + 1 <= PART_SIZE
        if partFirstByte != len(content) or partFirstByte % PART_SIZE:
            raise failure("UploadLayerPart", "InvalidLayerPartException", "The first byte does not follow.")
        content += layerPartBlob
        return {"uploadId": uploadId, "lastByteReceived": partLastByte}

    def ecr_CompleteLayerUpload(
        self, *, repositoryName: str, uploadId: str, layerDigests: list[str]
    ) -> Parameters:
        name, content = self.layer_uploads[uploadId]
        layers = self._repository("CompleteLayerUpload", HUB, name).layers
        if [sha256(bytes(content))] != layerDigests:
            raise failure("CompleteLayerUpload", "InvalidLayerException", "The digest does not match.")
        if layerDigests[0] in layers:
            raise failure("CompleteLayerUpload", "LayerAlreadyExistsException", "It exists already.")
        layers[layerDigests[0]] = bytes(content)
        del self.layer_uploads[uploadId]
        return {"layerDigest": layerDigests[0]}

    def ecr_PutImage(
        self, *, repositoryName: str, imageManifest: str, imageManifestMediaType: str, imageDigest: str
    ) -> Parameters:
        repository = self._repository("PutImage", HUB, repositoryName)
        if sha256(imageManifest.encode()) != imageDigest:
            raise failure("PutImage", "ImageDigestDoesNotMatchException", "The digest does not match.")
        if imageDigest in repository.manifests:
            raise failure("PutImage", "ImageAlreadyExistsException", "It exists already.")
        content = json.loads(imageManifest)
        blobs = [content["config"], *content["layers"]] if "config" in content else []
        if any(blob["digest"] not in repository.layers for blob in blobs):
            raise failure("PutImage", "LayersNotFoundException", "A layer is missing.")
        if any(item["digest"] not in repository.manifests for item in content.get("manifests", [])):
            raise failure("PutImage", "ReferencedImagesNotFoundException", "An image is missing.")
        repository.manifests[imageDigest] = (imageManifest, imageManifestMediaType)
        return {"image": {"imageId": {"imageDigest": imageDigest}}}


class Trickle(io.BytesIO):
    """A body that comes a few bytes at a time, as over a network."""

    def read(self, size: int | None = -1) -> bytes:
        """Give less than asked for."""
        return super().read(5 if size is None or size < 0 else min(size, 5))


class Downloads(PoolManager):
    """Downloads from the cloud in use."""

    def request(self, method: str, url: str, **_: Any) -> BaseHTTPResponse:  # type: ignore[override]
        """Answer a request."""
        answered = answer("http", "Download", {"url": url})
        body = Trickle(answered.get("body", b""))
        return HTTPResponse(body=body, status=answered.get("status", 200), preload_content=False)
