"""What a role of the lake's account sees of a table, by each way of granting: columns and rows.

https://docs.aws.amazon.com/lake-formation/latest/dg/lf-permissions-reference.html; how Athena says it:
https://docs.aws.amazon.com/athena/latest/ug/lf-athena-limitations.html. The role has nothing on the data in
Amazon S3: what it reads, Lake Formation has lent.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.emulator.lake_formation.conftest import Governed, tagged
from tests.emulator.lake_support import HOUSE_COLUMNS, HOUSES, Row
from tests.emulator.sagemaker_support import refused, unique
from tests.emulator.support import allow

INSUFFICIENT = "Insufficient permissions to execute the query. "
REQUIRED = f"{INSUFFICIENT}Insufficient Lake Formation permission(s): Required"
HIDDEN = "cannot be resolved or requester is not authorized to access requested resources"

Granting = Callable[[Governed, str], None]


def nothing(governed: Governed, role: str) -> None:
    del governed, role


def database(governed: Governed, role: str) -> None:
    governed.grant(role, governed.database, "DESCRIBE")


def described(governed: Governed, role: str) -> None:
    database(governed, role)
    governed.grant(role, governed.table("houses"), "DESCRIBE")
    governed.grant(role, governed.table("plain"), "DESCRIBE")


def table(governed: Governed, role: str) -> None:
    for name in ("houses", "plain"):
        governed.grant(role, governed.table(name), "SELECT")


def wildcard(governed: Governed, role: str) -> None:
    everything = {"Table": {"DatabaseName": governed.lake.database, "TableWildcard": {}}}
    governed.grant(role, everything, "SELECT", "DESCRIBE")


def _columns(governed: Governed, role: str, **chosen: Any) -> None:
    for name in ("houses", "plain"):
        named = {"DatabaseName": governed.lake.database, "Name": name, **chosen}
        governed.grant(role, {"TableWithColumns": named}, "SELECT")


def some_columns(governed: Governed, role: str) -> None:
    _columns(governed, role, ColumnNames=["region", "id"])


def all_columns_but_one(governed: Governed, role: str) -> None:
    _columns(governed, role, ColumnWildcard={"ExcludedColumnNames": ["price"]})


def _filter(governed: Governed, role: str, condition: str, **chosen: Any) -> None:
    for name in ("houses", "plain"):
        named = {
            "TableCatalogId": governed.lake.account,
            "DatabaseName": governed.lake.database,
            "TableName": name,
            "Name": unique("filter"),
        }
        given = {**named, "RowFilter": {"FilterExpression": condition}, **chosen}
        governed.lake_formation.create_data_cells_filter(TableData=given)
        governed.grant(role, {"DataCellsFilter": named}, "SELECT")


def rows(governed: Governed, role: str) -> None:
    _filter(governed, role, "region = 'north' AND size > 100", ColumnWildcard={})


def cells(governed: Governed, role: str) -> None:
    _filter(governed, role, "region = 'north'", ColumnNames=["id", "size"])


def two_filters(governed: Governed, role: str) -> None:
    _filter(governed, role, "region = 'north'", ColumnWildcard={})
    _filter(governed, role, "price < 5000", ColumnWildcard={})


def cells_of_each_row(governed: Governed, role: str) -> None:
    _filter(governed, role, "region = 'north'", ColumnNames=["id", "region", "price"])
    _filter(governed, role, "region = 'south'", ColumnNames=["id", "region", "size"])


def prices_in_the_north_alone(governed: Governed, role: str) -> None:
    _columns(governed, role, ColumnNames=["id"])
    _filter(governed, role, "region = 'north'", ColumnNames=["price"])


def _policy(governed: Governed, role: str, key: str, value: str) -> None:
    expression = [{"TagKey": key, "TagValues": [value]}]
    for kind, permissions in (("DATABASE", ["DESCRIBE"]), ("TABLE", ["SELECT", "DESCRIBE"])):
        governed.grant(role, {"LFTagPolicy": {"ResourceType": kind, "Expression": expression}}, *permissions)


def _tag(governed: Governed) -> str:
    key = unique("audience")
    governed.lake_formation.create_lf_tag(TagKey=key, TagValues=["science", "nobody"])
    tagged(governed, governed.database, key, "science")
    return key


def by_tag(governed: Governed, role: str) -> None:
    _policy(governed, role, _tag(governed), "science")


def by_tag_without_a_column(governed: Governed, role: str) -> None:
    key = _tag(governed)
    for name in ("houses", "plain"):
        column = {"DatabaseName": governed.lake.database, "Name": name, "ColumnNames": ["price"]}
        tagged(governed, {"TableWithColumns": column}, key, "nobody")
    _policy(governed, role, key, "science")


def by_another_tag(governed: Governed, role: str) -> None:
    _policy(governed, role, _tag(governed), "nobody")


def two_tags_of_which_one_is_missing(governed: Governed, role: str) -> None:
    first, second = _tag(governed), unique("zone")
    governed.lake_formation.create_lf_tag(TagKey=second, TagValues=["open"])
    expression = [
        {"TagKey": first, "TagValues": ["science", "nobody"]},
        {"TagKey": second, "TagValues": ["open"]},
    ]
    governed.grant(role, {"LFTagPolicy": {"ResourceType": "TABLE", "Expression": expression}}, "SELECT")


def everybody(governed: Governed, role: str) -> None:
    """Open database and tables to whom IAM lets in, and close them again."""
    del role
    for resource in (governed.database, governed.table("houses"), governed.table("plain")):
        governed.grant("IAM_ALLOWED_PRINCIPALS", resource, "ALL")


def expected(columns: str, keep: Callable[[Row], bool] = lambda _: True) -> list[list[str | None]]:
    names = list(HOUSE_COLUMNS)
    lines: list[list[str | None]] = [[*columns.split()]]
    chosen = [names.index(name) for name in columns.split()]
    lines += [[str(house[index]) for index in chosen] for house in HOUSES if keep(house)]
    return lines


ALL = "id region size price"

CELLS: list[tuple[Granting, Callable[[Row], list[Any] | None]]] = [
    (
        cells_of_each_row,
        lambda house: {
            "north": [house[0], house[1], None, house[3]],
            "south": [house[0], house[1], house[2], None],
        }.get(house[1]),
    ),
    (prices_in_the_north_alone, lambda house: [house[0], house[3] if house[1] == "north" else None]),
]


@pytest.mark.parametrize("name", ["houses", "plain"])
@pytest.mark.parametrize(("granting", "seen"), CELLS)
def test_a_role_sees_other_columns_in_other_rows(
    governed: Governed, granting: Granting, seen: Callable[[Row], list[Any] | None], name: str
) -> None:
    """https://docs.aws.amazon.com/lake-formation/latest/dg/data-filtering-overview.html."""
    role = governed.reader()
    granting(governed, role)
    shown = [row for house in HOUSES if (row := seen(house)) is not None]
    expected_rows = [[None if each is None else str(each) for each in row] for row in shown]
    assert governed.lake.query(f"SELECT * FROM {name} ORDER BY id", role=role).rows() == expected_rows


