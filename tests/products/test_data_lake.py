"""The data lake's own promises."""

from typing import Any

import pytest

from tests.products.launches import Launch, launch, settings

DATABASE = "mlplatform_x_lake"
TAG = "mlplatform-x-audience"
ACCOUNT = "333333333333"
UNIT = settings().organization.organizational_units.development
GRANT = "AWS::LakeFormation::PrincipalPermissions"


@pytest.fixture(scope="module")
def launched() -> Launch:
    return launch("data_lake")


def allowed(role: dict[str, Any], action: str) -> list[Any]:
    """The resources on which a role may do something."""
    found: list[Any] = []
    for policy in role["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            actions, resources = statement["Action"], statement["Resource"]
            if action in ([actions] if isinstance(actions, str) else actions):
                found += resources if isinstance(resources, list) else [resources]
    return found


def test_lake_formation_governs_the_folder_of_tables_and_the_database_in_it(launched: Launch) -> None:
    registration = launched.only("AWS::LakeFormation::Resource")
    bucket = launched.only("AWS::S3::Bucket")["BucketName"]
    assert bucket == "mlplatform-x-lake-333333333333-ap-southeast-1"
    assert registration["ResourceArn"].endswith("/tables")
    assert registration["UseServiceLinkedRole"] is False
    database = launched.only("AWS::Glue::Database")["DatabaseInput"]
    assert database["Name"] == DATABASE
    # With IAM's default, whoever may call Glue would read tables past Lake Formation.
    assert database["CreateTableDefaultPermissions"] == []


def test_the_role_of_the_location_reads_and_changes_nothing(launched: Launch) -> None:
    role = launched.role("mlplatform-x-lake-location")
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "lakeformation.amazonaws.com"}
    actions = {
        action
        for policy in role["Policies"]
        for each in policy["PolicyDocument"]["Statement"]
        for action in ([each["Action"]] if isinstance(each["Action"], str) else each["Action"])
    }
    assert actions == {"kms:Decrypt", "s3:GetObject", "s3:ListBucket"}


def test_the_database_and_what_is_in_it_are_for_the_development_unit(launched: Launch) -> None:
    assert launched.only("AWS::LakeFormation::Tag")["TagValues"] == ["development", "nobody"]
    association = launched.only("AWS::LakeFormation::TagAssociation")
    assert association["Resource"] == {"Database": {"CatalogId": ACCOUNT, "Name": DATABASE}}
    assert association["LFTags"] == [{"CatalogId": ACCOUNT, "TagKey": TAG, "TagValues": ["development"]}]
    unit = f"arn:aws:organizations::111111111111:ou/o-mlplatform1/{UNIT}"
    grants = {
        each["Resource"]["LFTagPolicy"]["ResourceType"]: each
        for each in launched.of_type(GRANT)
        if each["Principal"]["DataLakePrincipalIdentifier"] == unit
    }
    for kind, permissions in {"DATABASE": ["DESCRIBE"], "TABLE": ["DESCRIBE", "SELECT"]}.items():
        assert grants[kind]["Permissions"] == grants[kind]["PermissionsWithGrantOption"] == permissions
        policy = grants[kind]["Resource"]["LFTagPolicy"]
        assert policy["Expression"] == [{"TagKey": TAG, "TagValues": ["development"]}]
        assert policy["CatalogId"] == ACCOUNT
    assert len(grants) == 2


def test_nothing_is_granted_on_but_to_the_unit(launched: Launch) -> None:
    for grant in launched.of_type(GRANT):
        principal = grant["Principal"]["DataLakePrincipalIdentifier"]
        assert bool(grant["PermissionsWithGrantOption"]) is (":organizations::" in principal), principal


def test_grants_wait_for_what_they_name(launched: Launch) -> None:
    """Lake Formation refuses a grant on what is not there yet, and CloudFormation sees no reference."""
    kinds = {logical_id: resource["Type"] for logical_id, resource in launched.template["Resources"].items()}
    for logical_id, resource in launched.template["Resources"].items():
        before = {kinds[each] for each in resource.get("DependsOn", [])}
        if resource["Type"] == GRANT:
            named = next(iter(resource["Properties"]["Resource"]))
            assert (
                before
                == {
                    "LFTagPolicy": {"AWS::LakeFormation::TagAssociation"},
                    "Database": {"AWS::Glue::Database"},
                    "DataLocation": {"AWS::LakeFormation::Resource"},
                }[named]
            ), logical_id
        if resource["Type"] == "AWS::LakeFormation::TagAssociation":
            assert before == {"AWS::Glue::Database", "AWS::LakeFormation::Tag"}
        if resource["Type"] == "AWS::Glue::Crawler":
            assert before == {GRANT, "AWS::Glue::Classifier", "AWS::Glue::SecurityConfiguration"}


def test_the_crawler_reads_through_lake_formation_alone(launched: Launch) -> None:
    crawler = launched.only("AWS::Glue::Crawler")
    assert crawler["LakeFormationConfiguration"] == {
        "AccountId": ACCOUNT,
        "UseLakeFormationCredentials": True,
    }
    assert crawler["Targets"]["S3Targets"][0]["Path"].endswith("/tables/")
    role = launched.role("mlplatform-x-lake-crawler")
    assert not allowed(role, "s3:GetObject")
    assert not allowed(role, "kms:Decrypt")
    assert allowed(role, "glue:CreateTable") == [
        f"arn:aws:glue:ap-southeast-1:{ACCOUNT}:{kind}"
        for kind in ("catalog", f"database/{DATABASE}", f"table/{DATABASE}/*")
    ]


@pytest.mark.parametrize(
    ("crawling", "schedule"),
    [("Daily", {"ScheduleExpression": "cron(0 3 * * ? *)"}), ("OnDemand", "<AWS::NoValue>")],
)
def test_the_crawler_runs_by_itself_only_if_asked(crawling: str, schedule: Any) -> None:
    assert launch("data_lake", Crawling=crawling).only("AWS::Glue::Crawler")["Schedule"] == schedule


def test_producers_write_tables_and_nothing_beside_them(launched: Launch) -> None:
    role = launched.role("mlplatform-x-data-producer")
    for action in ("s3:PutObject", "s3:DeleteObject", "s3:GetObject"):
        (objects,) = allowed(role, action)
        assert objects.endswith("/tables/*")
    assert allowed(role, "glue:StartCrawler") == [
        f"arn:aws:glue:ap-southeast-1:{ACCOUNT}:crawler/mlplatform-x-lake-crawler"
    ]
    assert not allowed(role, "s3:DeleteObjectVersion")
    assert not allowed(role, "lakeformation:GetDataAccess")
