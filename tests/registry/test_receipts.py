"""A receipt is written once, and whatever is done to it or to its decisions afterwards is seen."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from registry.functions.model_registry.errors import RegistryError
from registry.functions.model_registry.receipts import ReceiptBook
from registry.functions.model_registry.records import Artifact, Image, Receipt, data_details, receipt_content
from tests.registry.cloud import HUB, LEAD, REGISTRY_BUCKET, TEAM, Cloud, client, failure

GROUP = "churn-p-abc"
FOLDER = f"models/{TEAM}/{GROUP}/1/20261121T091500Z/"
APPROVER = f"arn:aws:sts::{TEAM}:assumed-role/{LEAD}/session"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ARTIFACT = Artifact(
    uri=f"s3://{REGISTRY_BUCKET}/{FOLDER}model.tar.gz",
    size=7,
    sha256=hashlib.sha256(b"weights").hexdigest(),
    checksums={"CRC64NVME": "c2l4"},
)
IMAGE = Image(source="team/image:1", image="hub/image@sha256:12", digest="sha256:12")
Interfere = Callable[[Cloud], None]


@pytest.fixture
def book() -> ReceiptBook:
    """The receipts in the cloud in use."""
    return ReceiptBook(s3=client("s3"), bucket=REGISTRY_BUCKET, account=HUB)


def source(cloud: Cloud, **fields: Any) -> dict[str, Any]:
    """An approved version of a team."""
    metadata = {
        "commit": "4f2c",
        "pipeline_execution_arn": "arn:aws:sagemaker:eu-west-1:333333333333:pipeline/churn/execution/1",
        "input_data_uri": "s3://data/churn.csv",
    }
    arn = cloud.register(TEAM, GROUP, CustomerMetadataProperties=metadata, **fields)
    cloud.approve(arn, description="Better on every metric.")
    return cloud.versions[arn]


def content(version: dict[str, Any], central: str) -> dict[str, Any]:
    return receipt_content(
        source=version,
        central_model_package_arn=central,
        artifacts=[ARTIFACT],
        images=[IMAGE],
        metrics={"rmse": 2.5},
        model_card={"arn": "card", "content_sha256": "ab"},
    )


def central_version(cloud: Cloud, book: ReceiptBook) -> dict[str, Any]:
    """A central version that names its receipt."""
    arn = cloud.register(HUB, GROUP)
    sha256 = book.write(FOLDER, content(source(cloud), arn))
    cloud.versions[arn]["CustomerMetadataProperties"] = book.metadata(FOLDER, sha256)
    return cloud.versions[arn]


def test_what_a_receipt_says(cloud: Cloud, book: ReceiptBook) -> None:
    version = central_version(cloud, book)
    team = cloud.versions_of(TEAM, GROUP)[0]

    receipt = book.read(version)

    assert receipt.content == {
        "format": 1,
        "source_model_package_arn": team["ModelPackageArn"],
        "central_model_package_arn": version["ModelPackageArn"],
        "registered_at": f"{team['CreationTime']:%Y-%m-%dT%H:%M:%SZ}",
        "artifacts": [
            {
                "uri": ARTIFACT.uri,
                "size": 7,
                "sha256": ARTIFACT.sha256,
                "checksums": {"CRC64NVME": "c2l4"},
                "version_id": None,
            }
        ],
        "images": [{"source": "team/image:1", "image": "hub/image@sha256:12", "digest": "sha256:12"}],
        "commit": "4f2c",
        "pipeline_execution_arn": "arn:aws:sagemaker:eu-west-1:333333333333:pipeline/churn/execution/1",
        "input_data_uri": "s3://data/churn.csv",
        "project_name": None,
        "approved_by": APPROVER,
        "approved_at": f"{team['LastModifiedTime']:%Y-%m-%dT%H:%M:%SZ}",
        "approval_description": "Better on every metric.",
        "metrics": {"rmse": 2.5},
        "model_card": {"arn": "card", "content_sha256": "ab"},
        "left_out": [],
    }
    assert receipt.artifacts == [ARTIFACT]
    assert receipt.model_package_arns == {team["ModelPackageArn"], version["ModelPackageArn"]}
    assert receipt.uri == f"s3://{REGISTRY_BUCKET}/{FOLDER}receipt.json"
    assert receipt.link == (
        f"https://eu-west-1.console.aws.amazon.com/s3/object/{REGISTRY_BUCKET}"
        f"?region=eu-west-1&prefix={FOLDER}receipt.json"
    )


def test_a_receipt_says_what_else_is_known_of_the_data(cloud: Cloud, book: ReceiptBook) -> None:
    version = source(cloud)
    version["CustomerMetadataProperties"] |= {"input_data_listing": "abc", "input_data_revision": "4"}
    said = content(version, "arn")
    assert data_details(said) == {"input_data_listing": "abc", "input_data_revision": "4"}
    assert {name: said[name] for name in data_details(said)} == data_details(said)
    assert data_details(content(source(cloud), "arn")) == {}


def test_a_receipt_is_a_file_that_people_read(cloud: Cloud, book: ReceiptBook) -> None:
    receipt = book.read(central_version(cloud, book))
    text = cloud.body(receipt.uri).decode()
    assert text == json.dumps(receipt.content, indent=2, sort_keys=True) + "\n"
    assert receipt.sha256 == hashlib.sha256(text.encode()).hexdigest()


def test_a_version_that_is_not_approved_has_no_approver(cloud: Cloud) -> None:
    version = source(cloud)
    cloud.approve(version["ModelPackageArn"], "PendingManualApproval")
    said = content(version, "arn")
    assert [said[name] for name in ("approved_by", "approved_at", "approval_description")] == [None] * 3


def test_what_another_try_wrote_stays(cloud: Cloud, book: ReceiptBook) -> None:
    said = content(source(cloud), "arn:central")
    first = book.write(FOLDER, said)

    second = book.write(FOLDER, {**said, "approved_at": "later"})

    assert second == first
    assert json.loads(cloud.body(f"s3://{REGISTRY_BUCKET}/{FOLDER}receipt.json"))["approved_at"] != "later"


def test_the_receipt_of_another_version_is_refused(cloud: Cloud, book: ReceiptBook) -> None:
    said = content(source(cloud), "arn:central/1")
    book.write(FOLDER, said)
    with pytest.raises(RegistryError, match="is the receipt of arn:central/1, not of arn:central/2"):
        book.write(FOLDER, {**said, "central_model_package_arn": "arn:central/2"})


def test_a_place_whose_name_is_too_long_is_said(book: ReceiptBook) -> None:
    with pytest.raises(RegistryError, match=r"has 3\d\d characters, and the metadata of a version takes 256"):
        book.metadata(f"registered/{TEAM}/{'x' * 250}/version-1/", "0" * 64)


def conflict(times: int) -> Callable[[Cloud], None]:
    """S3 answers that another is writing at the same moment."""

    def begin(cloud: Cloud) -> None:
        left = iter(range(times))

        def interfere(_number: int, operation: str, call: Any) -> Any:
            if operation == "PutObject" and next(left, None) is not None:
                raise failure(operation, "ConditionalRequestConflict", "Conflict", 409)
            return call()

        cloud.interfere = interfere

    return begin


def test_a_conflict_with_another_writer_passes(cloud: Cloud, book: ReceiptBook) -> None:
    conflict(2)(cloud)
    book.read(central_version(cloud, book))
    assert cloud.calls.count("PutObject") == 3


def test_a_conflict_that_lasts_is_said(cloud: Cloud, book: ReceiptBook) -> None:
    conflict(100)(cloud)
    with pytest.raises(RegistryError, match=r"Others are writing .* try again"):
        central_version(cloud, book)


@pytest.mark.parametrize(("operation", "verb"), [("s3:PutObject", "write"), ("s3:GetObject", "read")])
def test_a_denied_call_is_said(cloud: Cloud, book: ReceiptBook, operation: str, verb: str) -> None:
    cloud.denied.add(operation)
    with pytest.raises(RegistryError, match=f"This role may not {verb} s3://{REGISTRY_BUCKET}/{FOLDER}"):
        book.read(central_version(cloud, book))


def replaced(key: str, body: bytes) -> Callable[[Cloud, dict[str, Any]], None]:
    def tamper(cloud: Cloud, _version: dict[str, Any]) -> None:
        cloud.put(REGISTRY_BUCKET, f"{FOLDER}{key}", body)

    return tamper


def metadata(**stated: str) -> Callable[[Cloud, dict[str, Any]], None]:
    def tamper(_cloud: Cloud, version: dict[str, Any]) -> None:
        version["CustomerMetadataProperties"] |= stated

    return tamper


def without_receipt(_cloud: Cloud, version: dict[str, Any]) -> None:
    del version["CustomerMetadataProperties"]["receipt_sha256"]


def deleted(cloud: Cloud, _version: dict[str, Any]) -> None:
    del cloud.objects[REGISTRY_BUCKET, f"{FOLDER}receipt.json"]


def of_another_version(cloud: Cloud, version: dict[str, Any]) -> None:
    """A receipt that is genuine, but not this version's."""
    other = dict(version, ModelPackageArn=f"{version['ModelPackageArn']}0")
    body = json.dumps(content(source(cloud), other["ModelPackageArn"])).encode()
    cloud.put(REGISTRY_BUCKET, f"{FOLDER}receipt.json", body)
    version["CustomerMetadataProperties"]["receipt_sha256"] = hashlib.sha256(body).hexdigest()


