"""Promotion survives what happens to a function: death, throttling, denial, lost answers, duplicates."""

import hashlib
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from registry.functions.model_registry.errors import RegistryError
from registry.functions.model_registry.promotion import copying, image_copying, multipart
from registry.functions.model_registry.promotion.promote import Promotion
from registry.functions.model_registry.promotion.time_limit import OutOfTimeError, TimeLimit
from tests.registry.cloud import HUB, REGISTRY_BUCKET, TEAM, TEAM_BUCKET, Call, Cloud, Killed, Parameters
from tests.registry.faults import FAULTS, Fault, cut, killed_after, killed_before
from tests.registry.promoting import (
    central_objects,
    container,
    inference,
    promote,
    time_limit,
    uncompressed,
)
from tests.registry.versions import artifacts

GROUP = "churn-p-abc"
WEIGHTS = b"twenty bytes of data"
REPORT = b'{"metrics":{"rmse":2.5}}'
REPOSITORY = f"mlplatform-models/{TEAM}/{GROUP}"


def approved_version(cloud: Cloud, image: str | None = None, part_size: int | None = None) -> str:
    """A version with an artifact, a report, a tag, and an image of its own if it is given one."""
    uri = cloud.put(TEAM_BUCKET, "models/model.tar.gz", WEIGHTS, part_size=part_size, algorithm="CRC32")
    report = cloud.put(TEAM_BUCKET, "runs/evaluation.json", REPORT)
    arn = cloud.register(
        TEAM,
        GROUP,
        InferenceSpecification=inference(container(uri, **({"Image": image} if image else {}))),
        ModelMetrics={"ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": report}}},
    )
    cloud.groups[TEAM, GROUP].tags = {"cost-center": "research"}
    cloud.approve(arn)
    return arn


def with_image(cloud: Cloud) -> str:
    return approved_version(cloud, cloud.push(TEAM, "churn", "1", b"system", b"the model's server"))


def with_images_for_two_platforms(cloud: Cloud) -> str:
    return approved_version(cloud, cloud.push_index(TEAM, "churn", "1", (b"amd64",), (b"arm64",)))


def assert_promoted_once(cloud: Cloud, promotion: Promotion, arn: str) -> None:
    (version,) = cloud.versions_of(HUB, GROUP)
    (inferring,) = version["InferenceSpecification"]["Containers"]
    assert cloud.body(inferring["ModelDataUrl"]) == WEIGHTS
    metadata = version["CustomerMetadataProperties"]
    assert metadata["source_model_package_arn"] == arn
    assert metadata["artifact_sha256"] == hashlib.sha256(WEIGHTS).hexdigest()
    assert version["ModelApprovalStatus"] == "PendingManualApproval"
    receipt = promotion.receipts.read(version)
    artifacts().check(version, receipt)
    assert receipt.content["central_model_package_arn"] == version["ModelPackageArn"]
    assert receipt.content["approved_by"].endswith(":assumed-role/lead-data-scientist/session")
    assert receipt.content["metrics"] == {"rmse": 2.5}
    assert cloud.groups[HUB, GROUP].tags == {"source-account": TEAM, "cost-center": "research"}
    assert "aws:PrincipalOrgID" in cloud.groups[HUB, GROUP].policy
    assert cloud.uploads == {}
    assert sorted(central_objects(cloud).values()) == sorted([WEIGHTS, REPORT])
    if cloud.repositories:
        assert_image_is_whole(cloud, inferring["Image"], inferring["ImageDigest"])


def assert_image_is_whole(cloud: Cloud, uri: str, digest: str) -> None:
    assert uri == f"{HUB}.dkr.ecr.eu-west-1.amazonaws.com/{REPOSITORY}@{digest}"
    theirs, ours = cloud.repositories[TEAM, "churn"], cloud.repositories[HUB, REPOSITORY]
    assert digest == theirs.tags["1"]
    assert ours.manifests == theirs.manifests
    assert ours.layers == theirs.layers
    assert ours.policy["Statement"][0]["Condition"]["StringEquals"] == {"aws:PrincipalOrgID": "o-mlplatform1"}


