"""What repositories hold: manifests, tags and layers."""

import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from ministack.services import ecr as ministack_ecr

from emulator.core.names import RegionalName
from emulator.docker.digests import sha256

lock = threading.RLock()
"""Held while images and layers come and go."""

_HELD = "emulator_contents"
"""Where ministack's record of a repository carries what the repository holds, and with which it goes."""


class RepositoryName(RegionalName):
    """A repository of any account."""

    __slots__ = ()

    @property
    def arn(self) -> str:
        """ARN of the repository."""
        return f"arn:aws:ecr:{self.region}:{self.account}:repository/{self.name}"


@dataclass(kw_only=True)
class Image:
    """An image, or a list of images for several platforms.

    Attributes:
        manifest: Its manifest, as it was put.
        media_type: The format of the manifest.
        tags: The tags that stand for it.
        pushed: When it came, in seconds since the epoch.
    """

    manifest: str
    media_type: str
    tags: list[str] = field(default_factory=list)
    pushed: float = field(default_factory=time.time)

    @property
    def digest(self) -> str:
        """The digest of the manifest."""
        return sha256(self.manifest.encode())

    @property
    def content(self) -> dict[str, Any]:
        """The manifest, read."""
        content: dict[str, Any] = json.loads(self.manifest)
        return content


@dataclass(kw_only=True)
class Repository:
    """What a repository holds.

    Attributes:
        name: Whose.
        settings: What ministack keeps of the repository.
        images: By digest, in the order in which they came.
        layers: Contents by digest, configurations included.
        uploads: What has come so far of layers on their way, by id.
    """

    name: RepositoryName
    settings: dict[str, Any]
    images: dict[str, Image] = field(default_factory=dict)
    layers: dict[str, bytes] = field(default_factory=dict)
    uploads: dict[str, bytearray] = field(default_factory=dict)

    def image(self, identifier: dict[str, str]) -> Image | None:
        """The image that a digest, a tag or both stand for."""
        for digest, image in self.images.items():
            wanted = identifier.get("imageDigest", digest)
            if digest == wanted and identifier.get("imageTag") in (None, *image.tags):
                return image
        return None

    def keep(self, image: Image) -> None:
        """Take an image up; ministack deletes no repository that has one, unless it is forced to."""
        self.images[image.digest] = image
        self._tell_ministack()

    def forget(self, image: Image) -> None:
        """Delete an image."""
        del self.images[image.digest]
        self._tell_ministack()

    def _tell_ministack(self) -> None:
        records = [{"imageDigest": digest} for digest in self.images]
        ministack_ecr._images.set_scoped(*self.name, records)


def contents(name: RepositoryName, settings: dict[str, Any]) -> Repository:
    """What a repository holds.

    Args:
        name: The repository.
        settings: What ministack keeps of it.
    """
    with lock:
        held: Repository = settings.setdefault(_HELD, Repository(name=name, settings=settings))
        return held
