"""A query: what is asked of Athena, what is left of it, and what is said of a refusal."""

from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest
from botocore.exceptions import ClientError

import athena
from errors import DataError, UsageError
from reading import open_table
from refusals import sentence

FILE = "src/query.sql"
LOCATION = "s3://flowers-bucket/runs/unloaded/1/"


class Athena:
    """Answers as Athena does, state by state."""

    def __init__(self, *states: str, reason: str = "", refuses: str = "") -> None:
        self.states, self.reason, self.refuses = list(states), reason, refuses
        self.started: dict[str, Any] = {}

    def start_query_execution(self, **given: Any) -> dict[str, Any]:
        if self.refuses:
            details = {"Code": "AccessDeniedException", "Message": self.refuses}
            raise ClientError({"Error": details}, "StartQueryExecution")
        self.started = given
        return {"QueryExecutionId": "1"}

    def get_query_execution(self, **_: Any) -> dict[str, Any]:
        status = {"State": self.states.pop(0), "StateChangeReason": self.reason}
        return {"QueryExecution": {"Status": status, "Statistics": {"DataScannedInBytes": 12}}}


class S3:
    """Holds files of a folder, one a page."""

    def __init__(self, *tables: pa.Table) -> None:
        self.tables = {f"runs/unloaded/1/{number}": table for number, table in enumerate(tables)}

    def get_paginator(self, _: str) -> "S3":
        return self

    def paginate(self, *, Bucket: str, Prefix: str) -> list[dict[str, Any]]:  # noqa: N803
        assert (Bucket, Prefix) == ("flowers-bucket", "runs/unloaded/1/")
        return [{"Contents": [{"Key": key}]} for key in self.tables] or [{}]

    def download_file(self, bucket: str, key: str, path: str) -> None:
        pq.write_table(self.tables[key], path)


def run(client: Athena, waited: list[float] | None = None) -> int:
    pauses = waited if waited is not None else []
    return athena.run(client, "UNLOAD", database="link", work_group="flowers", file=FILE, pause=pauses.append)


def test_an_image_without_pyarrow_is_refused_before_the_query(monkeypatch: pytest.MonkeyPatch) -> None:
    athena.check_image()
    monkeypatch.setattr(athena, "READS_PARQUET", "a_package_that_no_image_has")
    with pytest.raises(UsageError, match=r"The image of this job has no a_package.*pipelines/image\.py"):
        athena.check_image()


def test_a_source_names_an_account_and_a_table() -> None:
    assert athena.source_of("athena://666666666666/lake/houses") == ("666666666666", "houses")


@pytest.mark.parametrize(
    "source", ["s3://bucket/a.csv", "athena://1/lake/a", 'athena://666666666666/lake/a"b']
)
def test_a_source_that_names_no_table_is_refused(source: str) -> None:
    with pytest.raises(UsageError, match="is not written athena://account/database/table"):
        athena.source_of(source)


@pytest.mark.parametrize("written", ["SELECT a FROM b;\n", "-- why\nSELECT a\nFROM b -- all\n"])
def test_comments_and_a_semicolon_at_the_end_do_no_harm(tmp_path: Path, written: str) -> None:
    path = tmp_path / "query.sql"
    path.write_text(written, encoding="utf-8")
    head, _, rest = athena.unload(athena.select_of(path, file=FILE), LOCATION).partition("\n")
    select, end, _ = rest.partition("\n) TO ")
    assert head == "UNLOAD ("
    assert end == "\n) TO "
    assert rest.endswith(f"\n) TO '{LOCATION}' WITH (format = 'PARQUET', compression = 'SNAPPY')")
    assert select.replace("\n", " ").removesuffix(" -- all") == "SELECT a FROM b"


@pytest.mark.parametrize("written", ["", "-- nothing\n", " ;\n"])
def test_a_file_without_a_query_is_refused(tmp_path: Path, written: str) -> None:
    path = tmp_path / "query.sql"
    path.write_text(written, encoding="utf-8")
    with pytest.raises(DataError, match=r"src/query\.sql holds no query"):
        athena.select_of(path, file=FILE)


