"""The numbers behind the pictures, each counted again row by row."""

import random
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import diagnostics
from features import Array

ROWS = 160


def scored(seed: int, rows: int = ROWS) -> tuple[Array, Array]:
    """Scores with ties, and whether each row is positive: more often the higher its score."""
    chance = random.Random(seed)
    scores = [round(chance.random(), 1 if seed % 2 else 3) for _ in range(rows)]
    return np.array(scores), np.array([chance.random() < score for score in scores])


@pytest.mark.parametrize("seed", range(4))
def test_the_area_is_the_share_of_pairs_in_order(seed: int) -> None:
    """https://en.wikipedia.org/wiki/Mann%E2%80%93Whitney_U_test, with half a point for a tie."""
    scores, positive = scored(seed)
    pairs = [(high > low) + (high == low) / 2 for high in scores[positive] for low in scores[~positive]]
    found = diagnostics.roc(scores, positive)
    assert found["area"] == pytest.approx(sum(pairs) / len(pairs))
    assert (found["points"][0], found["points"][-1]) == ([0, 0], [1, 1])


@pytest.mark.parametrize("seed", range(4))
def test_each_point_of_a_curve_is_that_of_a_threshold(seed: int) -> None:
    scores, positive = scored(seed)
    rates, precisions = {(0.0, 0.0)}, {(0.0, 1.0)}
    for threshold in set(scores.tolist()):
        said = scores >= threshold
        hits = int((said & positive).sum())
        rates.add(
            (
                round(int((said & ~positive).sum()) / int((~positive).sum()), 9),
                round(hits / int(positive.sum()), 9),
            )
        )
        precisions.add((round(hits / int(positive.sum()), 9), round(hits / int(said.sum()), 9)))
    for found, expected in (
        (diagnostics.roc(scores, positive)["points"], rates),
        (diagnostics.precision_recall(scores, positive)["points"], precisions),
    ):
        assert {(round(first, 9), round(second, 9)) for first, second in found} <= expected


@pytest.mark.parametrize("seed", range(4))
def test_the_average_precision_weighs_each_step_of_the_recall(seed: int) -> None:
    scores, positive = scored(seed)
    average = last = 0.0
    for threshold in sorted(set(scores.tolist()), reverse=True):
        said = scores >= threshold
        hits = int((said & positive).sum())
        recall = hits / int(positive.sum())
        average, last = average + (recall - last) * hits / int(said.sum()), recall
    assert diagnostics.precision_recall(scores, positive)["average_precision"] == pytest.approx(average)


def chances(classes: int, seed: int = 5) -> tuple[Array, Array]:
    """Chances of classes, and the right class of each row."""
    chance = random.Random(seed)
    raw = np.array([[chance.random() + 0.01 for _ in range(classes)] for _ in range(ROWS)])
    raw /= raw.sum(axis=1, keepdims=True)
    return raw, np.array([chance.choices(range(classes), row)[0] for row in raw.tolist()])


@pytest.mark.parametrize("classes", [2, 3])
def test_confusion_counts_rows(classes: int) -> None:
    said, truth = chances(classes)
    names = [f"c{code}" for code in range(classes)]
    found = diagnostics.of_classification(said, truth, names)
    pairs = Counter(zip(truth.tolist(), said.argmax(axis=1).tolist(), strict=True))
    assert found["confusion"] == {
        "classes": names,
        "rows": [[pairs[right, answered] for answered in range(classes)] for right in range(classes)],
    }
    assert list(found["roc"]) == list(found["precision_recall"])
    assert sorted(found["roc"]) == (["c1"] if classes == 2 else names)


