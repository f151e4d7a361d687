"""Hub and spoke: what a team's card says of a version comes into the central card, once."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError

from registry.functions.model_registry.aggregation import aggregate
from registry.functions.model_registry.cards import Cards, CardVersion
from registry.functions.model_registry.errors import RegistryError
from registry.functions.model_registry.events import ModelVersionArn
from tests.registry.cards import GROUP, full_content
from tests.registry.cloud import HUB, REGION, TEAM, Call, Cloud, Killed, client, failure

FIRST, SECOND = (f"arn:aws:sagemaker:{REGION}:{TEAM}:model-package/{GROUP}/{number}" for number in (1, 2))
CENTRAL = f"arn:aws:sagemaker:{REGION}:{HUB}:model-card/{GROUP}"


def aggregated(version: str = FIRST) -> CardVersion | None:
    return aggregate(
        Cards(sagemaker=client("sagemaker")), version=ModelVersionArn.parse(version), group=GROUP
    )


@pytest.fixture
def team(cloud: Cloud) -> Cloud:
    """A cloud in which the team's card speaks for its first version."""
    cloud.write_card(GROUP, {"model_overview": {"model_name": "Churn"}}, account=TEAM)
    cloud.write_card(GROUP, full_content(FIRST), "PendingReview", account=TEAM)
    return cloud


def test_the_central_card_is_made(team: Cloud) -> None:
    card = aggregated()
    assert card is not None
    assert (card.arn, card.version, card.status) == (CENTRAL, 1, "PendingReview")
    assert card.content == full_content(FIRST)
    assert team.cards[CENTRAL].tags == {"source-account": TEAM}


def test_the_version_that_speaks_for_it_counts(team: Cloud) -> None:
    team.write_card(GROUP, full_content(SECOND), account=TEAM)
    card = aggregated(FIRST)
    assert card is not None
    assert card.model_package_arn == FIRST


def test_a_team_card_that_says_nothing_of_it_brings_nothing(team: Cloud) -> None:
    assert aggregated(SECOND) is None
    assert CENTRAL not in team.cards


def test_what_the_hub_alone_says_of_the_model_stays(team: Cloud) -> None:
    theirs = full_content(FIRST)
    del theirs["business_details"]
    theirs["intended_uses"] = {"risk_rating": "High"}
    team.write_card(GROUP, theirs, account=TEAM)
    team.write_card(GROUP, full_content("arn:earlier"), "Approved")

    card = aggregated()

    assert card is not None
    assert card.content["business_details"] == full_content()["business_details"]
    assert card.content["intended_uses"] == {**full_content()["intended_uses"], "risk_rating": "High"}
    assert card.model_package_arn == FIRST


def test_what_is_said_of_another_version_goes(team: Cloud) -> None:
    theirs = full_content(FIRST)
    del theirs["evaluation_details"]
    team.write_card(GROUP, theirs, account=TEAM)
    team.write_card(GROUP, full_content("arn:earlier"))
    card = aggregated()
    assert card is not None
    assert "evaluation_details" not in card.content


def test_what_came_later_stays(team: Cloud) -> None:
    aggregated()
    tested = full_content(FIRST)
    tested["evaluation_details"].append({"name": "Integration tests in the test account"})
    team.write_card(GROUP, tested, "Approved")

    card = aggregated()

    assert card is not None
    assert (card.version, card.status, card.content) == (2, "Approved", tested)


def test_a_draft_that_is_not_the_newest_is_left_alone(team: Cloud) -> None:
    team.write_card(GROUP, full_content(FIRST))
    team.write_card(GROUP, full_content(SECOND), "Approved")
    aggregated()
    assert team.cards[CENTRAL].statuses == ["Draft", "Approved"]


def test_a_card_that_is_not_shared_is_said(team: Cloud) -> None:
    theirs = f"arn:aws:sagemaker:{REGION}:{TEAM}:model-card/{GROUP}"
    team.closed.add(theirs)
    with pytest.raises(RegistryError, match=theirs):
        aggregated()


def killed_before(_operation: str, _call: Call) -> dict[str, Any]:
    raise Killed


def killed_after(_operation: str, call: Call) -> dict[str, Any]:
    call()
    raise Killed


def throttled(operation: str, _call: Call) -> dict[str, Any]:
    raise failure(operation, "ThrottlingException", "Rate exceeded")


FAULTS = {"killed before": killed_before, "killed after": killed_after, "throttled": throttled}
BEGINNINGS: dict[str, dict[str, Any] | None] = {
    "a new central card": None,
    "one of an earlier version": full_content("arn:earlier"),
}


@pytest.mark.parametrize("beginning", BEGINNINGS.values(), ids=list(BEGINNINGS))
@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
def test_a_replay_completes(
    team: Cloud, beginning: dict[str, Any] | None, fault: Callable[[str, Call], dict[str, Any]]
) -> None:
    """Each of its calls is hit in turn, until one is counted that it does not make."""
    kept = dict(team.cards)
    for number in range(99):
        team.cards = dict(kept)
        if beginning:
            team.write_card(GROUP, beginning, "Approved")
        team.calls.clear()
        hit: list[str] = []

        def interfere(n: int, operation: str, call: Call, at: int = number, hit: list[str] = hit) -> Any:
            if n != at or hit:
                return call()
            hit.append(operation)
            return fault(operation, call)

        team.interfere = interfere
        with suppress(Killed, ClientError):
            aggregated()
        team.interfere = lambda _n, _o, call: call()
        card = aggregated()
        assert card is not None
        assert (card.content, card.status) == (full_content(FIRST), "PendingReview")
        assert len(team.cards[CENTRAL].versions) == (2 if beginning else 1)
        if not hit:
            assert number > 5
            return
    raise AssertionError("It never came to an end.")
