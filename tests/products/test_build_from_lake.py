"""What a project that reads the data lake promises: its own way to the lake, and no other."""

from typing import Any

import pytest

from tests.data_account import DATA
from tests.products.launches import Launch, launch

ACCOUNT, REGION = "333333333333", "ap-southeast-1"
LINK = "project_p_0123456789abcdefgh"
LAKE = "mlplatform_x_lake"
GRANT = "AWS::LakeFormation::PrincipalPermissions"
TRAINING = "mlplatform-x-training-p-0123456789abcdefgh"
EXPRESSION = [{"TagKey": "mlplatform-x-audience", "TagValues": ["development"]}]


@pytest.fixture(scope="module")
def launched() -> Launch:
    return launch("build_from_lake", LakeTable="houses")


def permissions(launched: Launch, action: str) -> list[dict[str, Any]]:
    """The statements by which the training role may do something."""
    return [
        statement
        for policy in launched.role(TRAINING)["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    ]


def test_the_link_leads_to_the_database_of_the_data_account(launched: Launch) -> None:
    link = launched.only("AWS::Glue::Database")
    assert link["CatalogId"] == ACCOUNT
    assert link["DatabaseInput"] == {
        "Name": LINK,
        "TargetDatabase": {"CatalogId": DATA, "DatabaseName": LAKE},
    }


def test_the_training_role_describes_the_link_and_selects_from_its_target(launched: Launch) -> None:
    """A grant on a link says nothing of its target."""
    grants = launched.of_type(GRANT)
    found = {next(iter(each["Resource"])) + str(each["Permissions"]): each for each in grants}
    assert sorted(found) == [
        "Database['DESCRIBE']",
        "LFTagPolicy['DESCRIBE', 'SELECT']",
        "LFTagPolicy['DESCRIBE']",
    ]
    assert found["Database['DESCRIBE']"]["Resource"] == {"Database": {"CatalogId": ACCOUNT, "Name": LINK}}
    for name, kind in (("['DESCRIBE', 'SELECT']", "TABLE"), ("['DESCRIBE']", "DATABASE")):
        grant = found[f"LFTagPolicy{name}"]
        # Only the very expression of the owner's grant may be granted on.
        assert grant["Resource"]["LFTagPolicy"] == {
            "CatalogId": DATA,
            "Expression": EXPRESSION,
            "ResourceType": kind,
        }
        assert grant["Catalog"] == DATA
    for grant in grants:
        assert grant["PermissionsWithGrantOption"] == []
        principal = grant["Principal"]["DataLakePrincipalIdentifier"]
        (role,) = (
            resource["Properties"]["RoleName"]
            for logical_id, resource in launched.resources.items()
            if f"<{logical_id}.Arn>" == principal
        )
        assert role == TRAINING


@pytest.mark.parametrize(("gigabytes", "limit"), [("1", "1000000000"), ("1000", "1000000000000")])
def test_no_query_overrules_key_place_and_limit(gigabytes: str, limit: str) -> None:
    launched = launch("build_from_lake", ScanLimit=gigabytes)
    configuration = launched.only("AWS::Athena::WorkGroup")["WorkGroupConfiguration"]
    assert configuration["EnforceWorkGroupConfiguration"] is True
    assert configuration["BytesScannedCutoffPerQuery"] == limit
    results = configuration["ResultConfiguration"]
    assert results["EncryptionConfiguration"]["EncryptionOption"] == "SSE_KMS"
    assert results["ExpectedBucketOwner"] == ACCOUNT
    assert results["OutputLocation"].endswith("/runs/queries/")


def test_the_training_role_reads_the_lake_through_lake_formation_alone(launched: Launch) -> None:
    (query,) = permissions(launched, "athena:StartQueryExecution")
    name = launched.only("AWS::Athena::WorkGroup")["Name"]
    assert query["Resource"] == f"arn:aws:athena:{REGION}:{ACCOUNT}:workgroup/{name}"
    (catalog,) = permissions(launched, "glue:GetTable")
    assert sorted(catalog["Resource"]) == sorted(
        f"arn:aws:glue:{REGION}:{account}:{kind}"
        for account, database in ((ACCOUNT, "project_*"), (DATA, LAKE))
        for kind in ("catalog", f"database/{database}", f"table/{database}/*")
    )
    (access,) = permissions(launched, "lakeformation:GetDataAccess")
    assert access["Resource"] == "*"
    objects = str(permissions(launched, "s3:GetObject"))
    assert "lake" not in objects


def test_versions_say_which_table_of_which_account_they_learned_from(launched: Launch) -> None:
    (build,) = (each for each in launched.of_type("AWS::CodeBuild::Project") if "-build-" in each["Name"])
    variables = {each["Name"]: each["Value"] for each in build["Environment"]["EnvironmentVariables"]}
    assert variables["INPUT_DATA_URI"] == f"athena://{DATA}/{LAKE}/houses"
    # The repository derives both from these (seed_code/build/lake_data/pipelines/data.py).
    assert launched.only("AWS::Athena::WorkGroup")["Name"] == variables["PIPELINE_NAME"]
    assert f"project_{variables['SAGEMAKER_PROJECT_ID'].replace('-', '_')}" == LINK
