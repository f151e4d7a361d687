"""What a caller may do with a database or a table, and which of its columns and rows it may see.

https://docs.aws.amazon.com/lake-formation/latest/dg/lf-permissions-overview.html. Grants to another account,
to a unit or to an organisation reach the data lake administrators there, who grant on to others
(https://docs.aws.amazon.com/lake-formation/latest/dg/crosss-account-how-works.html); what was granted on ends
with the grant that it comes from.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.glue import catalog
from emulator.glue.catalog import Place
from emulator.lake_formation import store
from emulator.lake_formation.callers import Caller, covers_account
from emulator.lake_formation.model import PERMISSIONS, Expression, Resource
from emulator.lake_formation.store import IAM_ALLOWED, Grant, Home

DESCRIBE = "DESCRIBE"
SELECT = "SELECT"


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What a caller may see of a table.

    Attributes:
        columns: Names of the columns.
        filters: Conditions of which a row must meet one; None for all rows.
        masks: For columns that are not seen in all these rows, the conditions of which a row must meet one
            (https://docs.aws.amazon.com/lake-formation/latest/dg/data-filtering-overview.html).
    """

    columns: list[str]
    filters: list[str] | None
    masks: Mapping[str, list[str]] = field(default_factory=dict)


def owner_of(place: Place) -> Home:
    """The Region of the account whose grants hold for a place."""
    return Home(place.account, place.region)


def permitted(caller: Caller, place: Place) -> set[str]:
    """The permissions of a caller on a catalog, a database or a table."""
    found = {
        permission for grant in _grants_for(caller, place) for permission in _permissions_at(grant, place)
    }
    if place.account == caller.home.account and caller.is_administrator:
        # https://docs.aws.amazon.com/lake-formation/latest/dg/implicit-permissions.html
        found |= {DESCRIBE, "CREATE_DATABASE", "CREATE_LF_TAG"}
        found |= set(PERMISSIONS["DATABASE"] | PERMISSIONS["TABLE"]) if caller.is_root else set()
    if found and place.table is not None:
        found.add(DESCRIBE)
    if place.table is None and place.database is not None and place.account == caller.home.account:
        found |= _implied_by_tables(caller, place)
    return _spelled_out(found, place)


def grantable(caller: Caller, place: Place) -> set[str]:
    """The permissions that a caller may grant on."""
    found = {
        permission
        for grant in _grants_for(caller, place)
        for permission in _permissions_at(grant, place) & grant.grantable
    }
    return _spelled_out(found, place)


def of_account(account: str, place: Place, *, may_grant: bool = False) -> set[str]:
    """The permissions that another account has on a place, by grants of the owner's to it as a whole."""
    found: set[str] = set()
    for grant in store.grants(owner_of(place)):
        if grant.grantor == place.account and covers_account(grant.principal, account):
            found |= _permissions_at(grant, place) & (grant.grantable if may_grant else grant.permissions)
    return _spelled_out(found, place)


def is_shared(account: str, place: Place) -> bool:
    """Whether an account, or somebody in it, has been granted anything at a place or below it."""
    return any(
        _is_at_or_below(grant.resource, place)
        for grant in store.grants(owner_of(place))
        if covers_account(grant.principal, account) or grant.principal.startswith(f"arn:aws:iam::{account}:")
    )


def sight(caller: Caller, table: Place) -> Sight:
    """What a caller may see of a table's data, by its SELECT permissions."""
    everything = catalog.column_names(table)
    if caller.is_root and table.account == caller.home.account:
        return Sight(columns=everything, filters=None)
    seen: dict[str, list[str] | None] = {}
    for grant in _grants_for(caller, table):
        if not {SELECT, "ALL"} & _permissions_at(grant, table):
            continue
        columns = set(_columns_of(grant.resource, table, everything))
        if table.account != grant.grantor:
            columns &= _columns_of_account(grant.grantor, table, everything)
        condition = _condition_of(grant.resource, table)
        for name in columns:
            before = seen.get(name, [])
            seen[name] = None if condition is None or before is None else [*before, condition]
    conditions = [each for each in seen.values() if each is not None]
    filters = list(dict.fromkeys(one for each in conditions for one in each))
    whole = len(conditions) < len(seen)  # A column that is seen in all rows.
    return Sight(
        columns=[name for name in everything if name in seen],
        filters=None if whole else filters,
        masks={
            name: each
            for name, each in seen.items()
            if each is not None and (whole or set(each) != set(filters))
        },
    )


def _columns_of_account(account: str, table: Place, everything: list[str]) -> set[str]:
    """The columns that an account has been granted as a whole."""
    return {
        name
        for grant in store.grants(owner_of(table))
        if grant.grantor == table.account
        and covers_account(grant.principal, account)
        and {SELECT, "ALL"} & _permissions_at(grant, table)
        for name in _columns_of(grant.resource, table, everything)
    }


