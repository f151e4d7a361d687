"""The tables of a query: what the catalog says of them to whoever asks.

Athena asks AWS Glue in the name of the caller
(https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html), who therefore needs
`glue:GetDatabase`, `glue:GetTable` and `glue:GetPartitions`, and the Lake Formation permissions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from emulator.athena.failures import QueryError, insufficient
from emulator.athena.formats import Format, format_of
from emulator.glue import catalog
from emulator.glue.catalog import Place


class NoSchemaError(Exception):
    """There is no such database."""


class NoTableError(Exception):
    """There is no such table."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table.

    Attributes:
        name: Its name.
        type: Its type as AWS Glue has it, such as `bigint`.
    """

    name: str
    type: str


@dataclass(frozen=True, kw_only=True)
class Partition:
    """A partition of a table.

    Attributes:
        values: Of the partition keys, in their order.
        location: Where its objects are.
    """

    values: tuple[str, ...]
    location: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table that a query reads.

    Attributes:
        place: Where it is in the end, after all links.
        location: Where its objects are.
        columns: What the objects hold, as the caller may see it.
        keys: What their partitions say.
        partitions: None if it has none.
        format: How its objects are read.
    """

    place: Place
    location: str
    columns: Sequence[Column]
    keys: Sequence[Column]
    format: Format
    partitions: Sequence[Partition] | None = field(default=None, repr=False)

    def all_columns(self) -> list[Column]:
        """Its columns, with the partition keys last."""
        return [*self.columns, *self.keys]


def table(glue: Any, region: str, database: str, name: str) -> Table:
    """Return a table.

    Args:
        glue: A client of whoever runs the query.
        region: The Region.
        database: The database as the query names it, in lower case.
        name: The table as the query names it, in lower case.

    Raises:
        NoSchemaError: There is no such database.
        NoTableError: There is no such table.
        QueryError: The caller may not see it, or it is of a kind that the emulator does not read.
    """
    _asked(NoSchemaError, glue.get_database, Name=database)
    described = _asked(NoTableError, glue.get_table, DatabaseName=database, Name=name)["Table"]
    if linked := described.get("TargetTable"):
        asked = {
            "CatalogId": linked["CatalogId"],
            "DatabaseName": linked["DatabaseName"],
            "Name": linked["Name"],
        }
        described = _asked(NoTableError, glue.get_table, **asked)["Table"]
    place = Place(
        account=described["CatalogId"],
        region=region,
        database=described["DatabaseName"],
        table=described["Name"],
    )
    # What the caller sees is settled with Lake Formation; objects are read by all that is declared.
    described = catalog.described(place) or described
    if described.get("TableType") == "VIRTUAL_VIEW":
        raise QueryError("NOT_SUPPORTED: The emulator reads tables, and no views; AWS does.")
    storage = described.get("StorageDescriptor") or {}
    keys = _columns(described.get("PartitionKeys") or ())
    return Table(
        place=place,
        location=storage.get("Location", ""),
        columns=_columns(storage.get("Columns", ())),
        keys=keys,
        format=format_of(described),
        partitions=_partitions(glue, place) if keys else None,
    )


def _partitions(glue: Any, place: Place) -> list[Partition]:
    found: list[Partition] = []
    token: dict[str, str] = {}
    while True:
        answer = _asked(
            NoTableError,
            glue.get_partitions,
            CatalogId=place.account,
            DatabaseName=place.database,
            TableName=place.table,
            **token,
        )
        found += [
            Partition(values=tuple(each["Values"]), location=each["StorageDescriptor"]["Location"])
            for each in answer["Partitions"]
        ]
        if "NextToken" not in answer:
            return found
        token = {"NextToken": answer["NextToken"]}


def _columns(described: Sequence[Mapping[str, str]]) -> list[Column]:
    return [Column(name=each["Name"].lower(), type=each.get("Type", "string").lower()) for each in described]


def _asked(missing: type[Exception], operation: Any, **given: Any) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = operation(**given)
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        if code == "EntityNotFoundException":
            raise missing from None
        if code == "AccessDeniedException":
            raise insufficient(message) from None
        raise QueryError(f"GENERIC_USER_ERROR: {message}") from None
    return answer
