"""A feature group of the data account, filled from the lake, under the roles of the products.

What the roles of the offline store and of the ingestion need is asked here by none of the tables from which
they are made.
"""

import json
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from base.contracts.lake import TABLES
from emulator.machine.isolation import LoopbackSession
from rehearsal.processes import Emulator as EmulatorProcess
from tests.data_account import DATA, catalog_with_data_account
from tests.emulator.lake_support import Row, ended, parquet
from tests.emulator.launch_support import changed
from tests.emulator.step_support import resource, run_script
from tests.emulator.support import SETTINGS, Emulator, allow
from tests.emulator.support_code import until
from tests.emulator.try_product import Launched, launch_product
from tests.hangs import HANGS
from tests.products.launches import PRODUCTS, templates
from tests.products.launches import settings as example
from tests.seed_code.seeds import Seed

BUILD = "build_from_feature_group"
NAMES = example(prefix="mlplatform-x").names
LAKE_BUCKET = NAMES.lake_bucket(DATA)
GROUP = "customers"
COLUMNS = {
    "customer": "bigint",
    "event_time": "timestamp",
    "spend": "double",
    "city": "string",
    "is_deleted": "boolean",
}
DAY = "2026-01-{:02d} 00:00:00"
FIRST: Sequence[Row] = (
    (1, DAY.format(1), 10.5, "Ulm", False),
    (1, DAY.format(5), 20.0, "Bonn", None),
    (2, DAY.format(2), None, "Köln, am Rhein", False),
)
LABELS = "visits"
VISITS: Sequence[Row] = (
    (1, "2025-12-31 23:59:59", "before all"),
    (1, "2026-01-01 00:00:00", "after the first, as corrected"),
    (1, "2026-01-09 12:00:00", "after the second"),
    (2, "2026-01-02 23:59:59", "before it was deleted"),
    (2, "2026-01-03 00:00:00", "after it was deleted"),
)
CORRECTED: Row = (1, DAY.format(1), 11.5, "Ulm", False)
DELETED: Row = (2, DAY.format(3), 99.0, "nowhere", True)


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


def put_table(emulator: Emulator, rows: Sequence[Row], folder: Path) -> None:
    """Replace the table of the lake, and have it described."""
    content = parquet(rows, COLUMNS, folder)
    emulator.client("s3", account=DATA).put_object(
        Bucket=LAKE_BUCKET, Key=f"{TABLES}/{GROUP}/a.parquet", Body=content
    )
    glue = emulator.client("glue", account=DATA)
    glue.start_crawler(Name=NAMES.lake_crawler)
    crawler = until(
        lambda: glue.get_crawler(Name=NAMES.lake_crawler)["Crawler"],
        lambda found: found["State"] == "READY",
    )
    assert crawler["LastCrawl"]["Status"] == "SUCCEEDED", crawler["LastCrawl"]