@pytest.mark.parametrize("name", ["houses", "plain"])
@pytest.mark.parametrize(
    ("granting", "lines"),
    [
        (table, expected(ALL)),
        (wildcard, expected(ALL)),
        (some_columns, expected("id region")),
        (all_columns_but_one, expected("id region size")),
        (rows, expected(ALL, lambda house: house[1] == "north" and house[2] > 100)),
        (cells, expected("id size", lambda house: house[1] == "north")),
        (two_filters, expected(ALL, lambda house: house[1] == "north" or house[3] < 5000)),
        (by_tag, expected(ALL)),
        (by_tag_without_a_column, expected("id region size")),
    ],
)
def test_a_role_sees(
    governed: Governed, granting: Granting, lines: list[list[str | None]], name: str
) -> None:
    role = governed.reader()
    granting(governed, role)
    seen = governed.lake.query(f"SELECT * FROM {name} ORDER BY id", role=role)
    assert seen.lines() == lines


@pytest.mark.parametrize(
    ("granting", "reason"),
    [
        (nothing, f"{REQUIRED} Describe on {{db}}"),
        (database, f"{REQUIRED} Describe on houses"),
        (by_another_tag, f"{REQUIRED} Describe on {{db}}"),
        (two_tags_of_which_one_is_missing, f"{REQUIRED} Describe on {{db}}"),
        (
            described,
            "COLUMN_NOT_FOUND: line 1:8: SELECT * not allowed from relation that has no columns",
        ),
    ],
)
def test_a_role_sees_nothing(governed: Governed, granting: Granting, reason: str) -> None:
    role = governed.reader()
    granting(governed, role)
    failed = governed.lake.query("SELECT * FROM houses", role=role)
    assert (failed.state, failed.reason) == ("FAILED", reason.format(db=governed.lake.database))


@pytest.mark.parametrize(
    ("granting", "column"),
    [(some_columns, "price"), (cells, "region"), (by_tag_without_a_column, "price"), (described, "id")],
)
def test_a_hidden_column_cannot_be_named(governed: Governed, granting: Granting, column: str) -> None:
    role = governed.reader()
    granting(governed, role)
    for sql, place in (
        (f"SELECT max({column}) FROM houses", "1:12"),
        (f"SELECT count(*) FROM houses WHERE {column} IS NULL", "1:35"),
    ):
        failed = governed.lake.query(sql, role=role)
        assert (failed.state, failed.reason) == (
            "FAILED",
            f"COLUMN_NOT_FOUND: line {place}: Column '{column}' {HIDDEN}",
        )


