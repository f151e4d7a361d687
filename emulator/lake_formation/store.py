"""What Lake Formation keeps, by account and Region: settings, locations, LF-tags, data filters and grants."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from emulator.glue import catalog
from emulator.glue.catalog import Place
from emulator.lake_formation.model import Resource

IAM_ALLOWED = "IAM_ALLOWED_PRINCIPALS"
VERSION = "CROSS_ACCOUNT_VERSION"

lock = threading.RLock()
"""Held while grants change."""


class Home(NamedTuple):
    """A Region of an account."""

    account: str
    region: str


@dataclass(kw_only=True)
class Grant:
    """Permissions of a principal on a resource.

    Attributes:
        region: The Region.
        grantor: The account that granted them: the owner's, or one that grants on what was shared with it.
        principal: An IAM identity, an account, a unit or an organisation (ARNs), or `IAM_ALLOWED_PRINCIPALS`.
        resource: On what.
        permissions: Which.
        grantable: Which of them the principal may grant on.
    """

    region: str
    grantor: str
    principal: str
    resource: Resource
    permissions: set[str] = field(default_factory=set)
    grantable: set[str] = field(default_factory=set)
    updated: float = field(default_factory=time.time)
    updated_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Location:
    """A place in Amazon S3 that Lake Formation governs.

    Attributes:
        arn: Of the bucket or folder.
        role: ARN of the role that reads it.
        hybrid: Whether others read it by IAM alone.
    """

    arn: str
    role: str
    hybrid: bool
    modified: float = field(default_factory=time.time)


_OPEN = [{"Principal": {"DataLakePrincipalIdentifier": IAM_ALLOWED}, "Permissions": ["ALL"]}]

_settings: dict[Home, dict[str, Any]] = {}
_seeded: set[Home] = set()
locations: dict[Home, dict[str, Location]] = {}
tags: dict[Home, dict[str, list[str]]] = {}
assigned: dict[tuple[Place, str | None], dict[str, str]] = {}
"""LF-tags of databases, tables and, with their names, columns."""
filters: dict[tuple[Home, str, str, str], dict[str, Any]] = {}
"""By database, table and name."""
_grants: dict[tuple[str, str, str, Resource], Grant] = {}


def settings(home: Home) -> dict[str, Any]:
    """The data lake settings; at first everything is IAM's to decide.

    https://docs.aws.amazon.com/lake-formation/latest/dg/change-settings.html
    """
    return _settings.setdefault(
        home,
        {
            "DataLakeAdmins": [],
            "ReadOnlyAdmins": [],
            "CreateDatabaseDefaultPermissions": _OPEN,
            "CreateTableDefaultPermissions": _OPEN,
            "Parameters": {VERSION: "1", "SET_CONTEXT": "TRUE"},
            "TrustedResourceOwners": [],
            "AllowExternalDataFiltering": False,
            "ExternalDataFilteringAllowList": [],
        },
    )


def put_settings(home: Home, given: Mapping[str, Any]) -> None:
    """Replace the settings as a whole, as AWS does."""
    cleared: dict[str, Any] = {
        name: []
        for name in (
            "DataLakeAdmins",
            "ReadOnlyAdmins",
            "CreateDatabaseDefaultPermissions",
            "CreateTableDefaultPermissions",
            "TrustedResourceOwners",
            "ExternalDataFilteringAllowList",
        )
    }
    parameters = {VERSION: "1", **given.get("Parameters", {}), "SET_CONTEXT": "TRUE"}
    _settings[home] = {**cleared, **given, "Parameters": parameters}


def administrators(home: Home) -> set[str]:
    """The data lake administrators."""
    return {each["DataLakePrincipalIdentifier"] for each in settings(home)["DataLakeAdmins"]}


def version(home: Home) -> int:
    """The version of sharing between accounts."""
    return int(settings(home)["Parameters"][VERSION])


def grants(owner: Home) -> list[Grant]:
    """All grants on what an account owns, whoever granted them."""
    with lock:
        if owner not in _seeded:
            # https://docs.aws.amazon.com/lake-formation/latest/dg/initial-lf-config.html#change-default-settings
            _seeded.add(owner)
            add(owner, owner.account, IAM_ALLOWED, _catalog(owner), ["CREATE_DATABASE"])
        return [
            each
            for each in _grants.values()
            if (each.resource.account, each.region) == owner and (each.permissions or each.grantable)
        ]


def _catalog(home: Home) -> Resource:
    return Resource(kind="CATALOG", account=home.account)


def add(  # noqa: PLR0917  what a grant is made of
    home: Home,
    grantor: str,
    principal: str,
    resource: Resource,
    permissions: list[str],
    grantable: list[str] | None = None,
    by: str = "",
) -> None:
    """Grant permissions, in addition to what was granted."""
    key = home.region, grantor, principal, resource
    with lock:
        grant = _grants.setdefault(
            key, Grant(region=home.region, grantor=grantor, principal=principal, resource=resource)
        )
        grant.permissions |= set(permissions) | set(grantable or ())
        grant.grantable |= set(grantable or ())
        grant.updated, grant.updated_by = time.time(), by


def find(home: Home, grantor: str, principal: str, resource: Resource) -> Grant | None:
    """The grant of one principal on one resource."""
    return _grants.get((home.region, grantor, principal, resource))


def location_of(home: Home, arn: str) -> Location | None:
    """The registered location that an object or folder is in, the nearest one.

    Args:
        home: Where it is registered.
        arn: ARN of the object or folder.
    """
    found = [
        each
        for each in locations.get(home, {}).values()
        if arn == each.arn or arn.startswith(f"{each.arn.rstrip('/')}/")
    ]
    return max(found, key=lambda each: len(each.arn), default=None)


def tags_of(place: Place, column: str | None = None) -> dict[str, str]:
    """The LF-tags of a database, a table or a column, with those that it inherits.

    https://docs.aws.amazon.com/lake-formation/latest/dg/tag-based-access-control.html
    """
    found: dict[str, str] = {}
    if place.table is not None:
        found |= assigned.get((place.parent, None), {})
    found |= assigned.get((place, None), {})
    if column is not None:
        found |= assigned.get((place, column), {})
    return found


def _forget(place: Place) -> None:
    """Drop what is kept of a database or a table that is gone."""
    home = Home(place.account, place.region)
    with lock:
        for key in [key for key in assigned if key[0] == place]:
            del assigned[key]
        for named in [key for key in filters if key[0] == home and key[1:3] == (place.database, place.table)]:
            del filters[named]
        for key_of_grant, grant in list(_grants.items()):
            resource = grant.resource
            own = resource.account == place.account and grant.region == place.region
            if own and resource.database == place.database and resource.table == (place.table or ""):
                del _grants[key_of_grant]


catalog.on_delete(_forget)
