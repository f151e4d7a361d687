"""Feature groups: records as SageMaker keeps them online and offline, and who may write and read them."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.emulator.card_support import enable_sharing
from tests.emulator.lake_formation.conftest import Governed, govern
from tests.emulator.sagemaker_support import refused, unique
from tests.emulator.support import Emulator, Statement, allow, trust

FEATURES = {"id": "Integral", "event_time": "String", "size": "Fractional", "region": "String"}
PATIENCE = 30.0


@dataclass(frozen=True, kw_only=True)
class Features:
    """A governed lake with a role that writes offline stores into it."""

    governed: Governed
    role: str

    @property
    def emulator(self) -> Emulator:
        return self.governed.lake.emulator

    def client(self, service: str, role: str | None = None) -> Any:
        return self.governed.lake.client(service, role)

    def group(self, role: str | None = None, **more: Any) -> str:
        """Make a group with both stores, whose table has its name; return the name."""
        lake = self.governed.lake
        name = unique("group").replace("-", "_")
        given = {
            "FeatureGroupName": name,
            "RecordIdentifierFeatureName": "id",
            "EventTimeFeatureName": "event_time",
            "FeatureDefinitions": definitions(FEATURES),
            "OnlineStoreConfig": {"EnableOnlineStore": True},
            "OfflineStoreConfig": {
                "S3StorageConfig": {"S3Uri": f"s3://{lake.bucket}/features"},
                "DataCatalogConfig": {
                    "Catalog": "AwsDataCatalog",
                    "Database": lake.database,
                    "TableName": name,
                },
                "TableFormat": "Iceberg",
            },
            "RoleArn": self.role,
            **more,
        }
        self.client("sagemaker", role).create_feature_group(**given)
        self.governed.grant(self.role, self.governed.table(name), "ALTER", "DESCRIBE")
        return name

    def put(self, name: str, *, role: str | None = None, **values: Any) -> None:
        self.client("sagemaker-featurestore-runtime", role).put_record(
            FeatureGroupName=name, Record=record(values)
        )

    def rows(self, name: str, count: int) -> list[list[str | None]]:
        """The offline store in the order of writing, once it has so many rows."""
        columns = "id, event_time, size, region, is_deleted, write_time >= api_invocation_time"
        deadline = time.monotonic() + PATIENCE
        while True:
            found = self.governed.lake.query(
                f"SELECT {columns} FROM {name} ORDER BY api_invocation_time"
            ).rows()
            if len(found) >= count:
                return found
            assert time.monotonic() < deadline, f"{name} has {len(found)} rows"
            time.sleep(0.05)


def definitions(types: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"FeatureName": name, "FeatureType": kind} for name, kind in types.items()]


def record(values: Mapping[str, Any]) -> list[dict[str, str]]:
    return [{"FeatureName": name, "ValueAsString": str(value)} for name, value in values.items()]


def offline_role(emulator: Emulator, governed: Governed, *left_out: str) -> str:
    bucket = f"arn:aws:s3:::{governed.lake.bucket}"
    everything: dict[str, Statement] = {
        "s3:GetBucketAcl": allow("s3:GetBucketAcl", bucket),
        "s3:PutObject": allow("s3:PutObject", f"{bucket}/features/*"),
        "glue": allow(["glue:GetTable", "glue:UpdateTable"], "*"),
    }
    return emulator.role(
        *(statement for name, statement in everything.items() if name not in left_out),
        account=governed.lake.account,
        trusting=trust(Service="sagemaker.amazonaws.com"),
    )


@pytest.fixture(scope="module")
def features(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Features:
    governed = govern(emulator, emulator.test, tmp_path_factory.mktemp("features"))
    return Features(governed=governed, role=offline_role(emulator, governed))


def test_a_group_is_described_as_it_was_made(features: Features) -> None:
    name, lake = features.group(), features.governed.lake
    described = features.client("sagemaker").describe_feature_group(FeatureGroupName=name)
    arn = f"arn:aws:sagemaker:{features.emulator.region}:{lake.account}:feature-group/{name}"
    assert described["FeatureGroupArn"] == arn
    assert described["FeatureDefinitions"] == definitions(FEATURES)
    assert described["FeatureGroupStatus"] == "Created"
    offline = described["OfflineStoreConfig"]
    assert offline["DataCatalogConfig"]["TableName"] == name
    root = f"s3://{lake.bucket}/features/{lake.account}/sagemaker/{features.emulator.region}/offline-store/"
    assert offline["S3StorageConfig"]["ResolvedOutputS3Uri"].startswith(f"{root}{name}-")


def test_the_offline_store_keeps_each_record_and_the_online_store_the_latest(features: Features) -> None:
    name = features.group()
    runtime = features.client("sagemaker-featurestore-runtime")
    features.put(name, id=1, event_time="2026-01-02T00:00:00Z", size=2.5, region="north")
    features.put(name, id=1, event_time="2026-01-01T00:00:00Z", size=1.5)
    features.put(name, id=1, event_time="2026-01-02T00:00:00Z", size=3.5, region="south")
    online = runtime.get_record(FeatureGroupName=name, RecordIdentifierValueAsString="1")["Record"]
    assert {each["FeatureName"]: each["ValueAsString"] for each in online}["size"] == "3.5"
    runtime.delete_record(
        FeatureGroupName=name, RecordIdentifierValueAsString="1", EventTime="2026-01-03T00:00:00Z"
    )
    assert "Record" not in runtime.get_record(FeatureGroupName=name, RecordIdentifierValueAsString="1")
    assert features.rows(name, 4) == [
        ["1", "2026-01-02T00:00:00Z", "2.5", "north", "false", "true"],
        ["1", "2026-01-01T00:00:00Z", "1.5", None, "false", "true"],
        ["1", "2026-01-02T00:00:00Z", "3.5", "south", "false", "true"],
        ["1", "2026-01-03T00:00:00Z", None, None, "true", "true"],
    ]


def test_a_deletion_before_the_record_leaves_it_online(features: Features) -> None:
    name = features.group()
    runtime = features.client("sagemaker-featurestore-runtime")
    features.put(name, id=1, event_time="2026-01-02T00:00:00Z")
    runtime.delete_record(
        FeatureGroupName=name, RecordIdentifierValueAsString="1", EventTime="2026-01-01T00:00:00Z"
    )
    assert "Record" in runtime.get_record(FeatureGroupName=name, RecordIdentifierValueAsString="1")
    assert [row[4] for row in features.rows(name, 2)] == ["false", "true"]


def test_several_records_are_read_at_once(features: Features) -> None:
    name = features.group()
    for number in (1, 2):
        features.put(name, id=number, event_time="2026-01-02T00:00:00Z", size=number / 2)
    found = features.client("sagemaker-featurestore-runtime").batch_get_record(
        Identifiers=[
            {
                "FeatureGroupName": name,
                "RecordIdentifiersValueAsString": ["2", "1", "3"],
                "FeatureNames": ["size"],
            }
        ]
    )["Records"]
    assert [(each["RecordIdentifierValueAsString"], each["Record"]) for each in found] == [
        ("2", record({"size": "1.0"})),
        ("1", record({"size": "0.5"})),
    ]


def test_a_feature_that_is_added_is_a_column(features: Features) -> None:
    name = features.group()
    features.client("sagemaker").update_feature_group(
        FeatureGroupName=name, FeatureAdditions=definitions({"rooms": "Integral"})
    )
    features.put(name, id=1, event_time="2026-01-02T00:00:00Z", rooms=4)
    features.rows(name, 1)
    assert features.governed.lake.query(f"SELECT rooms FROM {name}").rows() == [["4"]]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"id": "one", "event_time": "2026-01-02T00:00:00Z"}, "'one' of the feature id is not Integral"),
        ({"id": "1", "event_time": "2026-01-02"}, "2026-01-02 is not an event time"),
        ({"id": "1"}, "no value for the feature event_time"),
        ({"id": "1", "event_time": "2026-01-02T00:00:00Z", "rooms": "1"}, "has no feature rooms"),
    ],
)
def test_a_record_that_does_not_fit_is_refused(features: Features, values: dict[str, str], said: str) -> None:
    name = features.group()
    runtime = features.client("sagemaker-featurestore-runtime")
    code, message = refused(runtime.put_record, FeatureGroupName=name, Record=record(values))
    assert code == "ValidationError"
    assert said in message


def test_a_reserved_name_and_a_missing_identifier_are_refused(features: Features) -> None:
    sagemaker = features.client("sagemaker")
    given = {
        "FeatureGroupName": "wrong",
        "RecordIdentifierFeatureName": "id",
        "EventTimeFeatureName": "event_time",
        "OnlineStoreConfig": {"EnableOnlineStore": True},
    }
    reserved = {**FEATURES, "is_deleted": "String"}
    assert refused(sagemaker.create_feature_group, **given, FeatureDefinitions=definitions(reserved)) == (
        "ValidationException",
        "The feature name is_deleted is reserved.",
    )
    without = {"event_time": "String"}
    code, message = refused(sagemaker.create_feature_group, **given, FeatureDefinitions=definitions(without))
    assert (code, "RecordIdentifierFeatureName id" in message) == ("ValidationException", True)


def test_the_role_of_the_offline_store_must_see_the_bucket(features: Features) -> None:
    blind = offline_role(features.emulator, features.governed, "s3:GetBucketAcl")
    with pytest.raises(Exception, match="Unable to access the bucket of the offline store"):
        features.group(RoleArn=blind)


def test_records_do_not_arrive_without_the_permissions_of_the_role(features: Features) -> None:
    name = features.group(RoleArn=offline_role(features.emulator, features.governed, "glue"))
    features.put(name, id=1, event_time="2026-01-02T00:00:00Z")
    deadline = time.monotonic() + PATIENCE
    while True:
        described = features.client("sagemaker").describe_feature_group(FeatureGroupName=name)
        if described["OfflineStoreStatus"]["Status"] == "Blocked":
            break
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert "glue:GetTable" in described["OfflineStoreStatus"]["BlockedReason"]


def test_whoever_makes_a_group_needs_create_table_of_lake_formation(features: Features) -> None:
    maker = features.emulator.role(
        allow(["sagemaker:*", "glue:*"]), allow("iam:PassRole", "*"), account=features.governed.lake.account
    )
    with pytest.raises(Exception, match="Required Create Table"):
        features.group(role=maker)


def test_another_account_reads_what_is_shared_with_it(features: Features) -> None:
    enable_sharing(features.emulator)
    name, consumer = features.group(), features.emulator.production
    features.put(name, id=1, event_time="2026-01-02T00:00:00Z", size=2.5)
    arn = features.client("sagemaker").describe_feature_group(FeatureGroupName=name)["FeatureGroupArn"]
    actions = ["sagemaker:DescribeFeatureGroup", "sagemaker:GetRecord", "sagemaker:PutRecord"]
    role = features.emulator.role(allow(actions, arn), account=consumer)
    sagemaker, runtime = (
        features.emulator.client(service, role=role)
        for service in ("sagemaker", "sagemaker-featurestore-runtime")
    )
    code, message = refused(sagemaker.describe_feature_group, FeatureGroupName=arn)
    assert (code, "no resource-based policy" in message) == ("AccessDeniedException", True)
    features.client("ram").create_resource_share(
        name=unique("features"),
        resourceArns=[arn],
        principals=[consumer],
        permissionArns=["arn:aws:ram::aws:permission/AWSRAMPermissionSageMakerFeatureGroupReadOnly"],
        allowExternalPrincipals=False,
    )
    assert sagemaker.describe_feature_group(FeatureGroupName=arn)["FeatureGroupName"] == name
    found = runtime.get_record(FeatureGroupName=arn, RecordIdentifierValueAsString="1", FeatureNames=["size"])
    assert found["Record"] == record({"size": 2.5})
    more = record({"id": 2, "event_time": "2026-01-02T00:00:00Z"})
    code, message = refused(runtime.put_record, FeatureGroupName=arn, Record=more)
    assert (code, "sagemaker:PutRecord" in message) == ("AccessDeniedException", True)