def test_hidden_rows_are_not_counted_joined_or_unloaded(governed: Governed) -> None:
    role = governed.reader()
    cells(governed, role)
    north = [house for house in HOUSES if house[1] == "north"]
    counted = governed.lake.query("SELECT count(*), sum(size) FROM plain", role=role)
    assert counted.rows() == [[str(len(north)), str(sum(size for _, _, size, _ in north))]]
    joined = governed.lake.query(
        "SELECT count(*) FROM plain a RIGHT JOIN houses b ON a.id = b.id - 3", role=role
    )
    assert joined.rows() == [[str(len(north))]]
    location = f"s3://{governed.lake.results}/{unique('u')}/"
    sql = f"UNLOAD (SELECT * FROM houses) TO '{location}' WITH (format = 'PARQUET')"
    unloaded = governed.lake.query(sql, role=role)
    assert unloaded.state == "SUCCEEDED", unloaded.reason
    found = unloaded.athena.get_query_results(QueryExecutionId=unloaded.execution["QueryExecutionId"])
    assert found["UpdateCount"] == len(north)


def test_what_is_revoked_is_seen_no_more(governed: Governed) -> None:
    role = governed.reader()
    governed.grant(role, governed.table(), "SELECT", "DESCRIBE")
    sql = "SELECT count(*) FROM houses"
    assert governed.lake.query(sql, role=role).rows() == [["300"]]
    governed.revoke(role, governed.table(), "SELECT")
    failed = governed.lake.query("SELECT * FROM houses", role=role)
    assert failed.reason.endswith("SELECT * not allowed from relation that has no columns")
    counted = governed.lake.query(sql, role=role)
    assert counted.reason == f"{REQUIRED} Select on houses"
    governed.revoke(role, governed.table(), "DESCRIBE")
    assert governed.lake.query(sql, role=role).reason.startswith(REQUIRED)


def test_iam_decides_where_everybody_is_let_in(governed: Governed) -> None:
    role = governed.reader()
    everybody(governed, role)
    try:
        assert governed.lake.query("SELECT count(*) FROM houses", role=role).rows() == [["300"]]
    finally:
        for resource in (governed.database, governed.table("houses"), governed.table("plain")):
            governed.revoke("IAM_ALLOWED_PRINCIPALS", resource, "ALL")
    assert governed.lake.query("SELECT count(*) FROM houses", role=role).state == "FAILED"


def test_data_is_lent_to_who_may_ask_for_it(governed: Governed) -> None:
    role = governed.lake.reader()
    table(governed, role)
    failed = governed.lake.query("SELECT * FROM houses", role=role)
    assert failed.reason.startswith(f"{INSUFFICIENT}User: arn:aws:sts::{governed.lake.account}:assumed-role/")
    assert "is not authorized to perform: lakeformation:GetDataAccess" in failed.reason


def test_data_is_read_as_the_locations_role(governed: Governed) -> None:
    role = governed.reader(governed.lake.data_access())
    table(governed, role)
    name, iam = governed.location_role.rpartition("/")[2], governed.lake.client("iam")
    document = iam.get_role_policy(RoleName=name, PolicyName="test")["PolicyDocument"]
    iam.delete_role_policy(RoleName=name, PolicyName="test")
    try:
        failed = governed.lake.query("SELECT * FROM houses", role=role)
    finally:
        iam.put_role_policy(RoleName=name, PolicyName="test", PolicyDocument=json.dumps(document))
    assert failed.reason.startswith(
        f"PERMISSION_DENIED: Permission denied on S3 path: s3://{governed.lake.bucket}/"
    )
    assert f":assumed-role/{name}/AWSLF-00-AT" in failed.reason
    assert governed.lake.query("SELECT count(*) FROM houses", role=role).rows() == [["300"]]


@pytest.mark.parametrize(
    ("granting", "columns"),
    [(table, ALL), (some_columns, "id region"), (by_tag_without_a_column, "id region size")],
)
def test_the_catalog_shows_what_may_be_seen(governed: Governed, granting: Granting, columns: str) -> None:
    role = governed.lake.emulator.role(allow("glue:Get*"), account=governed.lake.account)
    glue = governed.lake.emulator.client("glue", role=role)
    given = {"DatabaseName": governed.lake.database, "Name": "houses"}
    code, message = refused(glue.get_table, **given)
    assert (code, message) == (
        "AccessDeniedException",
        "Insufficient Lake Formation permission(s): Required Describe on houses",
    )
    assert governed.lake.database not in [each["Name"] for each in glue.get_databases()["DatabaseList"]]
    granting(governed, role)
    found = glue.get_table(**given)["Table"]
    assert [each["Name"] for each in found["StorageDescriptor"]["Columns"]] == columns.split()
    assert found["IsRegisteredWithLakeFormation"] is True
    assert governed.lake.database in [each["Name"] for each in glue.get_databases()["DatabaseList"]]
    listed = glue.get_tables(DatabaseName=governed.lake.database)["TableList"]
    assert "houses" in [each["Name"] for each in listed]
