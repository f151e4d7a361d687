"""A query made ready for DuckDB: its names resolved by the catalog, its dialect translated by sqlglot.

Names without a catalog or database get those of the request
(https://docs.aws.amazon.com/athena/latest/APIReference/API_QueryExecutionContext.html).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.pushdown_projections import pushdown_projections
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope

from emulator.athena.failures import QueryError, at
from emulator.athena.statements import Statement
from emulator.athena.tables import NoSchemaError, NoTableError, Table
from emulator.athena.translation import Name, conditions, translated, used_columns

CATALOG = "awsdatacatalog"
_NAMELESS = "\0"
"""Stands for the columns of a table of which the caller sees none; no query can name it."""

_DIALECT = "trino, normalization_strategy=case_insensitive"

LookUp = Callable[[str, str], tuple[Table, list[str]]]
"""From database and table to the table, and the columns of it that the caller may see."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A query that can run.

    Attributes:
        sql: In DuckDB's dialect.
        names: Names of the columns of its result.
        tables: The tables that it reads.
        used: The columns of each that it needs.
        conditions: For each, what its partitions must meet at one place of the query or another, in DuckDB's
            dialect; None if a place asks for all of them.
    """

    sql: str
    names: list[str]
    tables: Mapping[Name, Table]
    used: Mapping[Name, frozenset[str]]
    conditions: Mapping[Name, list[str] | None]


def plan(statement: Statement, database: str | None, look_up: LookUp) -> Plan:
    """Resolve and translate a query.

    Args:
        statement: The statement.
        database: Of names without one.
        look_up: Finds a table.

    Raises:
        QueryError: It names what there is not, or what the caller may not see.
    """
    found: dict[Name, tuple[Table, list[str]]] = {}
    for node in _tables(statement.select):
        name = _name(statement, node, database)
        if name not in found:
            found[name] = _look_up(statement, node, name, look_up)
    _check_stars(statement, {name: columns for name, (_, columns) in found.items()}, database)
    schema: dict[str, Any] = {CATALOG: _schema(found)} if found else {}
    try:
        qualified = qualify(
            statement.select.copy(),
            dialect=_DIALECT,
            schema=schema,
            db=database,
            catalog=CATALOG,
            expand_alias_refs=False,
            identify=True,
        )
        typed = annotate_types(qualified, schema=schema, dialect=_DIALECT)
        pruned = pushdown_projections(typed.copy())
    except SqlglotError as error:
        raise _unresolved(statement, str(error), found) from None
    names = _names(statement.select, list(typed.named_selects))
    keys = {name: [key.name for key in table.keys] for name, (table, _) in found.items()}
    if statement.unload:
        _check_names(statement, names)
    return Plan(
        sql=translated(typed),
        names=names,
        tables={name: table for name, (table, _) in found.items()},
        used=used_columns(pruned),
        conditions=conditions(typed, keys),
    )


def _tables(tree: exp.Expr) -> list[exp.Table]:
    """The tables that a query names, without those that it defines itself."""
    found = [
        source
        for scope in traverse_scope(tree)
        for _, (_, source) in scope.selected_sources.items()
        if isinstance(source, exp.Table)
    ]
    return sorted(found, key=lambda node: int(node.this.meta.get("start", 0)))


def _name(statement: Statement, node: exp.Table, database: str | None) -> Name:
    position = _position(statement, node.this)
    if not isinstance(node.this, exp.Identifier):
        function = node.this.name or node.this.sql_name()
        raise at(
            "FUNCTION_NOT_FOUND",
            statement.text,
            position,
            f"Table function '{function.lower()}' not registered",
        )
    if node.catalog and node.catalog.lower() != CATALOG:
        raise at(
            "CATALOG_NOT_FOUND", statement.text, position, f"Catalog '{node.catalog.lower()}' does not exist"
        )
    chosen = node.db or database
    if not chosen:
        raise at(
            "MISSING_SCHEMA_NAME",
            statement.text,
            position,
            "Schema must be specified when session schema is not set",
        )
    return chosen.lower(), node.name.lower()


def _look_up(statement: Statement, node: exp.Table, name: Name, look_up: LookUp) -> tuple[Table, list[str]]:
    position = _position(statement, node.this)
    try:
        return look_up(*name)
    except NoSchemaError:
        raise at("SCHEMA_NOT_FOUND", statement.text, position, f"Schema '{name[0]}' does not exist") from None
    except NoTableError:
        raise at(
            "TABLE_NOT_FOUND",
            statement.text,
            position,
            f"Table '{CATALOG}.{name[0]}.{name[1]}' does not exist",
        ) from None


def _schema(found: Mapping[Name, tuple[Table, list[str]]]) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    for (database, name), (table, visible) in found.items():
        schema.setdefault(database, {})[name] = {
            column.name: exp.DataType.build(column.type, dialect="hive").sql("trino")
            for column in table.all_columns()
            if column.name in visible
        } or {_NAMELESS: "INTEGER"}
    return schema


def _check_stars(statement: Statement, visible: Mapping[Name, list[str]], database: str | None) -> None:
    """A star of a table of which the caller may see nothing is an error; so is each of its columns."""
    hidden = {name for name, columns in visible.items() if not columns}
    for select in statement.select.find_all(exp.Select):
        named = {_name(statement, node, database) for node in _direct_tables(select)}
        if named and named <= hidden and any(each.is_star for each in select.selects):
            star = next(each for each in select.selects if each.is_star)
            position = statement.text.find("*", statement.offset) if isinstance(star, exp.Star) else 0
            raise at(
                "COLUMN_NOT_FOUND",
                statement.text,
                position,
                "SELECT * not allowed from relation that has no columns",
            )


def _direct_tables(select: exp.Select) -> list[exp.Table]:
    defined = {cte.alias for cte in select.root().find_all(exp.CTE)}
    sources = [select.args.get("from_") or select.args.get("from"), *select.args.get("joins", ())]
    return [
        source.this
        for source in sources
        if source is not None and isinstance(source.this, exp.Table) and source.this.name not in defined
    ]


def _unresolved(
    statement: Statement, message: str, found: Mapping[Name, tuple[Table, list[str]]]
) -> QueryError:
    """The error of a query whose names sqlglot cannot resolve."""
    for column in statement.select.find_all(exp.Column):
        if f"'{column.name.lower()}'" not in message.lower() and not message.lower().endswith(
            f": {column.name.lower()}"
        ):
            continue
        position, shown = _position(statement, column.this), ".".join(part.name for part in column.parts)
        if column.table:
            position = min(position, _position(statement, column.parts[0]))
        having = sum(column.name.lower() in columns for _, columns in found.values())
        if not column.table and having > 1:
            return at("AMBIGUOUS_NAME", statement.text, position, f"Column '{shown}' is ambiguous")
        return at(
            "COLUMN_NOT_FOUND",
            statement.text,
            position,
            f"Column '{shown}' cannot be resolved or requester is not authorized to access requested "
            "resources",
        )
    return QueryError(f"SYNTAX_ERROR: {message}")


def _position(statement: Statement, identifier: exp.Expr) -> int:
    return int(statement.offset + identifier.meta.get("start", 0))


def _names(select: exp.Query, resolved: list[str]) -> list[str]:
    """Names of the result's columns as Athena gives them: as they are written, or `_col` and their number."""
    written = [
        "*" if each.is_star else (each.alias_or_name if each.alias or _is_column(each) else "")
        for each in select.selects
    ]
    if "*" in written:
        stars = written.index("*")
        behind = len(written) - stars - 1
        covered = resolved[stars : len(resolved) - behind]
        written = [*written[:stars], *covered, *written[stars + 1 :]]
        if "*" in written:  # Several stars: the names of the catalog, and of the query in lower case.
            written = resolved
    return [name or f"_col{number}" for number, name in enumerate(written)]


def _is_column(node: exp.Expr) -> bool:
    return isinstance(node, exp.Column | exp.Dot)


def _check_names(statement: Statement, names: list[str]) -> None:
    for number, name in enumerate(names, 1):
        if name == f"_col{number - 1}":
            message = f"Column name not specified at position {number}"
            raise at("COLUMN_NAME_NOT_SPECIFIED", statement.text, statement.offset, message)
        if name.lower() in [each.lower() for each in names[: number - 1]]:
            message = f"Column name '{name.lower()}' specified more than once"
            raise at("DUPLICATE_COLUMN_NAME", statement.text, statement.offset, message)
