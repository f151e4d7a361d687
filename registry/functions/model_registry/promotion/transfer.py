"""Brings everything that a version is into the central registry, short of registering it."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .. import metrics, records
from ..card_content import digest
from ..cards import CardVersion
from ..records import Artifact, receipt_content
from .content import Content, S3Object
from .copying import SINGLE_COPY_LIMIT, Copier
from .fields import ARTIFACT_SHA256, DISPENSABLE, request
from .image_copying import ImageCopier
from .images import Image, images, images_to_copy, stated_digest
from .leftovers import Leftovers
from .plan import Plan, plan
from .source import SourceVersion
from .time_limit import TimeLimit

# In total for a version: what a function reads within two minutes.
READ_LIMIT = SINGLE_COPY_LIMIT


@dataclass(frozen=True, kw_only=True)
class CentralStorage:
    """Where the central registry keeps the objects of its versions."""

    bucket: str
    account: str
    region: str
    key_arn: str


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """Copies what belongs to a version, and says what there is to register.

    Attributes:
        copier: Copies objects.
        image_copier: Copies container images.
        storage: Where the copies lie.
        leftovers: Removes what failed tries have left.
        fields: The fields of a version that pass as they are.
        card: Gives the model card version that speaks for a version, if there is one.
    """

    copier: Copier
    image_copier: ImageCopier
    storage: CentralStorage
    leftovers: Leftovers
    fields: list[str]
    card: Callable[[SourceVersion], CardVersion | None]

    def bring(self, source: SourceVersion, time: TimeLimit) -> tuple[dict[str, Any], dict[str, Any]]:
        """Copy everything that a version is. Safe to repeat: what is there already is not copied again.

        Args:
            source: The version.
            time: How long it may take.

        Returns:
            The draft of its receipt, and the request that registers it.

        Raises:
            RegistryError: If something cannot be copied.
            OutOfTimeError: If there is more to copy than there is time for.
        """
        planned = plan(self.copier, source, bucket=self.storage.bucket, account=self.storage.account)
        own_images = images_to_copy(
            source.description, account=source.arn.account, region=self.storage.region
        )
        copied_images = {
            image: self.image_copier.copy(ecr, source.group, time) for image, ecr in own_images.items()
        }
        artifacts = self._copy(planned, time)
        self.leftovers.keep_only(source.folder, {pair.copy.key for pair in planned.copies})
        registration = request(
            source,
            fields=self.fields,
            key_arn=self.storage.key_arn,
            digests=_recorded(source.folder, self.storage.bucket, artifacts),
            to=planned.places.__getitem__,
            images=copied_images,
        )
        card = self.card(source)
        draft = receipt_content(
            source=source.description,
            central_model_package_arn="",
            artifacts=artifacts,
            images=_listed(images(source.description), copied_images),
            metrics=metrics.of_version(self.copier.s3, registration, self.storage.account),
            model_card={"arn": card.arn, "content_sha256": digest(card.content)} if card else None,
            # What may be left out; the receipt says what was.
            left_out=[field for field in DISPENSABLE if field in registration],
        )
        return draft, registration

    def _copy(self, planned: Plan, time: TimeLimit) -> list[Artifact]:
        """Copy every object of a version.

        Returns:
            What serving the version needs.
        """
        contents = self.copier.copy_all(planned.copies, time)
        serving = {
            pair.copy: content
            for pair, content in zip(planned.copies, contents, strict=True)
            if pair.copy in planned.needed_to_serve
        }
        to_read = [content for content in serving.values() if content.sha256 is None]
        is_read = sum(content.size for content in to_read) <= READ_LIMIT
        return [self._artifact(copy, content, is_read, time) for copy, content in serving.items()]

    def _artifact(self, copy: S3Object, content: Content, is_read: bool, time: TimeLimit) -> Artifact:
        sha256 = content.sha256
        if sha256 is None and is_read:
            time.check()
            sha256 = self.copier.read_sha256(copy, content)
        return Artifact(
            uri=copy.uri,
            size=content.size,
            sha256=sha256,
            checksums=content.whole_checksums,
            version_id=content.version_id,
        )


def _listed(originals: list[Image], copied: Mapping[Image, Image]) -> list[records.Image]:
    """The images of a version, as its receipt lists them."""
    return [
        records.Image(
            source=original.uri,
            image=copied.get(original, original).uri,
            digest=stated_digest(copied.get(original, original)),
        )
        for original in originals
    ]


def _recorded(folder: str, bucket: str, artifacts: list[Artifact]) -> dict[str, str]:
    """What to record of an artifact: the digest of its file, or of its files as `sha256sum` lists them.

    Nothing, where there is no artifact or its files were too large to be read again.
    """
    known = {
        artifact.uri.removeprefix(f"s3://{bucket}/{folder}"): artifact.sha256
        for artifact in artifacts
        if artifact.sha256 is not None
    }
    if not known or len(known) < len(artifacts):
        return {}
    if len(known) == 1:
        return {ARTIFACT_SHA256: next(iter(known.values()))}
    lines = "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(known.items()))
    return {ARTIFACT_SHA256: hashlib.sha256(lines.encode()).hexdigest()}
