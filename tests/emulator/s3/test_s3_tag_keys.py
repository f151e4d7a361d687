"""Who may tag an object as what: policies ask for the tags that are there, and for those to come."""

import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.support import Emulator, Statement, allow

APPROVED, REJECTED = {"approval-status": "Approved"}, {"approval-status": "Rejected"}
ADMITTED = {**APPROVED, "production-status": "Admitted"}


def tag_set(tags: dict[str, str]) -> dict[str, Any]:
    return {"TagSet": [{"Key": name, "Value": value} for name, value in tags.items()]}


def asks(operator: str, key: str, value: str | list[str]) -> Statement:
    return allow(
        ["s3:PutObject", "s3:PutObjectTagging", "s3:DeleteObjectTagging"],
        Condition={operator: {f"s3:{key}": value}},
    )


EXISTING = asks("StringEquals", "ExistingObjectTag/approval-status", "Approved")
REQUESTED = asks("StringEquals", "RequestObjectTag/approval-status", "Approved")
KEYS = asks("ForAllValues:StringEquals", "RequestObjectTagKeys", ["approval-status"])


@pytest.mark.parametrize(
    ("statement", "there", "wanted", "allowed"),
    [
        pytest.param(EXISTING, APPROVED, ADMITTED, True, id="there"),
        pytest.param(EXISTING, REJECTED, ADMITTED, False, id="there-otherwise"),
        pytest.param(EXISTING, {}, ADMITTED, False, id="not-there"),
        pytest.param(REQUESTED, {}, ADMITTED, True, id="asked-for"),
        pytest.param(REQUESTED, APPROVED, REJECTED, False, id="asked-for-otherwise"),
        pytest.param(REQUESTED, APPROVED, {"production-status": "Admitted"}, False, id="not-asked-for"),
        pytest.param(KEYS, {}, APPROVED, True, id="only-these-keys"),
        pytest.param(KEYS, {}, ADMITTED, False, id="another-key"),
    ],
)
def test_tagging_an_object(
    emulator: Emulator, statement: Statement, there: dict[str, str], wanted: dict[str, str], allowed: bool
) -> None:
    bucket = f"test-{uuid.uuid4().hex[:12]}"
    owner = emulator.client("s3")
    owner.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": emulator.region})
    owner.put_object(Bucket=bucket, Key="model", Body=b"weights")
    owner.put_object_tagging(Bucket=bucket, Key="model", Tagging=tag_set(there))
    s3 = emulator.client("s3", role=emulator.role(statement))
    if allowed:
        s3.put_object_tagging(Bucket=bucket, Key="model", Tagging=tag_set(wanted))
    else:
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.put_object_tagging(Bucket=bucket, Key="model", Tagging=tag_set(wanted))
    found = owner.get_object_tagging(Bucket=bucket, Key="model")["TagSet"]
    assert {tag["Key"]: tag["Value"] for tag in found} == (wanted if allowed else there)
