"""The data lake and a project that reads it, each in its account under its derived role, with real tables.

What a project's training role needs of Athena, AWS Glue, Lake Formation, Amazon S3 and AWS KMS is asked here
by none of the tables from which the role is made.
"""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from base.contracts.lake import TABLES
from emulator.machine.isolation import LoopbackSession
from rehearsal.processes import Emulator as EmulatorProcess
from tests.data_account import DATA, catalog_with_data_account
from tests.emulator.lake_support import HOUSE_COLUMNS, HOUSES, Ended, comma_separated, ended, parquet
from tests.emulator.launch_support import changed
from tests.emulator.step_support import resource, training_role
from tests.emulator.step_support import step as run_step
from tests.emulator.support import SETTINGS, Emulator
from tests.emulator.support_code import until
from tests.emulator.try_product import Launched, launch_product
from tests.products.launches import PRODUCTS
from tests.products.launches import settings as example

NAMES = example(prefix="mlplatform-x").names
LAKE_BUCKET = NAMES.lake_bucket(DATA)


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An emulator whose organisation has a data account."""
    folder = tmp_path_factory.mktemp("with-data")
    with EmulatorProcess(folder, catalog=catalog_with_data_account(folder)) as process:
        yield Emulator(
            process=process,
            endpoint=process.endpoint,
            region=SETTINGS.region,
            session=LoopbackSession(process.endpoint, SETTINGS.region),
        )


@pytest.fixture(scope="module")
def lake(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Launched:
    """The lake, with houses as CSV and as Parquet, which its crawler has found."""
    launched = launch_product(emulator, PRODUCTS["data_lake"], "data")
    s3 = emulator.client("s3", account=DATA)
    written = {
        "plain/a.csv": comma_separated(HOUSES, HOUSE_COLUMNS),
        "houses/a.parquet": parquet(HOUSES, HOUSE_COLUMNS, tmp_path_factory.mktemp("houses")),
    }
    for key, content in written.items():
        s3.put_object(Bucket=LAKE_BUCKET, Key=f"{TABLES}/{key}", Body=content)
    glue = emulator.client("glue", account=DATA)
    glue.start_crawler(Name=NAMES.lake_crawler)
    crawler = until(
        lambda: glue.get_crawler(Name=NAMES.lake_crawler)["Crawler"],
        lambda found: found["State"] == "READY",
    )
    assert crawler["LastCrawl"]["Status"] == "SUCCEEDED", crawler["LastCrawl"]
    return launched


@pytest.fixture(scope="module")
def project(emulator: Emulator, lake: Launched) -> Launched:
    """A project that reads the lake."""
    return launch_product(emulator, PRODUCTS["build_from_lake"], "development", given={"LakeTable": "houses"})


def unloaded(emulator: Emulator, project: Launched, select: str, folder: str) -> Ended:
    """Unload a query in the project's training role, which whoever tests may assume as well."""
    athena = emulator.client("athena", role=training_role(emulator, project))
    location = f"s3://{resource(emulator, project, 'AWS::S3::Bucket')}/runs/unloaded/{folder}/"
    started = athena.start_query_execution(
        QueryString=f"UNLOAD ({select}) TO '{location}' WITH (format = 'PARQUET', compression = 'SNAPPY')",
        WorkGroup=resource(emulator, project, "AWS::Athena::WorkGroup"),
        QueryExecutionContext={"Database": resource(emulator, project, "AWS::Glue::Database")},
    )
    return ended(athena, started["QueryExecutionId"])


@pytest.mark.parametrize("table", ["houses", "plain"])
def test_a_project_reads_the_lake(emulator: Emulator, project: Launched, table: str, tmp_path: Path) -> None:
    done = unloaded(emulator, project, f"SELECT id, price FROM {table} WHERE region = 'north'", table)
    assert done.state == "SUCCEEDED", done.reason
    bucket = resource(emulator, project, "AWS::S3::Bucket")
    s3 = emulator.client("s3")
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=f"runs/unloaded/{table}/")["Contents"]
    found = []
    for number, each in enumerate(listed):
        path = tmp_path / f"{number}.parquet"
        path.write_bytes(s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read())
        found += duckdb.connect().execute(f"SELECT * FROM '{path}'").fetchall()
    assert sorted(found) == [(number, price) for number, region, _, price in HOUSES if region == "north"]


