"""Whose requests policies let in by the place of an account, and by what a request carries itself."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.support import SETTINGS, Emulator, allow, policy

UNITS = SETTINGS.organization.organizational_units
SUBJECT = "arn:aws:iam::*:role/conditions-*"
Call = Callable[[Any], Any]


def unit(identifier: str) -> dict[str, Any]:
    """What holds for roles of the accounts of a unit, as the central registry's policies say it."""
    return {
        "StringEquals": {"aws:PrincipalOrgID": SETTINGS.organization.id},
        "ArnLike": {"aws:PrincipalArn": SUBJECT},
        "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": f"{SETTINGS.organization.id}/*/{identifier}/*"},
    }


def everybody(actions: list[str], resource: str, condition: dict[str, Any]) -> dict[str, Any]:
    return {**allow(actions, resource, Condition=condition), "Principal": {"AWS": "*"}}


def foreigner(emulator: Emulator, account: str, service: str, actions: str | list[str]) -> Any:
    """A client of a role of another account, whose own policy allows it."""
    role = emulator.role(
        allow(actions), account=getattr(emulator, account), name=f"conditions-{uuid.uuid4().hex[:8]}"
    )
    return emulator.client(service, role=role)


def refuses(call: Callable[[], Any]) -> bool:
    try:
        call()
    except ClientError as error:
        if "AccessDenied" not in error.response["Error"]["Code"]:
            raise
        return True
    return False


@pytest.fixture(scope="module")
def bucket(emulator: Emulator) -> tuple[str, Call]:
    name = f"conditions-{uuid.uuid4().hex[:12]}"
    s3 = emulator.client("s3", account=emulator.hub)
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": emulator.region})
    s3.put_object(Bucket=name, Key="model", Body=b"weights")
    for account in (emulator.test, emulator.production):
        s3.put_object(Bucket=name, Key=f"registered/{account}/model", Body=b"weights")
    statement = everybody(["s3:GetObject"], f"arn:aws:s3:::{name}/model", unit(UNITS.production))
    own = everybody(
        ["s3:GetObject", "s3:PutObject"],
        f"arn:aws:s3:::{name}/registered/${{aws:PrincipalAccount}}/*",
        {"StringEquals": {"aws:PrincipalOrgID": SETTINGS.organization.id}},
    )
    s3.put_bucket_policy(Bucket=name, Policy=policy(statement, own))
    return name, lambda client: client.get_object(Bucket=name, Key="model")


@pytest.fixture(scope="module")
def key(emulator: Emulator) -> tuple[str, Call]:
    kms = emulator.client("kms", account=emulator.hub)
    own = {**allow("kms:*"), "Principal": {"AWS": f"arn:aws:iam::{emulator.hub}:root"}}
    arn = kms.create_key(Policy=policy(own, everybody(["kms:Decrypt"], "*", unit(UNITS.production))))[
        "KeyMetadata"
    ]["Arn"]
    secret = kms.encrypt(KeyId=arn, Plaintext=b"secret")["CiphertextBlob"]
    return arn, lambda client: client.decrypt(CiphertextBlob=secret)


@pytest.fixture(scope="module")
def group(emulator: Emulator) -> tuple[str, Call]:
    name = f"conditions-{uuid.uuid4().hex[:12]}"
    sagemaker = emulator.client("sagemaker", account=emulator.hub)
    arn = sagemaker.create_model_package_group(ModelPackageGroupName=name)["ModelPackageGroupArn"]
    sagemaker.put_model_package_group_policy(
        ModelPackageGroupName=name,
        ResourcePolicy=policy(
            everybody(["sagemaker:DescribeModelPackageGroup"], arn, unit(UNITS.production))
        ),
    )
    return arn, lambda client: client.describe_model_package_group(ModelPackageGroupName=arn)


@pytest.mark.parametrize(
    ("account", "opens"), [("production", True), ("test", False), ("development", False)]
)
@pytest.mark.parametrize("action", ["s3:GetObject", "kms:Decrypt", "sagemaker:DescribeModelPackageGroup"])
def test_a_resource_opens_to_the_accounts_of_a_unit(
    request: pytest.FixtureRequest, emulator: Emulator, action: str, account: str, opens: bool
) -> None:
    service = action.partition(":")[0]
    resource = {"s3": "bucket", "kms": "key", "sagemaker": "group"}[service]
    _, call = request.getfixturevalue(resource)
    client = foreigner(emulator, account, service, action)
    assert refuses(lambda: call(client)) is not opens


@pytest.mark.parametrize("account", ["test", "production"])
@pytest.mark.parametrize("owner", ["test", "production"])
def test_a_bucket_policy_names_the_callers_account(
    emulator: Emulator, bucket: tuple[str, Call], account: str, owner: str
) -> None:
    s3 = foreigner(emulator, account, "s3", ["s3:GetObject", "s3:PutObject"])
    place = {"Bucket": bucket[0], "Key": f"registered/{getattr(emulator, owner)}/model"}
    assert refuses(lambda: s3.get_object(**place)) is (account != owner)
    assert refuses(lambda: s3.put_object(**place, Body=b"weights")) is (account != owner)


@pytest.mark.parametrize(("account", "assumes"), [("test", True), ("production", False)])
def test_a_trust_policy_compares_two_keys_of_a_request(
    emulator: Emulator, account: str, assumes: bool
) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
        "Condition": {"StringEquals": {"aws:RequestTag/source-account": "${aws:PrincipalAccount}"}},
    }
    role = emulator.role(account=emulator.hub, trusting=json.dumps({"Statement": [statement]}))
    sts = foreigner(emulator, account, "sts", ["sts:AssumeRole", "sts:TagSession"])
    tags = [{"Key": "source-account", "Value": emulator.test}]
    refused = refuses(lambda: sts.assume_role(RoleArn=role, RoleSessionName="lead", Tags=tags))
    assert refused is not assumes


def test_an_identity_policy_names_a_tag_of_the_session(emulator: Emulator) -> None:
    name = f"conditions-{uuid.uuid4().hex[:8]}"
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": emulator.region})
    for team in ("red", "blue"):
        s3.put_object(Bucket=name, Key=f"{team}/model", Body=b"weights")
    trusting = policy(
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{emulator.development}:root"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
        }
    )
    role = emulator.role(
        allow("s3:GetObject", f"arn:aws:s3:::{name}/${{aws:PrincipalTag/team}}/*"), trusting=trusting
    )
    session = emulator.client("sts").assume_role(
        RoleArn=role, RoleSessionName="red", Tags=[{"Key": "team", "Value": "red"}]
    )
    reader = emulator.client_of("s3", session["Credentials"])
    assert not refuses(lambda: reader.get_object(Bucket=name, Key="red/model"))
    assert refuses(lambda: reader.get_object(Bucket=name, Key="blue/model"))
