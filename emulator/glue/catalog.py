"""The Data Catalog's state, which ministack keeps by account, and where the names in it lead.

A resource link is a database or a table that stands for one of another account
(https://docs.aws.amazon.com/lake-formation/latest/dg/resource-links-about.html). ministack drops what makes a
database or a table a link; here it is kept.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import glue

from emulator.core.service import current_account, current_region

Answer = tuple[int, dict[str, str], bytes]
Created = Callable[["Place", Mapping[str, Any]], None]

_KEPT_OF_DATABASES = ("TargetDatabase", "CreateTableDefaultPermissions")
_KEPT_OF_TABLES = ("TargetTable", "Retention")

_create_database = glue._create_database
_create_table = glue._create_table
_delete_database = glue._delete_database
_delete_table = glue._delete_table

_on_create: list[Created] = []
_on_delete: list[Callable[["Place"], None]] = []


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place in somebody's catalog.

    Attributes:
        account: The account, which is the id of its catalog.
        region: The Region.
        database: A database in it; None for the catalog itself.
        table: A table of the database.
    """

    account: str
    region: str
    database: str | None = None
    table: str | None = None

    @property
    def arns(self) -> list[str]:
        """The ARNs on which an operation on the place is authorized: its own, and of all that it is in.

        https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html#non-catalog-resource-arns
        """
        prefix = f"arn:aws:glue:{self.region}:{self.account}:"
        found = [f"{prefix}catalog"]
        if self.database is not None:
            found.append(f"{prefix}database/{self.database}")
        if self.table is not None:
            found.append(f"{prefix}table/{self.database}/{self.table}")
        return found

    @property
    def name(self) -> str:
        """Its own name, as messages call it."""
        return self.table or self.database or "Catalog"

    @property
    def parent(self) -> "Place":
        """The place that it is in; the catalog is in itself."""
        return replace(self, table=None) if self.table is not None else replace(self, database=None)


def install() -> None:
    """Keep what makes a link, and tell the listeners of what comes and goes."""
    glue._create_database = _creating_database
    glue._create_table = _creating_table
    glue._delete_database = _deleting_database
    glue._delete_table = _deleting_table


def on_create(listener: Created) -> None:
    """Call a function with each new database and table: its place, and what ministack keeps of it."""
    _on_create.append(listener)


def on_delete(listener: Callable[[Place], None]) -> None:
    """Call a function with the place of each database and table that is gone."""
    _on_delete.append(listener)


def described(place: Place) -> dict[str, Any] | None:
    """What the catalog says of a database or a table, or None if there is none.

    Args:
        place: The database, or the table.
    """
    with request_scope(place.account, place.region):
        if place.table is None:
            found: dict[str, Any] | None = glue._databases.get(place.database)
        else:
            found = glue._tables.get(f"{place.database}/{place.table}")
    return found


def tables(database: Place) -> list[Place]:
    """The tables of a database, by name."""
    with request_scope(database.account, database.region):
        names = [
            key.partition("/")[2] for key in list(glue._tables) if key.startswith(f"{database.database}/")
        ]
    return [replace(database, table=name) for name in sorted(names)]


def databases(account: str, region: str) -> list[Place]:
    """The databases of a catalog, by name."""
    with request_scope(account, region):
        names = sorted(glue._databases)
    return [Place(account=account, region=region, database=name) for name in names]


def column_names(place: Place) -> list[str]:
    """The columns of a table, its partition keys last."""
    table = described(place) or {}
    columns = (table.get("StorageDescriptor") or {}).get("Columns", [])
    return [column["Name"] for column in [*columns, *(table.get("PartitionKeys") or [])]]


def target(place: Place) -> Place | None:
    """Where a link leads, or None if there is no link at a place.

    Args:
        place: A database or a table. A table in a linked database leads to that of the same name.
    """
    found = described(place) or {}
    if place.table is not None and (linked := found.get("TargetTable")):
        return _there(place, linked["CatalogId"], linked["DatabaseName"], linked["Name"])
    database = described(replace(place, table=None)) or {}
    if linked := database.get("TargetDatabase"):
        return _there(place, linked["CatalogId"], linked["DatabaseName"], place.table)
    return None


def _there(link: Place, account: str, database: str, table: str | None) -> Place:
    return Place(account=account, region=link.region, database=database, table=table)


def _here(database: str, table: str | None = None) -> Place:
    return Place(account=current_account(), region=current_region(), database=database, table=table)


def _lower(given: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """AWS Glue keeps names in lower case."""
    return {key: value.lower() if key in names else value for key, value in given.items()}


def _creating_database(data: dict[str, Any]) -> Answer:
    given = _lower(data["DatabaseInput"], "Name")
    answer: Answer = _create_database({**data, "DatabaseInput": given})
    if answer[0] < 400:
        record = glue._databases[given["Name"]]
        record |= {name: given[name] for name in _KEPT_OF_DATABASES if name in given}
        for listener in _on_create:
            listener(_here(given["Name"]), record)
    return answer


def _creating_table(data: dict[str, Any]) -> Answer:
    given, database = _lower(data["TableInput"], "Name"), data["DatabaseName"].lower()
    answer: Answer = _create_table({**data, "DatabaseName": database, "TableInput": given})
    if answer[0] < 400:
        record = glue._tables[f"{database}/{given['Name']}"]
        record |= {name: given[name] for name in _KEPT_OF_TABLES if name in given}
        for listener in _on_create:
            listener(_here(database, given["Name"]), record)
    return answer


def _deleting_database(data: dict[str, Any]) -> Answer:
    gone = _here(data["Name"].lower())
    below = tables(gone)
    answer: Answer = _delete_database({**data, "Name": gone.database})
    if answer[0] < 400:
        _tell_deleted([*below, gone])
    return answer


def _deleting_table(data: dict[str, Any]) -> Answer:
    gone = _here(data["DatabaseName"].lower(), data["Name"].lower())
    answer: Answer = _delete_table({**data, "DatabaseName": gone.database, "Name": gone.table})
    if answer[0] < 400:
        _tell_deleted([gone])
    return answer


def _tell_deleted(places: list[Place]) -> None:
    for place, listener in _pairs(places):
        listener(place)


def _pairs(places: list[Place]) -> Iterator[tuple[Place, Callable[[Place], None]]]:
    for place in places:
        for listener in _on_delete:
            yield place, listener
