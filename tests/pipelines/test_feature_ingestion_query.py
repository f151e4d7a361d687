"""The query for what a feature group lacks, run by DuckDB."""

from collections.abc import Sequence
from typing import Any

import duckdb
import pytest
import sqlglot

from pipelines.features.functions.feature_ingestion.query import features_of, missing_records

FEATURES = "customer:Integral,spend:Fractional,city:String"
AT, LATER = "2026-01-01 00:00:00", "2026-01-02 12:30:00.5"
Row = tuple[Any, ...]


def missing(lake: Sequence[Row], store: Sequence[Row], *, has_deletions: bool = True) -> list[Row]:
    """What the query gives: rows of the lake, and of the store in the order of writing."""
    query = missing_records(
        lake=("lake", "customers"),
        store=("features", "customers"),
        features=features_of(FEATURES),
        has_deletions=has_deletions,
    )
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA lake; CREATE SCHEMA features")
        connection.execute(
            "CREATE TABLE lake.customers "
            "(customer INTEGER, event_time TIMESTAMP, spend DOUBLE, city VARCHAR, is_deleted BOOLEAN)"
        )
        connection.execute(
            "CREATE TABLE features.customers (customer BIGINT, event_time VARCHAR, spend DOUBLE, "
            "city VARCHAR, is_deleted BOOLEAN, write_time TIMESTAMP, api_invocation_time TIMESTAMP)"
        )
        for row in lake:
            connection.execute("INSERT INTO lake.customers VALUES (?, ?, ?, ?, ?)", row)
        for number, row in enumerate(store):
            written = f"2026-02-01 00:00:{number:02}"
            connection.execute(
                "INSERT INTO features.customers VALUES (?, ?, ?, ?, ?, ?, ?)", [*row, written, written]
            )
        [translated] = sqlglot.transpile(query, read="trino", write="duckdb")
        return connection.execute(translated).fetchall()


HELD = (1, "2026-01-01T00:00:00.000Z", 1.5, "Ulm", False)
CASES: dict[str, tuple[Sequence[Row], Sequence[Row], Sequence[Row]]] = {
    "a new record, its time as SageMaker takes it": (
        [(1, LATER, 1.5, "Ulm", False)],
        [],
        [(1, "2026-01-02T12:30:00.500Z", 1.5, "Ulm", False)],
    ),
    "nothing new": ([(1, AT, 1.5, "Ulm", None)], [HELD], []),
    "nothing new where values are missing": (
        [(1, AT, None, None, False)],
        [(1, "2026-01-01T00:00:00.000Z", None, None, False)],
        [],
    ),
    "a correction": (
        [(1, AT, 2.5, "Ulm", False)],
        [HELD],
        [(1, "2026-01-01T00:00:00.000Z", 2.5, "Ulm", False)],
    ),
    "a correction that is there, beside what it corrects": (
        [(1, AT, 2.5, "Ulm", False)],
        [HELD, (1, "2026-01-01T00:00:00.000Z", 2.5, "Ulm", False)],
        [],
    ),
    "a correction that was taken back": (
        [(1, AT, 1.5, "Ulm", False)],
        [HELD, (1, "2026-01-01T00:00:00.000Z", 2.5, "Ulm", False)],
        [HELD],
    ),
    "a deletion, without its values": (
        [(1, LATER, 9.0, "Ulm", True)],
        [HELD],
        [(1, "2026-01-02T12:30:00.500Z", None, None, True)],
    ),
    "a deletion that is there": (
        [(1, LATER, 9.0, "Ulm", True)],
        [HELD, (1, "2026-01-02T12:30:00.500Z", None, None, True)],
        [],
    ),
    "the oldest event first": (
        [(2, LATER, 1.0, "a", False), (3, AT, 1.0, "b", False), (1, AT, 1.0, "c", False)],
        [],
        [
            (1, "2026-01-01T00:00:00.000Z", 1.0, "c", False),
            (3, "2026-01-01T00:00:00.000Z", 1.0, "b", False),
            (2, "2026-01-02T12:30:00.500Z", 1.0, "a", False),
        ],
    ),
}


@pytest.mark.parametrize(("lake", "store", "expected"), CASES.values(), ids=CASES)
def test_what_a_group_lacks(lake: Sequence[Row], store: Sequence[Row], expected: Sequence[Row]) -> None:
    assert missing(lake, store) == expected


def test_without_deletions_the_column_is_not_asked_for() -> None:
    lake = [(1, AT, 1.5, "Ulm", True)]
    assert missing(lake, [], has_deletions=False) == [HELD]
