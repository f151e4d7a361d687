"""The CloudFormation types of Lake Formation, with those of AWS Glue and Athena, in one template."""

import json
from typing import Any

import pytest

from tests.emulator.lake_formation.conftest import Governed, govern, settings
from tests.emulator.lake_support import HOUSE_COLUMNS, HOUSES, OPEN_CSV, comma_separated, listed
from tests.emulator.sagemaker_support import refused, unique
from tests.emulator.support import SETTINGS, Emulator, Statement, allow
from tests.emulator.support_code import until

UNIT = (
    f"arn:aws:organizations::{SETTINGS.accounts.management}:ou/{SETTINGS.organization.id}/"
    f"{SETTINGS.organization.organizational_units.development}"
)
ENDED = ("_COMPLETE", "_FAILED")

NEEDED: list[Statement] = [
    allow(["lakeformation:*", "glue:*", "athena:*", "ram:*"]),
    allow("iam:PassRole"),
    allow(["s3:*", "kms:*", "iam:CreateServiceLinkedRole"]),
]


@pytest.fixture(scope="module")
def governed(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Governed:
    return govern(emulator, emulator.test, tmp_path_factory.mktemp("governed"))


def template(
    governed: Governed, reader: str, names: dict[str, str], *, values: tuple[str, ...] = ("a",)
) -> str:
    """All the types, each after what it needs."""
    account, bucket = governed.lake.account, governed.lake.bucket
    tag = {"CatalogId": account, "TagKey": names["tag"], "TagValues": ["a"]}
    expression = [{"TagKey": names["tag"], "TagValues": ["a"]}]
    cells = {
        "TableCatalogId": account,
        "DatabaseName": names["database"],
        "TableName": "houses",
        "Name": "north",
    }

    def resource(kind: str, properties: dict[str, Any], *after: str) -> dict[str, Any]:
        return {"Type": kind, "Properties": properties, "DependsOn": list(after)}

    def granted(principal: str, on: dict[str, Any], permissions: list[str], *after: str, option: bool) -> Any:
        return resource(
            "AWS::LakeFormation::PrincipalPermissions",
            {
                "Catalog": account,
                "Principal": {"DataLakePrincipalIdentifier": principal},
                "Resource": on,
                "Permissions": permissions,
                "PermissionsWithGrantOption": permissions if option else [],
            },
            *after,
        )

    def policy(kind: str) -> dict[str, Any]:
        return {"LFTagPolicy": {"CatalogId": account, "ResourceType": kind, "Expression": expression}}

    storage = {
        "Location": f"s3://{bucket}/stacked/houses/",
        "Columns": listed(HOUSE_COLUMNS),
        "SerdeInfo": {"SerializationLibrary": OPEN_CSV},
    }
    return json.dumps(
        {
            "Resources": {
                "Location": resource(
                    "AWS::LakeFormation::Resource",
                    {
                        "ResourceArn": f"arn:aws:s3:::{bucket}/{names['tag']}",
                        "RoleArn": governed.location_role,
                        "UseServiceLinkedRole": False,
                    },
                ),
                "Database": resource(
                    "AWS::Glue::Database",
                    {
                        "CatalogId": account,
                        "DatabaseInput": {"Name": names["database"], "CreateTableDefaultPermissions": []},
                    },
                ),
                "Table": resource(
                    "AWS::Glue::Table",
                    {
                        "CatalogId": account,
                        "DatabaseName": {"Ref": "Database"},
                        "TableInput": {
                            "Name": "houses",
                            "Parameters": {"skip.header.line.count": "1"},
                            "StorageDescriptor": storage,
                        },
                    },
                ),
                "Tag": resource(
                    "AWS::LakeFormation::Tag",
                    {"CatalogId": account, "TagKey": names["tag"], "TagValues": list(values)},
                ),
                "Association": resource(
                    "AWS::LakeFormation::TagAssociation",
                    {
                        "Resource": {"Database": {"CatalogId": account, "Name": names["database"]}},
                        "LFTags": [tag],
                    },
                    "Tag",
                    "Database",
                ),
                "Filter": resource(
                    "AWS::LakeFormation::DataCellsFilter",
                    {**cells, "RowFilter": {"FilterExpression": "region='north'"}, "ColumnNames": ["id"]},
                    "Table",
                ),
                "ToReader": granted(reader, {"DataCellsFilter": cells}, ["SELECT"], "Filter", option=False),
                "ToUnit": granted(UNIT, policy("TABLE"), ["DESCRIBE", "SELECT"], "Association", option=True),
                "Group": resource(
                    "AWS::Athena::WorkGroup",
                    {
                        "Name": names["group"],
                        "RecursiveDeleteOption": True,
                        "WorkGroupConfiguration": {
                            "EnforceWorkGroupConfiguration": True,
                            "BytesScannedCutoffPerQuery": 10_000_000,
                            "ResultConfiguration": {"OutputLocation": f"s3://{governed.lake.results}/group/"},
                        },
                    },
                ),
            }
        }
    )


def administrator(emulator: Emulator, governed: Governed, *statements: Statement) -> str:
    role = emulator.role(*(statements or NEEDED), allow("cloudformation:*"), account=governed.lake.account)
    governed.lake.client("lakeformation").put_data_lake_settings(
        DataLakeSettings=settings(governed.administrator, role)
    )
    return role


def ended(client: Any, stack: str) -> tuple[str, list[str]]:
    """Status of a stack once nothing happens to it, and why resources failed."""

    def status() -> str:
        return str(client.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])

    found = until(status, lambda each: each.endswith(ENDED))
    events = client.describe_stack_events(StackName=stack)["StackEvents"]
    reasons = [each.get("ResourceStatusReason", "") for each in events]
    return str(found), [each for each in reasons if each]


