"""With what Athena reads a table, and what of it the caller may see.

What is in a location that is registered with Lake Formation is read as the location's role, if the caller
may call `lakeformation:GetDataAccess` and has the permissions on the table; anything else in the caller's own
name (https://docs.aws.amazon.com/lake-formation/latest/dg/access-control-underlying-data.html).
"""

from dataclasses import dataclass
from typing import Any

from emulator.athena.failures import QueryError, insufficient
from emulator.athena.relations import Visible
from emulator.athena.store import Execution
from emulator.athena.tables import Table
from emulator.athena.translation import translated_filter
from emulator.core.authorization import principal_of_key, refusal
from emulator.core.service import ServiceError
from emulator.core.switches import feared
from emulator.iam.credentials import client, service_role_credentials
from emulator.lake_formation import decisions, store
from emulator.lake_formation.callers import Caller
from emulator.lake_formation.service import PRINCIPAL
from emulator.lake_formation.store import Home, Location

_DATA_ACCESS = "lakeformation:GetDataAccess"


@dataclass(frozen=True, kw_only=True)
class Lent:
    """What a query is lent of a table.

    Attributes:
        s3: A client with the credentials for its objects.
        visible: What the caller may see.
    """

    s3: Any
    visible: Visible


def lend(execution: Execution, credentials: dict[str, Any], table: Table) -> Lent:
    """Return with what a query reads a table, and what of it the caller sees.

    Args:
        execution: The query.
        credentials: Of whoever started it.
        table: The table.

    Raises:
        QueryError: The caller may not ask for the data, or the location's role cannot be used.
    """
    caller = Caller(
        principal=principal_of_key(execution.access_key, execution.account),
        home=Home(execution.account, execution.region),
    )
    seen = decisions.sight(caller, table.place)
    filters = None if seen.filters is None else [translated_filter(each) for each in seen.filters]
    location = _location(table)
    if location is None or (location.hybrid and not seen.columns):
        everything = [column.name for column in table.all_columns()]
        columns = everything if location is not None else seen.columns
        return Lent(s3=client("s3", credentials, execution.region), visible=Visible(columns=columns))
    reason = refusal(caller.principal, _DATA_ACCESS, "*", region=execution.region)
    if reason is not None:
        raise insufficient(reason)
    return Lent(
        s3=client("s3", _role_credentials(location, execution.account), execution.region),
        visible=Visible(
            columns=seen.columns,
            filters=filters,
            masks={name: [translated_filter(each) for each in mask] for name, mask in seen.masks.items()},
        ),
    )


def _location(table: Table) -> Location | None:
    arn = "arn:aws:s3:::" + table.location.partition("://")[2].rstrip("/")
    return store.location_of(Home(table.place.account, table.place.region), arn)


def _role_credentials(location: Location, borrower: str) -> dict[str, Any]:
    told = borrower if feared("lake-location-trust") else None
    try:
        return service_role_credentials(location.role, PRINCIPAL, "AWSLF-00-AT", source_account=told)
    except ServiceError as error:
        raise QueryError(f"PERMISSION_DENIED: {error.message}") from None
