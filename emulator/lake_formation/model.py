"""What Lake Formation grants permissions on.

https://docs.aws.amazon.com/lake-formation/latest/dg/lf-permissions-reference.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from emulator.lake_formation.service import invalid

Kind = Literal[
    "CATALOG",
    "DATABASE",
    "TABLE",
    "TABLES",
    "COLUMNS",
    "LOCATION",
    "FILTER",
    "TAG",
    "DATABASE_POLICY",
    "TABLE_POLICY",
]
Expression = tuple[tuple[str, tuple[str, ...]], ...]
"""Keys of LF-tags, and for each the values of which one must match; sorted."""

_ON_DATABASE = frozenset({"ALL", "ALTER", "CREATE_TABLE", "DESCRIBE", "DROP"})
_ON_TABLE = frozenset({"ALL", "ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT", "SELECT"})
PERMISSIONS: Mapping[Kind, frozenset[str]] = {
    "CATALOG": frozenset({"ALL", "CREATE_DATABASE", "CREATE_LF_TAG", "DESCRIBE"}),
    "COLUMNS": frozenset({"SELECT"}),
    "DATABASE": _ON_DATABASE,
    "DATABASE_POLICY": _ON_DATABASE,
    "FILTER": frozenset({"DESCRIBE", "DROP", "SELECT"}),
    "LOCATION": frozenset({"DATA_LOCATION_ACCESS"}),
    "TABLE": _ON_TABLE,
    "TABLES": _ON_TABLE,
    "TABLE_POLICY": _ON_TABLE,
    "TAG": frozenset({"ALTER", "ASSOCIATE", "DESCRIBE", "DROP", "GRANT_WITH_LF_TAG_EXPRESSION"}),
}
"""The permissions that each kind has."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """Something that permissions are granted on.

    Attributes:
        kind: What it is; `TABLES` are all tables of a database.
        account: The account that owns it.
        database: A database.
        table: A table.
        name: A data filter, the key of an LF-tag, or the ARN of a location.
        columns: Of a table the columns meant, or None for all but those excluded.
        excluded: Of a table the columns that are not meant.
        values: Values of an LF-tag.
        expression: Of a policy, the LF-tags that resources must have.
    """

    kind: Kind
    account: str
    database: str = ""
    table: str = ""
    name: str = ""
    columns: tuple[str, ...] | None = None
    excluded: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    expression: Expression = ()

    @property
    def label(self) -> str:
        """Its name, as messages call it."""
        return self.name or self.table or self.database or "Catalog"


def expression_of(given: Sequence[Mapping[str, Any]]) -> Expression:
    """The LF-tags of a policy."""
    return tuple(
        sorted((each["TagKey"].lower(), tuple(sorted(map(str.lower, each["TagValues"])))) for each in given)
    )


def resource_of(given: Mapping[str, Any], account: str) -> Resource:  # noqa: C901, PLR0911  one for each kind
    """What a request names.

    Args:
        given: `Resource` of a request.
        account: Owns it if the request does not say who does.

    Raises:
        ServiceError: It names nothing, or more than one thing, or what the emulator does not have.
    """
    if len(given) != 1:
        raise invalid("Resource must have one and only one member.")
    [(kind, named)] = given.items()
    owner = named.get("CatalogId", account)
    match kind:
        case "Catalog":
            return Resource(kind="CATALOG", account=named.get("Id", account))
        case "Database":
            return Resource(kind="DATABASE", account=owner, database=named["Name"].lower())
        case "Table" if "TableWildcard" in named:
            return Resource(kind="TABLES", account=owner, database=named["DatabaseName"].lower())
        case "Table":
            return Resource(
                kind="TABLE",
                account=owner,
                database=named["DatabaseName"].lower(),
                table=named.get("Name", "").lower(),
            )
        case "TableWithColumns":
            listed = named.get("ColumnNames")
            excluded = named.get("ColumnWildcard", {}).get("ExcludedColumnNames", ())
            return Resource(
                kind="COLUMNS",
                account=owner,
                database=named["DatabaseName"].lower(),
                table=named["Name"].lower(),
                columns=tuple(sorted(each.lower() for each in listed)) if listed else None,
                excluded=tuple(sorted(each.lower() for each in excluded)),
            )
        case "DataLocation":
            return Resource(kind="LOCATION", account=owner, name=named["ResourceArn"].rstrip("/"))
        case "DataCellsFilter":
            return Resource(
                kind="FILTER",
                account=named.get("TableCatalogId", account),
                database=named["DatabaseName"].lower(),
                table=named["TableName"].lower(),
                name=named["Name"],
            )
        case "LFTag":
            values = tuple(sorted(map(str.lower, named["TagValues"])))
            return Resource(kind="TAG", account=owner, name=named["TagKey"].lower(), values=values)
        case "LFTagPolicy" if "Expression" in named:
            policy: Kind = "DATABASE_POLICY" if named["ResourceType"] == "DATABASE" else "TABLE_POLICY"
            return Resource(kind=policy, account=owner, expression=expression_of(named["Expression"]))
    raise invalid(f"The emulator grants nothing on {kind}; AWS does.")


def described(resource: Resource) -> dict[str, Any]:  # noqa: PLR0911  one for each kind
    """A resource as the API describes it."""
    owner = {"CatalogId": resource.account}
    table = {**owner, "DatabaseName": resource.database}
    match resource.kind:
        case "CATALOG":
            return {"Catalog": {"Id": resource.account}}
        case "DATABASE":
            return {"Database": {**owner, "Name": resource.database}}
        case "TABLE":
            return {"Table": {**table, "Name": resource.table}}
        case "TABLES":
            return {"Table": {**table, "TableWildcard": {}}}
        case "COLUMNS":
            chosen: dict[str, Any] = {"ColumnNames": list(resource.columns or ())}
            if resource.columns is None:
                chosen = {"ColumnWildcard": {"ExcludedColumnNames": list(resource.excluded)}}
            return {"TableWithColumns": {**table, "Name": resource.table, **chosen}}
        case "LOCATION":
            return {"DataLocation": {**owner, "ResourceArn": resource.name}}
        case "FILTER":
            return {
                "DataCellsFilter": {
                    "TableCatalogId": resource.account,
                    "DatabaseName": resource.database,
                    "TableName": resource.table,
                    "Name": resource.name,
                }
            }
        case "TAG":
            return {"LFTag": {**owner, "TagKey": resource.name, "TagValues": list(resource.values)}}
    expression = [{"TagKey": key, "TagValues": list(values)} for key, values in resource.expression]
    kind = resource.kind.partition("_")[0]
    return {"LFTagPolicy": {**owner, "ResourceType": kind, "Expression": expression}}
