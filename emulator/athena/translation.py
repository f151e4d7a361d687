"""Queries in DuckDB's dialect, and what can be told from them of the objects that they need."""

from collections.abc import Mapping

from sqlglot import exp, parse_one
from sqlglot.optimizer.scope import traverse_scope

Name = tuple[str, str]
"""Database and table, as the query names them, in lower case."""


def translated(tree: exp.Expr) -> str:
    """A query with all its names resolved, in DuckDB's dialect."""
    tree = tree.copy()
    for node in tree.find_all(exp.Table):
        node.set("catalog", None)
    for column in tree.find_all(exp.Column):
        column.set("catalog", None)
        column.set("db", None)
    return tree.transform(_as_trino).sql("duckdb")


def _as_trino(node: exp.Expr) -> exp.Expr:
    """What DuckDB computes otherwise: a day and an interval are a day, and no time; and division of integers.

    Trino divides them without a rest, and never by zero.
    """
    moved = isinstance(node, exp.DateAdd | exp.DateSub) or (
        isinstance(node, exp.Add | exp.Sub) and isinstance(node.expression, exp.Interval)
    )
    if moved and node.this.is_type(exp.DataType.Type.DATE) and not isinstance(node.parent, exp.Cast):
        return exp.cast(node, exp.DataType.Type.DATE)
    divided = isinstance(node, exp.Div) and node.args.get("typed")
    if not divided or not all(
        each.is_type(*exp.DataType.INTEGER_TYPES) for each in (node.this, node.expression)
    ):
        return node
    by = exp.paren(node.expression.copy())
    failure = exp.func("error", exp.Literal.string("DIVISION_BY_ZERO: Division by zero"))
    return exp.paren(
        exp.case()
        .when(exp.EQ(this=by, expression=exp.Literal.number(0)), failure)
        .else_(exp.IntDiv(this=exp.paren(node.this.copy()), expression=by.copy()))
    )


def used_columns(tree: exp.Expr) -> dict[Name, frozenset[str]]:
    """The columns of each table that a query needs, once what nobody asks for is pruned."""
    used: dict[Name, set[str]] = {}
    for scope in traverse_scope(tree):
        for alias, (_, source) in scope.selected_sources.items():
            if isinstance(source, exp.Table):
                needed = used.setdefault((source.db, source.name), set())
                needed.update(column.name for column in scope.columns if column.table == alias)
    return {name: frozenset(columns) for name, columns in used.items()}


def conditions(tree: exp.Expr, keys: Mapping[Name, list[str]]) -> dict[Name, list[str] | None]:
    """What each place of a table asks of its partitions."""
    asked: dict[Name, list[str] | None] = {}
    for scope in traverse_scope(tree):
        where = scope.expression.args.get("where")
        parts = list(where.this.flatten()) if where and isinstance(where.this, exp.And) else []
        parts = parts or ([where.this] if where else [])
        if any(join.side for join in scope.expression.args.get("joins", ())):
            parts = []  # A row that an outer join completes with NULL has no partition.
        for alias, (_, source) in scope.selected_sources.items():
            if not isinstance(source, exp.Table):
                continue
            name = source.db, source.name
            own = [part for part in parts if _is_of(part, alias, keys[name])]
            before = asked.get(name, [])
            one = " AND ".join(f"({_plain(part)})" for part in own)
            asked[name] = [*before, one] if own and before is not None else None
    return asked


def _is_of(part: exp.Expr, alias: str, keys: list[str]) -> bool:
    columns = list(part.find_all(exp.Column))
    return (
        bool(columns)
        and part.find(exp.Query) is None
        and all(column.table == alias and column.name in keys for column in columns)
    )


def _plain(part: exp.Expr) -> str:
    part = part.copy()
    for column in part.find_all(exp.Column):
        column.set("table", None)
    return part.sql("duckdb")


def translated_filter(expression: str) -> str:
    """The condition of a data filter in DuckDB's dialect.

    https://docs.aws.amazon.com/lake-formation/latest/dg/partiql-support.html
    """
    return parse_one(expression, read="trino").sql("duckdb")