TAMPERED = {
    "no receipt": (without_receipt, "has no receipt"),
    "deleted": (deleted, "is gone: do not deploy"),
    "another text": (replaced("receipt.json", b"{}"), "one of them was tampered with; do not deploy"),
    "another digest in the version": (metadata(receipt_sha256="0" * 64), "was tampered with"),
    "a receipt in another bucket": (metadata(receipt_uri="s3://mine/receipt.json"), "is none of"),
    "another object of the bucket": (
        metadata(receipt_uri=f"s3://{REGISTRY_BUCKET}/{FOLDER}x.json"),
        "is none of",
    ),
    "no place at all": (metadata(receipt_uri="here"), "receipt_uri of the model version is 'here'"),
    "another version's receipt": (of_another_version, r"speaks for .*/10 in format 1, and not for .*/1 in"),
}


@pytest.mark.parametrize(("tamper", "sentence"), TAMPERED.values(), ids=list(TAMPERED))
def test_a_receipt_that_is_not_the_written_one_is_refused(
    cloud: Cloud, book: ReceiptBook, tamper: Callable[[Cloud, dict[str, Any]], None], sentence: str
) -> None:
    version = central_version(cloud, book)
    tamper(cloud, version)
    with pytest.raises(RegistryError, match=sentence):
        book.read(version)


