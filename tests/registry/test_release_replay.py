"""Release survives death, throttling, denial, lost answers, duplicates and disorder."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from registry.functions.model_registry.events import StateChange
from registry.functions.model_registry.release.release import Release
from tests.hangs import HANGS
from tests.registry.cloud import Cloud
from tests.registry.faults import Fault, cut, rows
from tests.registry.versions import (
    APPROVER,
    ML_ENGINEER,
    PROMOTED,
    REGISTERED,
    book,
    promoted_version,
    receipt,
    registered_version,
    tags,
)

# What the release of an approved version calls; the first test checks that this is still so.
OF_A_PROMOTED_VERSION = (
    "DescribeModelPackage",
    "GetObject",
    "HeadObject",
    "PutObject",
    "GetObjectTagging",
    "PutObjectTagging",
    "DescribeModelPackage",
    "ListObjectsV2",
    "PutEvents",
)
OF_A_REGISTERED_VERSION = (
    "DescribeModelPackage",
    "ListTags",
    "ListModelCardVersions",
    "HeadObject",
    "GetObject",
    "PutObject",
    "GetObject",
    "HeadObject",
    "PutObject",
    "UpdateModelPackage",
    "GetObjectTagging",
    "PutObjectTagging",
    "DescribeModelPackage",
    "ListObjectsV2",
    "PutEvents",
)
Make = Callable[[Cloud], str]
VERSIONS: dict[str, tuple[Make, str, tuple[str, ...]]] = {
    "promoted": (promoted_version, PROMOTED, OF_A_PROMOTED_VERSION),
    "registered directly": (registered_version, REGISTERED, OF_A_REGISTERED_VERSION),
}


def follow(release: Release, event: dict[str, Any]) -> str:
    return release.follow(StateChange.parse(event))


def assert_released(cloud: Cloud, arn: str, folder: str) -> None:
    assert tags(cloud, folder=folder) == {"approval-status": "Approved"}
    (decision,) = book().decisions(receipt(cloud, arn))
    assert (decision.kind, decision.by) == ("central-approval", APPROVER)
    assert {tuple(event["Resources"]) for event in cloud.events} == {(arn,)}


@pytest.mark.parametrize(("make", "folder", "calls"), VERSIONS.values(), ids=list(VERSIONS))
def test_the_calls_of_a_release(
    cloud: Cloud, release: Release, make: Make, folder: str, calls: tuple[str, ...]
) -> None:
    arn = make(cloud)
    follow(release, cloud.approve(arn, who=ML_ENGINEER))
    assert tuple(cloud.calls) == calls
    assert_released(cloud, arn, folder)


def cut_and_replay(
    cloud: Cloud, release: Release, kind: tuple[Make, str, tuple[str, ...]], number: int, fault: Fault
) -> None:
    make, folder, calls = kind
    arn = make(cloud)
    event = cloud.approve(arn, who=ML_ENGINEER)
    cut(cloud, number, fault, lambda: follow(release, event))
    assert len(cloud.calls) == number + 1
    if number < calls.index("PutObjectTagging"):
        assert tags(cloud, folder=folder) == {}

    follow(release, event)

    assert_released(cloud, arn, folder)


@pytest.mark.parametrize(("number", "fault"), rows(OF_A_PROMOTED_VERSION))
def test_a_replay_of_a_promoted_version_completes(
    cloud: Cloud, release: Release, number: int, fault: Fault
) -> None:
    cut_and_replay(cloud, release, VERSIONS["promoted"], number, fault)


@pytest.mark.parametrize(("number", "fault"), rows(OF_A_REGISTERED_VERSION))
def test_a_replay_of_a_registered_version_completes(
    cloud: Cloud, release: Release, number: int, fault: Fault
) -> None:
    cut_and_replay(cloud, release, VERSIONS["registered directly"], number, fault)


@pytest.mark.parametrize(("make", "folder", "calls"), VERSIONS.values(), ids=list(VERSIONS))
def test_concurrent_duplicates_decide_once(
    cloud: Cloud, release: Release, make: Make, folder: str, calls: tuple[str, ...]
) -> None:
    arn = make(cloud)
    event = cloud.approve(arn, who=ML_ENGINEER)
    duplicates = 200
    together = threading.Barrier(duplicates)

    def deliver(_: int) -> str:
        together.wait(timeout=HANGS)
        return follow(release, event)

    with ThreadPoolExecutor(duplicates) as pool:
        outcomes = list(pool.map(deliver, range(duplicates)))

    assert len(outcomes) == duplicates
    assert_released(cloud, arn, folder)
    assert len(cloud.calls) >= duplicates * 2


ORDERS = {
    "approved, rejected": (("Approved", "Rejected"), "Rejected"),
    "rejected, approved": (("Rejected", "Approved"), "Approved"),
    "approved, rejected, approved": (("Approved", "Rejected", "Approved"), "Approved"),
    "approved, approved, rejected": (("Approved", "Approved", "Rejected"), "Rejected"),
    "approved, pending": (("Approved", "PendingManualApproval"), "PendingManualApproval"),
}


@pytest.mark.parametrize("delivery", ["in time, and again", "late", "late and backwards"])
@pytest.mark.parametrize(("statuses", "expected"), ORDERS.values(), ids=list(ORDERS))
def test_the_last_status_wins(
    cloud: Cloud, release: Release, statuses: tuple[str, ...], expected: str, delivery: str
) -> None:
    arn = promoted_version(cloud)
    events = []
    for status in statuses:
        events.append(cloud.approve(arn, status, who=ML_ENGINEER))
        if delivery.startswith("in time"):
            follow(release, events[-1])
    cloud.events.clear()

    for event in reversed(events) if delivery.endswith("backwards") else events:
        follow(release, event)

    assert tags(cloud) == {"approval-status": expected}
    assert bool(cloud.events) == (expected == "Approved")
