"""Who may administer a lake: data lake administrators, and whoever holds a permission with the grant option.

https://docs.aws.amazon.com/lake-formation/latest/dg/implicit-permissions.html
"""

from typing import Any

import pytest

from tests.emulator.lake_formation.conftest import Governed, settings
from tests.emulator.sagemaker_support import refused, unique
from tests.emulator.support import SETTINGS, Emulator, allow

REQUIRED = "Insufficient Lake Formation permission(s): Required"
UNIT = (
    f"arn:aws:organizations::{SETTINGS.accounts.management}:ou/{SETTINGS.organization.id}/"
    f"{SETTINGS.organization.organizational_units.production}"
)


def requests(governed: Governed, principal: str) -> dict[str, dict[str, Any]]:
    """A request of each operation, by its name."""
    names = {"DatabaseName": governed.lake.database, "TableName": "houses"}
    grant = {
        "Principal": {"DataLakePrincipalIdentifier": principal},
        "Resource": governed.table(),
        "Permissions": ["SELECT"],
    }
    filtered = {
        "TableCatalogId": governed.lake.account,
        **names,
        "Name": unique("filter"),
        "RowFilter": {"AllRowsWildcard": {}},
        "ColumnNames": ["id"],
    }
    return {
        "create_lf_tag": {"TagKey": unique("tag"), "TagValues": ["a"]},
        "grant_permissions": grant,
        "create_data_cells_filter": {"TableData": filtered},
        "register_resource": {
            "ResourceArn": f"arn:aws:s3:::{unique('other')}",
            "RoleArn": governed.location_role,
        },
        "get_data_lake_settings": {},
        "list_permissions": {},
        "add_lf_tags_to_resource": {
            "Resource": governed.database,
            "LFTags": [{"TagKey": "unknown", "TagValues": ["a"]}],
        },
    }


OPERATIONS = (
    "create_lf_tag",
    "grant_permissions",
    "create_data_cells_filter",
    "register_resource",
    "get_data_lake_settings",
    "list_permissions",
    "add_lf_tags_to_resource",
)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_iam_must_allow_it_to_an_administrator_as_well(
    emulator: Emulator, governed: Governed, operation: str
) -> None:
    role = emulator.role(allow("lakeformation:DescribeResource"), account=governed.lake.account)
    root = emulator.client("lakeformation", account=governed.lake.account)
    root.put_data_lake_settings(DataLakeSettings=settings(governed.administrator, role))
    client = emulator.client("lakeformation", account=governed.lake.account, role=role)
    code, message = refused(getattr(client, operation), **requests(governed, role)[operation])
    words = "".join(word.title() for word in operation.split("_")).replace("Lf", "LF")
    assert (code, f"is not authorized to perform: lakeformation:{words} on" in message) == (
        "AccessDeniedException",
        True,
    ), message


@pytest.mark.parametrize(
    ("operation", "lacks"),
    [
        ("create_lf_tag", "CREATE_LF_TAG on Catalog"),
        ("grant_permissions", "Select with grant option on houses"),
        ("create_data_cells_filter", "SELECT on houses"),
    ],
)
def test_who_is_no_administrator_is_refused(
    emulator: Emulator, governed: Governed, operation: str, lacks: str
) -> None:
    role = emulator.role(allow(["lakeformation:*", "iam:PassRole"]), account=governed.lake.account)
    client = emulator.client("lakeformation", account=governed.lake.account, role=role)
    code, message = refused(getattr(client, operation), **requests(governed, role)[operation])
    assert (code, message) == ("AccessDeniedException", f"{REQUIRED} {lacks}")


def test_a_grant_option_is_enough(emulator: Emulator, governed: Governed) -> None:
    holder = emulator.role(allow("lakeformation:*"), account=governed.lake.account)
    other = emulator.role(account=governed.lake.account)
    client = emulator.client("lakeformation", account=governed.lake.account, role=holder)
    given = requests(governed, other)["grant_permissions"]
    governed.grant(holder, governed.table(), "SELECT")
    assert refused(client.grant_permissions, **given)[0] == "AccessDeniedException"
    governed.grant(holder, governed.table(), "SELECT", option=True)
    client.grant_permissions(**given)
    listed = governed.lake_formation.list_permissions(
        Principal=given["Principal"],
        Resource={"Table": {"CatalogId": governed.lake.account, **governed.table()["Table"]}},
    )["PrincipalResourcePermissions"]
    assert [(each["Permissions"], each["PermissionsWithGrantOption"]) for each in listed] == [
        (["SELECT"], [])
    ]


