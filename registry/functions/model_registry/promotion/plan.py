"""What promoting a version copies, and where to."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from ..errors import RegistryError
from ..locations import Location, all_locations, artifacts
from ..records import DECISIONS, RECEIPT
from .content import S3Object
from .copying import Copier, Copy
from .drafts import DRAFT
from .source import SourceVersion

# What the registry itself writes into the folder of a version.
RESERVED = frozenset({RECEIPT, DRAFT, DECISIONS.rstrip("/")})


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The copies of one version.

    Attributes:
        places: The central place of every location of the version.
        copies: Every object of these locations, and its copy.
        needed_to_serve: Those of the copies that serving the version needs; the others document it.
    """

    places: Mapping[Location, Location]
    copies: list[Copy]
    needed_to_serve: frozenset[S3Object]


def plan(copier: Copier, source: SourceVersion, *, bucket: str, account: str) -> Plan:
    """Find out what there is to copy.

    Args:
        copier: Lists the objects of prefixes.
        source: The version to promote.
        bucket: The central bucket.
        account: Its account.

    Raises:
        RegistryError: If a location cannot be read, or holds nothing.
    """
    places = _places(source, bucket)
    serving = set(artifacts(source.description))
    copies: list[Copy] = []
    needed: list[S3Object] = []
    for location, place in places.items():
        for original in _objects(copier, location, owner=source.arn.account):
            key = place.key + original.key.removeprefix(location.key)
            copy = S3Object(bucket=bucket, key=key, owner=account)
            copies.append(Copy(original=original, copy=copy))
            if location in serving:
                needed.append(copy)
    return Plan(places=places, copies=copies, needed_to_serve=frozenset(needed))


def _objects(copier: Copier, location: Location, *, owner: str) -> list[S3Object]:
    if not location.is_prefix:
        return [S3Object(bucket=location.bucket, key=location.key, owner=owner)]
    found = list(copier.objects(location.bucket, location.key, owner))
    if not found:
        raise RegistryError(
            f"There is no object under {location.uri}, which the model version refers to: "
            "register the version again."
        )
    return found


def _places(source: SourceVersion, bucket: str) -> dict[Location, Location]:
    """The central place of every location of a version.

    A place keeps the name of what it holds. Locations that would share a name with another, such as two
    containers' model.tar.gz, are told apart by a digest of where they come from.
    """
    locations = all_locations(source.description)
    names = Counter(location.name for location in locations)

    def place(location: Location) -> Location:
        folder = PurePosixPath(source.folder)
        # A prefix without a slash at its end stands for several names, of which none is known here.
        begins_names = location.is_prefix and not location.key.endswith("/")
        if names[location.name] > 1 or location.name in RESERVED or begins_names:
            folder /= hashlib.sha256(location.uri.encode()).hexdigest()[:8]
        key = f"{folder}/{location.key.removeprefix(location.parent)}"
        return Location(bucket=bucket, key=key, is_prefix=location.is_prefix)

    return {location: place(location) for location in locations}
