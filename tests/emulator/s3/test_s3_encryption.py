"""S3 asks KMS on the caller's behalf."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.support import Emulator, allow, policy

READ = "kms:Decrypt"
WRITE = "kms:GenerateDataKey"


@dataclass(frozen=True)
class Store:
    """A bucket of the hub with an encrypted object, and its key."""

    bucket: str
    key_arn: str


@pytest.fixture
def store(emulator: Emulator) -> Store:
    """Whose policies let the development account in, as far as bucket and key decide."""
    kms = emulator.client("kms", account=emulator.hub)
    statements = [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
            "Action": "kms:*" if account == emulator.hub else [READ, WRITE],
            "Resource": "*",
        }
        for account in (emulator.hub, emulator.development)
    ]
    key_arn = kms.create_key(Policy=policy(*statements))["KeyMetadata"]["Arn"]
    s3 = emulator.client("s3", account=emulator.hub)
    bucket = f"encrypted-{uuid.uuid4().hex[:12]}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": emulator.region})
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key_arn}}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    opened = {
        **allow("s3:*", [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]),
        "Principal": {"AWS": f"arn:aws:iam::{emulator.development}:root"},
    }
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(opened))
    s3.put_object(Bucket=bucket, Key="model", Body=b"weights")
    return Store(bucket, key_arn)


def read(s3: Any, store: Store) -> None:
    assert s3.get_object(Bucket=store.bucket, Key="model")["Body"].read() == b"weights"


def write(s3: Any, store: Store) -> None:
    s3.put_object(Bucket=store.bucket, Key="another", Body=b"weights")


def copy(s3: Any, store: Store) -> None:
    s3.copy_object(Bucket=store.bucket, Key="copy", CopySource={"Bucket": store.bucket, "Key": "model"})


def begin_upload(s3: Any, store: Store) -> None:
    s3.create_multipart_upload(Bucket=store.bucket, Key="upload")


CASES = {
    "a read needs kms:Decrypt": (read, READ),
    "a write needs kms:GenerateDataKey": (write, WRITE),
    "a copy needs kms:Decrypt": (copy, READ),
    "a copy needs kms:GenerateDataKey": (copy, WRITE),
    "an upload needs kms:GenerateDataKey": (begin_upload, WRITE),
}


@pytest.mark.parametrize("account", ["hub", "development"])
@pytest.mark.parametrize(("act", "needed"), CASES.values(), ids=list(CASES))
def test_the_caller_needs_the_key(
    emulator: Emulator, store: Store, act: Callable[[Any, Store], None], needed: str, account: str
) -> None:
    number = getattr(emulator, account)
    through_s3 = {"StringEquals": {"kms:ViaService": f"s3.{emulator.region}.amazonaws.com"}}
    objects = allow("s3:*", f"arn:aws:s3:::{store.bucket}/*")
    without = emulator.role(
        objects, allow({READ, WRITE}.difference({needed}).pop(), store.key_arn), account=number
    )
    complete = emulator.role(
        objects, allow([READ, WRITE], store.key_arn, Condition=through_s3), account=number
    )

    act(emulator.client("s3", role=complete), store)
    with pytest.raises(ClientError, match=needed):
        act(emulator.client("s3", role=without), store)


def test_the_key_policy_decides_about_other_accounts(emulator: Emulator, store: Store) -> None:
    role = emulator.role(allow(["s3:*", "kms:*"]))
    read(emulator.client("s3", role=role), store)
    closed = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{emulator.hub}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    emulator.client("kms", account=emulator.hub).put_key_policy(
        KeyId=store.key_arn, PolicyName="default", Policy=json.dumps({"Statement": [closed]})
    )
    with pytest.raises(ClientError, match="kms:Decrypt"):
        read(emulator.client("s3", role=role), store)


@pytest.mark.parametrize("account", ["hub", "development"])
def test_a_role_may_know_the_key_by_its_alias(emulator: Emulator, store: Store, account: str) -> None:
    alias = f"alias/{store.bucket}"
    kms = emulator.client("kms", account=emulator.hub)
    kms.create_alias(AliasName=alias, TargetKeyId=store.key_arn)
    any_key = f"arn:aws:kms:{emulator.region}:{emulator.hub}:key/*"

    def of(name: str) -> Any:
        named = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": name}}
        objects = allow("s3:GetObject", f"arn:aws:s3:::{store.bucket}/*")
        keys = allow(READ, any_key, Condition=named)
        return emulator.client("s3", role=emulator.role(objects, keys, account=getattr(emulator, account)))

    read(of(alias), store)
    with pytest.raises(ClientError, match=READ):
        read(of("alias/another"), store)


def test_a_bucket_encrypts_as_its_template_says(emulator: Emulator) -> None:
    name = f"encrypted-{uuid.uuid4().hex[:12]}"
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": {"Fn::GetAtt": ["Key", "Arn"]}}
    rules = [{"ServerSideEncryptionByDefault": default}]
    owner = {
        **allow("kms:*"),
        "Principal": {"AWS": f"arn:aws:iam::{emulator.development}:root"},
    }
    template = {
        "Resources": {
            "Key": {
                "Type": "AWS::KMS::Key",
                "Properties": {"KeyPolicy": {"Version": "2012-10-17", "Statement": [owner]}},
            },
            "Bucket": {
                "Type": "AWS::S3::Bucket",
                "Properties": {
                    "BucketName": name,
                    "BucketEncryption": {"ServerSideEncryptionConfiguration": rules},
                },
            },
        }
    }
    cloudformation = emulator.client("cloudformation")
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 100}
    )

    role = emulator.role(allow("s3:PutObject", f"arn:aws:s3:::{name}/*"))
    with pytest.raises(ClientError, match="kms:GenerateDataKey"):
        emulator.client("s3", role=role).put_object(Bucket=name, Key="model", Body=b"weights")
