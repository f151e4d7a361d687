"""The page of a card says all that the card says, runs nothing, and loads nothing."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest

from base.settings import load
from registry.functions.model_registry.card_content import digest
from registry.functions.model_registry.cards import CardVersion
from scripts.cards.page import groups, label, number, render
from tests.registry.cards import full_content, metric

REQUIRED = load().model_cards.required_fields


def page(content: dict[str, Any], status: str = "PendingReview") -> str:
    card = CardVersion(
        name="churn-p-abc",
        arn="arn:aws:sagemaker:eu-west-1:222222222222:model-card/churn-p-abc",
        version=7,
        status=status,
        content=content,
        time=datetime(2026, 11, 21, 9, 15, tzinfo=UTC),
    )
    return render(card, REQUIRED)


class Reading(HTMLParser):
    """What a browser makes of a page: its texts, its elements, and what they refer to."""

    VOID = ("meta", "rect", "path", "polyline", "wbr")

    def __init__(self, source: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.elements: list[str] = []
        self.references: list[str] = []
        self._open: list[str] = []
        self._goes_on = False
        self.feed(source)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._goes_on = tag == "wbr"
        self.elements.append(tag)
        self.references += [value or "" for name, value in attrs if name in ("href", "src", "xlink:href")]
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        # Where a line may break, the text goes on.
        if self._goes_on:
            self.texts[-1] += data
        else:
            self.texts.append(data)
        self._goes_on = False

    @property
    def text(self) -> str:
        return "\n".join(self.texts)


def texts(value: Any) -> Iterator[str]:
    """Every text in a content."""
    match value:
        case dict():
            for item in value.values():
                yield from texts(item)
        case list():
            for item in value:
                yield from texts(item)
        case str():
            yield value


def test_every_text_of_a_card_is_on_its_page() -> None:
    content = full_content()
    kinds = {"number", "string", "boolean", "bar_chart", "linear_graph", "matrix"}
    read = Reading(page(content)).text
    assert {text for text in texts(content) if text not in read and text not in kinds} == {"x", "y"} - set(
        read
    )


def marked(value: Any, counter: Iterator[int]) -> Any:
    """A content with something in each of its texts that a browser would run."""
    match value:
        case dict():
            return {
                name: item if name in ("type", "risk_rating") else marked(item, counter)
                for name, item in value.items()
            }
        case list():
            return [marked(item, counter) for item in value]
        case str():
            return f"<script>alert({next(counter)})</script>\"'&amp;"
        case _:
            return value


def test_every_text_is_escaped() -> None:
    content = marked(full_content(), iter(range(1000)))
    source = page(content)
    read = Reading(source)
    assert "script" not in read.elements
    assert "<script" not in source
    assert source.count("&lt;script&gt;alert(") >= len(set(texts(content)) - {"Low"}) - 20
    assert content["business_details"]["business_problem"] in read.text


def test_the_page_loads_nothing() -> None:
    source = page(full_content())
    read = Reading(source)
    assert read.references == []
    assert not {"script", "img", "link", "iframe", "object"} & set(read.elements)
    assert not re.search(r"url\(|@import", source)
    assert "default-src 'none'" in source
    assert "@media print" in source


def test_the_page_names_exactly_what_it_shows() -> None:
    content = full_content()
    read = Reading(page(content)).text
    assert digest(content) in read
    assert "21 November 2026, 09:15 UTC" in read
    assert "model-card/churn-p-abc" in read
    assert "Pending review" in read
    assert f"{len(REQUIRED)} of {len(REQUIRED)} filled" in read
    assert "Missing before production" not in read


def test_missing_fields_are_named_with_their_place() -> None:
    content = full_content()
    content["intended_uses"]["risk_rating"] = "Unknown"
    read = Reading(page(content)).text
    assert "Missing before production" in read
    assert "intended_uses.risk_rating" in read
    assert "[model_card] of config.toml" in read


def test_an_empty_card_has_a_page() -> None:
    read = Reading(page({}, "Draft")).text
    assert "Draft" in read
    assert f"0 of {len(REQUIRED)} filled" in read
    assert "not given" in read


# Drawing.


def evaluation(**values: dict[str, Any]) -> dict[str, Any]:
    """An evaluation with a group of numbers for each name."""
    return {
        "name": "Evaluation",
        "metric_groups": [
            {
                "name": name,
                "metric_data": [
                    {"name": metric, "type": "number", "value": value} for metric, value in metrics.items()
                ],
            }
            for name, metrics in values.items()
        ],
    }


BARS = {
    "the same metric of two groups": (
        evaluation(Model={"rmse": 200.0}, Baseline={"rmse": 800.0}),
        [25.0, 100.0],
    ),
    "shares of one": (evaluation(Model={"r2": 0.8, "accuracy": 1}), [80.0, 100.0]),
    "shares in two groups": (evaluation(Model={"r2": 0.5}, Baseline={"r2": 0.25}), [50.0, 25.0]),
    "below zero": (evaluation(Model={"r2": -0.5}), [50.0]),
    "nothing to compare with": (evaluation(Model={"rmse": 200.0}), [None]),
    "only zeros": (evaluation(Model={"errors": 0}, Baseline={"errors": 0}), [0.0, 0.0]),
    "words and truths": (evaluation(Model={"verdict": "good", "passed": True}), [None, None]),
}


@pytest.mark.parametrize(("given", "lengths"), BARS.values(), ids=list(BARS))
def test_bars_compare_what_can_be_compared(given: dict[str, Any], lengths: list[float | None]) -> None:
    assert [bar.length for group in groups(given) for bar in group.bars] == lengths


DRAWINGS: dict[str, tuple[dict[str, Any], str, list[Any], list[list[str]]]] = {
    "a bar chart": (metric("bar_chart", [1, 4], x_axis_name=["a"]), "", [("a", 25.0), ("2", 100.0)], []),
    "a bar chart of words": (metric("bar_chart", ["x", 2]), "", [("1", None), ("2", 100.0)], []),
    "a line": (metric("linear_graph", [[0, 1], [2, 3], [4, 2]]), "0,40 50,0 100,20", [], []),
    "a level line": (metric("linear_graph", [[0, 5], [1, 5]]), "0,20 100,20", [], []),
    "a line through words": (metric("linear_graph", [["a", 1]]), "", [], [["a", "1"]]),
    "a matrix": (metric("matrix", [[1, 0.5], ["x", 2]]), "", [], [["1", "0.5"], ["x", "2"]]),
}


@pytest.mark.parametrize(("given", "points", "bars", "rows"), DRAWINGS.values(), ids=list(DRAWINGS))
def test_many_numbers_are_drawn(
    given: dict[str, Any], points: str, bars: list[Any], rows: list[list[str]]
) -> None:
    (group,) = groups({"name": "e", "metric_groups": [{"name": "g", "metric_data": [given]}]})
    (drawing,) = group.drawings
    assert drawing.points == points
    assert [(bar.name, bar.length) for bar in drawing.bars] == bars
    assert drawing.rows == rows


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "yes"),
        (False, "no"),
        (1234567, "1,234,567"),
        (0.123456789, "0.12346"),
        (1e-7, "1e-07"),
        ("x", "x"),
    ],
)
def test_values_are_written_for_people(value: Any, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [("training_arn", "Training ARN"), ("model_id", "Model ID"), ("risk_rating", "Risk rating")],
)
def test_fields_are_named_for_people(name: str, text: str) -> None:
    assert label(name) == text