# What one promotion calls, in its order; the first test of each table checks that this is still so.
PREPARE = (
    "DescribeModelPackage",
    "ListModelPackages",
    "DescribeModelPackageGroup",
    "CreateModelPackageGroup",
    "ListTags",
    "ListTags",
    "AddTags",
    "PutModelPackageGroupPolicy",
)
LAYER = ("GetDownloadUrlForLayer", "InitiateLayerUpload", "Download")
IMAGE = (
    "BatchGetImage",
    "CreateRepository",
    "SetRepositoryPolicy",
    "BatchGetImage",
    "BatchCheckLayerAvailability",
    *LAYER,
    *("UploadLayerPart",) * 4,
    "CompleteLayerUpload",
    *LAYER,
    "UploadLayerPart",
    "CompleteLayerUpload",
    *LAYER,
    *("UploadLayerPart",) * 3,
    "CompleteLayerUpload",
    "PutImage",
)
ONE_OF_A_LIST = (
    "BatchGetImage",
    "BatchGetImage",
    "BatchCheckLayerAvailability",
    *LAYER,
    *("UploadLayerPart",) * 4,
    "CompleteLayerUpload",
    *LAYER,
    "UploadLayerPart",
    "CompleteLayerUpload",
    "PutImage",
)
LIST_OF_IMAGES = (
    "BatchGetImage",
    "CreateRepository",
    "SetRepositoryPolicy",
    "BatchGetImage",
    *ONE_OF_A_LIST,
    # The second image has the same configuration as the first.
    *ONE_OF_A_LIST[:3],
    *ONE_OF_A_LIST[-6:],
    "PutImage",
)
COPY = ("HeadObject", "HeadObject", "CopyObject", "HeadObject")
BY_PARTS = (
    "HeadObject",
    "HeadObject",
    "ListMultipartUploads",
    "CreateMultipartUpload",
    "ListParts",
    *("UploadPartCopy",) * 4,
    "CompleteMultipartUpload",
    "HeadObject",
)
LIKE_THE_ORIGINAL = ("HeadObject", "HeadObject", *BY_PARTS[1:5], *BY_PARTS[6:])
REGISTER = (
    "GetObject",
    "ListObjectsV2",
    "ListMultipartUploads",
    "ListModelCardVersions",
    "GetObject",
    "PutObject",
    "CreateModelPackage",
    "PutObject",
    "UpdateModelPackage",
    "DescribeModelPackage",
)


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A version, and what promoting it calls.

    Attributes:
        version: Makes the version.
        calls: The operations, in their order.
        small: The largest object that is copied at once, in bytes.
    """

    version: Callable[[Cloud], str]
    calls: tuple[str, ...]
    small: int = 1000


SCENARIOS = {
    "copy at once": Scenario(version=approved_version, calls=(*PREPARE, *COPY, *COPY, *REGISTER)),
    "copy by parts": Scenario(
        version=approved_version, calls=(*PREPARE, *BY_PARTS, *BY_PARTS, *REGISTER), small=10
    ),
    "copy in the parts of the original": Scenario(
        version=lambda cloud: approved_version(cloud, part_size=8),
        calls=(*PREPARE, *LIKE_THE_ORIGINAL, *COPY, *REGISTER),
    ),
    "copy of an image": Scenario(version=with_image, calls=(*PREPARE, *IMAGE, *COPY, *COPY, *REGISTER)),
    "copy of an image for two platforms": Scenario(
        version=with_images_for_two_platforms, calls=(*PREPARE, *LIST_OF_IMAGES, *COPY, *COPY, *REGISTER)
    ),
}
EVERY_SCENARIO = pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=list(SCENARIOS))


# The one call whose denial is no failure: a team need not show the tags of its group.
TAGS_OF_THE_TEAM = PREPARE.index("ListTags") + 1


def every_call() -> list[Any]:
    """A scenario and the number of one of its calls, for every call."""
    return [
        pytest.param(scenario, number, id=f"{name}: {number + 1} {operation}")
        for name, scenario in SCENARIOS.items()
        for number, operation in enumerate(scenario.calls)
    ]


def every_call_with_every_fault() -> list[Any]:
    """A scenario, the number of one of its calls, and a fault; for every call and fault."""
    return [
        pytest.param(scenario, number, fault, id=f"{name}: {number + 1} {operation} {fault_name}")
        for name, scenario in SCENARIOS.items()
        for number, operation in enumerate(scenario.calls)
        for fault_name, fault in FAULTS.items()
        if (number, fault_name) != (TAGS_OF_THE_TEAM, "denied")
    ]


Make = Callable[[Scenario], str]


@pytest.fixture
def make(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Makes the version of a scenario."""

    def made(scenario: Scenario) -> str:
        monkeypatch.setattr(copying, "SINGLE_COPY_LIMIT", scenario.small)
        return scenario.version(cloud)

    return made


