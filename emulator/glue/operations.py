"""Operations of the Data Catalog on databases, tables and partitions.

Who may do what by IAM: an operation is authorized on the catalog, the database and the table
(https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html); one that follows a resource
link also where the link leads
(https://docs.aws.amazon.com/lake-formation/latest/dg/access-control-cross-account.html).
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from botocore import xform_name
from ministack.core.responses import request_scope
from ministack.services import glue as ministack_glue

from emulator.core.service import Request, ServiceError, authorize
from emulator.glue import catalog, crawlers
from emulator.glue.access import check, check_location, foreign_policy, visible
from emulator.glue.catalog import Place
from emulator.glue.service import glue
from emulator.lake_formation.defaults import creator

__all__ = ["crawlers", "glue"]


class _Operation(NamedTuple):
    """Where a request's names stand, and what Lake Formation asks for.

    Attributes:
        permission: The Lake Formation permission.
        database: Path of the database's name in the request.
        table: Path of the table's name, or None.
        follows: Whether a link leads on.
        about_parent: Whether the permission is asked of what the place is in.
    """

    permission: str
    database: str
    table: str | None = None
    follows: bool = True
    about_parent: bool = False


OPERATIONS: Mapping[str, _Operation] = {
    # https://docs.aws.amazon.com/lake-formation/latest/dg/lf-permissions-reference.html
    "CreateDatabase": _Operation("CREATE_DATABASE", "DatabaseInput.Name", follows=False, about_parent=True),
    "DeleteDatabase": _Operation("DROP", "Name", follows=False),
    "GetDatabase": _Operation("DESCRIBE", "Name", follows=False),
    "UpdateDatabase": _Operation("ALTER", "Name", follows=False),
    "CreateTable": _Operation("CREATE_TABLE", "DatabaseName", "TableInput.Name", about_parent=True),
    "DeleteTable": _Operation("DROP", "DatabaseName", "Name", follows=False),
    "GetTable": _Operation("DESCRIBE", "DatabaseName", "Name"),
    "UpdateTable": _Operation("ALTER", "DatabaseName", "TableInput.Name"),
    "BatchCreatePartition": _Operation("INSERT", "DatabaseName", "TableName"),
    "BatchGetPartition": _Operation("DESCRIBE", "DatabaseName", "TableName"),
    "BatchUpdatePartition": _Operation("ALTER", "DatabaseName", "TableName"),
    "CreatePartition": _Operation("INSERT", "DatabaseName", "TableName"),
    "DeletePartition": _Operation("DELETE", "DatabaseName", "TableName"),
    "GetPartition": _Operation("DESCRIBE", "DatabaseName", "TableName"),
    "GetPartitions": _Operation("DESCRIBE", "DatabaseName", "TableName"),
}


def _named(request: Request) -> Place:
    """The place that a request names, in the catalog that it names."""
    where = OPERATIONS[request.operation]
    given = request.parameters
    database = _at(given, where.database)
    return Place(
        account=given.get("CatalogId", request.account),
        region=request.region,
        database=database.lower(),
        table=_at(given, where.table).lower() if where.table else None,
    )


def _at(given: Mapping[str, Any], path: str) -> str:
    value: Any = given
    for step in path.split("."):
        value = value[step]
    return str(value)


def _led_to(request: Request) -> Place:
    """The place that a request is about in the end."""
    named = _named(request)
    if not OPERATIONS[request.operation].follows:
        return named
    if request.operation == "GetTable" and catalog.described(named):
        return named  # A link to a table is described itself; whoever reads it follows it.
    return catalog.target(named) or named


def _touched(request: Request) -> list[str]:
    places = dict.fromkeys([_named(request), _led_to(request)])
    return [arn for place in places for arn in place.arns]


def _answer(request: Request) -> dict[str, Any]:
    where, named, place = OPERATIONS[request.operation], _named(request), _led_to(request)
    if place != named:
        check(request, "DESCRIBE", replace(named, table=None))
    check(request, where.permission, place.parent if where.about_parent else place)
    given = _renamed(request.parameters, where, place)
    if location := given.get("TableInput", {}).get("StorageDescriptor", {}).get("Location"):
        check_location(request, place, location)
    creating = creator.set(request.caller_arn)
    try:
        answered = _call(request.operation, given, place)
    finally:
        creator.reset(creating)
    if request.operation == "GetTable":
        answered["Table"] = visible(request, place, answered["Table"])
    return answered


def _renamed(given: Mapping[str, Any], where: _Operation, place: Place) -> dict[str, Any]:
    changed: dict[str, Any] = json.loads(json.dumps(given, default=lambda time: time.timestamp()))
    for path, name in ((where.database, place.database), (where.table, place.table)):
        if path:
            *outer, last = path.split(".")
            inner = changed
            for step in outer:
                inner = inner[step]
            inner[last] = name
    return changed


def _call(operation: str, given: dict[str, Any], place: Place) -> dict[str, Any]:
    with request_scope(place.account, place.region):
        status, _, body = getattr(ministack_glue, f"_{xform_name(operation)}")(given)
    answered: dict[str, Any] = json.loads(body or b"{}")
    if status >= 400:
        raise ServiceError(answered["__type"], answered["message"], status)
    return answered


def _check_parent(request: Request) -> None:
    """Ministack keeps partitions of tables that do not exist."""
    place = _led_to(request)
    if "Partition" in request.operation and catalog.described(place) is None:
        raise ServiceError("EntityNotFoundException", f"Table {place.table} not found.")


def _define(name: str) -> None:
    @glue.operation(name, resource=_touched, resource_policy=foreign_policy)
    def answer(request: Request) -> dict[str, Any]:
        _check_parent(request)
        return _answer(request)


for _name in OPERATIONS:
    _define(_name)


def _catalog(request: Request) -> Place:
    return Place(account=request.parameters.get("CatalogId", request.account), region=request.region)


@glue.operation(
    "GetDatabases", resource=lambda request: _catalog(request).arns, resource_policy=foreign_policy
)
def _get_databases(request: Request) -> dict[str, Any]:
    """The databases that the caller may describe; those of others by links alone, unless asked for by RAM."""
    whole = _catalog(request)
    found = [
        place
        for place in catalog.databases(whole.account, whole.region)
        if check(request, "DESCRIBE", place, quietly=True)
    ]
    return {"DatabaseList": [catalog.described(place) for place in found]}


def _database(request: Request) -> Place:
    return replace(_catalog(request), database=request.parameters["DatabaseName"].lower())


def _of_databases(request: Request) -> list[str]:
    named = _database(request)
    led_to = catalog.target(named)
    return [arn for place in (named, led_to) if place for arn in place.arns]


@glue.operation("GetTables", resource=_of_databases, resource_policy=foreign_policy)
def _get_tables(request: Request) -> dict[str, Any]:
    named = _database(request)
    place = catalog.target(named) or named
    if catalog.described(place) is None:
        raise ServiceError("EntityNotFoundException", f"Database {named.database} not found.")
    if place != named:
        check(request, "DESCRIBE", named)
    listed = _call("GetTables", {**request.parameters, "DatabaseName": place.database}, place)["TableList"]
    tables = [(replace(place, table=table["Name"]), table) for table in listed]
    for where, _ in tables:
        authorize(request, "glue:GetTables", where.arns[-1], resource_policy=foreign_policy)
    return {
        "TableList": [
            visible(request, where, table)
            for where, table in tables
            if check(request, "DESCRIBE", where, quietly=True)
        ]
    }
