"""S3: writes that happen once, tags and who may set them, and objects that nobody deletes."""

import json
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.emulator.sagemaker_support import refused
from tests.emulator.support import Emulator, Statement, allow

APPROVED = "approval-status=Approved"
TAG_SET = {"TagSet": [{"Key": "approval-status", "Value": "Approved"}]}


@pytest.fixture
def bucket(emulator: Emulator) -> str:
    """A versioned bucket of the hub."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    s3 = emulator.client("s3", account=emulator.hub)
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": emulator.region})
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


def put_policy(emulator: Emulator, bucket: str, *statements: Statement) -> None:
    document = {"Version": "2012-10-17", "Statement": statements}
    emulator.client("s3", account=emulator.hub).put_bucket_policy(Bucket=bucket, Policy=json.dumps(document))


def test_of_many_writers_one_writes_once(emulator: Emulator, bucket: str) -> None:
    s3 = emulator.client("s3", account=emulator.hub)

    def write(number: int) -> str | None:
        try:
            s3.put_object(Bucket=bucket, Key="receipt.json", Body=str(number).encode(), IfNoneMatch="*")
        except s3.exceptions.ClientError as error:
            return str(error.response["Error"]["Code"])
        return None

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(write, range(24)))

    assert sorted(outcomes, key=str) == [None, *["PreconditionFailed"] * 23]
    winner = str(outcomes.index(None)).encode()
    assert s3.get_object(Bucket=bucket, Key="receipt.json")["Body"].read() == winner


def by_put(s3: Any, bucket: str, **condition: str) -> None:
    s3.put_object(Bucket=bucket, Key="receipt.json", Body=b"1", **condition)


def by_parts(s3: Any, bucket: str, **condition: str) -> None:
    upload = {
        "Bucket": bucket,
        "Key": "receipt.json",
        "UploadId": s3.create_multipart_upload(Bucket=bucket, Key="receipt.json")["UploadId"],
    }
    etag = s3.upload_part(**upload, PartNumber=1, Body=b"1")["ETag"]
    s3.complete_multipart_upload(
        **upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": etag}]}, **condition
    )


@pytest.mark.parametrize("write", [by_put, by_parts])
@pytest.mark.parametrize("account", ["hub", "development"])
def test_a_policy_may_demand_that_a_write_happens_once(
    account: str, write: Callable[..., None], emulator: Emulator, bucket: str
) -> None:
    objects, owner = f"arn:aws:s3:::{bucket}/*", getattr(emulator, account)
    once = allow("s3:PutObject", objects, Condition={"Null": {"s3:if-none-match": "false"}})
    parts = allow("s3:PutObject", objects, Condition={"Bool": {"s3:ObjectCreationOperation": "false"}})
    principal = {"Principal": {"AWS": f"arn:aws:iam::{owner}:root"}}
    put_policy(emulator, bucket, {**once, **principal}, {**parts, **principal})
    s3 = emulator.client("s3", account=owner, role=emulator.role(once, parts, account=owner))

    assert refused(write, s3=s3, bucket=bucket)[0] == "AccessDenied"
    write(s3, bucket, IfNoneMatch="*")
    assert refused(write, s3=s3, bucket=bucket, IfNoneMatch="*")[0] == "PreconditionFailed"


def test_an_overwritten_object_has_lost_its_tags(emulator: Emulator, bucket: str) -> None:
    s3 = emulator.client("s3", account=emulator.hub)
    s3.put_object(Bucket=bucket, Key="model", Body=b"approved", Tagging=APPROVED)
    assert s3.get_object_tagging(Bucket=bucket, Key="model")["TagSet"] == TAG_SET["TagSet"]

    s3.put_object(Bucket=bucket, Key="model", Body=b"another")

    assert s3.get_object_tagging(Bucket=bucket, Key="model")["TagSet"] == []


def put_tagged(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="new", Body=b"", Tagging=APPROVED)


def begin_tagged(s3: Any, bucket: str) -> None:
    s3.create_multipart_upload(Bucket=bucket, Key="new", Tagging=APPROVED)


def copy_tagged(s3: Any, bucket: str) -> None:
    s3.copy_object(Bucket=bucket, Key="new", CopySource=f"{bucket}/tagged")


def copy_and_tag(s3: Any, bucket: str) -> None:
    s3.copy_object(
        Bucket=bucket,
        Key="new",
        CopySource=f"{bucket}/plain",
        TaggingDirective="REPLACE",
        Tagging=APPROVED,
    )


def copy_without_tags(s3: Any, bucket: str) -> None:
    s3.copy_object(Bucket=bucket, Key="new", CopySource=f"{bucket}/tagged", TaggingDirective="REPLACE")


def copy_plain(s3: Any, bucket: str) -> None:
    s3.copy_object(Bucket=bucket, Key="new", CopySource=f"{bucket}/plain")


def tag(s3: Any, bucket: str) -> None:
    s3.put_object_tagging(Bucket=bucket, Key="plain", Tagging=TAG_SET)


def untag(s3: Any, bucket: str) -> None:
    s3.delete_object_tagging(Bucket=bucket, Key="tagged")


def read_tags(s3: Any, bucket: str) -> None:
    s3.get_object_tagging(Bucket=bucket, Key="tagged")


COPY = ("s3:GetObject", "s3:PutObject")


@pytest.mark.parametrize("account", ["hub", "development"])
@pytest.mark.parametrize(
    ("call", "needed"),
    [
        pytest.param(put_tagged, ("s3:PutObject", "s3:PutObjectTagging"), id="put with tags"),
        pytest.param(begin_tagged, ("s3:PutObject", "s3:PutObjectTagging"), id="upload by parts with tags"),
        pytest.param(
            copy_tagged, (*COPY, "s3:GetObjectTagging", "s3:PutObjectTagging"), id="copy with its tags"
        ),
        pytest.param(copy_and_tag, (*COPY, "s3:PutObjectTagging"), id="copy with other tags"),
        pytest.param(copy_without_tags, COPY, id="copy without its tags"),
        pytest.param(copy_plain, COPY, id="copy of an object without tags"),
        pytest.param(tag, ("s3:PutObjectTagging",), id="tag"),
        pytest.param(untag, ("s3:DeleteObjectTagging",), id="untag"),
        pytest.param(read_tags, ("s3:GetObjectTagging",), id="read tags"),
    ],
)
def test_tags_need_permissions_of_their_own(
    call: Callable[[Any, str], None],
    needed: tuple[str, ...],
    account: str,
    emulator: Emulator,
    bucket: str,
) -> None:
    objects, owner = f"arn:aws:s3:::{bucket}/*", getattr(emulator, account)
    s3 = emulator.client("s3", account=emulator.hub)
    s3.put_object(Bucket=bucket, Key="tagged", Body=b"", Tagging=APPROVED)
    s3.put_object(Bucket=bucket, Key="plain", Body=b"")
    root = {"AWS": f"arn:aws:iam::{owner}:root"}
    put_policy(emulator, bucket, allow("s3:*", objects, Principal=root))

    def client(*actions: str) -> Any:
        role = emulator.role(allow([*actions, "s3:ListBucket"], objects), account=owner)
        return emulator.client("s3", account=owner, role=role)

    for missing in needed:
        others = [action for action in needed if action != missing]
        assert refused(call, s3=client(*others), bucket=bucket)[0] == "AccessDenied", missing
    call(client(*needed), bucket)


def test_a_bucket_of_another_account_lets_nobody_tag_by_writing(emulator: Emulator, bucket: str) -> None:
    objects = f"arn:aws:s3:::{bucket}/*"
    root = {"AWS": f"arn:aws:iam::{emulator.development}:root"}
    put_policy(emulator, bucket, allow("s3:PutObject", objects, Principal=root))
    s3 = emulator.client("s3", role=emulator.role(allow("s3:*", objects)))

    s3.put_object(Bucket=bucket, Key="plain", Body=b"")
    assert refused(put_tagged, s3=s3, bucket=bucket)[0] == "AccessDenied"
    assert refused(read_tags, s3=s3, bucket=bucket)[0] == "AccessDenied"


def delete(s3: Any, bucket: str) -> None:
    s3.delete_object(Bucket=bucket, Key="receipt.json")


def delete_version(s3: Any, bucket: str) -> None:
    version = s3.head_object(Bucket=bucket, Key="receipt.json")["VersionId"]
    s3.delete_object(Bucket=bucket, Key="receipt.json", VersionId=version)


def delete_several(s3: Any, bucket: str) -> None:
    s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "other"}, {"Key": "receipt.json"}]})


@pytest.mark.parametrize("call", [delete, delete_version, delete_several])
def test_a_buckets_policy_forbids_to_delete(
    call: Callable[[Any, str], None], emulator: Emulator, bucket: str
) -> None:
    receipts = f"arn:aws:s3:::{bucket}/receipt.json"
    emulator.client("s3", account=emulator.hub).put_object(Bucket=bucket, Key="receipt.json", Body=b"")
    nobody = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["s3:DeleteObject", "s3:DeleteObjectVersion"],
        "Resource": receipts,
    }
    put_policy(emulator, bucket, nobody)
    role = emulator.role(allow("s3:*"), account=emulator.hub)
    s3 = emulator.client("s3", account=emulator.hub, role=role)

    assert refused(call, s3=s3, bucket=bucket)[0] == "AccessDenied"
    s3.head_object(Bucket=bucket, Key="receipt.json")
    s3.put_object(Bucket=bucket, Key="other", Body=b"")
    s3.delete_object(Bucket=bucket, Key="other")
