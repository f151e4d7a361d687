"""LF-tags: made by administrators, and put on databases, tables and columns.

https://docs.aws.amazon.com/lake-formation/latest/dg/managing-tags.html
"""

from collections.abc import Mapping
from typing import Any

from emulator.core.service import ServiceError
from emulator.glue import catalog
from emulator.glue.catalog import Place
from emulator.lake_formation import store
from emulator.lake_formation.callers import Caller
from emulator.lake_formation.calls import operation, page
from emulator.lake_formation.model import Resource, resource_of
from emulator.lake_formation.service import denied, invalid, missing
from emulator.lake_formation.store import Home

MAXIMUM_VALUES = 1000


def _known(caller: Caller) -> dict[str, list[str]]:
    return store.tags.setdefault(caller.home, {})


def _check_administrator(caller: Caller, permission: str, name: str) -> None:
    if not caller.is_administrator and not _has(caller, permission, name):
        raise denied(f"Required {permission} on {name}")


def _has(caller: Caller, permission: str, key: str, values: tuple[str, ...] = ()) -> bool:
    """Whether a caller has been granted a permission on an LF-tag and values of it."""
    names = caller.names(caller.home.account)
    held = [
        grant.resource.values
        for grant in store.grants(caller.home)
        if grant.principal in names
        and permission in grant.permissions
        and (grant.resource.kind, grant.resource.name) == ("TAG", key)
    ]
    return bool(held) and all(any(value in each or "*" in each for each in held) for value in values)


@operation("CreateLFTag")
def _create(caller: Caller, given: Mapping[str, Any]) -> dict[str, Any]:
    key, values = given["TagKey"].lower(), [value.lower() for value in given["TagValues"]]
    _check_administrator(caller, "CREATE_LF_TAG", "Catalog")
    if key in _known(caller):
        raise ServiceError("EntityAlreadyExistsException", f"Tag key already exists: {key}")
    _known(caller)[key] = _checked(values)
    return {}


@operation("UpdateLFTag")
def _update(caller: Caller, given: Mapping[str, Any]) -> dict[str, Any]:
    key = _existing(caller, given["TagKey"])
    _check_administrator(caller, "ALTER", key)
    removed = {value.lower() for value in given.get("TagValuesToDelete", ())}
    if (
        used := {tags.get(key) for (place, _), tags in store.assigned.items() if _is_own(caller, place)}
        & removed
    ):
        raise invalid(f"Tag values are in use: {', '.join(sorted(map(str, used)))}")
    kept = [value for value in _known(caller)[key] if value not in removed]
    added = [value.lower() for value in given.get("TagValuesToAdd", ())]
    _known(caller)[key] = _checked([*kept, *(value for value in added if value not in kept)])
    return {}


@operation("DeleteLFTag")
def _delete(caller: Caller, given: Mapping[str, Any]) -> dict[str, Any]:
    """Delete an LF-tag; resources lose it, and grants by it match nothing any more."""
    key = _existing(caller, given["TagKey"])
    _check_administrator(caller, "DROP", key)
    del _known(caller)[key]
    for (place, _), tags in store.assigned.items():
        if _is_own(caller, place):
            tags.pop(key, None)
    return {}


@operation("GetLFTag")
def _get(caller: Caller, given: Mapping[str, Any]) -> dict[str, Any]:
    key = _existing(caller, given["TagKey"])
    return {"CatalogId": caller.home.account, "TagKey": key, "TagValues": _known(caller)[key]}


@operation("ListLFTags")
def _list(caller: Caller, given: Mapping[str, Any]) -> dict[str, Any]:
    found, rest = page(
        given,
        [
            {"CatalogId": caller.home.account, "TagKey": key, "TagValues": values}
            for key, values in _known(caller).items()
        ],
    )
    return {"LFTags": found, **rest}


