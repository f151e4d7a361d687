"""What the overlay relies on in ministack, and what it changes there: conditions, S3, KMS."""

import json
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.support import SETTINGS, Emulator, allow, policy

UNITS = SETTINGS.organization.organizational_units
PATH = f"{SETTINGS.organization.id}/r-ml01/{UNITS.workloads}/{UNITS.production}/"


def production(action: str, resource: str, condition: dict[str, Any]) -> dict[str, Any]:
    """A statement of a resource's policy that lets the production account in."""
    principal = {"AWS": f"arn:aws:iam::{Emulator.production}:root"}
    return {
        "Effect": "Allow",
        "Principal": principal,
        "Action": action,
        "Resource": resource,
        "Condition": condition,
    }


@pytest.fixture(scope="module")
def bucket(emulator: Emulator) -> str:
    name = f"seams-{uuid.uuid4().hex[:12]}"
    s3 = emulator.client("s3", account=emulator.hub)
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": emulator.region})
    s3.put_object(Bucket=name, Key="model", Body=b"weights", Tagging="approval-status=Approved")
    s3.put_object(Bucket=name, Key="draft", Body=b"weights", Tagging="approval-status=Rejected")
    return name


@pytest.mark.parametrize(
    ("condition", "opens"),
    [
        pytest.param(
            {"StringEquals": {"aws:PrincipalOrgID": SETTINGS.organization.id}}, True, id="organisation"
        ),
        pytest.param(
            {"StringEquals": {"aws:PrincipalOrgID": "o-another0001"}}, False, id="other-organisation"
        ),
        pytest.param({"ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": PATH}}, True, id="unit"),
        pytest.param(
            {
                "ForAnyValue:StringLike": {
                    "aws:PrincipalOrgPaths": f"{SETTINGS.organization.id}/*/{UNITS.test}/*"
                }
            },
            False,
            id="other-unit",
        ),
        pytest.param(
            {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/seams-reader-*"}}, True, id="role-name"
        ),
        pytest.param(
            {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/else-*"}}, False, id="other-role-name"
        ),
        pytest.param({"StringEquals": {"s3:ExistingObjectTag/approval-status": "Approved"}}, True, id="tag"),
        pytest.param(
            {"StringEquals": {"s3:ExistingObjectTag/approval-status": "Rejected"}}, False, id="other-tag"
        ),
        pytest.param({"Bool": {"aws:SecureTransport": "true"}}, True, id="tls"),
        pytest.param({"Bool": {"aws:SecureTransport": "false"}}, False, id="no-tls"),
    ],
)
def test_a_bucket_opens_to_another_account_by_condition(
    emulator: Emulator, bucket: str, condition: dict[str, Any], opens: bool
) -> None:
    role = emulator.role(
        allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*"),
        account=emulator.production,
        name=f"seams-reader-{uuid.uuid4().hex[:8]}",
    )
    statement = production("s3:GetObject", f"arn:aws:s3:::{bucket}/*", condition)
    emulator.client("s3", account=emulator.hub).put_bucket_policy(Bucket=bucket, Policy=policy(statement))
    s3 = emulator.client("s3", role=role)
    if opens:
        assert s3.get_object(Bucket=bucket, Key="model")["Body"].read() == b"weights"
    else:
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.get_object(Bucket=bucket, Key="model")


def test_a_bucket_policy_names_a_role_of_another_account(emulator: Emulator, bucket: str) -> None:
    permission = allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*")
    named = emulator.role(permission, account=emulator.production)
    other = emulator.role(permission, account=emulator.production)
    statement = {**permission, "Principal": {"AWS": named}}
    emulator.client("s3", account=emulator.hub).put_bucket_policy(Bucket=bucket, Policy=policy(statement))
    assert emulator.client("s3", role=named).get_object(Bucket=bucket, Key="draft")
    with pytest.raises(ClientError, match="AccessDenied"):
        emulator.client("s3", role=other).get_object(Bucket=bucket, Key="draft")


def test_an_identity_policy_asks_for_tags_of_a_foreign_object(emulator: Emulator, bucket: str) -> None:
    role = emulator.role(
        allow(
            "s3:GetObject",
            f"arn:aws:s3:::{bucket}/*",
            Condition={"StringEquals": {"s3:ExistingObjectTag/approval-status": "Approved"}},
        ),
        account=emulator.production,
    )
    statement = production("s3:GetObject", f"arn:aws:s3:::{bucket}/*", {})
    emulator.client("s3", account=emulator.hub).put_bucket_policy(Bucket=bucket, Policy=policy(statement))
    s3 = emulator.client("s3", role=role)
    assert s3.get_object(Bucket=bucket, Key="model")
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.get_object(Bucket=bucket, Key="draft")


def test_an_object_is_copied_from_a_bucket_of_another_account(emulator: Emulator, bucket: str) -> None:
    target = f"{bucket}-copies"
    own = emulator.client("s3", account=emulator.production)
    own.create_bucket(Bucket=target, CreateBucketConfiguration={"LocationConstraint": emulator.region})
    role = emulator.role(
        allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*"),
        allow("s3:PutObject", f"arn:aws:s3:::{target}/*"),
        account=emulator.production,
    )
    s3 = emulator.client("s3", role=role)
    copy = {
        "Bucket": target,
        "Key": "model",
        "CopySource": {"Bucket": bucket, "Key": "model"},
        "TaggingDirective": "REPLACE",
    }
    hub = emulator.client("s3", account=emulator.hub)
    hub.delete_bucket_policy(Bucket=bucket)
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.copy_object(**copy)
    statement = production("s3:GetObject", f"arn:aws:s3:::{bucket}/*", {})
    hub.put_bucket_policy(Bucket=bucket, Policy=policy(statement))
    s3.copy_object(**copy)
    assert own.get_object(Bucket=target, Key="model")["Body"].read() == b"weights"
    upload = own.create_multipart_upload(Bucket=target, Key="parts")["UploadId"]
    part = {"Bucket": target, "Key": "parts", "UploadId": upload}
    copied = s3.upload_part_copy(**part, PartNumber=1, CopySource={"Bucket": bucket, "Key": "model"})
    parts = [{"PartNumber": 1, "ETag": copied["CopyPartResult"]["ETag"]}]
    own.complete_multipart_upload(**part, MultipartUpload={"Parts": parts})
    assert own.get_object(Bucket=target, Key="parts")["Body"].read() == b"weights"


@pytest.fixture(scope="module")
def key(emulator: Emulator) -> str:
    kms = emulator.client("kms", account=emulator.hub)
    own = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{emulator.hub}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    foreign = production("kms:Decrypt", "*", {"StringEquals": {"aws:PrincipalAccount": emulator.production}})
    arn: str = kms.create_key(Policy=policy(own, foreign))["KeyMetadata"]["Arn"]
    kms.create_alias(AliasName=f"alias/seams-{arn[-12:]}", TargetKeyId=arn)
    return arn


@pytest.mark.parametrize(
    ("account", "statement", "opens"),
    [
        pytest.param("production", {"Resource": "{key}"}, True, id="both-allow"),
        pytest.param("production", {"Resource": "arn:aws:kms:*:*:key/other"}, False, id="identity-denies"),
        pytest.param("test", {"Resource": "{key}"}, False, id="key-policy-denies"),
        pytest.param(
            "production",
            {
                "Resource": "*",
                "Condition": {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/seams-{end}"}},
            },
            True,
            id="alias",
        ),
        pytest.param(
            "production",
            {
                "Resource": "*",
                "Condition": {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/other"}},
            },
            False,
            id="other-alias",
        ),
    ],
)
def test_a_key_decrypts_for_another_account(
    emulator: Emulator, key: str, account: str, statement: dict[str, Any], opens: bool
) -> None:
    filled = json.loads(json.dumps(statement).replace("{key}", key).replace("{end}", key[-12:]))
    role = emulator.role(
        {"Effect": "Allow", "Action": "kms:Decrypt", **filled}, account=getattr(emulator, account)
    )
    secret = emulator.client("kms", account=emulator.hub).encrypt(KeyId=key, Plaintext=b"secret")[
        "CiphertextBlob"
    ]
    kms = emulator.client("kms", role=role)
    if opens:
        assert kms.decrypt(CiphertextBlob=secret)["Plaintext"] == b"secret"
        assert kms.decrypt(CiphertextBlob=secret, KeyId=key)["Plaintext"] == b"secret"
    else:
        with pytest.raises(ClientError, match="AccessDenied"):
            kms.decrypt(CiphertextBlob=secret)
