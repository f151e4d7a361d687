"""Makes the central registry agree with a model version of a team."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ..errors import RegistryError
from ..events import ModelVersionArn
from ..locations import Location, all_locations, artifacts
from ..settling import settle
from .central import CentralGroups, CentralVersion
from .copying import Copier, S3Object
from .fields import carried_fields, request
from .source import SourceVersion, describe

if TYPE_CHECKING:
    from mypy_boto3_sagemaker.client import SageMakerClient

REJECTED_AT_SOURCE = "The version it was promoted from is rejected: "


@dataclass(frozen=True, kw_only=True)
class CentralStorage:
    """Where the central registry keeps the objects of its versions."""

    bucket: str
    account: str
    key_arn: str


@dataclass(frozen=True, kw_only=True)
class Promotion:
    """Brings approved versions of the teams' registries into the central one.

    The event is only the occasion: what counts is the version's status when it is looked at. Events may thus
    come twice, late, together or in another order, and a run may end between any two of its calls: the next
    one finds out what is left to do.
    """

    sagemaker: "SageMakerClient"
    copier: Copier
    groups: CentralGroups
    storage: CentralStorage

    def follow(self, arn: ModelVersionArn) -> str:
        """Bring the central registry in line with a version.

        Args:
            arn: The version in the team's account.

        Returns:
            One sentence that says what was done.

        Raises:
            RegistryError: If the version cannot be promoted as it is.
        """
        _, done = settle(
            arn=arn.arn,
            look=lambda: describe(self.sagemaker, arn),
            status=lambda source: source.approval_status,
            act=self._act,
        )
        return done

    def _act(self, source: SourceVersion) -> str:
        match source.approval_status:
            case "Approved":
                return self._promote(source)
            case "Rejected":
                return self._reject(source)
            case other:
                return f"{source.arn.arn} is {other or 'without a status'}: nothing to do."

    def _promote(self, source: SourceVersion) -> str:
        source.check()
        version = self.groups.find(source)
        if version is not None:
            return self._reopen(source, version)
        self.groups.prepare(source)
        places = _places(source, self.storage.bucket)
        digests = self._copy(source, places)
        version = self.groups.register(
            request(
                source,
                fields=carried_fields(self.sagemaker),
                key_arn=self.storage.key_arn,
                digests=digests,
                to=places.__getitem__,
            )
        )
        return f"{source.arn.arn} is promoted to {version.arn}."

    def _reject(self, source: SourceVersion) -> str:
        version = self.groups.find(source)
        if version is None or version.approval_status == "Rejected":
            return f"{source.arn.arn} is rejected, and no central version offers it."
        self.groups.set_approval_status(version, "Rejected", f"{REJECTED_AT_SOURCE}{source.arn.arn}")
        return f"{version.arn} is rejected, because {source.arn.arn} is."

    def _reopen(self, source: SourceVersion, version: CentralVersion) -> str:
        """Undo a rejection that only mirrored the source's."""
        mirrored = version.approval_status == "Rejected" and self.groups.status_reason(version).startswith(
            REJECTED_AT_SOURCE
        )
        if not mirrored:
            return f"{source.arn.arn} is already promoted to {version.arn}."
        reason = f"The version it was promoted from is approved again: {source.arn.arn}"
        self.groups.set_approval_status(version, "PendingManualApproval", reason)
        return f"{version.arn} waits for approval again, because {source.arn.arn} is approved again."

    def _copy(self, source: SourceVersion, places: Mapping[Location, Location]) -> dict[str, str]:
        """Copy every object of a version.

        Returns:
            What to record of the artifact's bytes.
        """
        needed_to_serve = set(artifacts(source.description))
        digests: dict[str, str | None] = {}
        for location, place in places.items():
            for original in self._objects(location, owner=source.arn.account):
                copy = S3Object(
                    bucket=place.bucket,
                    key=place.key + original.key.removeprefix(location.key),
                    owner=self.storage.account,
                )
                content = self.copier.copy(original, copy)
                if location in needed_to_serve:
                    digests[copy.key.removeprefix(source.folder)] = self.copier.sha256(copy, content)
        return _recorded(digests)

    def _objects(self, location: Location, *, owner: str) -> list[S3Object]:
        if not location.is_prefix:
            return [S3Object(bucket=location.bucket, key=location.key, owner=owner)]
        found = list(self.copier.objects(location.bucket, location.key, owner))
        if not found:
            raise RegistryError(
                f"There is no object under {location.uri}, which the model version refers to: "
                "register the version again."
            )
        return found


def _places(source: SourceVersion, bucket: str) -> dict[Location, Location]:
    """The central place of every location of a version.

    A place keeps the name of what it holds. Locations of the same name, such as two containers' model.tar.gz,
    are told apart by a digest of where they come from.
    """
    locations = all_locations(source.description)
    names = Counter(location.name for location in locations)

    def place(location: Location) -> Location:
        folder = PurePosixPath(source.folder)
        if names[location.name] > 1:
            folder /= hashlib.sha256(location.uri.encode()).hexdigest()[:8]
        if location.is_prefix and not location.key.endswith("/"):
            # It begins several names, which get a folder of their own.
            folder /= f"{location.name}.d"
        key = f"{folder}/{location.key.removeprefix(location.parent)}"
        return Location(bucket=bucket, key=key, is_prefix=location.is_prefix)

    return {location: place(location) for location in locations}


def _recorded(digests: Mapping[str, str | None]) -> dict[str, str]:
    """What to record of an artifact: the digest of its file, or of its files as `sha256sum` lists them.

    Nothing, where there is no artifact or a file of it was too large to be read again.
    """
    known = {name: digest for name, digest in digests.items() if digest is not None}
    if not known or len(known) < len(digests):
        return {}
    if len(known) == 1:
        return {"artifact_sha256": next(iter(known.values()))}
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(known.items()))
    return {"artifact_sha256": hashlib.sha256(lines.encode()).hexdigest()}
