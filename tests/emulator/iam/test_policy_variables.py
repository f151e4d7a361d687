"""Variables in policies stand for what is known of the caller."""

import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.support import SETTINGS, Emulator, allow, policy


@pytest.fixture(scope="module")
def bucket(emulator: Emulator) -> str:
    """A bucket of the hub in which every account writes below its own number."""
    name = f"variables-{uuid.uuid4().hex[:12]}"
    s3 = emulator.client("s3", account=emulator.hub)
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": emulator.region})
    own = allow("s3:PutObject", f"arn:aws:s3:::{name}/${{aws:PrincipalAccount}}/*")
    inside = {"StringEquals": {"aws:PrincipalOrgID": SETTINGS.organization.id}}
    s3.put_bucket_policy(Bucket=name, Policy=policy({**own, "Principal": "*", "Condition": inside}))
    return name


@pytest.mark.parametrize(
    ("folder", "opens"),
    [
        pytest.param(Emulator.development, True, id="own-account"),
        pytest.param(Emulator.test, False, id="another-account"),
        pytest.param("${aws:PrincipalAccount}", False, id="the-variable-itself"),
    ],
)
def test_a_variable_in_a_resource(emulator: Emulator, bucket: str, folder: str, opens: bool) -> None:
    s3 = emulator.client("s3", role=emulator.role(allow("s3:PutObject")))
    if opens:
        s3.put_object(Bucket=bucket, Key=f"{folder}/file", Body=b"")
        return
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(Bucket=bucket, Key=f"{folder}/file", Body=b"")


def assume(emulator: Emulator, role: str, caller: str, account: str) -> dict[str, Any]:
    sts = emulator.client("sts", role=caller)
    tags = [{"Key": "source-account", "Value": account}]
    credentials: dict[str, Any] = sts.assume_role(RoleArn=role, RoleSessionName="lead", Tags=tags)[
        "Credentials"
    ]
    return credentials


@pytest.fixture(scope="module")
def author(emulator: Emulator, bucket: str) -> str:
    """A role of the hub whose sessions are tagged with the account they come from, and write there only."""
    condition = {"StringEquals": {"aws:RequestTag/source-account": "${aws:PrincipalAccount}"}}
    trusted = {
        **allow(["sts:AssumeRole", "sts:TagSession"], Condition=condition),
        "Principal": {"AWS": "*"},
    }
    trusted.pop("Resource")
    tagged = f"arn:aws:s3:::{bucket}/${{aws:PrincipalTag/source-account}}/*"
    return emulator.role(allow("s3:PutObject", tagged), account=emulator.hub, trusting=policy(trusted))


def test_a_variable_in_a_condition(emulator: Emulator, author: str) -> None:
    lead = emulator.role(allow(["sts:AssumeRole", "sts:TagSession"], author))
    assume(emulator, author, lead, emulator.development)
    with pytest.raises(ClientError, match="AccessDenied"):
        assume(emulator, author, lead, emulator.test)


def test_a_tag_of_the_session_in_a_resource(emulator: Emulator, author: str, bucket: str) -> None:
    lead = emulator.role(allow(["sts:AssumeRole", "sts:TagSession"], author))
    session = emulator.client_of("s3", assume(emulator, author, lead, emulator.development))
    session.put_object(Bucket=bucket, Key=f"{emulator.development}/card", Body=b"")
    with pytest.raises(ClientError, match="AccessDenied"):
        session.put_object(Bucket=bucket, Key=f"{emulator.test}/card", Body=b"")
