"""The point-in-time join, run by DuckDB, against a recomputation in pandas that shares no line with it."""

import importlib.util
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import duckdb
import pandas as pd  # type: ignore[import-untyped]
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from base.seeds import SEED_CODE

BEGINNING = datetime(2026, 1, 1)


def _module() -> ModuleType:
    path = SEED_CODE / "build" / "feature_group_data" / "src" / "point_in_time.py"
    spec = importlib.util.spec_from_file_location("point_in_time", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["point_in_time"] = module  # Data classes look for their module there.
    spec.loader.exec_module(module)
    return module


point_in_time = _module()


def moment(half_seconds: int) -> datetime:
    return BEGINNING + timedelta(milliseconds=500 * half_seconds)


def iso(at: datetime) -> str:
    """As SageMaker takes it: with milliseconds, or without."""
    whole = at.strftime("%Y-%m-%dT%H:%M:%S")
    return f"{whole}.{at.microsecond // 1000:03}Z" if at.microsecond else f"{whole}Z"


MOMENTS = st.integers(0, 8)
IDENTIFIERS = st.integers(1, 3)
RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "customer": IDENTIFIERS,
            "at": MOMENTS,
            "spend": st.one_of(st.none(), st.floats(-5, 5).map(lambda value: round(value, 2))),
            "is_deleted": st.booleans(),
        }
    ),
    max_size=12,
)
LABELS = st.lists(st.fixed_dictionaries({"customer": IDENTIFIERS, "at": MOMENTS}), max_size=6)


def group(name: str, kind: str) -> Any:
    return point_in_time.Group(
        name=name,
        table=(f"link_{name}", name),
        identifier="customer",
        event_time="event_time",
        types={"customer": "Integral", "event_time": kind, "spend": "Fractional"},
        wanted=("spend",),
    )


def offline(records: Sequence[dict[str, Any]], kind: str) -> pd.DataFrame:
    """Records as the offline store has them, written in their order."""
    rows = [
        {
            "customer": each["customer"],
            "event_time": (
                moment(each["at"]).replace(tzinfo=UTC).timestamp()
                if kind == "Fractional"
                else iso(moment(each["at"]))
            ),
            "spend": None if each["is_deleted"] else each["spend"],
            "is_deleted": each["is_deleted"],
            "write_time": BEGINNING + timedelta(days=1, seconds=number),
            "api_invocation_time": BEGINNING + timedelta(days=1, seconds=number),
        }
        for number, each in enumerate(records)
    ]
    return pd.DataFrame(
        rows,
        columns=["customer", "event_time", "spend", "is_deleted", "write_time", "api_invocation_time"],
    ).astype({"spend": "float64", "customer": "int64", "is_deleted": "bool"})


def joined(
    labels: Sequence[dict[str, Any]], groups: Sequence[tuple[Any, Sequence[dict[str, Any]]]]
) -> list[tuple[Any, ...]]:
    """What the query gives, in the order of the labels."""
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE labels (number INTEGER, customer INTEGER, event_time TIMESTAMP)")
        for number, each in enumerate(labels):
            connection.execute(
                "INSERT INTO labels VALUES (?, ?, ?)", [number, each["customer"], moment(each["at"])]
            )
        for asked, records in groups:
            schema, table = asked.table
            kind = asked.types["event_time"]
            time = "DOUBLE" if kind == "Fractional" else "VARCHAR"
            connection.execute(f"CREATE SCHEMA {schema}")
            connection.execute(
                f"CREATE TABLE {schema}.{table} (customer BIGINT, event_time {time}, spend DOUBLE, "
                "is_deleted BOOLEAN, write_time TIMESTAMP, api_invocation_time TIMESTAMP)"
            )
            if records:
                frame = offline(records, kind)
                connection.register(f"frame_{table}", frame)
                connection.execute(f"INSERT INTO {schema}.{table} SELECT * FROM frame_{table}")
        written = point_in_time.query("SELECT * FROM labels", [asked for asked, _ in groups])
        [translated] = sqlglot.transpile(written, read="trino", write="duckdb")
        found = connection.execute(translated).fetchall()
    width = 3
    return [(row[0], *row[width:]) for row in sorted(found, key=lambda row: row[0])]


def recomputed(label: dict[str, Any], records: Sequence[dict[str, Any]]) -> float | None:
    """The feature of one label: pandas, record by record."""
    frame = pd.DataFrame(records)
    if frame.empty:
        return None
    frame["written"] = range(len(frame))
    known = frame[(frame["customer"] == label["customer"]) & (frame["at"] <= label["at"])]
    if known.empty:
        return None
    last = known.sort_values(["at", "written"]).iloc[-1]
    if last["is_deleted"] or pd.isna(last["spend"]):
        return None
    return float(last["spend"])


@pytest.mark.parametrize("kind", ["String", "Fractional"])
@settings(max_examples=60, deadline=None)
@given(labels=LABELS, customers=RECORDS, orders=RECORDS)
def test_each_label_gets_what_was_known_then(
    kind: str, labels: list[dict[str, Any]], customers: list[dict[str, Any]], orders: list[dict[str, Any]]
) -> None:
    groups = [(group("customers", kind), customers), (group("orders", "String"), orders)]
    expected = [
        (number, recomputed(label, customers), recomputed(label, orders))
        for number, label in enumerate(labels)
    ]
    assert joined(labels, groups) == expected


def record(at: int, spend: float | None, *, is_deleted: bool = False) -> dict[str, Any]:
    return {"customer": 1, "at": at, "spend": spend, "is_deleted": is_deleted}


CASES: dict[str, tuple[list[dict[str, Any]], int, float | None]] = {
    "the latest before": ([record(1, 1.0), record(3, 3.0), record(5, 5.0)], 4, 3.0),
    "one at the very time": ([record(4, 4.0)], 4, 4.0),
    "one that comes too late": ([record(5, 5.0)], 4, None),
    "a correction that was written last": ([record(2, 2.0), record(2, 2.5)], 4, 2.5),
    "a correction of an older record": ([record(1, 1.0), record(3, 3.0), record(1, 9.0)], 4, 3.0),
    "a record that was deleted": ([record(1, 1.0), record(3, None, is_deleted=True)], 4, None),
    "before it was deleted": ([record(1, 1.0), record(5, None, is_deleted=True)], 4, 1.0),
    "one that came back": ([record(1, 1.0), record(2, None, is_deleted=True), record(3, 3.0)], 4, 3.0),
    "a deletion that was corrected": ([record(2, None, is_deleted=True), record(2, 2.0)], 4, 2.0),
    "a value that is missing": ([record(1, 1.0), record(3, None)], 4, None),
}


@pytest.mark.parametrize(("records", "at", "expected"), CASES.values(), ids=CASES)
def test_a_case(records: list[dict[str, Any]], at: int, expected: float | None) -> None:
    label = {"customer": 1, "at": at}
    assert joined([label], [(group("customers", "String"), records)]) == [(0, expected)]
    assert recomputed(label, records) == expected
