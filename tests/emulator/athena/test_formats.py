"""How objects are read: by the catalog's schema, with the SerDe of the table.

https://docs.aws.amazon.com/athena/latest/ug/supported-serdes.html
"""

import gzip
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.lake_support import LAZY, OPEN_CSV, PARQUET, Lake, listed, parquet
from tests.emulator.sagemaker_support import unique

DAYS = {"2024-01-01": 40, "2024-01-02": 25, "2024-02-01": 35}
"""Partitions, and how many rows each has."""


def table_of(lake: Lake, content: bytes, columns: dict[str, str], name: str = "part.csv", **more: Any) -> str:
    table = unique("t").replace("-", "_")
    return lake.table(table, lake.put(f"{table}/{name}", content), columns, **more)


@pytest.mark.parametrize(
    ("content", "kind", "values"),
    [
        pytest.param(b"a,1\nb,-2\n", "int", ["1", "-2"], id="numbers"),
        pytest.param(b"a,x\nb,1.5\nc,\nd,4", "int", [None, None, None, "4"], id="no-numbers-are-null"),
        pytest.param(b"a,1.5\nb,1e3\nc,x\n", "double", ["1.5", "1000.0", None], id="fractions"),
        pytest.param(b"a,true\nb,FALSE\nc,yes?\n", "boolean", ["true", "false", None], id="booleans"),
        pytest.param(b"a,2024-01-31\nb,31.01.2024\n", "date", ["2024-01-31", None], id="dates"),
        pytest.param(b'a,"x"\nb,\\N\nc,\n', "string", ['"x"', None, ""], id="quotes-are-text"),
        pytest.param(b"a\nb,x,y\n", "string", [None, "x"], id="too-few-and-too-many"),
        pytest.param("a,köln\n".encode(), "string", ["köln"], id="utf-8"),
    ],
)
def test_plain_text(lake: Lake, content: bytes, kind: str, values: list[str | None]) -> None:
    """https://docs.aws.amazon.com/athena/latest/ug/lazy-simple-serde.html."""
    table = table_of(lake, content, {"k": "string", "v": kind}, serde=LAZY, parameters={"field.delim": ","})
    assert lake.query(f"SELECT v FROM {table} ORDER BY k").rows() == [[value] for value in values]


@pytest.mark.parametrize(
    ("content", "kind", "values"),
    [
        pytest.param(b'a,"x, y"\nb,"say ""hi"""\nc,\n', "string", ["x, y", 'say "hi"', ""], id="quotes"),
        pytest.param(b'a,"1"\nb,2\n', "bigint", ["1", "2"], id="numbers"),
        pytest.param(b"a,19754\n", "date", ["2024-02-01"], id="days-since-1970"),
        pytest.param(
            b"a,1706745600250\n", "timestamp", ["2024-02-01 00:00:00.250"], id="milliseconds-since-1970"
        ),
    ],
)
def test_quoted_text(lake: Lake, content: bytes, kind: str, values: list[str | None]) -> None:
    """https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html."""
    table = table_of(lake, content, {"k": "string", "v": kind}, serde=OPEN_CSV)
    assert lake.query(f"SELECT v FROM {table} ORDER BY k").rows() == [[value] for value in values]


@pytest.mark.parametrize(
    ("value", "kind"), [("", "int"), ("x", "double"), ("2024-02-01", "date"), ("1.5", "int")]
)
def test_quoted_text_of_another_type_is_an_error(lake: Lake, value: str, kind: str) -> None:
    table = table_of(lake, f"a,{value}\n".encode(), {"k": "string", "v": kind}, serde=OPEN_CSV)
    failed = lake.query(f"SELECT v FROM {table}")
    assert (failed.state, failed.reason) == (
        "FAILED",
        f"HIVE_BAD_DATA: Error parsing field value '{value}' for field 1",
    )


def test_a_header_is_skipped_in_every_object_and_hidden_objects_are_no_data(lake: Lake) -> None:
    name = unique("t").replace("-", "_")
    for key, content in {
        "a.csv": b"n\n1\n",
        "b.csv.gz": gzip.compress(b"n\n2\n"),
        "more/c.csv": b"n\n3\n",
        "_SUCCESS": b"n\n4\n",
        ".hidden/d.csv": b"n\n5\n",
        "empty.csv": b"",
    }.items():
        lake.put(f"{name}/{key}", content)
    lake.table(
        name,
        f"s3://{lake.bucket}/{name}",
        {"n": "int"},
        serde=OPEN_CSV,
        properties={"skip.header.line.count": "1"},
    )
    assert lake.query(f"SELECT n FROM {name} ORDER BY n").rows() == [["1"], ["2"], ["3"]]


