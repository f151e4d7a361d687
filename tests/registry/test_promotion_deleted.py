"""The team deletes its version while it is promoted: the central one comes about wholly, or not at all."""

from datetime import timedelta

import pytest

from registry.functions.model_registry.promotion.promote import Promotion
from tests.registry.cloud import HUB, REGISTRY_BUCKET, TEAM_BUCKET, Call, Cloud, Parameters
from tests.registry.faults import cut, killed_after
from tests.registry.promoting import promote, time_limit
from tests.registry.promotion_scenarios import (
    GROUP,
    Make,
    Scenario,
    assert_promoted_once,
    attempt,
    every_call,
)


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