@pytest.fixture(autouse=True)
def one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let few bytes be many, and nothing happen at the same time."""
    monkeypatch.setattr(copying, "PARALLEL_OBJECTS", 1)
    monkeypatch.setattr(image_copying, "PARALLEL_LAYERS", 1)
    monkeypatch.setattr(multipart, "PARALLEL_PARTS", 1)
    monkeypatch.setattr(multipart, "PART_SIZE", 6)
    monkeypatch.setattr(multipart, "SMALLEST_PART", 4)


@EVERY_SCENARIO
def test_the_calls_of_a_promotion(cloud: Cloud, promotion: Promotion, make: Make, scenario: Scenario) -> None:
    arn = make(scenario)
    promote(promotion, arn)
    assert tuple(cloud.calls) == scenario.calls
    assert_promoted_once(cloud, promotion, arn)


@pytest.mark.parametrize(("scenario", "number", "fault"), every_call_with_every_fault())
def test_a_replay_completes(
    cloud: Cloud,
    promotion: Promotion,
    make: Make,
    *,
    scenario: Scenario,
    number: int,
    fault: Fault,
) -> None:
    arn = make(scenario)

    cut(cloud, number, fault, lambda: promote(promotion, arn))
    promote(promotion, arn)

    assert_promoted_once(cloud, promotion, arn)


@pytest.mark.parametrize(("scenario", "number"), every_call())
def test_a_redelivery_days_later_completes(
    cloud: Cloud, promotion: Promotion, make: Make, scenario: Scenario, number: int
) -> None:
    arn = make(scenario)

    cut(cloud, number, killed_after, lambda: promote(promotion, arn))
    cloud.forget_client_tokens()
    promote(promotion, arn, time_limit(cloud.now() + timedelta(days=3)))

    assert_promoted_once(cloud, promotion, arn)


# The source is deleted.


def assert_promoted_once_or_never(cloud: Cloud, promotion: Promotion, arn: str, *, raised: bool) -> None:
    if cloud.versions_of(HUB, GROUP):
        assert not raised
        assert_promoted_once(cloud, promotion, arn)
    else:
        assert raised
        assert cloud.keys(REGISTRY_BUCKET) == []
        assert cloud.uploads == {}


def delete(cloud: Cloud, arn: str) -> None:
    """The team deletes a version and its artifact."""
    del cloud.versions[arn]
    for bucket, key in list(cloud.objects):
        if bucket == TEAM_BUCKET:
            del cloud.objects[bucket, key]


def attempt(promotion: Promotion, arn: str, time: TimeLimit | None = None) -> bool:
    """Whether following a version fails with a sentence."""
    try:
        promote(promotion, arn, time)
    except RegistryError:
        return True
    return False


@pytest.mark.parametrize(("scenario", "number"), every_call())
def test_a_source_that_is_deleted_in_between_is_promoted_wholly_or_not_at_all(
    cloud: Cloud, promotion: Promotion, make: Make, scenario: Scenario, number: int
) -> None:
    arn = make(scenario)

    def interfere(current: int, _operation: str, call: Call) -> Parameters:
        if current == number:
            delete(cloud, arn)
        return call()

    cloud.interfere = interfere
    attempt(promotion, arn)
    raised = attempt(promotion, arn, time_limit(cloud.now() + timedelta(hours=7)))

    assert_promoted_once_or_never(cloud, promotion, arn, raised=raised)


@pytest.mark.parametrize(("scenario", "number"), every_call())
def test_a_source_that_is_deleted_after_the_function_was_killed(
    cloud: Cloud, promotion: Promotion, make: Make, scenario: Scenario, number: int
) -> None:
    arn = make(scenario)

    cut(cloud, number, killed_after, lambda: promote(promotion, arn))
    delete(cloud, arn)
    raised = attempt(promotion, arn, time_limit(cloud.now() + timedelta(hours=7)))

    assert_promoted_once_or_never(cloud, promotion, arn, raised=raised)


# The time is up.

STEPS = ("CopyObject", "UploadPartCopy", "CompleteLayerUpload")


def time_for_one_step() -> TimeLimit:
    """The time of an invocation that is over as soon as a step is done."""
    time = time_limit()
    time.remaining_ms = lambda: 1_000 if time.progress else 900_000
    return time


@EVERY_SCENARIO
def test_runs_that_have_time_for_one_step_each_come_to_the_end(
    cloud: Cloud, promotion: Promotion, make: Make, scenario: Scenario
) -> None:
    arn = make(scenario)
    runs = 0
    while True:
        time = time_for_one_step()
        runs += 1
        try:
            promote(promotion, arn, time)
            break
        except OutOfTimeError:
            assert time.progress

    assert_promoted_once(cloud, promotion, arn)
    counted = Counter(cloud.calls)
    expected = Counter(scenario.calls)
    assert {step: counted[step] for step in STEPS} == {step: expected[step] for step in STEPS}
    # Copying comes to an end in one run, and the next one registers.
    assert runs == 1 + sum(expected[step] for step in STEPS)


# What a replay finds.


def test_a_copy_by_parts_goes_on_where_it_stopped(cloud: Cloud, promotion: Promotion, make: Make) -> None:
    scenario = SCENARIOS["copy by parts"]
    arn = make(scenario)
    third_part = scenario.calls.index("UploadPartCopy") + 2

    # Once it is dead, the threads that copy the other parts are dead as well.
    cloud.interfere = lambda n, operation, call: killed_before(operation, call) if n >= third_part else call()
    with pytest.raises(Killed):
        promote(promotion, arn)
    cloud.interfere = lambda _n, _operation, call: call()
    before = len(cloud.calls)

    promote(promotion, arn)

    assert cloud.calls[before:].count("UploadPartCopy") == 2 + 4
    assert cloud.calls[before:].count("CreateMultipartUpload") == 1
    assert_promoted_once(cloud, promotion, arn)


def test_parts_of_an_older_source_are_not_mixed_in(cloud: Cloud, promotion: Promotion, make: Make) -> None:
    scenario = SCENARIOS["copy by parts"]
    arn = make(scenario)
    cloud.put(TEAM_BUCKET, "models/model.tar.gz", WEIGHTS.upper())
    cut(
        cloud,
        scenario.calls.index("CompleteMultipartUpload"),
        killed_before,
        lambda: promote(promotion, arn),
    )
    cloud.put(TEAM_BUCKET, "models/model.tar.gz", WEIGHTS)

    promote(promotion, arn)

    assert_promoted_once(cloud, promotion, arn)


def test_an_image_goes_on_with_the_first_layer_that_is_missing(
    cloud: Cloud, promotion: Promotion, make: Make
) -> None:
    scenario = SCENARIOS["copy of an image"]
    arn = make(scenario)
    put_image = scenario.calls.index("PutImage")
    cut(cloud, put_image - 1, killed_before, lambda: promote(promotion, arn))
    before = len(cloud.calls)

    promote(promotion, arn)

    assert cloud.calls[before:].count("Download") == 1
    assert_promoted_once(cloud, promotion, arn)


def test_a_replay_finds_the_bytes_that_are_there(cloud: Cloud, promotion: Promotion, make: Make) -> None:
    scenario = SCENARIOS["copy of an image"]
    arn = make(scenario)
    create = scenario.calls.index("CreateModelPackage")
    cut(cloud, create, killed_before, lambda: promote(promotion, arn))
    before = len(cloud.calls)

    promote(promotion, arn)

    assert not {"CopyObject", "Download", "PutImage"} & set(cloud.calls[before:])


def test_what_a_failed_try_has_brought_and_the_version_does_not_have_is_removed(
    cloud: Cloud, promotion: Promotion
) -> None:
    for name in ("part-1", "part-2"):
        cloud.put(TEAM_BUCKET, f"large/{name}", name.encode())
    arn = cloud.register(TEAM, GROUP, InferenceSpecification=inference(uncompressed("large/")))
    cloud.approve(arn)
    cloud.interfere = lambda _n, operation, call: (
        killed_before(operation, call) if operation == "CreateModelPackage" else call()
    )
    with pytest.raises(Killed):
        promote(promotion, arn)
    cloud.interfere = lambda _n, _operation, call: call()
    del cloud.objects[TEAM_BUCKET, "large/part-2"]

    promote(promotion, arn)

    assert list(central_objects(cloud).values()) == [b"part-1"]


@EVERY_SCENARIO
def test_a_redelivered_event_only_looks(
    cloud: Cloud, promotion: Promotion, make: Make, scenario: Scenario
) -> None:
    arn = make(scenario)
    promote(promotion, arn)
    before = len(cloud.calls)

    said = promote(promotion, arn)

    assert "already promoted" in said
    assert cloud.calls[before:] == [
        "DescribeModelPackage",
        "ListModelPackages",
        "DescribeModelPackage",
        "DescribeModelPackage",
    ]
    assert_promoted_once(cloud, promotion, arn)


@EVERY_SCENARIO
def test_two_hundred_duplicates_at_once_register_once(
    cloud: Cloud, promotion: Promotion, make: Make, scenario: Scenario
) -> None:
    arn = make(scenario)
    duplicates = 200
    together = threading.Barrier(duplicates)

    def deliver(_: int) -> bool:
        together.wait(timeout=60)
        return attempt(promotion, arn)

    with ThreadPoolExecutor(duplicates) as pool:
        failed = list(pool.map(deliver, range(duplicates)))

    # Lambda delivers again what has met another run at the same object.
    for _ in filter(None, failed):
        promote(promotion, arn)
    assert_promoted_once(cloud, promotion, arn)
    assert cloud.calls.count("UpdateModelPackage") >= 1


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


@pytest.mark.parametrize("operation", ["UpdateModelPackage", "PutObject"])
def test_a_version_that_was_rejected_before_it_was_whole_waits_when_it_is_approved_again(
    cloud: Cloud, promotion: Promotion, operation: str
) -> None:
    arn = approved_version(cloud)
    last = SCENARIOS["copy at once"].calls[::-1].index(operation) + 1
    cut(
        cloud,
        len(SCENARIOS["copy at once"].calls) - last,
        killed_before,
        lambda: promote(promotion, arn),
    )
    for status in ("Rejected", "Approved"):
        cloud.approve(arn, status)
        promote(promotion, arn)

    assert_promoted_once(cloud, promotion, arn)


def test_a_rejection_during_promotion_is_not_lost(cloud: Cloud, promotion: Promotion) -> None:
    arn = approved_version(cloud)

    def interfere(_number: int, operation: str, call: Call) -> Parameters:
        if operation == "CreateModelPackage":
            cloud.approve(arn, "Rejected")
        return call()

    cloud.interfere = interfere

    promote(promotion, arn)

    (version,) = cloud.versions_of(HUB, GROUP)
    assert version["ModelApprovalStatus"] == "Rejected"


def test_a_status_that_never_settles_is_said(cloud: Cloud, promotion: Promotion) -> None:
    arn = approved_version(cloud)

    def interfere(_number: int, operation: str, call: Call) -> Parameters:
        if operation == "ListModelPackages":
            status = cloud.versions[arn]["ModelApprovalStatus"]
            cloud.approve(arn, "Rejected" if status == "Approved" else "Approved")
        return call()

    cloud.interfere = interfere

    with pytest.raises(RegistryError, match="decide on a status"):
        promote(promotion, arn)