@operation("AddLFTagsToResource")
def _add(caller: Caller, given: Mapping[str, Any]) -> dict[str, Any]:
    place, columns = tagged(caller, given)
    failures = []
    for tag in given["LFTags"]:
        key, [value] = tag["TagKey"].lower(), [each.lower() for each in tag["TagValues"]]
        failure = _failure(caller, key, value)
        if failure is not None:
            failures.append({"LFTag": tag, "Error": failure})
            continue
        for column in columns:
            store.assigned.setdefault((place, column), {})[key] = value
    return {"Failures": failures}


@operation("RemoveLFTagsFromResource")
def _remove(caller: Caller, given: Mapping[str, Any]) -> dict[str, Any]:
    place, columns = tagged(caller, given)
    for tag in given["LFTags"]:
        for column in columns:
            store.assigned.get((place, column), {}).pop(tag["TagKey"].lower(), None)
    return {"Failures": []}


@operation("GetResourceLFTags")
def _of_resource(caller: Caller, given: Mapping[str, Any]) -> dict[str, Any]:
    """The LF-tags of a resource, with those that it inherits."""
    place, columns = tagged(caller, given)
    database = place.parent if place.table else place
    answered: dict[str, Any] = {"LFTagOnDatabase": _listed(caller, store.tags_of(database))}
    if place.table:
        answered["LFTagsOnTable"] = _listed(caller, store.tags_of(place))
        names = [column for column in columns if column] or catalog.column_names(place)
        answered["LFTagsOnColumns"] = [
            {"Name": name, "LFTags": _listed(caller, store.tags_of(place, name.lower()))} for name in names
        ]
    return answered


def tagged(caller: Caller, given: Mapping[str, Any]) -> tuple[Place, list[str | None]]:
    """The database or table that a request is about, and the columns; None for no column.

    Raises:
        ServiceError: There is none, or it is of another account.
    """
    resource = resource_of(given["Resource"], caller.home.account)
    if resource.account != caller.home.account:
        # https://docs.aws.amazon.com/lake-formation/latest/dg/lf-tag-considerations.html
        raise denied(f"Required ASSOCIATE on {resource.label}")
    place = place_of(resource, caller.home)
    return place, list(resource.columns) if resource.columns else [None]


def place_of(resource: Resource, home: Home) -> Place:
    """The database or table of a resource.

    Raises:
        ServiceError: There is none.
    """
    place = Place(
        account=resource.account,
        region=home.region,
        database=resource.database,
        table=resource.table or None,
    )
    if not resource.database or catalog.described(place) is None:
        kind = "Table" if place.table else "Database"
        raise missing(f"{kind} not found: {resource.label}")
    known = {name.lower() for name in catalog.column_names(place)} if place.table else set()
    if unknown := sorted({*(resource.columns or ()), *resource.excluded} - known):
        raise missing(f"Column not found: {', '.join(unknown)}")
    return place


def _failure(caller: Caller, key: str, value: str) -> dict[str, str] | None:
    """Why an LF-tag cannot be put on a resource, or None if it can."""
    values = _known(caller).get(key)
    if values is None or value not in values:
        return {"ErrorCode": "EntityNotFoundException", "ErrorMessage": f"Tag not found: {key}={value}"}
    if not caller.is_administrator and not _has(caller, "ASSOCIATE", key, (value,)):
        message = f"Insufficient Lake Formation permission(s): Required ASSOCIATE on {key}"
        return {"ErrorCode": "AccessDeniedException", "ErrorMessage": message}
    return None


def _existing(caller: Caller, name: str) -> str:
    key = name.lower()
    if key not in _known(caller):
        raise missing(f"Tag key not found: {key}")
    return key


def _checked(values: list[str]) -> list[str]:
    if not values or len(values) > MAXIMUM_VALUES:
        raise invalid(f"An LF-tag has 1 to {MAXIMUM_VALUES} values.")
    return list(dict.fromkeys(values))


def _is_own(caller: Caller, place: Place) -> bool:
    return (place.account, place.region) == caller.home


def _listed(caller: Caller, tags: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"CatalogId": caller.home.account, "TagKey": key, "TagValues": [value]}
        for key, value in sorted(tags.items())
    ]
