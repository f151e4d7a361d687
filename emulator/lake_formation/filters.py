"""Data filters: the rows and columns of a table that a grant is about.

https://docs.aws.amazon.com/lake-formation/latest/dg/data-filters-about.html
"""

import re
from collections.abc import Mapping
from typing import Any

from emulator.core.service import ServiceError
from emulator.lake_formation import store
from emulator.lake_formation.callers import Caller
from emulator.lake_formation.calls import operation, page
from emulator.lake_formation.decisions import grantable
from emulator.lake_formation.model import Resource
from emulator.lake_formation.service import denied, invalid, missing
from emulator.lake_formation.store import Home
from emulator.lake_formation.tags import place_of

_ID = tuple[Home, str, str, str]
_FORBIDDEN = re.compile(r";|\b(select|from|join|union|with)\b", re.ASCII | re.IGNORECASE)


@operation("CreateDataCellsFilter")
def _create(caller: Caller, given: Mapping[str, Any]) -> dict[str, Any]:
    data = given["TableData"]
    identifier = _checked(caller, data)
    if identifier in store.filters:
        raise ServiceError("AlreadyExistsException", f"Data cells filter already exists: {data['Name']}")
    store.filters[identifier] = dict(data)
    return {}


@operation("UpdateDataCellsFilter")
def _update(caller: Caller, given: Mapping[str, Any]) -> dict[str, Any]:
    data = given["TableData"]
    identifier = _checked(caller, data)
    _found(identifier)
    store.filters[identifier] = dict(data)
    return {}


@operation("DeleteDataCellsFilter")
def _delete(caller: Caller, given: Mapping[str, Any]) -> dict[str, Any]:
    identifier = _identifier(caller, given)
    _found(identifier)
    _check_owner(caller, identifier)
    del store.filters[identifier]
    return {}


@operation("GetDataCellsFilter")
def _get(caller: Caller, given: Mapping[str, Any]) -> dict[str, Any]:
    return {"DataCellsFilter": _found(_identifier(caller, given))}


@operation("ListDataCellsFilter")
def _list(caller: Caller, given: Mapping[str, Any]) -> dict[str, Any]:
    table = given.get("Table", {})
    wanted = table.get("DatabaseName", "").lower(), table.get("Name", "").lower()
    found = [
        described
        for (home, *names, _), described in store.filters.items()
        if home == caller.home and (not table or tuple(names) == wanted)
    ]
    listed, rest = page(given, found)
    return {"DataCellsFilters": listed, **rest}


def _checked(caller: Caller, data: Mapping[str, Any]) -> _ID:
    """The id of a filter that can be kept.

    Raises:
        ServiceError: It names what there is not, or the caller may not grant what it filters.
    """
    identifier = _identifier(caller, data)
    _check_owner(caller, identifier)
    row_filter = data.get("RowFilter", {})
    if ("FilterExpression" in row_filter) == ("AllRowsWildcard" in row_filter):
        raise invalid("RowFilter must have one of FilterExpression and AllRowsWildcard.")
    if _FORBIDDEN.search(row_filter.get("FilterExpression", "")):
        raise invalid(f"Unsupported filter expression: {row_filter['FilterExpression']}")
    if ("ColumnNames" in data) == ("ColumnWildcard" in data):
        raise invalid("A data cells filter must have one of ColumnNames and ColumnWildcard.")
    return identifier


def _identifier(caller: Caller, data: Mapping[str, Any]) -> _ID:
    home = Home(data.get("TableCatalogId", caller.home.account), caller.home.region)
    return home, data["DatabaseName"].lower(), data["TableName"].lower(), data["Name"]


def _check_owner(caller: Caller, identifier: _ID) -> None:
    home, database, table, _ = identifier
    place = place_of(
        Resource(kind="TABLE", account=home.account, database=database, table=table), caller.home
    )
    own = home == caller.home and caller.is_administrator
    if not own and "SELECT" not in grantable(caller, place):
        raise denied(f"Required SELECT on {table}")


def _found(identifier: _ID) -> dict[str, Any]:
    if identifier not in store.filters:
        raise missing(f"Data cells filter not found: {identifier[-1]}")
    return store.filters[identifier]