def decided(book: ReceiptBook, receipt: Receipt, **changes: Any) -> Any:
    given: dict[str, Any] = {"by": APPROVER, "time": NOON, "details": {"status": "Approved"}} | changes
    return book.decide(receipt, "central-approval", "first", **given)


def test_a_decision_is_recorded_once(cloud: Cloud, book: ReceiptBook) -> None:
    receipt = book.read(central_version(cloud, book))

    first = decided(book, receipt)
    again = decided(book, receipt, by="somebody else", details={})

    assert again == first
    assert book.decisions(receipt) == [first]
    assert json.loads(
        cloud.body(f"s3://{REGISTRY_BUCKET}/{FOLDER}decisions/central-approval-first.json")
    ) == {
        "by": APPROVER,
        "details": {"status": "Approved"},
        "id": "first",
        "kind": "central-approval",
        "model_package_arn": receipt.model_package_arn,
        "receipt_sha256": receipt.sha256,
        "time": "2026-11-21T12:00:00Z",
    }


def test_nobody_has_decided_yet(cloud: Cloud, book: ReceiptBook) -> None:
    receipt = book.read(central_version(cloud, book))
    assert book.decisions(receipt) == []


def test_decisions_come_in_the_order_of_their_time(cloud: Cloud, book: ReceiptBook) -> None:
    receipt = book.read(central_version(cloud, book))
    for kind, identifier, hour in (
        ("production", "a", 14),
        ("test", "a", 12),
        ("central-approval", "z", 12),
        ("production-approval", "a", 13),
        ("test", "b", 15),
    ):
        book.decide(
            receipt,
            kind,  # type: ignore[arg-type]
            identifier,
            by=APPROVER,
            time=NOON.replace(hour=hour),
            details={},
        )

    assert [decision.kind for decision in book.decisions(receipt)] == [
        "central-approval",
        "test",
        "production-approval",
        "production",
        "test",
    ]
    assert [decision.id for decision in book.decisions(receipt, "test")] == ["a", "b"]
    assert [decision.id for decision in book.decisions(receipt, "production")] == ["a"]


FORGED: dict[str, tuple[str, dict[str, Any] | None]] = {
    "another receipt": ("central-approval-first", {"receipt_sha256": "0" * 64}),
    "another kind than its name": ("central-approval-first", {"kind": "test"}),
    "another id than its name": ("central-approval-second", {}),
    "a kind that nobody knows": ("whim-first", {"kind": "whim"}),
    "not a decision": ("central-approval-first", None),
}


@pytest.mark.parametrize(("name", "changes"), FORGED.values(), ids=list(FORGED))
def test_a_forged_decision_is_refused(
    cloud: Cloud, book: ReceiptBook, name: str, changes: dict[str, Any] | None
) -> None:
    receipt = book.read(central_version(cloud, book))
    decided(book, receipt)
    genuine = json.loads(cloud.body(f"s3://{REGISTRY_BUCKET}/{FOLDER}decisions/central-approval-first.json"))
    body = b"[]" if changes is None else json.dumps(genuine | changes).encode()
    cloud.put(REGISTRY_BUCKET, f"{FOLDER}decisions/{name}.json", body)
    with pytest.raises(RegistryError, match="is no decision about the receipt"):
        book.decisions(receipt)
