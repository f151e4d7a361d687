"""Crawlers: what they make of real files, under their role and with what Lake Formation lends.

https://docs.aws.amazon.com/glue/latest/dg/crawler-s3-folder-table-partition.html
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.lake_formation.conftest import Governed, govern
from tests.emulator.lake_support import HOUSE_COLUMNS, HOUSES, Lake, comma_separated, make_lake, parquet
from tests.emulator.sagemaker_support import refused, unique
from tests.emulator.support import Emulator, Statement, allow, trust
from tests.emulator.support_code import until

SERVICE = "glue.amazonaws.com"
LEVEL = {"Version": 1.0, "Grouping": {"TableLevelConfiguration": 3}}


@pytest.fixture(scope="module")
def lake(emulator: Emulator) -> Lake:
    return make_lake(emulator, emulator.development)


def make(lake: Lake, role: str, **more: Any) -> str:
    name = unique("crawler")
    lake.client("glue").create_crawler(
        Name=name,
        Role=role,
        DatabaseName=lake.database,
        Targets={"S3Targets": [{"Path": f"s3://{lake.bucket}/tables/"}]},
        Configuration=json.dumps(LEVEL),
        **more,
    )
    return name


def crawler_role(lake: Lake, *statements: Statement) -> str:
    return lake.emulator.role(*statements, account=lake.account, trusting=trust(Service=SERVICE))


def crawled(lake: Lake, name: str) -> dict[str, Any]:
    """The last crawl of a crawler, once it has ended."""
    glue = lake.client("glue")
    glue.start_crawler(Name=name)
    found: dict[str, Any] = until(
        lambda: glue.get_crawler(Name=name)["Crawler"], lambda crawler: crawler["State"] == "READY"
    )
    last: dict[str, Any] = found["LastCrawl"]
    return last


def columns_of(lake: Lake, table: str) -> dict[str, str]:
    described = lake.client("glue").get_table(DatabaseName=lake.database, Name=table)["Table"]
    return {each["Name"]: each["Type"] for each in described["StorageDescriptor"]["Columns"]}


def catalog_access() -> Statement:
    return allow(["glue:Get*", "glue:CreateTable", "glue:UpdateTable", "glue:CreatePartition"])


def test_folders_become_tables_that_can_be_queried(lake: Lake, tmp_path: Path) -> None:
    lake.put("tables/plain/a.csv", comma_separated(HOUSES, HOUSE_COLUMNS))
    lake.put("tables/Big Houses/part-0", parquet(HOUSES, HOUSE_COLUMNS, tmp_path))
    lake.put("tables/quoted/a.csv", b'name,born,note\nAnn,2001-02-03,"a, b"\nBob,1999-01-01,c\n')
    for day, rows in (("2024-01-01", 3), ("2024-01-02", 2)):
        lake.put(f"tables/daily/day={day}/a.csv", b"n\n" + b"".join(b"%d\n" % n for n in range(rows)))
    lake.client("glue").create_classifier(
        CsvClassifier={"Name": "comma", "ContainsHeader": "PRESENT", "Delimiter": ",", "QuoteSymbol": '"'}
    )
    name = make(lake, crawler_role(lake, catalog_access(), lake.data_access()), Classifiers=["comma"])
    assert crawled(lake, name)["Status"] == "SUCCEEDED"
    assert columns_of(lake, "plain") == {**HOUSE_COLUMNS}
    assert columns_of(lake, "big_houses") == {**HOUSE_COLUMNS}
    assert columns_of(lake, "quoted") == {"name": "string", "born": "string", "note": "string"}
    total = str(sum(price for _, _, _, price in HOUSES))
    for table in ("plain", "big_houses"):
        assert lake.query(f"SELECT count(*), sum(price) FROM {table}").rows() == [["300", total]]
    assert lake.query("SELECT note, name FROM quoted ORDER BY name").rows() == [["a, b", "Ann"], ["c", "Bob"]]
    assert lake.query("SELECT day, count(*) FROM daily GROUP BY 1 ORDER BY 1").rows() == [
        ["2024-01-01", "3"],
        ["2024-01-02", "2"],
    ]
    lake.put("tables/plain/a.csv", b"id,more\n1,2\n")
    lake.put("tables/daily/day=2024-01-03/a.csv", b"n\n1\n")
    assert crawled(lake, name)["Status"] == "SUCCEEDED"
    assert columns_of(lake, "plain") == {"id": "bigint", "more": "bigint"}
    assert lake.query("SELECT count(DISTINCT day) FROM daily").rows() == [["3"]]


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("data", "s3:ListBucket"),
        ("glue:CreateTable", "glue:CreateTable"),
        ("glue:GetDatabase", "glue:GetDatabase"),
    ],
)
def test_a_crawl_fails_without(emulator: Emulator, missing: str, message: str) -> None:
    lake = make_lake(emulator, emulator.development)
    lake.put("tables/plain/a.csv", comma_separated(HOUSES, HOUSE_COLUMNS))
    actions = {"glue:GetDatabase", "glue:GetTable", "glue:CreateTable", "glue:UpdateTable"} - {missing}
    statements = [allow(sorted(actions))] + ([] if missing == "data" else [lake.data_access()])
    last = crawled(lake, make(lake, crawler_role(lake, *statements)))
    assert (last["Status"], message in last["ErrorMessage"]) == ("FAILED", True), last
    assert lake.client("glue").get_tables(DatabaseName=lake.database)["TableList"] == []


def test_a_role_that_does_not_trust_the_service_is_no_crawlers(lake: Lake) -> None:
    role = lake.emulator.role(catalog_access(), account=lake.account)
    last = crawled(lake, make(lake, role))
    assert last["ErrorMessage"].startswith("Service is unable to assume provided role.")


def test_a_crawler_is_asked_for_by_name_and_hands_its_role_on(lake: Lake) -> None:
    emulator, role = lake.emulator, crawler_role(lake, catalog_access())
    name = make(lake, role)
    arn = f"arn:aws:glue:{emulator.region}:{lake.account}:crawler/{name}"
    caller = emulator.role(allow("glue:*Crawler", arn), account=lake.account)
    glue = emulator.client("glue", account=lake.account, role=caller)
    glue.get_crawler(Name=name)
    code, message = refused(glue.update_crawler, Name=name, Role=role)
    assert (code, "iam:PassRole" in message) == ("AccessDeniedException", True)
    assert refused(glue.start_crawler, Name=f"{name}-other")[0] == "AccessDeniedException"


@pytest.fixture(scope="module")
def governed(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Governed:
    return govern(emulator, emulator.test, tmp_path_factory.mktemp("governed"))


GRANTS = ("location", "database", "lakeformation:GetDataAccess")


@pytest.mark.parametrize("missing", [None, *GRANTS])
def test_lake_formation_lends_a_crawler_the_data(governed: Governed, missing: str | None) -> None:
    lake = governed.lake
    lake.put("tables/crawled/a.csv", comma_separated(HOUSES, HOUSE_COLUMNS))
    access = [] if missing == "lakeformation:GetDataAccess" else [allow("lakeformation:GetDataAccess")]
    role = crawler_role(lake, catalog_access(), *access)
    if missing != "location":
        location = {"DataLocation": {"ResourceArn": f"arn:aws:s3:::{lake.bucket}"}}
        governed.grant(role, location, "DATA_LOCATION_ACCESS")
    if missing != "database":
        governed.grant(role, governed.database, "CREATE_TABLE", "ALTER", "DESCRIBE")
    lent = {"UseLakeFormationCredentials": True, "AccountId": lake.account}
    last = crawled(lake, make(lake, role, LakeFormationConfiguration=lent))
    assert last["Status"] == ("FAILED" if missing else "SUCCEEDED"), last
    if missing is None:
        lake.client("glue").delete_table(DatabaseName=lake.database, Name="crawled")