def names() -> dict[str, str]:
    return {"database": unique("db").replace("-", "_"), "tag": unique("tag"), "group": unique("group")}


def test_a_stack_makes_changes_and_deletes_them(emulator: Emulator, governed: Governed) -> None:
    role, chosen, stack = administrator(emulator, governed), names(), unique("lake")
    reader = governed.reader()
    governed.lake.put("stacked/houses/a.csv", comma_separated(HOUSES, HOUSE_COLUMNS))
    client = emulator.client("cloudformation", account=governed.lake.account, role=role)
    client.create_stack(StackName=stack, TemplateBody=template(governed, reader, chosen))
    status, reasons = ended(client, stack)
    assert status == "CREATE_COMPLETE", reasons
    seen = governed.lake.query(
        "SELECT * FROM houses ORDER BY id",
        role=reader,
        WorkGroup=chosen["group"],
        QueryExecutionContext={"Database": chosen["database"]},
    )
    assert seen.lines() == [["id"], *([str(house[0])] for house in HOUSES if house[1] == "north")]
    client.update_stack(StackName=stack, TemplateBody=template(governed, reader, chosen, values=("a", "b")))
    status, reasons = ended(client, stack)
    assert status == "UPDATE_COMPLETE", reasons
    assert governed.lake_formation.get_lf_tag(TagKey=chosen["tag"])["TagValues"] == ["a", "b"]
    client.delete_stack(StackName=stack)
    until(
        lambda: [each["StackName"] for each in client.describe_stacks()["Stacks"]],
        lambda stacks: stack not in stacks,
    )
    assert refused(governed.lake_formation.get_lf_tag, TagKey=chosen["tag"])[0] == "EntityNotFoundException"
    for principal in (UNIT, reader):
        left = governed.lake_formation.list_permissions(Principal={"DataLakePrincipalIdentifier": principal})
        assert left["PrincipalResourcePermissions"] == []


@pytest.mark.parametrize(
    ("statements", "is_administrator", "reason"),
    [
        (NEEDED, False, "Insufficient Lake Formation permission(s): Required"),
        (
            [allow(["glue:*", "athena:*", "s3:*", "iam:PassRole"])],
            True,
            "is not authorized to perform: lakeformation:",
        ),
        (
            [allow(["lakeformation:*", "glue:*", "athena:*", "s3:*", "iam:PassRole"])],
            True,
            "is not authorized to perform: ram:CreateResourceShare",
        ),
    ],
    ids=["no-administrator", "no-lake-formation", "no-sharing"],
)
def test_a_stack_fails_whose_role_lacks_something(
    emulator: Emulator, governed: Governed, statements: list[Statement], is_administrator: bool, reason: str
) -> None:
    role, stack = administrator(emulator, governed, *statements), unique("lake")
    if not is_administrator:
        governed.lake.client("lakeformation").put_data_lake_settings(
            DataLakeSettings=settings(governed.administrator)
        )
    client = emulator.client("cloudformation", account=governed.lake.account, role=role)
    client.create_stack(StackName=stack, TemplateBody=template(governed, governed.reader(), names()))
    status, reasons = ended(client, stack)
    assert status.startswith("ROLLBACK_")
    assert any(reason in each for each in reasons), reasons


def test_settings_are_added_to(emulator: Emulator, governed: Governed) -> None:
    role, other = administrator(emulator, governed), emulator.role(account=governed.lake.account)
    client = emulator.client("cloudformation", account=governed.lake.account, role=role)
    body = {
        "Resources": {
            "Settings": {
                "Type": "AWS::LakeFormation::DataLakeSettings",
                "Properties": {
                    "Admins": [{"DataLakePrincipalIdentifier": other}],
                    "MutationType": "APPEND",
                },
            }
        }
    }
    stack = unique("settings")
    client.create_stack(StackName=stack, TemplateBody=json.dumps(body))
    status, reasons = ended(client, stack)
    assert status == "CREATE_COMPLETE", reasons
    found = governed.lake.client("lakeformation").get_data_lake_settings()["DataLakeSettings"]
    known = [each["DataLakePrincipalIdentifier"] for each in found["DataLakeAdmins"]]
    assert known == [governed.administrator, role, other]
    governed.lake.client("lakeformation").put_data_lake_settings(
        DataLakeSettings=settings(governed.administrator)
    )
