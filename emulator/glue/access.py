"""What AWS Lake Formation says of a request to the Data Catalog, beside IAM.

https://docs.aws.amazon.com/lake-formation/latest/dg/metadata-permissions.html
"""

import json
from typing import Any

from emulator.core.authorization import ResourcePolicy
from emulator.core.service import Request
from emulator.glue.catalog import Place, described
from emulator.lake_formation import store
from emulator.lake_formation.callers import caller_of
from emulator.lake_formation.decisions import is_shared, permitted, sight
from emulator.lake_formation.service import denied
from emulator.lake_formation.store import Home

_WORDS = {"CREATE_DATABASE": "Create Database", "CREATE_TABLE": "Create Table"}


def check(request: Request, permission: str, place: Place, *, quietly: bool = False) -> bool:
    """Check that the caller has a Lake Formation permission.

    Args:
        request: The request.
        permission: Such as `DESCRIBE`.
        place: On what.
        quietly: Whether to tell instead of raising an error.

    Raises:
        ServiceError: It has not, in AWS's words.
    """
    if permission in permitted(caller_of(request), place):
        return True
    if not quietly:
        raise denied(f"Required {_WORDS.get(permission, permission.title())} on {place.name}")
    return False


def check_location(request: Request, place: Place, url: str) -> None:
    """Check that the caller may make a table at a location.

    One that is registered needs `DATA_LOCATION_ACCESS`, but for what is below the database's own location
    (https://docs.aws.amazon.com/lake-formation/latest/dg/access-control-underlying-data.html).

    Raises:
        ServiceError: It may not.
    """
    caller = caller_of(request)
    arn = "arn:aws:s3:::" + url.partition("://")[2].rstrip("/")
    registered = store.location_of(Home(place.account, place.region), arn)
    if registered is None or caller.is_administrator:
        return
    database = (described(place.parent) or {}).get("LocationUri") or ""
    if database and f"{url.rstrip('/')}/".startswith(f"{database.rstrip('/')}/"):
        return
    names = caller.names(place.account)
    for grant in store.grants(Home(place.account, place.region)):
        held = grant.principal in names and grant.resource.kind == "LOCATION" and grant.permissions
        if held and (arn == grant.resource.name or arn.startswith(f"{grant.resource.name}/")):
            return
    raise denied(f"Required Data Location Access on {arn}")


def visible(request: Request, place: Place, table: dict[str, Any]) -> dict[str, Any]:
    """A table with the columns that the caller may see.

    Args:
        request: The request.
        place: The table.
        table: As the catalog describes it.
    """
    caller, home = caller_of(request), Home(place.account, place.region)
    shown = {
        **table,
        "IsRegisteredWithLakeFormation": _is_registered(home, table),
    }
    own_administrator = caller.home == home and caller.is_administrator
    if own_administrator or {"ALTER", "INSERT", "DELETE"} & permitted(caller, place):
        return shown
    names = set(sight(caller, place).columns)
    storage = table.get("StorageDescriptor") or {}
    columns = [each for each in storage.get("Columns", []) if each["Name"] in names]
    keys = [each for each in table.get("PartitionKeys") or [] if each["Name"] in names]
    return {**shown, "StorageDescriptor": {**storage, "Columns": columns}, "PartitionKeys": keys}


def _is_registered(home: Home, table: dict[str, Any]) -> bool:
    location = (table.get("StorageDescriptor") or {}).get("Location") or ""
    return store.location_of(home, "arn:aws:s3:::" + location.partition("://")[2].rstrip("/")) is not None


def foreign_policy(request: Request, arn: str) -> ResourcePolicy | None:
    """The policy that a resource of the catalog has by its owner's grants to other accounts.

    Args:
        request: The request.
        arn: ARN of the resource.
    """
    fields = arn.split(":", 5)
    owner = fields[4]
    if owner == request.account:
        return None
    kind, *names = fields[5].split("/")
    place = Place(
        account=owner,
        region=fields[3],
        database=names[0] if kind in ("database", "table") else None,
        table=names[1] if kind == "table" else None,
    )
    if not is_shared(request.account, place):
        return None, owner
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{request.account}:root"},
        "Action": "glue:*",
        "Resource": arn,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}), owner
