"""Workgroups: https://docs.aws.amazon.com/athena/latest/ug/workgroups-settings.html."""

from typing import Any

import pytest

from tests.emulator.lake_support import Lake
from tests.emulator.sagemaker_support import refused, unique


def make(lake: Lake, **configuration: Any) -> str:
    name = unique("group")
    given = {"ResultConfiguration": {"OutputLocation": f"s3://{lake.results}/{name}/"}, **configuration}
    lake.client("athena").create_work_group(Name=name, Configuration=given)
    return name


@pytest.mark.parametrize(
    ("enforced", "wished", "place"),
    [
        (True, "own", "group"),
        (True, None, "group"),
        (False, "own", "own"),
        (False, None, "group"),
    ],
)
def test_whose_location_holds(lake: Lake, enforced: bool, wished: str | None, place: str) -> None:
    group = make(lake, EnforceWorkGroupConfiguration=enforced)
    own = {"OutputLocation": f"s3://{lake.results}/own"} if wished else {}
    done = lake.query("SELECT 1", WorkGroup=group, ResultConfiguration=own)
    location = done.execution["ResultConfiguration"]["OutputLocation"]
    assert location.startswith(f"s3://{lake.results}/{group if place == 'group' else 'own'}/"), location


@pytest.mark.parametrize(("option", "algorithm"), [("SSE_KMS", "aws:kms"), ("SSE_S3", "AES256")])
def test_results_are_encrypted_as_the_group_says(lake: Lake, option: str, algorithm: str) -> None:
    key = lake.client("kms").create_key()["KeyMetadata"]["Arn"] if option == "SSE_KMS" else None
    encryption = {"EncryptionOption": option} | ({"KmsKey": key} if key else {})
    location = {"OutputLocation": f"s3://{lake.results}/sealed/", "EncryptionConfiguration": encryption}
    group = make(lake, ResultConfiguration=location)
    done = lake.query("SELECT 1", WorkGroup=group)
    bucket, _, path = (
        done.execution["ResultConfiguration"]["OutputLocation"].removeprefix("s3://").partition("/")
    )
    head = lake.client("s3").head_object(Bucket=bucket, Key=path)
    assert (head["ServerSideEncryption"], head.get("SSEKMSKeyId")) == (algorithm, key)


def test_a_query_over_the_limit_is_cancelled(lake: Lake) -> None:
    rows = "".join(f"{number:0100}\n" for number in range(110_000)).encode()
    table = unique("large").replace("-", "_")
    location = lake.put(f"{table}/part.csv", rows)
    lake.table(table, location, {"n": "string"}, serde="org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe")
    group = make(lake, BytesScannedCutoffPerQuery=10_000_000)
    sql = f"SELECT count(*) FROM {table}"
    cancelled = lake.query(sql, WorkGroup=group)
    assert (cancelled.state, cancelled.reason) == ("CANCELLED", "Bytes scanned limit was exceeded")
    assert cancelled.scanned == 10_000_000
    athena = lake.client("athena")
    athena.update_work_group(WorkGroup=group, ConfigurationUpdates={"BytesScannedCutoffPerQuery": len(rows)})
    done = lake.query(sql, WorkGroup=group)
    assert (done.rows(), done.scanned) == ([["110000"]], len(rows))


@pytest.mark.parametrize(
    ("operation", "given", "sentence"),
    [
        ("create_work_group", {"Name": "{group}"}, "WorkGroup is already created"),
        ("update_work_group", {"WorkGroup": "unknown"}, "WorkGroup is not found."),
        ("delete_work_group", {"WorkGroup": "primary"}, "The primary WorkGroup could not be deleted."),
        ("delete_work_group", {"WorkGroup": "{group}"}, "WorkGroup {group} is not empty"),
        (
            "start_query_execution",
            {"WorkGroup": "unknown", "QueryString": "SELECT 1"},
            "WorkGroup is not found.",
        ),
    ],
)
def test_a_request_is_refused(lake: Lake, operation: str, given: dict[str, Any], sentence: str) -> None:
    group = make(lake)
    lake.query("SELECT 1", WorkGroup=group)
    filled = {
        key: value.replace("{group}", group) if isinstance(value, str) else value
        for key, value in given.items()
    }
    code, message = refused(getattr(lake.client("athena"), operation), **filled)
    assert (code, message) == ("InvalidRequestException", sentence.replace("{group}", group))


def test_a_group_is_disabled_listed_and_deleted(lake: Lake) -> None:
    athena, group = lake.client("athena"), make(lake)
    first = lake.query("SELECT 1", WorkGroup=group).execution["QueryExecutionId"]
    second = lake.query("SELECT 2", WorkGroup=group).execution["QueryExecutionId"]
    assert athena.list_query_executions(WorkGroup=group)["QueryExecutionIds"] == [second, first]
    athena.update_work_group(WorkGroup=group, State="DISABLED")
    code, message = refused(athena.start_query_execution, QueryString="SELECT 1", WorkGroup=group)
    assert (code, message) == ("InvalidRequestException", f"WorkGroup {group} is disabled.")
    assert group in [each["Name"] for each in athena.list_work_groups()["WorkGroups"]]
    athena.delete_work_group(WorkGroup=group, RecursiveDeleteOption=True)
    assert refused(athena.get_work_group, WorkGroup=group)[0] == "InvalidRequestException"
    code, _ = refused(athena.get_query_execution, QueryExecutionId=first)
    assert code == "InvalidRequestException"
