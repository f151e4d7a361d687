"""Who may query what without Lake Formation: in the caller's own name.

https://docs.aws.amazon.com/athena/latest/ug/security-iam-athena.html: each action that a query takes is taken
away once, and the query says so.
"""

import json

import pytest

from tests.emulator.lake_support import Lake
from tests.emulator.sagemaker_support import refused, unique
from tests.emulator.support import Statement, allow, policy

INSUFFICIENT = "Insufficient permissions to execute the query."


def needed(lake: Lake, place: str) -> dict[str, Statement]:
    """What a query of one table needs, by the actions."""
    emulator, account = lake.emulator, lake.account
    glue = f"arn:aws:glue:{emulator.region}:{account}"
    catalog = [f"{glue}:catalog", f"{glue}:database/{lake.database}"]
    return {
        "athena:StartQueryExecution": allow(
            "athena:StartQueryExecution", f"arn:aws:athena:{emulator.region}:{account}:workgroup/primary"
        ),
        "athena:GetQueryExecution": allow(
            "athena:GetQueryExecution", f"arn:aws:athena:{emulator.region}:{account}:workgroup/primary"
        ),
        "athena:GetQueryResults": allow(
            "athena:GetQueryResults", f"arn:aws:athena:{emulator.region}:{account}:workgroup/primary"
        ),
        "glue:GetDatabase": allow("glue:GetDatabase", catalog),
        "glue:GetTable": allow("glue:GetTable", [*catalog, f"{glue}:table/{lake.database}/houses"]),
        "s3:GetBucketLocation": allow("s3:GetBucketLocation", f"arn:aws:s3:::{lake.results}"),
        "s3:ListBucket": allow("s3:ListBucket", f"arn:aws:s3:::{lake.bucket}"),
        "data": allow("s3:GetObject", f"arn:aws:s3:::{lake.bucket}/houses/*"),
        "write": allow("s3:PutObject", f"arn:aws:s3:::{lake.results}/{place}/*"),
        "read": allow("s3:GetObject", f"arn:aws:s3:::{lake.results}/{place}/*"),
    }


SQL = "SELECT id FROM houses WHERE id = 7"


def test_a_query_needs_no_more(lake: Lake) -> None:
    place = unique("place")
    role = lake.emulator.role(*needed(lake, place).values(), account=lake.account)
    given = {"OutputLocation": f"s3://{lake.results}/{place}/"}
    assert lake.query(SQL, role=role, ResultConfiguration=given).rows() == [["7"]]


@pytest.mark.parametrize(
    ("missing", "reason"),
    [
        (
            "glue:GetDatabase",
            f"{INSUFFICIENT} User: {{role}} is not authorized to perform: glue:GetDatabase",
        ),
        (
            "glue:GetTable",
            f"{INSUFFICIENT} User: {{role}} is not authorized to perform: glue:GetTable",
        ),
        ("s3:ListBucket", "PERMISSION_DENIED: Permission denied on S3 path: s3://{bucket}/houses/"),
        ("data", "PERMISSION_DENIED: Permission denied on S3 path: s3://{bucket}/houses/part-0.parquet"),
        ("write", "Access denied when writing output to url: s3://{results}/"),
    ],
)
def test_a_query_fails_without(lake: Lake, missing: str, reason: str) -> None:
    place = unique("place")
    statements = needed(lake, place)
    del statements[missing]
    role = lake.emulator.role(*statements.values(), account=lake.account)
    failed = lake.query(
        SQL, role=role, ResultConfiguration={"OutputLocation": f"s3://{lake.results}/{place}/"}
    )
    said = reason.format(
        role=f"arn:aws:sts::{lake.account}:assumed-role/{role.rpartition('/')[2]}/test",
        bucket=lake.bucket,
        results=lake.results,
    )
    assert (failed.state, failed.reason[: len(said)]) == ("FAILED", said)


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        ("athena:StartQueryExecution", "AccessDeniedException"),
        ("s3:GetBucketLocation", "InvalidRequestException"),
    ],
)
def test_a_query_is_not_started_without(lake: Lake, missing: str, code: str) -> None:
    statements = needed(lake, "place")
    del statements[missing]
    role = lake.emulator.role(*statements.values(), account=lake.account)
    athena = lake.emulator.client("athena", account=lake.account, role=role)
    given = {"OutputLocation": f"s3://{lake.results}/place/"}
    assert refused(athena.start_query_execution, QueryString=SQL, ResultConfiguration=given)[0] == code


@pytest.mark.parametrize("missing", ["athena:GetQueryResults", "read"])
def test_results_are_not_read_without(lake: Lake, missing: str) -> None:
    place = unique("place")
    done = lake.query(SQL, ResultConfiguration={"OutputLocation": f"s3://{lake.results}/{place}/"})
    statements = needed(lake, place)
    del statements[missing]
    role = lake.emulator.role(*statements.values(), account=lake.account)
    athena = lake.emulator.client("athena", account=lake.account, role=role)
    code, _ = refused(athena.get_query_results, QueryExecutionId=done.execution["QueryExecutionId"])
    assert code == "AccessDeniedException"


def test_a_key_must_open_the_data_and_seal_the_results(lake: Lake) -> None:
    """https://docs.aws.amazon.com/athena/latest/ug/encryption.html."""
    owner = {"AWS": f"arn:aws:iam::{lake.account}:root"}
    statement = {"Effect": "Allow", "Principal": owner, "Action": "kms:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    key = lake.client("kms").create_key(Policy=document)["KeyMetadata"]["Arn"]
    table = unique("sealed").replace("-", "_")
    lake.client("s3").put_object(
        Bucket=lake.bucket, Key=f"{table}/a", Body=b"1\n", ServerSideEncryption="aws:kms", SSEKMSKeyId=key
    )
    lake.table(
        table,
        f"s3://{lake.bucket}/{table}/",
        {"n": "int"},
        serde="org.apache.hadoop.hive.serde2.OpenCSVSerde",
    )
    role = lake.reader(lake.data_access())
    closed = lake.query(f"SELECT n FROM {table}", role=role)
    assert (closed.state, "kms:Decrypt" in closed.reason) == ("FAILED", True)
    lake.client("iam").put_role_policy(
        RoleName=role.rpartition("/")[2], PolicyName="key", PolicyDocument=policy(allow("kms:Decrypt", key))
    )
    assert lake.query(f"SELECT n FROM {table}", role=role).rows() == [["1"]]
    encryption = {"EncryptionOption": "SSE_KMS", "KmsKey": key}
    given = {"OutputLocation": f"s3://{lake.results}/sealed/", "EncryptionConfiguration": encryption}
    unwritten = lake.query(f"SELECT n FROM {table}", role=role, ResultConfiguration=given)
    assert (unwritten.state, "kms:GenerateDataKey" in unwritten.reason) == ("FAILED", True)