def step(
    emulator: Emulator, project: Launched, folder: Path, select: str, table: str = "houses"
) -> subprocess.CompletedProcess[str]:
    """Run the first step of the project's repository with a query, as its training role."""
    return run_step(emulator, "build_from_lake", project, folder, select, NAMES.lake_database, table)


def test_the_step_of_the_repository_brings_the_rows_of_its_query(
    emulator: Emulator, project: Launched, tmp_path: Path
) -> None:
    done = step(emulator, project, tmp_path, "-- some\nSELECT id, size FROM {table} WHERE region = 'east';\n")
    assert done.returncode == 0, done.stderr
    wanted = [(str(number), str(size)) for number, region, size, _ in HOUSES if region == "east"]
    assert f"returned {len(wanted)} rows" in done.stdout
    found: list[tuple[str, ...]] = []
    for path in (tmp_path / "ml" / "processing" / "queried").iterdir():
        table = duckdb.read_parquet(str(path))
        assert table.columns == ["id", "size"]
        found += [tuple(map(str, row)) for row in table.fetchall()]
    assert sorted(found) == sorted(wanted)


@pytest.mark.parametrize(
    ("select", "sentence"),
    [
        ("SELECT id FROM {table} WHERE id < 0", "The query returns no rows: "),
        ("SELECT owner FROM {table}", 'The table has no column "owner", or the training role lacks the Lake'),
        ("SELECT id FROM castles", "There is no "),
        ("SELEC id", "Athena refused src/query.sql: "),
    ],
)
def test_the_step_ends_with_one_sentence(
    emulator: Emulator, project: Launched, tmp_path: Path, select: str, sentence: str
) -> None:
    done = step(emulator, project, tmp_path, select)
    assert done.returncode == 2
    assert done.stderr.startswith(sentence), done.stderr
    assert done.stderr.count("\n") == 1
    assert (tmp_path / "ml" / "output" / "message").read_text(encoding="utf-8") == done.stderr.strip()


def test_a_column_that_is_for_nobody_is_hidden(emulator: Emulator, project: Launched) -> None:
    lake_formation = emulator.client("lakeformation", account=DATA)
    column = {"DatabaseName": NAMES.lake_database, "Name": "plain", "ColumnNames": ["price"]}
    tagged = {
        "Resource": {"TableWithColumns": column},
        "LFTags": [{"TagKey": NAMES.lake_audience_tag, "TagValues": ["nobody"]}],
    }
    assert lake_formation.add_lf_tags_to_resource(**tagged)["Failures"] == []
    try:
        hidden = unloaded(emulator, project, "SELECT price FROM plain", "hidden")
        seen = unloaded(emulator, project, "SELECT * FROM plain", "seen")
    finally:
        lake_formation.remove_lf_tags_from_resource(**tagged)
    assert hidden.reason.startswith(
        "COLUMN_NOT_FOUND: line 1:16: Column 'price' cannot be resolved or requester"
    )
    assert seen.state == "SUCCEEDED", seen.reason


def test_a_table_that_is_for_nobody_is_refused(emulator: Emulator, project: Launched, tmp_path: Path) -> None:
    lake_formation = emulator.client("lakeformation", account=DATA)
    tagged = {
        "Resource": {"Table": {"DatabaseName": NAMES.lake_database, "Name": "plain"}},
        "LFTags": [{"TagKey": NAMES.lake_audience_tag, "TagValues": ["nobody"]}],
    }
    lake_formation.add_lf_tags_to_resource(**tagged)
    try:
        refused = unloaded(emulator, project, "SELECT id FROM plain", "refused")
        done = step(emulator, project, tmp_path, "SELECT id FROM {table}", "plain")
    finally:
        lake_formation.remove_lf_tags_from_resource(**tagged)
    assert refused.reason == (
        "Insufficient permissions to execute the query. Insufficient Lake Formation permission(s): Required "
        "Describe on plain"
    )
    assert done.returncode == 2
    assert done.stderr.startswith(
        "The training role lacks the Lake Formation permission DESCRIBE on plain: ask the data lake's"
    )


def test_both_change_and_leave(project: Launched, lake: Launched) -> None:
    for launched in (project, lake):
        update = changed(launched.template, launched.parameters)
        assert update is not None
        launched.stack.update(update)
        launched.stack.delete()