@pytest.fixture(scope="module")
def group(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Launched:
    """A group on the lake's first rows, with both stores."""
    # The boundary of the roles is made once, for all products.
    lake = launch_product(emulator, PRODUCTS["data_lake"], "data", beside=templates().values())
    labels = {"customer": "bigint", "event_time": "timestamp", "churned": "string"}
    content = parquet(VISITS, labels, tmp_path_factory.mktemp("visits"))
    emulator.client("s3", account=DATA).put_object(
        Bucket=LAKE_BUCKET, Key=f"{TABLES}/{LABELS}/a.parquet", Body=content
    )
    put_table(emulator, FIRST, tmp_path_factory.mktemp("first"))
    [stack] = emulator.client("cloudformation", account=DATA).describe_stacks(StackName=lake.name)["Stacks"]
    key = {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}["KeyArn"]
    return launch_product(
        emulator,
        PRODUCTS["feature_group"],
        "data",
        given={
            "GroupName": GROUP,
            "Features": "customer:Integral,spend:Fractional,city:String",
            "OnlineStore": "On",
            "LakeKeyArn": key,
            "LakeTable": GROUP,
            "Deletions": "Marked",
            "Ingestion": "OnDemand",
        },
    )


def invoke(emulator: Emulator, event: dict[str, Any]) -> Any:
    """What the function answers."""
    answer = emulator.client("lambda", account=DATA).invoke(
        FunctionName=NAMES.feature_ingestion(GROUP), Payload=json.dumps(event).encode()
    )
    return json.loads(answer["Payload"].read())


def ingest(emulator: Emulator) -> str:
    """Start an ingestion; the query."""
    return str(invoke(emulator, {})["query"])


def offline(emulator: Emulator) -> list[list[str | None]]:
    """The offline store, in the order of writing."""
    bucket = "feature-results"
    s3 = emulator.client("s3", account=DATA)
    if bucket not in [each["Name"] for each in s3.list_buckets()["Buckets"]]:
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": emulator.region})
    athena = emulator.client("athena", account=DATA)
    started = athena.start_query_execution(
        QueryString="SELECT customer, event_time, spend, city, is_deleted "
        f'FROM "{NAMES.feature_database(GROUP)}"."{GROUP}" ORDER BY write_time, customer, event_time',
        ResultConfiguration={"OutputLocation": f"s3://{bucket}/"},
    )
    return ended(athena, started["QueryExecutionId"]).rows()


def wait_for(emulator: Emulator, count: int) -> list[list[str | None]]:
    """The offline store once it has so many rows."""
    deadline = time.monotonic() + HANGS
    while len(found := offline(emulator)) < count:
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
    return found


def test_the_lake_fills_the_group_and_a_correction_stands_beside_what_it_corrects(
    emulator: Emulator, group: Launched, tmp_path: Path
) -> None:
    ingest(emulator)
    first = [
        ["1", "2026-01-01T00:00:00.000Z", "10.5", "Ulm", "false"],
        ["1", "2026-01-05T00:00:00.000Z", "20.0", "Bonn", "false"],
        ["2", "2026-01-02T00:00:00.000Z", None, "Köln, am Rhein", "false"],
    ]
    assert sorted(wait_for(emulator, 3)) == first
    put_table(emulator, (CORRECTED, *FIRST[1:], DELETED), tmp_path)
    ingest(emulator)
    later = [
        ["1", "2026-01-01T00:00:00.000Z", "11.5", "Ulm", "false"],
        ["2", "2026-01-03T00:00:00.000Z", None, None, "true"],
    ]
    found = wait_for(emulator, 5)
    assert sorted(found[:3]) == first
    assert sorted(found[3:]) == later
    online = emulator.client("sagemaker-featurestore-runtime", account=DATA)
    read = online.get_record(FeatureGroupName=GROUP, RecordIdentifierValueAsString="1")["Record"]
    assert {each["FeatureName"]: each["ValueAsString"] for each in read}["city"] == "Bonn"
    assert "Record" not in online.get_record(FeatureGroupName=GROUP, RecordIdentifierValueAsString="2")


def test_an_ingestion_without_news_puts_nothing(emulator: Emulator, group: Launched) -> None:
    before = len(wait_for(emulator, 5))
    athena = emulator.client("athena", account=DATA)
    query = ingest(emulator)
    assert ended(athena, query).state == "SUCCEEDED"
    told = {"detail-type": "Athena Query State Change", "detail": {"queryExecutionId": query}}
    assert invoke(emulator, told) == {"put": 0, "deleted": 0}
    assert len(offline(emulator)) == before


def test_the_development_account_may_describe_the_group_and_write_nothing(
    emulator: Emulator, group: Launched
) -> None:
    arn = f"arn:aws:sagemaker:{emulator.region}:{DATA}:feature-group/{GROUP}"
    role = emulator.role(allow("sagemaker:*"))
    described = emulator.client("sagemaker", role=role).describe_feature_group(FeatureGroupName=arn)
    assert described["FeatureGroupName"] == GROUP
    record = [{"FeatureName": "customer", "ValueAsString": "1"}]
    with pytest.raises(Exception, match="sagemaker:PutRecord"):
        emulator.client("sagemaker-featurestore-runtime", role=role).put_record(
            FeatureGroupName=arn, Record=record
        )


@pytest.fixture(scope="module")
def project(emulator: Emulator, group: Launched) -> Launched:
    """A project that joins labels of the lake with the group."""
    return launch_product(
        emulator,
        PRODUCTS[BUILD],
        "development",
        beside=templates().values(),
        given={
            "LakeTable": LABELS,
            "FeatureGroup": GROUP,
            "SecondFeatureGroup": "none",
            "ThirdFeatureGroup": "none",
        },
    )


def join(
    emulator: Emulator, project: Launched, folder: Path, groups: str = GROUP
) -> subprocess.CompletedProcess[str]:
    """Run the first step of the project's repository as its training role."""
    Seed(BUILD).copy(folder / "repository")
    given = {
        "source": f"athena://{DATA}/{NAMES.lake_database}/{LABELS}",
        "groups": groups,
        "database": resource(emulator, project, "AWS::Glue::Database", "LakeLink"),
    }
    return run_script(emulator, BUILD, project, folder, "join.py", given)


def test_a_project_learns_from_what_was_known_then(
    emulator: Emulator, project: Launched, tmp_path: Path
) -> None:
    wait_for(emulator, 5)
    done = join(emulator, project, tmp_path)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "ml" / "processing"
    found = duckdb.connect().execute(f"SELECT * FROM '{folder / 'queried'}/*.parquet'")
    assert [each[0] for each in found.description or ()] == ["churned", "customers_spend", "customers_city"]
    assert sorted(found.fetchall(), key=str) == sorted(
        [
            ("before all", None, None),
            ("after the first, as corrected", 11.5, "Ulm"),
            ("after the second", 20.0, "Bonn"),
            ("before it was deleted", None, "Köln, am Rhein"),
            ("after it was deleted", None, None),
        ],
        key=str,
    )
    told = json.loads((folder / "features" / "features.json").read_text(encoding="utf-8"))
    assert told["registration"] == {"feature_schema": "customers/spend:Fractional customers/city:String"}


def test_a_group_that_the_project_was_not_made_with_is_refused_in_one_sentence(
    emulator: Emulator, project: Launched, tmp_path: Path
) -> None:
    done = join(emulator, project, tmp_path, groups="payroll")
    assert done.returncode == 2
    assert done.stderr.startswith("The training role may not describe the feature group payroll"), done.stderr
    assert done.stderr.count("\n") == 1


def test_a_feature_that_is_for_nobody_is_refused_in_one_sentence(
    emulator: Emulator, project: Launched, tmp_path: Path
) -> None:
    lake_formation = emulator.client("lakeformation", account=DATA)
    column = {"DatabaseName": NAMES.feature_database(GROUP), "Name": GROUP, "ColumnNames": ["spend"]}
    tagged = {
        "Resource": {"TableWithColumns": column},
        "LFTags": [{"TagKey": NAMES.lake_audience_tag, "TagValues": ["nobody"]}],
    }
    assert lake_formation.add_lf_tags_to_resource(**tagged)["Failures"] == []
    try:
        done = join(emulator, project, tmp_path)
    finally:
        lake_formation.remove_lf_tags_from_resource(**tagged)
    assert done.returncode == 2
    assert "lacks the Lake Formation permission SELECT on it" in done.stderr
    assert "spend" in done.stderr


def test_a_feature_may_be_added_and_the_group_goes_with_its_table(
    emulator: Emulator, group: Launched
) -> None:
    more = {**group.parameters, "Features": f"{group.parameters['Features']},rooms:Integral"}
    group.stack.update(more)
    described = emulator.client("sagemaker", account=DATA).describe_feature_group(FeatureGroupName=GROUP)
    assert [each["FeatureName"] for each in described["FeatureDefinitions"]] == [
        "event_time",
        "customer",
        "spend",
        "city",
        "rooms",
    ]
    assert changed(group.template, more) is not None
    group.stack.delete()
    left = [each["Name"] for each in emulator.client("glue", account=DATA).get_databases()["DatabaseList"]]
    assert left == [NAMES.lake_database]
    kept = emulator.client("s3", account=DATA).list_objects_v2(
        Bucket=LAKE_BUCKET, Prefix=f"features/{GROUP}/"
    )
    assert kept["KeyCount"] > 0
