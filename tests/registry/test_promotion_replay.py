"""Promotion survives what happens to a function: death, throttling, denial, lost answers, duplicates."""

import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from registry.functions.model_registry.errors import RegistryError
from registry.functions.model_registry.events import ModelVersionArn
from registry.functions.model_registry.promotion import copying
from registry.functions.model_registry.promotion.promote import Promotion
from tests.registry.cloud import HUB, REGISTRY_BUCKET, TEAM, TEAM_BUCKET, Cloud, Killed, failure

GROUP = "churn-p-abc"
WEIGHTS = b"twenty bytes of data"
Call = Callable[[], dict[str, Any]]


def approved_version(cloud: Cloud) -> str:
    """A version with one artifact, large enough for four parts where the limit of a copy is lowered."""
    uri = cloud.put(TEAM_BUCKET, "models/model.tar.gz", WEIGHTS)
    image = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:3.2-0"
    specification = {"Containers": [{"Image": image, "ModelDataUrl": uri}]}
    arn = cloud.register(TEAM, GROUP, InferenceSpecification=specification)
    cloud.approve(arn)
    return arn


def promote(promotion: Promotion, arn: str) -> str:
    return promotion.follow(ModelVersionArn.parse(arn))


def assert_promoted_once(cloud: Cloud, arn: str) -> None:
    (version,) = cloud.versions_of(HUB, GROUP)
    uri = version["InferenceSpecification"]["Containers"][0]["ModelDataUrl"]
    assert cloud.body(uri) == WEIGHTS
    metadata = version["CustomerMetadataProperties"]
    assert metadata["source_model_package_arn"] == arn
    assert metadata["artifact_sha256"] == hashlib.sha256(WEIGHTS).hexdigest()
    assert version["ModelApprovalStatus"] == "PendingManualApproval"
    assert "aws:PrincipalOrgID" in cloud.groups[HUB, GROUP].policy
    assert cloud.uploads == {}


def killed_before(_operation: str, _call: Call) -> dict[str, Any]:
    raise Killed


def killed_after(_operation: str, call: Call) -> dict[str, Any]:
    with suppress(ClientError):
        call()
    raise Killed


def throttled(operation: str, _call: Call) -> dict[str, Any]:
    raise failure(operation, "ThrottlingException", "Rate exceeded")


def denied(operation: str, _call: Call) -> dict[str, Any]:
    raise failure(operation, "AccessDeniedException", "not authorized", 403)


def answer_lost(_operation: str, call: Call) -> dict[str, Any]:
    with suppress(ClientError):
        call()
    raise ReadTimeoutError(endpoint_url="in-memory://")


FAULTS = {
    "killed before": killed_before,
    "killed after": killed_after,
    "throttled": throttled,
    "denied": denied,
    "answer lost": answer_lost,
}

# What one promotion calls; the first test checks that this is still so.
SINGLE_COPY = (
    "DescribeModelPackage",
    "ListModelPackages",
    "DescribeModelPackageGroup",
    "CreateModelPackageGroup",
    "ListTags",
    "PutModelPackageGroupPolicy",
    "HeadObject",
    "HeadObject",
    "CopyObject",
    "HeadObject",
    "GetObject",
    "CreateModelPackage",
    "DescribeModelPackage",
)
COPY_BY_PARTS = (
    *SINGLE_COPY[:8],
    "ListMultipartUploads",
    "CreateMultipartUpload",
    "ListParts",
    "UploadPartCopy",
    "UploadPartCopy",
    "UploadPartCopy",
    "UploadPartCopy",
    "CompleteMultipartUpload",
    "HeadObject",
    "CreateModelPackage",
    "DescribeModelPackage",
)


