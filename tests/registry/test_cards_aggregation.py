"""Hub and spoke: what a team's card says of a version comes into the central card, once."""

import pytest

from registry.functions.model_registry.aggregation import aggregate
from registry.functions.model_registry.cards import Cards, CardVersion
from registry.functions.model_registry.errors import RegistryError
from registry.functions.model_registry.events import ModelVersionArn
from tests.registry.cards import GROUP, full_content
from tests.registry.cloud import HUB, REGION, TEAM, Cloud, client
from tests.registry.faults import Fault, cut, rows

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


NEW = (
    *("ListModelCardVersions", "ListModelCardVersions", "DescribeModelCard", "DescribeModelCard"),
    *("CreateModelCard", "DescribeModelCard", "DescribeModelCard"),
    *("DescribeModelCard", "UpdateModelCard", "DescribeModelCard"),
)
EARLIER = (
    *("ListModelCardVersions", "DescribeModelCard", "ListModelCardVersions", "DescribeModelCard"),
    *("DescribeModelCard", "DescribeModelCard"),
    *("UpdateModelCard", "ListModelCardVersions", "DescribeModelCard", "DescribeModelCard"),
    *("DescribeModelCard", "UpdateModelCard", "DescribeModelCard"),
)


def test_the_calls_with_a_new_central_card(team: Cloud) -> None:
    aggregated()
    assert tuple(team.calls) == NEW


@pytest.mark.parametrize(("number", "fault"), rows(NEW))
def test_a_replay_completes_a_new_central_card(team: Cloud, number: int, fault: Fault) -> None:
    cut(team, number, fault, aggregated)
    aggregated()
    assert team.cards[CENTRAL].statuses == ["PendingReview"]
    assert team.cards[CENTRAL].content == full_content(FIRST)


def test_the_calls_with_a_card_of_an_earlier_version(team: Cloud) -> None:
    team.write_card(GROUP, full_content("arn:earlier"), "Approved")
    aggregated()
    assert tuple(team.calls) == EARLIER


@pytest.mark.parametrize(("number", "fault"), rows(EARLIER))
def test_a_replay_completes_the_card_of_an_earlier_version(team: Cloud, number: int, fault: Fault) -> None:
    team.write_card(GROUP, full_content("arn:earlier"), "Approved")
    cut(team, number, fault, aggregated)
    aggregated()
    assert team.cards[CENTRAL].statuses == ["Approved", "PendingReview"]
    assert team.cards[CENTRAL].content == full_content(FIRST)