@pytest.mark.parametrize("classes", [2, 3])
def test_calibration_compares_the_chance_with_what_happens(classes: int) -> None:
    said, truth = chances(classes)
    found = diagnostics.of_classification(said, truth, ["a", "b", "c"][:classes])["calibration"]
    tenths: dict[int, list[tuple[float, bool]]] = {}
    for row, right in zip(said.tolist(), truth.tolist(), strict=True):
        value, happened = (row[1], right == 1) if classes == 2 else (max(row), row.index(max(row)) == right)
        tenths.setdefault(min(9, int(value * 10)), []).append((value, happened))
    expected = [
        (len(rows), sum(value for value, _ in rows) / len(rows), sum(hit for _, hit in rows) / len(rows))
        for _, rows in sorted(tenths.items())
    ]
    assert [(each["rows"], each["predicted"], each["observed"]) for each in found["bins"]] == [
        pytest.approx(each) for each in expected
    ]
    error = sum(rows * abs(value - hits) for rows, value, hits in expected) / ROWS
    assert found["expected_error"] == pytest.approx(error)


def test_a_class_that_no_test_row_has_gets_no_curve() -> None:
    said, truth = chances(3)
    found = diagnostics.of_classification(said, np.minimum(truth, 1), ["a", "b", "c"])
    assert sorted(found["roc"]) == ["a", "b"]


def test_numbers_are_seen_as_points_residuals_and_tenths() -> None:
    chance = random.Random(2)
    truth = np.array([chance.gauss(10, 4) for _ in range(ROWS)])
    predicted = truth + np.array([chance.gauss(0, 1) for _ in range(ROWS)])
    found = diagnostics.of_regression(predicted, truth)
    assert sorted(map(tuple, found["points"])) == sorted(zip(truth.tolist(), predicted.tolist(), strict=True))
    edges, counts = found["residuals"]["edges"], found["residuals"]["counts"]
    assert counts == counted((predicted - truth).tolist(), edges)
    order = sorted(range(ROWS), key=lambda row: predicted[row])
    means = [
        (sum(predicted[order[first : first + 16]]) / 16, sum(truth[order[first : first + 16]]) / 16)
        for first in range(0, ROWS, 16)
    ]
    assert [(each["predicted"], each["observed"]) for each in found["calibration"]["bins"]] == [
        pytest.approx(each) for each in means
    ]


def counted(values: Sequence[float], edges: Sequence[float]) -> list[int]:
    """How many values lie from an edge to the next; the last edge belongs to the last bin."""
    bins = list(pairwise(edges))
    return [
        sum(low <= value < high or (value == high == edges[-1]) for value in values) for low, high in bins
    ]


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([1.0] * 5, id="equal"),
        pytest.param([1.0, 1.0 + 2e-16], id="a digit apart"),
        pytest.param([0.0, 5e-324], id="the smallest"),
        pytest.param([-1e150, 1e150, 3.0], id="large"),
        pytest.param([2.0], id="one"),
    ],
)
def test_every_value_is_in_a_bin(values: list[float]) -> None:
    found = diagnostics.histogram(np.array(values))
    assert sum(found["counts"]) == len(values)
    assert (found["edges"][0], found["edges"][-1]) == (min(values), max(values))


@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e150])
def test_what_is_seen_of_numbers_is_finite_on_any_scale(scale: float) -> None:
    truth = np.array([1.0, 2.0, 3.0, 4.0]) * scale
    found: Any = diagnostics.of_regression(truth * 1.01, truth)
    means = [
        value for each in found["calibration"]["bins"] for value in (each["predicted"], each["observed"])
    ]
    assert np.isfinite([*np.ravel(found["points"]), *found["residuals"]["edges"], *means]).all()


def test_many_points_are_thinned_evenly_with_both_ends() -> None:
    truth = np.arange(10_000.0)
    points = diagnostics.of_regression(truth, truth)["points"]
    assert len(points) == diagnostics.MAXIMUM_POINTS
    assert (points[0], points[-1]) == ([0, 0], [9999, 9999])
    steps = np.diff([point[0] for point in points])
    assert steps.min() > 0
    assert steps.max() - steps.min() <= 1


def test_importance_is_the_mean_size_of_contributions() -> None:
    values = np.array([[[1.0, -2.0, 9.0], [0.5, 0.0, 9.0]], [[-3.0, 2.0, 9.0], [0.5, 4.0, 9.0]]])
    assert diagnostics.importance(values, ["a", "b"]) == [
        {"feature": "b", "value": 4.0},
        {"feature": "a", "value": 2.5},
    ]
