"""UNLOAD: https://docs.aws.amazon.com/athena/latest/ug/unload.html."""

from pathlib import Path

import duckdb
import pytest

from tests.emulator.lake_support import HOUSES, Lake
from tests.emulator.sagemaker_support import unique


def unload(lake: Lake, select: str, location: str, **more: str) -> str:
    properties = ", ".join(f"{key} = '{value}'" for key, value in {"format": "PARQUET", **more}.items())
    return f"UNLOAD ({select}) TO '{location}' WITH ({properties})"


def unloaded(lake: Lake, location: str, folder: Path) -> list[Path]:
    s3 = lake.client("s3")
    prefix = location.split("/", 3)[3]
    keys = [
        each["Key"] for each in s3.list_objects_v2(Bucket=lake.results, Prefix=prefix).get("Contents", ())
    ]
    paths = [folder / f"{number}.parquet" for number in range(len(keys))]
    for key, path in zip(keys, paths, strict=True):
        path.write_bytes(s3.get_object(Bucket=lake.results, Key=key)["Body"].read())
    return paths


@pytest.mark.parametrize(
    ("given", "codec"),
    [
        ({}, "GZIP"),
        ({"compression": "SNAPPY"}, "SNAPPY"),
        ({"compression": "zstd"}, "ZSTD"),
        ({"compression": "NONE"}, "UNCOMPRESSED"),
    ],
)
def test_a_query_writes_parquet(lake: Lake, tmp_path: Path, given: dict[str, str], codec: str) -> None:
    location = f"s3://{lake.results}/{unique('u')}/"
    select = "SELECT region, size, count(*) AS n, sum(price) AS Total FROM plain WHERE id > 100 GROUP BY 1, 2"
    done = lake.query(unload(lake, select, location, **given))
    assert done.state == "SUCCEEDED", done.reason
    [path] = unloaded(lake, location, tmp_path)
    connection = duckdb.connect()
    found = connection.execute(f"SELECT * FROM '{path}' ORDER BY 1, 2").fetchall()
    kinds = connection.execute(
        f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '{path}')"
    ).fetchall()
    assert kinds == [("region", "VARCHAR"), ("size", "DOUBLE"), ("n", "BIGINT"), ("total", "BIGINT")]
    codecs = connection.execute(f"SELECT DISTINCT compression FROM parquet_metadata('{path}')").fetchall()
    assert codecs == [(codec,)]
    expected: dict[tuple[str, float], list[int]] = {}
    for number, region, size, price in HOUSES:
        if number > 100:
            counted = expected.setdefault((region, size), [0, 0])
            counted[0] += 1
            counted[1] += price
    assert found == [(*key, *counted) for key, counted in sorted(expected.items())]


def test_the_manifest_lists_what_was_written(lake: Lake) -> None:
    location = f"s3://{lake.results}/{unique('u')}/"
    done = lake.query(unload(lake, "SELECT id FROM houses", location))
    identifier = done.execution["QueryExecutionId"]
    assert done.execution["ResultConfiguration"]["OutputLocation"] == f"s3://{lake.results}/out/{identifier}"
    manifest = done.execution["Statistics"]["DataManifestLocation"]
    assert manifest == f"s3://{lake.results}/out/{identifier}-manifest.csv"
    s3 = lake.client("s3")
    lines = (
        s3.get_object(Bucket=lake.results, Key=f"out/{identifier}-manifest.csv")["Body"]
        .read()
        .decode()
        .split()
    )
    listed = s3.list_objects_v2(Bucket=lake.results, Prefix=location.split("/", 3)[3])["Contents"]
    assert lines == [f"s3://{lake.results}/{each['Key']}" for each in listed]
    assert "." not in lines[0].rpartition("/")[2]
    assert done.athena.get_query_results(QueryExecutionId=identifier)["UpdateCount"] == len(HOUSES)


def test_a_query_without_rows_writes_no_file(lake: Lake, tmp_path: Path) -> None:
    location = f"s3://{lake.results}/{unique('u')}/"
    done = lake.query(unload(lake, "SELECT id FROM houses WHERE id < 0", location))
    assert (done.state, unloaded(lake, location, tmp_path)) == ("SUCCEEDED", [])


@pytest.mark.parametrize(
    ("select", "reason"),
    [
        (
            "SELECT id, size * 2 FROM houses",
            "COLUMN_NAME_NOT_SPECIFIED: line 1:9: Column name not specified at position 2",
        ),
        (
            "SELECT id, price AS ID FROM houses",
            "DUPLICATE_COLUMN_NAME: line 1:9: Column name 'id' specified more than once",
        ),
        ("SELECT nope FROM houses", "COLUMN_NOT_FOUND: line 1:16: Column 'nope'"),
    ],
)
def test_an_unload_fails(lake: Lake, tmp_path: Path, select: str, reason: str) -> None:
    location = f"s3://{lake.results}/{unique('u')}/"
    failed = lake.query(unload(lake, select, location))
    assert (failed.state, failed.reason[: len(reason)]) == ("FAILED", reason)
    assert unloaded(lake, location, tmp_path) == []


def test_the_destination_must_be_empty(lake: Lake) -> None:
    location = f"s3://{lake.results}/{unique('u')}/"
    assert lake.query(unload(lake, "SELECT id FROM houses", location)).state == "SUCCEEDED"
    again = lake.query(unload(lake, "SELECT id FROM houses", location))
    assert (again.state, again.reason.startswith("HIVE_PATH_ALREADY_EXISTS: ")) == ("FAILED", True)
