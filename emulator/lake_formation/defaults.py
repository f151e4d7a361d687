"""What Lake Formation grants by itself when a database or a table is made.

To its creator everything
(https://docs.aws.amazon.com/lake-formation/latest/dg/implicit-permissions.html), and what the settings of the
account, or for a table those of the database, say: at first everything to whom IAM lets in
(https://docs.aws.amazon.com/lake-formation/latest/dg/change-settings.html).
"""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from emulator.cloudformation import stacks
from emulator.glue import catalog
from emulator.glue.catalog import Place
from emulator.lake_formation import store
from emulator.lake_formation.callers import identity_of
from emulator.lake_formation.model import Resource
from emulator.lake_formation.store import Home

creator: ContextVar[str | None] = ContextVar("lake_formation_creator", default=None)
"""ARN of who makes a database or a table by AWS Glue's own API."""


def install() -> None:
    """Grant when something is made."""
    catalog.on_create(_grant)


def _grant(place: Place, record: Mapping[str, Any]) -> None:
    home = Home(place.account, place.region)
    resource = Resource(
        kind="DATABASE" if place.table is None else "TABLE",
        account=place.account,
        database=place.database or "",
        table=place.table or "",
    )
    for default in _defaults(home, place, record):
        principal = default["Principal"]["DataLakePrincipalIdentifier"]
        store.add(home, place.account, principal, resource, list(default["Permissions"]))
    acting = stacks.acting()
    by = creator.get() or (acting.arn if acting is not None else None)
    if by is not None and not by.endswith(":root"):
        identity = identity_of(by)
        store.add(home, place.account, identity, resource, ["ALL"], ["ALL"], by=identity)


def _defaults(home: Home, place: Place, record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    settings = store.settings(home)
    if place.table is None:
        return list(settings["CreateDatabaseDefaultPermissions"])
    database = catalog.described(place.parent) or {}
    chosen = database.get("CreateTableDefaultPermissions", settings["CreateTableDefaultPermissions"])
    return list(chosen) if record is not None else []