def test_a_creator_has_everything_on_what_it_makes(emulator: Emulator, governed: Governed) -> None:
    role = governed.reader(allow("glue:*"))
    glue = emulator.client("glue", account=governed.lake.account, role=role)
    made: dict[str, Any] = {
        "DatabaseName": governed.lake.database,
        "TableInput": {
            "Name": unique("made").replace("-", "_"),
            "StorageDescriptor": {
                "Columns": [{"Name": "a", "Type": "int"}],
                "Location": f"s3://{governed.lake.bucket}/made/",
            },
        },
    }
    code, message = refused(glue.create_table, **made)
    assert (code, message) == (
        "AccessDeniedException",
        f"{REQUIRED} Create Table on {governed.lake.database}",
    )
    governed.grant(role, governed.database, "CREATE_TABLE")
    code, message = refused(glue.create_table, **made)
    assert (code, message) == (
        "AccessDeniedException",
        f"{REQUIRED} Data Location Access on arn:aws:s3:::{governed.lake.bucket}/made",
    )
    location = {"DataLocation": {"ResourceArn": f"arn:aws:s3:::{governed.lake.bucket}"}}
    governed.grant(role, location, "DATA_LOCATION_ACCESS")
    glue.create_table(**made)
    name = made["TableInput"]["Name"]
    governed.lake.put("made/a.csv", b"")
    assert governed.lake.query(f"SELECT count(*) FROM {name}", role=role).rows() == [["0"]]
    other = governed.reader()
    assert governed.lake.query(f"SELECT count(*) FROM {name}", role=other).state == "FAILED"
    glue.delete_table(DatabaseName=governed.lake.database, Name=name)


@pytest.mark.parametrize(
    ("principal", "resource", "permissions", "code", "message"),
    [
        ("{role}-gone", "table", ["SELECT"], "InvalidInputException", "Invalid principal"),
        ("{role}", "missing", ["SELECT"], "EntityNotFoundException", "Table not found: missing"),
        ("{role}", "table", ["CREATE_TABLE"], "InvalidInputException", "are not valid for TABLE"),
        ("{role}", "column", ["SELECT"], "EntityNotFoundException", "Column not found: nope"),
        ("{role}", "policy", ["SELECT"], "EntityNotFoundException", "Tag key not found: unheard"),
        ("{role}", "location", ["DATA_LOCATION_ACCESS"], "InvalidInputException", "is not registered"),
        ("999999999999", "table", ["SELECT"], "InvalidInputException", "Invalid principal"),
    ],
)
def test_a_grant_is_refused(  # noqa: PLR0917  the columns of the table
    emulator: Emulator,
    governed: Governed,
    principal: str,
    resource: str,
    permissions: list[str],
    code: str,
    message: str,
) -> None:
    table = {"DatabaseName": governed.lake.database, "Name": "houses"}
    unheard = [{"TagKey": "unheard", "TagValues": ["of"]}]
    named = {
        "table": governed.table(),
        "missing": governed.table("missing"),
        "column": {"TableWithColumns": {**table, "ColumnNames": ["nope"]}},
        "policy": {"LFTagPolicy": {"ResourceType": "TABLE", "Expression": unheard}},
        "location": {"DataLocation": {"ResourceArn": "arn:aws:s3:::elsewhere"}},
    }[resource]
    role = emulator.role(account=governed.lake.account)
    answered, said = refused(
        governed.lake_formation.grant_permissions,
        Principal={"DataLakePrincipalIdentifier": principal.format(role=role)},
        Resource=named,
        Permissions=permissions,
    )
    assert (answered, message in said) == (code, True), said


