"""Results of queries over real files, recomputed from the rows that were written into them."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.emulator.lake_support import HOUSES, Lake, Row

Rows = list[list[str | None]]


def texts(rows: list[Row]) -> Rows:
    return [[None if each is None else str(each) for each in row] for row in rows]


def per_region() -> Rows:
    counted = Counter(region for _, region, _, _ in HOUSES)
    prices = Counter[str]()
    for _, region, _, price in HOUSES:
        prices[region] += price
    return texts([(region, counted[region], prices[region]) for region in sorted(counted)])


def dearest_per_region() -> Rows:
    found: dict[str, Row] = {}
    for house in HOUSES:
        if house[1] not in found or house[3] > found[house[1]][3]:
            found[house[1]] = house
    return texts([(found[region][0], region) for region in sorted(found)])


CASES: list[tuple[str, Callable[[], Rows]]] = [
    ("SELECT * FROM {t} ORDER BY id LIMIT 3", lambda: texts(list(HOUSES[:3]))),
    (
        "SELECT region, count(*) AS n, sum(price) FROM {t} GROUP BY region ORDER BY 1",
        per_region,
    ),
    (
        "SELECT id FROM {t} WHERE size > 120 AND region = 'north' ORDER BY id DESC",
        lambda: texts([(n,) for n, region, size, _ in reversed(HOUSES) if size > 120 and region == "north"]),
    ),
    (
        "SELECT id, price / 7, price % 7 FROM {t} WHERE id <= 5 ORDER BY id",
        lambda: texts([(n, price // 7, price % 7) for n, _, _, price in HOUSES[:5]]),
    ),
    (
        "SELECT a.id, b.region FROM {t} a JOIN plain b ON a.id = b.id + 1 WHERE a.id < 5 ORDER BY a.id",
        lambda: texts([(n, HOUSES[n - 2][1]) for n in range(2, 5)]),
    ),
    (
        """WITH dear AS (
            SELECT id, region, row_number() OVER (PARTITION BY region ORDER BY price DESC, id) AS n FROM {t}
        ) SELECT id, region FROM dear WHERE n = 1 ORDER BY region""",
        dearest_per_region,
    ),
    (
        """SELECT id FROM {t} WHERE id IN (SELECT max(id) FROM plain)
        UNION ALL SELECT min(id) FROM {t} ORDER BY 1""",
        lambda: [["1"], [str(len(HOUSES))]],
    ),
    (
        "SELECT count(*), count(DISTINCT region), avg(size) FROM {t}",
        lambda: [["300", "3", str(sum(size for _, _, size, _ in HOUSES) / len(HOUSES))]],
    ),
    ("SELECT id FROM {t} WHERE region = 'nowhere'", list),
]


@pytest.mark.parametrize("table", ["houses", "plain"])
@pytest.mark.parametrize(("sql", "expected"), CASES, ids=range(len(CASES)))
def test_a_query_gives_the_rows(lake: Lake, sql: str, expected: Callable[[], Rows], table: str) -> None:
    assert lake.query(sql.format(t=table)).rows() == expected()


VALUES = [
    ("1", "1"),
    ("true", "true"),
    ("CAST(NULL AS varchar)", None),
    ("''", ""),
    ("'say \"hi\", twice'", 'say "hi", twice'),
    ("'two' || chr(10) || 'lines'", "two\nlines"),
    ("1.5E0", "1.5"),
    ("CAST(3 AS double)", "3.0"),
    ("12345678.9E0", "1.23456789E7"),
    ("1E-5", "1.0E-5"),
    ("CAST(0.1 AS real)", "0.1"),
    ("CAST(2.50 AS decimal(5,2))", "2.50"),
    ("date '2024-02-29'", "2024-02-29"),
    ("timestamp '2024-02-29 13:14:15.250'", "2024-02-29 13:14:15.250"),
    ("date_diff('day', date '2024-02-28', date '2024-03-01')", "2"),
    ("date_add('month', 1, date '2024-01-31')", "2024-02-29"),
    ("7 / 2", "3"),
    ("-7 / 2", "-3"),
    ("7 / 2E0", "3.5"),
    ("9223372036854775807 / 1", "9223372036854775807"),
    ("if(1 > 2, 'x', 'y')", "y"),
    ("coalesce(NULL, 'z')", "z"),
    ("ARRAY[1, 2]", "[1, 2]"),
    ("approx_distinct(1)", "1"),
]
"""From https://trino.io/docs/current/functions.html and how Java writes numbers."""


@pytest.mark.parametrize(("expression", "text"), VALUES)
def test_values_are_written_as_trino_writes_them(lake: Lake, expression: str, text: str | None) -> None:
    assert lake.query(f"SELECT {expression} AS it").lines() == [["it"], [text]]


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("SELECT * FROM houses LIMIT 1", ["id", "region", "size", "price"]),
        (
            "SELECT count(*), region, max(size) AS Largest FROM houses GROUP BY 2",
            ["_col0", "region", "Largest"],
        ),
        ("SELECT id AS first, *, 1 FROM houses LIMIT 1", ["first", "id", "region", "size", "price", "_col5"]),
    ],
)
def test_columns_are_named(lake: Lake, sql: str, names: list[str]) -> None:
    assert lake.query(sql).lines()[0] == names


def test_columns_have_types(lake: Lake) -> None:
    ended = lake.query(
        "SELECT id, region, size, count(*), date '2024-01-01' FROM houses GROUP BY 1, 2, 3 LIMIT 1"
    )
    found = ended.athena.get_query_results(QueryExecutionId=ended.execution["QueryExecutionId"])
    columns = found["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    assert [each["Type"] for each in columns] == ["bigint", "varchar", "double", "bigint", "date"]


def test_results_come_in_pages(lake: Lake) -> None:
    ended = lake.query("SELECT id FROM houses ORDER BY id")
    pages = ended.athena.get_paginator("get_query_results").paginate(
        QueryExecutionId=ended.execution["QueryExecutionId"], PaginationConfig={"PageSize": 100}
    )
    sizes = [len(page["ResultSet"]["Rows"]) for page in pages]
    assert sizes == [100, 100, 100, 1]


def test_the_result_is_an_object(lake: Lake) -> None:
    ended = lake.query("SELECT id, CAST(NULL AS varchar) AS nothing, region FROM houses ORDER BY id LIMIT 2")
    location = ended.execution["ResultConfiguration"]["OutputLocation"]
    identifier = ended.execution["QueryExecutionId"]
    assert location == f"s3://{lake.results}/out/{identifier}.csv"
    body: Any = lake.client("s3").get_object(Bucket=lake.results, Key=f"out/{identifier}.csv")["Body"]
    assert body.read() == b'"id","nothing","region"\n"1",,"south"\n"2",,"east"\n'