def test_the_step_waits_longer_and_longer_and_tells_what_was_read() -> None:
    client = Athena("QUEUED", *["RUNNING"] * 6, "SUCCEEDED")
    waited: list[float] = []
    assert run(client, waited) == 12
    assert waited == [0.5, 1, 2, 4, 8, 10, 10]
    assert client.started == {
        "QueryString": "UNLOAD",
        "WorkGroup": "flowers",
        "QueryExecutionContext": {"Database": "link"},
    }


REFUSED = {
    "describe": (
        (
            "Insufficient permissions to execute the query. Insufficient Lake Formation permission(s): "
            "Required Describe on houses"
        ),
        "The training role lacks the Lake Formation permission DESCRIBE on houses: ask",
    ),
    "select on the table": (
        "COLUMN_NOT_FOUND: line 2:8: SELECT * not allowed from relation that has no columns",
        "The training role lacks the Lake Formation permission SELECT on the table: ask",
    ),
    "select on a column": (
        (
            "COLUMN_NOT_FOUND: line 2:8: Column 'owner' cannot be resolved or requester is not authorized to "
            "access requested resources"
        ),
        'The table has no column "owner", or the training role lacks the Lake Formation permission SELECT on',
    ),
    "table": (
        "TABLE_NOT_FOUND: line 3:6: Table 'awsdatacatalog.link.houses' does not exist",
        (
            "There is no awsdatacatalog.link.houses in the data lake, or the training role lacks the Lake "
            "Formation permission DESCRIBE on it"
        ),
    ),
    "action": (
        "You are not authorized to perform: glue:GetTable on resource: arn:aws:glue:eu-west-1:1:table/a/b",
        "The training role lacks the IAM permission glue:GetTable on arn:aws:glue:eu-west-1:1:table/a/b",
    ),
    "limit": (
        "Query cancelled! : Bytes scanned limit was exceeded",
        "The query reads more than the project's limit: name fewer columns or rows",
    ),
    "an empty number": (
        "HIVE_BAD_DATA: Error parsing field value '' for field 2: For input string: \"\"",
        "A CSV file in the lake has '' in column 2 of its table (from 0), which is not of",
    ),
    "anything else": ("SYNTAX_ERROR: line 1:1", "Athena refused src/query.sql: SYNTAX_ERROR: line 1:1."),
}


@pytest.mark.parametrize(("said", "expected"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_names_what_is_missing_in_one_sentence(said: str, expected: str) -> None:
    for client in (
        Athena("FAILED", reason=said),
        Athena("CANCELLED", reason=said),
        Athena(refuses=said),
    ):
        with pytest.raises(DataError) as refused:
            run(client)
        assert str(refused.value).startswith(expected)
        assert str(refused.value) == sentence(said, file=FILE)


def test_the_files_are_a_table_of_the_same_cells(tmp_path: Path) -> None:
    first = pa.table(
        {
            "price": pa.array([1.5, None]),
            "name": pa.array(['a, "b"', "c\nd"]),
            "sold": pa.array([True, None]),
        }
    )
    assert athena.fetch(S3(first, first.slice(0, 1)), LOCATION, tmp_path, file=FILE) == 3
    table = open_table(tmp_path)
    assert table.header == ("price", "name", "sold")
    assert [row.cells for row in table.rows()] == [
        ["1.5", 'a, "b"', "true"],
        ["", "c\nd", ""],
        ["1.5", 'a, "b"', "true"],
    ]


@pytest.mark.parametrize("tables", [(), (pa.table({"price": pa.array([], pa.float64())}),)], ids=len)
def test_a_query_without_rows_is_refused(tmp_path: Path, tables: tuple[pa.Table, ...]) -> None:
    with pytest.raises(DataError, match="The query returns no rows"):
        athena.fetch(S3(*tables), LOCATION, tmp_path, file=FILE)


def test_a_column_of_lists_is_refused(tmp_path: Path) -> None:
    table = pa.table({"tags": pa.array([["a"]]), "price": pa.array([1.5])})
    with pytest.raises(DataError, match=r'The column "tags" of queried-00000\.parquet holds list'):
        athena.fetch(S3(table), LOCATION, tmp_path, file=FILE)