@pytest.mark.parametrize(
    "administrator", ["arn:aws:iam::{account}:role/gone", "arn:aws:iam::{other}:role/a", "me"]
)
def test_an_administrator_exists(emulator: Emulator, governed: Governed, administrator: str) -> None:
    named = administrator.format(account=governed.lake.account, other=emulator.hub)
    root = emulator.client("lakeformation", account=governed.lake.account)
    code, message = refused(root.put_data_lake_settings, DataLakeSettings=settings(named))
    assert (code, message) == ("InvalidInputException", f"Invalid principal, {named}")


def test_the_settings_are_replaced_as_a_whole(emulator: Emulator) -> None:
    account = emulator.hub
    root = emulator.client("lakeformation", account=account)
    first = root.get_data_lake_settings()["DataLakeSettings"]
    everybody = {
        "Principal": {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"},
        "Permissions": ["ALL"],
    }
    assert first["CreateTableDefaultPermissions"] == [everybody]
    assert first["Parameters"]["CROSS_ACCOUNT_VERSION"] == "1"
    role = emulator.role(account=account)
    root.put_data_lake_settings(DataLakeSettings={"DataLakeAdmins": [{"DataLakePrincipalIdentifier": role}]})
    second = root.get_data_lake_settings()["DataLakeSettings"]
    assert [each["DataLakePrincipalIdentifier"] for each in second["DataLakeAdmins"]] == [role]
    assert second["CreateTableDefaultPermissions"] == []
    root.put_data_lake_settings(DataLakeSettings=settings(version=1, opened=True))


def test_registering_hands_a_role_on(emulator: Emulator, governed: Governed) -> None:
    account = governed.lake.account
    role = emulator.role(allow("lakeformation:*"), account=account)
    client = emulator.client("lakeformation", account=account, role=role)
    given = {"ResourceArn": f"arn:aws:s3:::{unique('place')}/tables", "RoleArn": governed.location_role}
    code, message = refused(client.register_resource, **given)
    assert (code, "iam:PassRole" in message) == ("AccessDeniedException", True)
    administrator = governed.lake_formation
    administrator.register_resource(**given)
    assert refused(administrator.register_resource, **given)[0] == "AlreadyExistsException"
    described = administrator.describe_resource(ResourceArn=given["ResourceArn"])["ResourceInfo"]
    assert (described["ResourceArn"], described["RoleArn"]) == (given["ResourceArn"], given["RoleArn"])
    administrator.deregister_resource(ResourceArn=given["ResourceArn"])
    code, _ = refused(administrator.describe_resource, ResourceArn=given["ResourceArn"])
    assert code == "EntityNotFoundException"


def test_tags_are_changed_and_deleted(governed: Governed) -> None:
    client, key = governed.lake_formation, unique("Zone")
    client.create_lf_tag(TagKey=key, TagValues=["Open", "closed"])
    assert refused(client.create_lf_tag, TagKey=key, TagValues=["a"])[0] == "EntityAlreadyExistsException"
    assert client.get_lf_tag(TagKey=key)["TagValues"] == ["open", "closed"]
    tag = {"TagKey": key, "TagValues": ["open"]}
    client.add_lf_tags_to_resource(Resource=governed.database, LFTags=[tag])
    failures = client.add_lf_tags_to_resource(
        Resource=governed.table(), LFTags=[{"TagKey": key, "TagValues": ["ajar"]}]
    )["Failures"]
    assert [each["Error"]["ErrorCode"] for each in failures] == ["EntityNotFoundException"]
    found = client.get_resource_lf_tags(Resource=governed.table())
    assert {"TagKey": key.lower(), "TagValues": ["open"], "CatalogId": governed.lake.account} in found[
        "LFTagsOnTable"
    ]
    code, _ = refused(client.update_lf_tag, TagKey=key, TagValuesToDelete=["open"])
    assert code == "InvalidInputException"
    client.update_lf_tag(TagKey=key, TagValuesToAdd=["ajar"], TagValuesToDelete=["closed"])
    assert client.get_lf_tag(TagKey=key)["TagValues"] == ["open", "ajar"]
    client.delete_lf_tag(TagKey=key)
    found = client.get_resource_lf_tags(Resource=governed.database)
    assert key.lower() not in [each["TagKey"] for each in found["LFTagOnDatabase"]]
    assert refused(client.get_lf_tag, TagKey=key)[0] == "EntityNotFoundException"