@pytest.fixture
def by_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let twenty bytes be too many for one copy, and copy the parts one after the other."""
    monkeypatch.setattr(copying, "SINGLE_COPY_LIMIT", 10)
    monkeypatch.setattr(copying, "PART_SIZE", 6)
    monkeypatch.setattr(copying, "PARALLEL_PARTS", 1)
    monkeypatch.setattr(copying.Copier, "sha256", lambda *_: hashlib.sha256(WEIGHTS).hexdigest())


def rows(calls: tuple[str, ...]) -> list[Any]:
    return [
        pytest.param(number, fault, id=f"{number + 1} {operation} {name}")
        for number, operation in enumerate(calls)
        for name, fault in FAULTS.items()
    ]


def cut_and_replay(
    cloud: Cloud, promotion: Promotion, number: int, fault: Callable[[str, Call], dict[str, Any]]
) -> None:
    arn = approved_version(cloud)

    def interfere(current: int, operation: str, call: Call) -> dict[str, Any]:
        return fault(operation, call) if current == number else call()

    cloud.interfere = interfere
    with pytest.raises((Killed, ClientError, ReadTimeoutError, RegistryError)):
        promote(promotion, arn)
    assert len(cloud.versions_of(HUB, GROUP)) <= 1

    promote(promotion, arn)

    assert_promoted_once(cloud, arn)


def test_the_calls_of_a_promotion(cloud: Cloud, promotion: Promotion) -> None:
    arn = approved_version(cloud)
    promote(promotion, arn)
    assert tuple(cloud.calls) == SINGLE_COPY
    assert_promoted_once(cloud, arn)


@pytest.mark.usefixtures("by_parts")
def test_the_calls_of_a_promotion_by_parts(cloud: Cloud, promotion: Promotion) -> None:
    arn = approved_version(cloud)
    promote(promotion, arn)
    assert tuple(cloud.calls) == COPY_BY_PARTS
    assert_promoted_once(cloud, arn)


@pytest.mark.parametrize(("number", "fault"), rows(SINGLE_COPY))
def test_a_replay_completes(
    cloud: Cloud, promotion: Promotion, number: int, fault: Callable[[str, Call], dict[str, Any]]
) -> None:
    cut_and_replay(cloud, promotion, number, fault)


@pytest.mark.usefixtures("by_parts")
@pytest.mark.parametrize(("number", "fault"), rows(COPY_BY_PARTS))
def test_a_replay_of_a_copy_by_parts_completes(
    cloud: Cloud, promotion: Promotion, number: int, fault: Callable[[str, Call], dict[str, Any]]
) -> None:
    cut_and_replay(cloud, promotion, number, fault)


@pytest.mark.usefixtures("by_parts")
def test_a_copy_by_parts_goes_on_where_it_stopped(cloud: Cloud, promotion: Promotion) -> None:
    arn = approved_version(cloud)
    third_part = COPY_BY_PARTS.index("UploadPartCopy") + 2

    # Once it is dead, the threads that copy the other parts are dead as well.
    cloud.interfere = lambda n, operation, call: killed_before(operation, call) if n >= third_part else call()
    with pytest.raises(Killed):
        promote(promotion, arn)
    cloud.interfere = lambda _n, _operation, call: call()
    before = len(cloud.calls)

    promote(promotion, arn)

    assert cloud.calls[before:].count("UploadPartCopy") == 2
    assert cloud.calls[before:].count("CreateMultipartUpload") == 0
    assert_promoted_once(cloud, arn)


@pytest.mark.usefixtures("by_parts")
def test_parts_of_an_older_source_are_not_mixed_in(cloud: Cloud, promotion: Promotion) -> None:
    arn = approved_version(cloud)
    cloud.put(TEAM_BUCKET, "models/model.tar.gz", WEIGHTS.upper())
    last_part = COPY_BY_PARTS.index("CompleteMultipartUpload")
    cloud.interfere = lambda n, operation, call: killed_before(operation, call) if n == last_part else call()
    with pytest.raises(Killed):
        promote(promotion, arn)
    cloud.put(TEAM_BUCKET, "models/model.tar.gz", WEIGHTS)

    promote(promotion, arn)

    (version,) = cloud.versions_of(HUB, GROUP)
    assert cloud.body(version["InferenceSpecification"]["Containers"][0]["ModelDataUrl"]) == WEIGHTS


def test_a_replay_finds_the_bytes_that_are_there(cloud: Cloud, promotion: Promotion) -> None:
    arn = approved_version(cloud)
    create = SINGLE_COPY.index("CreateModelPackage")
    cloud.interfere = lambda n, operation, call: killed_before(operation, call) if n == create else call()
    with pytest.raises(Killed):
        promote(promotion, arn)

    promote(promotion, arn)

    assert cloud.calls.count("CopyObject") == 1


def test_a_redelivered_event_only_looks(cloud: Cloud, promotion: Promotion) -> None:
    arn = approved_version(cloud)
    promote(promotion, arn)
    before = len(cloud.calls)

    said = promote(promotion, arn)

    assert "already promoted" in said
    assert cloud.calls[before:] == ["DescribeModelPackage", "ListModelPackages", "DescribeModelPackage"]
    assert_promoted_once(cloud, arn)


def test_concurrent_duplicates_register_once(cloud: Cloud, promotion: Promotion) -> None:
    arn = approved_version(cloud)
    duplicates = 50
    together = threading.Barrier(duplicates)

    def deliver(_: int) -> str:
        together.wait(timeout=30)
        return promote(promotion, arn)

    with ThreadPoolExecutor(duplicates) as pool:
        outcomes = list(pool.map(deliver, range(duplicates)))

    assert len(outcomes) == duplicates
    assert_promoted_once(cloud, arn)
    assert [bucket for bucket, _ in cloud.objects].count(REGISTRY_BUCKET) == 1


ORDERS = {
    "approved, rejected": (("Approved", "Rejected"), "Rejected"),
    "rejected, approved": (("Rejected", "Approved"), "PendingManualApproval"),
    "approved, rejected, approved": (("Approved", "Rejected", "Approved"), "PendingManualApproval"),
    "approved, approved, rejected": (("Approved", "Approved", "Rejected"), "Rejected"),
}


@pytest.mark.parametrize(("statuses", "expected"), ORDERS.values(), ids=list(ORDERS))
@pytest.mark.parametrize("late", [False, True], ids=["in time", "all events late"])
def test_the_last_status_of_the_source_wins(
    cloud: Cloud, promotion: Promotion, statuses: tuple[str, ...], expected: str, late: bool
) -> None:
    arn = approved_version(cloud)
    cloud.approve(arn)
    promote(promotion, arn)
    for status in statuses:
        cloud.approve(arn, status)
        if not late:
            promote(promotion, arn)
    for _ in statuses:
        promote(promotion, arn)

    (version,) = cloud.versions_of(HUB, GROUP)
    assert version["ModelApprovalStatus"] == expected


def test_a_rejection_during_promotion_is_not_lost(cloud: Cloud, promotion: Promotion) -> None:
    arn = approved_version(cloud)

    def interfere(_number: int, operation: str, call: Call) -> dict[str, Any]:
        if operation == "CreateModelPackage":
            cloud.approve(arn, "Rejected")
        return call()

    cloud.interfere = interfere

    promote(promotion, arn)

    (version,) = cloud.versions_of(HUB, GROUP)
    assert version["ModelApprovalStatus"] == "Rejected"


def test_a_status_that_never_settles_is_said(cloud: Cloud, promotion: Promotion) -> None:
    arn = approved_version(cloud)

    def interfere(_number: int, operation: str, call: Call) -> dict[str, Any]:
        if operation == "ListModelPackages":
            status = cloud.versions[arn]["ModelApprovalStatus"]
            cloud.approve(arn, "Rejected" if status == "Approved" else "Approved")
        return call()

    cloud.interfere = interfere

    with pytest.raises(RegistryError, match="decide on a status"):
        promote(promotion, arn)