def _grants_for(caller: Caller, place: Place) -> Iterator[Grant]:
    """The grants that hold for a caller at a place."""
    names = caller.names(place.account)
    for grant in store.grants(owner_of(place)):
        if grant.grantor == place.account:
            whole = place.account != caller.home.account and covers_account(
                grant.principal, caller.home.account
            )
            if grant.principal in names or (whole and caller.is_administrator):
                yield grant
        elif grant.principal in names and grant.grantor == caller.home.account:
            yield grant


def _permissions_at(grant: Grant, place: Place) -> set[str]:
    """The permissions of a grant on a place; of one that was granted on, as far as its grantor has them."""
    if not _covers(grant.resource, place):
        return set()
    found = _spelled_out(set(grant.permissions), place)
    if grant.grantor != place.account:
        found &= of_account(grant.grantor, place)
    return found


def _covers(resource: Resource, place: Place) -> bool:  # noqa: PLR0911  one for each kind
    """Whether a grant on a resource is one on a place."""
    if resource.account != place.account:
        return False
    match resource.kind:
        case "CATALOG":
            return place.database is None
        case "DATABASE":
            return (resource.database, None) == (place.database, place.table)
        case "TABLES":
            return place.table is not None and resource.database == place.database
        case "TABLE" | "COLUMNS" | "FILTER":
            return (resource.database, resource.table) == (place.database, place.table)
        case "DATABASE_POLICY":
            whole = place.table is None and place.database is not None
            return whole and matches(resource.expression, store.tags_of(place))
        case "TABLE_POLICY":
            return place.table is not None and bool(
                matches(resource.expression, store.tags_of(place))
                or _columns_of(resource, place, catalog.column_names(place))
            )
    return False


def _is_at_or_below(resource: Resource, place: Place) -> bool:
    """Whether a resource is a place or lies in it, or may by its LF-tags."""
    if resource.account != place.account:
        return False
    if place.database is None:
        return True
    if resource.kind in ("DATABASE_POLICY", "TABLE_POLICY"):
        return _covers(resource, place) or any(_covers(resource, table) for table in catalog.tables(place))
    same = resource.database == place.database
    return same and (place.table is None or resource.table == place.table or resource.kind == "TABLES")


def matches(expression: Expression, found: dict[str, str]) -> bool:
    """Whether LF-tags are those that an expression asks for: of every key one of the values."""
    return all(found.get(key) in values for key, values in expression)


def _columns_of(resource: Resource, table: Place, everything: list[str]) -> list[str]:
    """The columns that a grant on a resource is about."""
    match resource.kind:
        case "TABLE_POLICY":
            return [
                name
                for name in everything
                if matches(resource.expression, store.tags_of(table, name.lower()))
            ]
        case "COLUMNS":
            return _chosen(everything, resource.columns, resource.excluded)
        case "FILTER":
            described = _filter(resource, table)
            if described is None:
                return []
            excluded = described.get("ColumnWildcard", {}).get("ExcludedColumnNames", ())
            return _chosen(everything, described.get("ColumnNames"), excluded)
    return everything


def _chosen(
    everything: list[str], listed: tuple[str, ...] | list[str] | None, excluded: tuple[str, ...] | list[str]
) -> list[str]:
    if listed:
        wanted = {name.lower() for name in listed}
        return [name for name in everything if name.lower() in wanted]
    unwanted = {name.lower() for name in excluded}
    return [name for name in everything if name.lower() not in unwanted]


def _condition_of(resource: Resource, table: Place) -> str | None:
    if resource.kind != "FILTER":
        return None
    described = _filter(resource, table)
    expression = (described or {}).get("RowFilter", {}).get("FilterExpression")
    return str(expression) if expression else (None if described else "false")


def _filter(resource: Resource, table: Place) -> dict[str, Any] | None:
    return store.filters.get((owner_of(table), resource.database, resource.table, resource.name))


def _implied_by_tables(caller: Caller, database: Place) -> set[str]:
    """Whoever has a permission on a table of its own account may describe the database.

    Not by LF-tags: https://docs.aws.amazon.com/lake-formation/latest/dg/granting-catalog-permissions.html.
    """
    names = caller.names(database.account)
    below = (
        grant.principal in names
        and grant.resource.kind in ("TABLE", "TABLES", "COLUMNS", "FILTER")
        and grant.resource.database == database.database
        and grant.principal != IAM_ALLOWED
        for grant in store.grants(owner_of(database))
    )
    return {DESCRIBE} if any(below) else set()


def _spelled_out(permissions: set[str], place: Place) -> set[str]:
    """Super stands for all permissions of the kind."""
    if "ALL" not in permissions:
        return permissions
    kind = "TABLE" if place.table else "DATABASE" if place.database else "CATALOG"
    return permissions | PERMISSIONS[kind]  # type: ignore[index]
