"""Images that teams have built, out of the registry: their files, program and packages.

https://docs.aws.amazon.com/sagemaker/latest/dg/docker-containers-create.html
"""

import io
import json
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emulator.docker.build import DOCKER_TYPES, REQUIREMENTS
from emulator.ecr.service import described
from emulator.ecr.store import Image, Repository, RepositoryName, contents


class ImageError(Exception):
    """An image that SageMaker does not take, or that the emulator cannot start."""


@dataclass(frozen=True, kw_only=True)
class OwnImage:
    """An image of a registry that the emulator has.

    Attributes:
        entrypoint: The program, which gets `train` or `serve` as its argument.
        variables: Its environment variables.
        directory: Where it runs.
        layers: Its layers, each on those before it, as tar archives.
    """

    entrypoint: list[str]
    variables: dict[str, str]
    directory: str
    requirements: str
    layers: tuple[bytes, ...]

    def unpack(self, folder: Path) -> None:
        """Lay the image's files out below a folder.

        Args:
            folder: What stands for the image's root.
        """
        for layer in self.layers:
            with tarfile.open(fileobj=io.BytesIO(layer), mode="r:gz") as archive:
                archive.extractall(folder, filter="data")

    @property
    def lock(self) -> bytes:
        """The locked requirements that the image installs; empty if it installs none."""
        content = b""
        for layer in self.layers if self.requirements else ():
            with tarfile.open(fileobj=io.BytesIO(layer), mode="r:gz") as archive:
                for member in archive.getmembers():
                    file = archive.extractfile(member)
                    if f"/{member.name}" == self.requirements and file is not None:
                        content = file.read()
        return content


def repository_of(image: str) -> RepositoryName | None:
    """The repository of an image, if it is one of the emulator's registries; AWS's own images are of none."""
    host, _, path = image.partition("/")
    owner, _, registry = host.partition(".dkr.ecr.")
    name = RepositoryName(owner, registry.partition(".")[0], path.partition("@")[0].partition(":")[0])
    return name if described(name) is not None else None


def own_image(image: str) -> OwnImage | None:
    """Find an image by its URI; None if its repository is none of the emulator's.

    Raises:
        ImageError: The repository has no such image, or its manifest is of a kind that SageMaker refuses.
    """
    name = repository_of(image)
    settings = described(name) if name is not None else None
    if name is None or settings is None:
        return None
    repository = contents(name, settings)
    found = repository.image(_identifier(image))
    if found is None:
        raise ImageError(f"Requested image {image} not found.")
    if found.media_type != DOCKER_TYPES["manifest"]:
        # https://github.com/aws/amazon-sagemaker-feedback/issues/180
        raise ImageError(
            f"Unsupported manifest media type {found.media_type} for image {image}. Ensure that valid "
            "manifest media type is used for specified image."
        )
    return _read(repository, found)


def _identifier(image: str) -> dict[str, str]:
    _, _, digest = image.partition("@")
    if digest:
        return {"imageDigest": digest}
    return {"imageTag": image.rpartition("/")[2].partition(":")[2] or "latest"}


def _read(repository: Repository, image: Image) -> OwnImage:
    content = image.content
    configuration: dict[str, Any] = json.loads(repository.layers[content["config"]["digest"]])
    settings = configuration["config"]
    comments = [entry.get("comment", "") for entry in configuration["history"]]
    locks = [text.removeprefix(REQUIREMENTS) for text in comments if text.startswith(REQUIREMENTS)]
    if len(locks) > 1:
        raise ImageError("The emulator starts images that install one file of requirements.")
    return OwnImage(
        entrypoint=settings.get("Entrypoint", []),
        variables=dict(pair.split("=", 1) for pair in settings.get("Env", [])),
        directory=settings.get("WorkingDir", "/"),
        requirements=locks[0] if locks else "",
        layers=tuple(repository.layers[layer["digest"]] for layer in content["layers"]),
    )
