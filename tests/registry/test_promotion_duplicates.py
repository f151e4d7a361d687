"""Events come twice, together, late and out of order: one central version, with the last status."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from registry.functions.model_registry.errors import RegistryError
from registry.functions.model_registry.promotion.promote import Promotion
from tests.hangs import HANGS
from tests.registry.cloud import HUB, Call, Cloud, Parameters
from tests.registry.faults import cut, killed_before
from tests.registry.promoting import promote
from tests.registry.promotion_scenarios import (
    EVERY_SCENARIO,
    GROUP,
    SCENARIOS,
    Make,
    Scenario,
    approved_version,
    assert_promoted_once,
    attempt,
)


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
        together.wait(timeout=HANGS)
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
