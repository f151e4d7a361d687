"""Promotion survives what happens to a function: death, throttling, denial, lost answers, its time's end."""

from collections import Counter
from datetime import timedelta

import pytest

from registry.functions.model_registry.promotion.promote import Promotion
from registry.functions.model_registry.promotion.time_limit import OutOfTimeError, TimeLimit
from tests.registry.cloud import TEAM, TEAM_BUCKET, Cloud, Killed
from tests.registry.faults import Fault, cut, killed_after, killed_before
from tests.registry.promoting import central_objects, inference, promote, time_limit, uncompressed
from tests.registry.promotion_scenarios import (
    EVERY_SCENARIO,
    GROUP,
    SCENARIOS,
    WEIGHTS,
    Make,
    Scenario,
    assert_promoted_once,
    every_call,
    every_call_with_every_fault,
)


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