def test_the_catalog_says_which_columns_there_are(lake: Lake, tmp_path: Path) -> None:
    name = unique("t").replace("-", "_")
    location = lake.put(f"{name}/old", parquet([(1, "a")], {"n": "int", "Gone": "string"}, tmp_path))
    lake.put(f"{name}/new", parquet([(2, 5)], {"n": "bigint", "more": "int"}, tmp_path))
    lake.table(name, location, {"n": "bigint", "more": "int", "missing": "string"})
    assert lake.query(f"SELECT * FROM {name} ORDER BY n").lines() == [
        ["n", "more", "missing"],
        ["1", None, None],
        ["2", "5", None],
    ]


def test_a_file_of_another_type_is_an_error(lake: Lake, tmp_path: Path) -> None:
    table = table_of(
        lake, parquet([(1, 2)], {"k": "int", "v": "bigint"}, tmp_path), {"k": "int", "v": "double"}
    )
    failed = lake.query(f"SELECT v FROM {table}")
    assert failed.reason == (
        f"HIVE_BAD_DATA: Field v's type INT64 in parquet file s3://{lake.bucket}/{table}/part.csv is "
        "incompatible with type double defined in table schema"
    )


def test_a_table_without_objects_is_empty(lake: Lake) -> None:
    lake.table("nothing", f"s3://{lake.bucket}/nothing/", {"a": "int"}, serde=PARQUET)
    assert lake.query("SELECT count(*), sum(a) FROM nothing").rows() == [["0", None]]


@pytest.fixture(scope="module")
def partitioned(lake: Lake) -> str:
    name = unique("days").replace("-", "_")
    columns = {"n": "int"}
    lake.table(
        name,
        f"s3://{lake.bucket}/{name}/",
        columns,
        serde=LAZY,
        parameters={"field.delim": ","},
        keys={"day": "date"},
    )
    glue = lake.client("glue")
    for day, rows in DAYS.items():
        location = lake.put(f"{name}/day={day}/part.csv", "".join(f"{n}\n" for n in range(rows)).encode())
        storage = {"Location": location, "Columns": listed(columns)}
        glue.create_partition(
            DatabaseName=lake.database,
            TableName=name,
            PartitionInput={"Values": [day], "StorageDescriptor": storage},
        )
    return name


def size_of(days: list[str]) -> int:
    return sum(len(f"{n}\n") for day in days for n in range(DAYS[day]))


@pytest.mark.parametrize(
    ("condition", "days"),
    [
        ("true", list(DAYS)),
        ("day = date '2024-01-02'", ["2024-01-02"]),
        ("day >= date '2024-01-02' AND n < 3", ["2024-01-02", "2024-02-01"]),
        ("month(day) = 2", ["2024-02-01"]),
        ("day = date '2025-01-01'", []),
        ("day = date '2024-01-01' OR n > 20", list(DAYS)),
        ("t.day IN (date '2024-01-01', date '2024-02-01')", ["2024-01-01", "2024-02-01"]),
    ],
)
def test_a_query_reads_the_partitions_that_it_asks_for(
    lake: Lake, partitioned: str, condition: str, days: list[str]
) -> None:
    found = lake.query(
        f"SELECT day, count(*) FROM {partitioned} AS t WHERE {condition} GROUP BY 1 ORDER BY 1"
    )
    assert found.state == "SUCCEEDED", found.reason
    assert found.scanned == size_of(days)


def test_partitions_are_columns(lake: Lake, partitioned: str) -> None:
    found = lake.query(f"SELECT day, count(*) AS n FROM {partitioned} GROUP BY day ORDER BY day")
    assert found.rows() == [[day, str(rows)] for day, rows in DAYS.items()]


def test_an_outer_join_keeps_rows_without_a_partition(lake: Lake, partitioned: str) -> None:
    found = lake.query(
        f"SELECT count(*) FROM houses h LEFT JOIN {partitioned} d ON h.id = d.n WHERE d.day IS NULL"
    )
    assert found.rows() == [[str(300 - (max(DAYS.values()) - 1))]]


def test_parquet_is_read_by_column(lake: Lake) -> None:
    one, two, whole = (
        lake.query(f"SELECT {columns} FROM houses").scanned for columns in ("size", "size, price", "*")
    )
    assert 0 < one < two < whole
