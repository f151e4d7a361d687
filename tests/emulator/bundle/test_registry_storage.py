"""The policies of the central bucket and its key, as they are synthesized, at work on real requests."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import base.embedded_node  # noqa: F401  # isort: skip  (before aws_cdk)
import aws_cdk as cdk
import pytest
from botocore.exceptions import ClientError

from access.templates import DeployedTemplate
from registry.stack import RegistryStack
from tests.emulator.support import SETTINGS, Emulator, allow

NAMES = SETTINGS.names
HUB, TEAM = SETTINGS.accounts.shared_services, SETTINGS.accounts.development
TRAINING = f"{NAMES.prefix}-training-p-storage"
FOLDER = f"registered/{TEAM}/p-storage/run"
MODEL = f"{FOLDER}/model.tar.gz"
RECEIPT = f"{FOLDER}/version-1/receipt.json"
PROMOTED = f"models/{TEAM}/storage/1/20261121T091500Z"

APPROVED = {"approval-status": "Approved"}
ADMITTED = {**APPROVED, "production-status": "Admitted"}


@dataclass(frozen=True)
class Storage:
    """The central bucket, and clients of roles whose own policies let them do anything."""

    emulator: Emulator
    bucket: str

    def s3(self, name: str, account: str = HUB) -> Any:
        return self.emulator.client("s3", account=account, role=name)

    def may(self, call: Callable[..., Any], key: str, **more: Any) -> bool:
        try:
            call(Bucket=self.bucket, Key=key, **more)
        except ClientError as error:
            if error.response["Error"]["Code"] != "AccessDenied":
                raise
            return False
        return True

    def tag(self, name: str, tags: dict[str, str]) -> bool:
        tag_set = [{"Key": key, "Value": value} for key, value in tags.items()]
        return self.may(self.s3(name).put_object_tagging, MODEL, Tagging={"TagSet": tag_set})

    def readers(self) -> dict[str, bool]:
        """Which endpoints may read the model."""
        return {
            place: self.may(self.s3(NAMES.endpoint_role, getattr(SETTINGS.accounts, place)).get_object, MODEL)
            for place in ("development", "test", "production")
        }


@pytest.fixture(scope="module")
def storage(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Storage:
    app = cdk.App(outdir=str(tmp_path_factory.mktemp("registry")))
    stack = RegistryStack(
        app,
        NAMES.registry_stack,
        settings=SETTINGS,
        serving_roles=(NAMES.endpoint_role,),
        env=cdk.Environment(account=HUB, region=emulator.region),
    )
    app.synth()
    template = json.loads(Path(app.outdir, stack.template_file).read_text(encoding="utf-8"))
    deployed = DeployedTemplate(
        name="registry", template=template, account=HUB, region=emulator.region, parameters={}
    )
    ((_, key),) = deployed.resources("AWS::KMS::Key")
    key_arn = emulator.client("kms", account=HUB).create_key(Policy=json.dumps(key["KeyPolicy"]))[
        "KeyMetadata"
    ]["Arn"]
    s3 = emulator.client("s3", account=HUB)
    bucket = NAMES.registry_bucket
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": emulator.region})
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_public_access_block(
        Bucket=bucket,
        PublicAccessBlockConfiguration=dict.fromkeys(
            ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True
        ),
    )
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key_arn}
    s3.put_bucket_encryption(
        Bucket=bucket,
        ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": default}]},
    )
    (policy,) = [
        properties["PolicyDocument"]
        for _, properties in deployed.resources("AWS::S3::BucketPolicy")
        if properties["Bucket"] == bucket
    ]
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    everything = allow(["s3:*", "kms:*"])
    hub_roles = (
        NAMES.promotion_role,
        NAMES.release_role,
        NAMES.stage_role,
        NAMES.governance_officer_role,
        "administrator",
    )
    for name in hub_roles:
        emulator.role(everything, account=HUB, name=name)
    for name in (TRAINING, NAMES.lead_data_scientist_role):
        emulator.role(everything, account=TEAM, name=name)
    for account in (TEAM, SETTINGS.accounts.test, SETTINGS.accounts.production):
        emulator.role(everything, account=account, name=NAMES.endpoint_role)
    return Storage(emulator, bucket)


def test_an_artifact_opens_step_by_step_and_closes_when_it_is_overwritten(storage: Storage) -> None:
    training = storage.s3(TRAINING, TEAM)
    assert storage.may(training.put_object, MODEL, Body=b"weights")
    assert storage.may(training.get_object, MODEL)
    assert storage.readers() == {"development": False, "test": False, "production": False}
    assert not storage.tag(NAMES.stage_role, ADMITTED)
    assert not storage.tag(NAMES.governance_officer_role, APPROVED)
    assert not storage.tag(NAMES.release_role, ADMITTED)
    assert storage.tag(NAMES.release_role, APPROVED)
    assert storage.readers() == {"development": False, "test": True, "production": False}
    assert not storage.tag(NAMES.stage_role, {"production-status": "Admitted"})
    assert storage.tag(NAMES.stage_role, ADMITTED)
    assert storage.tag(NAMES.release_role, ADMITTED)
    assert storage.readers() == {"development": False, "test": True, "production": True}
    assert storage.may(training.put_object, MODEL, Body=b"other weights")
    assert storage.readers() == {"development": False, "test": False, "production": False}


@pytest.mark.parametrize(
    ("role", "account", "key", "allowed"),
    [
        pytest.param(TRAINING, TEAM, f"registered/{HUB}/model.tar.gz", False, id="another account's"),
        pytest.param(TRAINING, TEAM, f"{PROMOTED}/model.tar.gz", False, id="training among the promoted"),
        pytest.param(TRAINING, TEAM, RECEIPT, False, id="training a receipt"),
        pytest.param(NAMES.lead_data_scientist_role, TEAM, MODEL, False, id="a lead"),
        pytest.param(NAMES.promotion_role, HUB, f"{PROMOTED}/model.tar.gz", True, id="promotion"),
        pytest.param(NAMES.promotion_role, HUB, MODEL, False, id="promotion among the direct"),
        pytest.param("administrator", HUB, f"{PROMOTED}/model.tar.gz", False, id="an administrator"),
        pytest.param("administrator", HUB, "notes.txt", False, id="an administrator elsewhere"),
    ],
)
def test_who_writes_where(storage: Storage, role: str, account: str, key: str, allowed: bool) -> None:
    assert storage.may(storage.s3(role, account).put_object, key, Body=b"1", IfNoneMatch="*") is allowed


WRITERS = {
    RECEIPT: NAMES.release_role,
    f"{PROMOTED}/receipt.json": NAMES.promotion_role,
    f"{PROMOTED}/decisions/central-approval-1.json": NAMES.release_role,
    f"{PROMOTED}/decisions/test-1.json": NAMES.stage_role,
    f"{PROMOTED}/decisions/card-approval-1.json": NAMES.governance_officer_role,
    f"{PROMOTED}/decisions/production-approval-1.json": NAMES.stage_role,
    f"{PROMOTED}/decisions/production-1.json": NAMES.stage_role,
}


@pytest.mark.parametrize(("key", "writer"), WRITERS.items(), ids=[key.rpartition("/")[2] for key in WRITERS])
def test_a_record_is_written_by_one_role_once_and_stays(storage: Storage, key: str, writer: str) -> None:
    for other in {*WRITERS.values(), "administrator"} - {writer}:
        assert not storage.may(storage.s3(other).put_object, key, Body=b"forged", IfNoneMatch="*")
    s3 = storage.s3(writer)
    assert not storage.may(s3.put_object, key, Body=b"1")
    assert storage.may(s3.put_object, key, Body=b"1", IfNoneMatch="*")
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.put_object(Bucket=storage.bucket, Key=key, Body=b"2", IfNoneMatch="*")
    for role in (writer, NAMES.promotion_role, "administrator"):
        assert not storage.may(storage.s3(role).delete_object, key)


def test_only_promotion_deletes_and_nothing_is_erased(storage: Storage) -> None:
    key = f"{PROMOTED}/left/over.tar.gz"
    promotion = storage.s3(NAMES.promotion_role)
    version = promotion.put_object(Bucket=storage.bucket, Key=key, Body=b"1")["VersionId"]
    assert not storage.may(storage.s3("administrator").delete_object, key)
    assert not storage.may(promotion.delete_object, key, VersionId=version)
    assert storage.may(promotion.delete_object, key)
    assert promotion.get_object(Bucket=storage.bucket, Key=key, VersionId=version)["Body"].read() == b"1"
