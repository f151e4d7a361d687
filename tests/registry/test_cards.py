"""Cards are a log: versions are found by what they speak for, and no writer loses another's words."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from registry.functions.model_registry.cards import Cards
from registry.functions.model_registry.errors import RegistryError
from tests.registry.cards import GROUP, full_content
from tests.registry.cloud import HUB, REGION, TEAM, Call, Cloud, client, failure

CARD = f"arn:aws:sagemaker:{REGION}:{HUB}:model-card/{GROUP}"
THEIRS = f"arn:aws:sagemaker:{REGION}:{TEAM}:model-package/{GROUP}"
CENTRAL = f"arn:aws:sagemaker:{REGION}:{HUB}:model-package/{GROUP}"


@pytest.fixture
def cards(cloud: Cloud) -> Cards:
    return Cards(sagemaker=client("sagemaker"))


def speaking_for(arn: str | None) -> dict[str, Any]:
    return {"model_package_details": {"model_package_arn": arn}} if arn else {"model_overview": {}}


# Reading.


@pytest.mark.parametrize("name", [GROUP, CARD], ids=["by name", "by ARN"])
def test_the_newest_version_is_read(cloud: Cloud, cards: Cards, name: str) -> None:
    cloud.write_card(GROUP, {"model_overview": {}})
    cloud.write_card(GROUP, full_content(), "PendingReview")
    card = cards.latest(name)
    assert card is not None
    assert (card.name, card.arn, card.version, card.status) == (GROUP, CARD, 2, "PendingReview")
    assert card.content == full_content()


def test_no_card_is_none(cards: Cards) -> None:
    assert cards.latest(GROUP) is None
    assert cards.describing(GROUP, {CENTRAL}) is None


def test_a_card_that_is_not_shared_is_said(cloud: Cloud, cards: Cards) -> None:
    theirs = cloud.write_card(GROUP, {}, account=TEAM)
    cloud.closed.add(theirs.arn)
    for read in (cards.latest, lambda arn: cards.describing(arn, {CENTRAL})):
        with pytest.raises(RegistryError, match=rf"{theirs.arn}: share the card with its account"):
            read(theirs.arn)


LOGS: dict[str, tuple[list[str | None], set[str | None], int | None]] = {
    "the only one": ([f"{THEIRS}/1"], {f"{THEIRS}/1"}, 1),
    "the newest of several": ([f"{THEIRS}/1", f"{THEIRS}/1", f"{THEIRS}/2"], {f"{THEIRS}/1"}, 2),
    "by either ARN": ([f"{THEIRS}/1", f"{CENTRAL}/1"], {f"{THEIRS}/1", f"{CENTRAL}/1"}, 2),
    "on a later page": ([f"{THEIRS}/{number}" for number in range(1, 9)], {f"{THEIRS}/2"}, 2),
    "none that names it": ([None, f"{THEIRS}/1"], {f"{THEIRS}/2"}, None),
    "none, of a version that has no other ARN": ([None], {f"{CENTRAL}/1", None}, None),
    "one whose ARN only begins so": ([f"{THEIRS}/11"], {f"{THEIRS}/1"}, None),
}


@pytest.mark.parametrize(("log", "arns", "found"), LOGS.values(), ids=list(LOGS))
def test_a_card_version_is_found_by_what_it_speaks_for(
    cloud: Cloud, cards: Cards, log: list[str | None], arns: set[str | None], found: int | None
) -> None:
    for arn in log:
        cloud.write_card(GROUP, speaking_for(arn))
    card = cards.describing(GROUP, arns)
    assert (card.version if card else None) == found


# Making a card.


def test_a_card_begins_as_a_draft(cloud: Cloud, cards: Cards) -> None:
    card = cards.create(GROUP, full_content(), {"source-account": TEAM})
    assert (card.version, card.status, card.content) == (1, "Draft", full_content())
    assert cloud.cards[CARD].tags == {"source-account": TEAM}


def test_making_a_card_again_finds_it_made(cloud: Cloud, cards: Cards) -> None:
    first = cards.create(GROUP, full_content(), {})
    assert cards.create(GROUP, full_content(), {}) == first
    assert len(cloud.cards[CARD].versions) == 1


def test_a_card_that_says_something_else_is_not_overwritten(cloud: Cloud, cards: Cards) -> None:
    cloud.write_card(GROUP, {"model_overview": {"model_name": "Theirs"}})
    with pytest.raises(RegistryError, match="already, with another content"):
        cards.create(GROUP, full_content(), {})
    assert cloud.cards[CARD].content == {"model_overview": {"model_name": "Theirs"}}


def test_what_no_card_takes_is_not_sent(cloud: Cloud, cards: Cards) -> None:
    cloud.write_card(GROUP, {})
    with pytest.raises(RegistryError, match="x is no field of a model card"):
        cards.create(GROUP, {"x": 1}, {})
    with pytest.raises(RegistryError, match="x is no field of a model card"):
        cards.change(GROUP, lambda _: {"x": 1})
    assert len(cloud.cards[CARD].versions) == 1
    assert not {"CreateModelCard", "UpdateModelCard"} & set(cloud.calls)


# Writing.


def naming(word: str) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """An edit that adds a detail of that name, as each writer adds its own."""

    def edit(content: Mapping[str, Any]) -> dict[str, Any]:
        details = content.get("additional_information", {}).get("custom_details", {})
        return {**content, "additional_information": {"custom_details": {**details, word: "said"}}}

    return edit


def said(cloud: Cloud) -> set[str]:
    return set(cloud.cards[CARD].content["additional_information"]["custom_details"])


def test_a_change_makes_a_version(cloud: Cloud, cards: Cards) -> None:
    cloud.write_card(GROUP, full_content(), "Approved")
    card = cards.change(GROUP, naming("ours"))
    assert (card.version, card.status) == (2, "Draft")
    assert said(cloud) == {"contact", "ours"}


def test_a_change_that_is_made_already_sends_nothing(cloud: Cloud, cards: Cards) -> None:
    cloud.write_card(GROUP, naming("ours")({}), "Approved")
    assert cards.change(GROUP, naming("ours")).version == 1
    assert "UpdateModelCard" not in cloud.calls


def test_there_must_be_a_card_to_change(cards: Cards) -> None:
    with pytest.raises(RegistryError, match="catalog card create"):
        cards.change(GROUP, naming("ours"))


class Others:
    """Writers who come in between: before or after the nth UpdateModelCard of the card under test.

    Each writes its words into what the card said before anybody wrote, and loses what others said since.
    """

    def __init__(self, cloud: Cloud, *, before: Mapping[int, str], after: Mapping[int, str]) -> None:
        self.cloud, self.before, self.after, self.updates = cloud, before, after, 0
        self.read = cloud.cards[CARD].content
        cloud.interfere = self.interfere

    def interfere(self, _number: int, operation: str, call: Call) -> dict[str, Any]:
        if operation != "UpdateModelCard":
            return call()
        self.updates += 1
        self.write(self.before.get(self.updates))
        answer = call()
        self.write(self.after.get(self.updates))
        return answer

    def write(self, words: str | None) -> None:
        if words:
            content = self.read
            for word in words.split():
                content = naming(word)(content)
            self.cloud.write_card(GROUP, content)


RACES: dict[str, tuple[dict[int, str], dict[int, str], int]] = {
    "nobody": ({}, {}, 2),
    "another's version goes under ours": ({1: "theirs"}, {}, 4),
    "another's comes on top and lacks ours": ({}, {1: "theirs"}, 4),
    "another's comes on top twice": ({}, {1: "one", 2: "one two"}, 6),
}


@pytest.mark.parametrize(("before", "after", "versions"), RACES.values(), ids=list(RACES))
def test_writers_at_once_do_not_lose_us_nor_we_them(
    cloud: Cloud, cards: Cards, before: dict[int, str], after: dict[int, str], versions: int
) -> None:
    cloud.write_card(GROUP, {})
    Others(cloud, before=before, after=after)
    card = cards.change(GROUP, naming("ours"))
    words = {word for written in (*before.values(), *after.values()) for word in written.split()}
    assert said(cloud) == {"ours"} | words
    assert card.version == len(cloud.cards[CARD].versions) == versions


CROSSED: dict[str, tuple[dict[int, str], dict[int, str]]] = {
    "one under ours, one on top": ({1: "one"}, {1: "two"}),
    "one under ours, one under what made it good": ({1: "one", 2: "two"}, {}),
    "one under ours, one on top of what made it good": ({1: "one"}, {2: "two"}),
}


@pytest.mark.parametrize(("before", "after"), CROSSED.values(), ids=list(CROSSED))
def test_when_who_read_whom_cannot_be_told_it_is_said(
    cloud: Cloud, cards: Cards, before: dict[int, str], after: dict[int, str]
) -> None:
    cloud.write_card(GROUP, {})
    Others(cloud, before=before, after=after)
    with pytest.raises(RegistryError, match=r"compare its versions from \d on"):
        cards.change(GROUP, naming("ours"))


def test_others_who_never_stop_are_said(cloud: Cloud, cards: Cards) -> None:
    cloud.write_card(GROUP, {})
    Others(cloud, before={}, after={number: f"word_{number}" for number in range(1, 99)})
    with pytest.raises(RegistryError, match="Others write to the model card"):
        cards.change(GROUP, naming("ours"))


def test_a_conflict_that_sagemaker_sees_itself_is_tried_again(cloud: Cloud, cards: Cards) -> None:
    cloud.write_card(GROUP, {})
    refused: list[str] = []

    def interfere(_number: int, operation: str, call: Call) -> dict[str, Any]:
        if operation == "UpdateModelCard" and not refused:
            refused.append(operation)
            cloud.write_card(GROUP, naming("theirs")({}))
            raise failure(operation, "ConflictException", "There was a conflict")
        return call()

    cloud.interfere = interfere
    cards.change(GROUP, naming("ours"))
    assert said(cloud) == {"ours", "theirs"}


def test_two_of_us_at_once_keep_both(cloud: Cloud, cards: Cards) -> None:
    """The other follows the same rule, in the middle of our change."""
    cloud.write_card(GROUP, {})
    nested: list[str] = []

    def interfere(_number: int, operation: str, call: Call) -> dict[str, Any]:
        if operation == "UpdateModelCard" and not nested:
            nested.append(operation)
            cards.change(GROUP, naming("theirs"))
        return call()

    cloud.interfere = interfere
    cards.change(GROUP, naming("ours"))
    assert said(cloud) == {"ours", "theirs"}


def test_a_refusal_by_iam_is_a_sentence(cloud: Cloud, cards: Cards) -> None:
    cloud.write_card(GROUP, {})
    cloud.denied.add("sagemaker:UpdateModelCard")
    with pytest.raises(RegistryError, match="may not use sagemaker:UpdateModelCard"):
        cards.change(GROUP, naming("ours"))


# Statuses.


def test_a_status_makes_no_version(cloud: Cloud, cards: Cards) -> None:
    cloud.write_card(GROUP, {})
    card = cards.latest(CARD)
    assert card is not None
    assert cards.set_status(card, "PendingReview").status == "PendingReview"
    assert cloud.cards[CARD].statuses == ["PendingReview"]


def test_a_status_that_is_set_already_is_not_sent(cloud: Cloud, cards: Cards) -> None:
    cloud.write_card(GROUP, {}, "Approved")
    card = cards.latest(GROUP)
    assert card is not None
    cards.set_status(card, "Approved")
    assert "UpdateModelCard" not in cloud.calls


@pytest.mark.parametrize("late", [False, True], ids=["before it is looked at", "while it is set"])
def test_a_version_that_nobody_has_looked_at_is_said(cloud: Cloud, cards: Cards, late: bool) -> None:
    cloud.write_card(GROUP, {})
    card = cards.latest(GROUP)
    assert card is not None

    def interfere(_number: int, operation: str, call: Call) -> dict[str, Any]:
        if operation == "UpdateModelCard":
            cloud.write_card(GROUP, naming("theirs")({}))
        return call()

    if late:
        cloud.interfere = interfere
    else:
        cloud.write_card(GROUP, naming("theirs")({}))
    with pytest.raises(
        RegistryError, match="Version 2 of the model card churn-p-abc was written after version 1"
    ):
        cards.set_status(card, "Approved")
    assert cloud.cards[CARD].statuses[0] == "Draft"
