"""The Data Catalog: who may ask for what by IAM, and links.

https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html
"""

from typing import Any

import pytest

from tests.emulator.lake_support import Lake, make_lake
from tests.emulator.sagemaker_support import refused
from tests.emulator.support import Emulator, allow


@pytest.fixture(scope="module")
def lake(emulator: Emulator) -> Lake:
    made = make_lake(emulator, emulator.development)
    made.table("houses", f"s3://{made.bucket}/houses/", {"id": "bigint"}, keys={"day": "date"})
    return made


OPERATIONS: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    ("get_database", {"Name": "{db}"}, ("catalog", "database/{db}")),
    ("get_databases", {}, ("catalog",)),
    ("get_tables", {"DatabaseName": "{db}"}, ("catalog", "database/{db}", "table/{db}/houses")),
    (
        "get_table",
        {"DatabaseName": "{db}", "Name": "houses"},
        ("catalog", "database/{db}", "table/{db}/houses"),
    ),
    (
        "get_partitions",
        {"DatabaseName": "{db}", "TableName": "houses"},
        ("catalog", "database/{db}", "table/{db}/houses"),
    ),
]


def _asked(operation: str, lake: Lake) -> str:
    words = "".join(word.title() for word in operation.split("_"))
    return f"glue:{words}"


@pytest.mark.parametrize(
    ("operation", "given", "touched"), OPERATIONS, ids=[operation for operation, _, _ in OPERATIONS]
)
def test_an_operation_is_asked_on_all_that_it_touches(
    emulator: Emulator, lake: Lake, operation: str, given: dict[str, Any], touched: tuple[str, ...]
) -> None:
    prefix = f"arn:aws:glue:{emulator.region}:{lake.account}:"
    arns = [prefix + part.replace("{db}", lake.database) for part in touched]
    filled = {key: value.replace("{db}", lake.database) for key, value in given.items()}

    def call(allowed: list[str]) -> Any:
        role = emulator.role(allow(_asked(operation, lake), allowed or [f"{prefix}crawler/none"]))
        return getattr(emulator.client("glue", role=role), operation)

    call(arns)(**filled)
    for arn in arns:
        code, message = refused(call([each for each in arns if each != arn]), **filled)
        assert (code, f"{_asked(operation, lake)} on resource: {arn} " in message) == (
            "AccessDeniedException",
            True,
        ), message


def test_names_are_kept_in_lower_case(emulator: Emulator, lake: Lake) -> None:
    glue = emulator.client("glue", account=lake.account)
    glue.create_table(DatabaseName=lake.database.upper(), TableInput={"Name": "Mixed"})
    found = glue.get_table(DatabaseName=lake.database, Name="MIXED")["Table"]
    assert (found["Name"], found["DatabaseName"]) == ("mixed", lake.database)
    glue.delete_table(DatabaseName=lake.database, Name="mixed")
    assert refused(glue.get_table, DatabaseName=lake.database, Name="mixed")[0] == "EntityNotFoundException"


@pytest.mark.parametrize(
    ("operation", "given"),
    [
        ("get_tables", {"DatabaseName": "nowhere"}),
        ("get_table", {"DatabaseName": "nowhere", "Name": "houses"}),
        ("get_partitions", {"DatabaseName": "nowhere", "TableName": "houses"}),
        ("create_partition", {"DatabaseName": "nowhere", "TableName": "houses", "PartitionInput": {}}),
        ("delete_database", {"Name": "nowhere"}),
    ],
)
def test_what_there_is_not(emulator: Emulator, operation: str, given: dict[str, Any]) -> None:
    code, _ = refused(getattr(emulator.client("glue"), operation), **given)
    assert code == "EntityNotFoundException"


def test_a_link_leads_to_another_database(emulator: Emulator, lake: Lake) -> None:
    glue, link = emulator.client("glue", account=lake.account), f"{lake.database}_link"
    target = {"CatalogId": lake.account, "DatabaseName": lake.database}
    glue.create_database(DatabaseInput={"Name": link, "TargetDatabase": target})
    assert glue.get_database(Name=link)["Database"]["TargetDatabase"] == target
    found = glue.get_table(DatabaseName=link, Name="houses")["Table"]
    assert (found["DatabaseName"], found["CatalogId"]) == (lake.database, lake.account)
    assert [each["Name"] for each in glue.get_tables(DatabaseName=link)["TableList"]] == ["houses"]
    glue.delete_database(Name=link)
    assert glue.get_database(Name=lake.database)["Database"]["Name"] == lake.database


def test_another_accounts_catalog_is_closed(emulator: Emulator, lake: Lake) -> None:
    role = emulator.role(allow("glue:*"), account=emulator.test)
    glue = emulator.client("glue", account=emulator.test, role=role)
    given = {"CatalogId": lake.account, "DatabaseName": lake.database, "Name": "houses"}
    code, message = refused(glue.get_table, **given)
    assert (code, "no resource-based policy allows" in message) == ("AccessDeniedException", True)
