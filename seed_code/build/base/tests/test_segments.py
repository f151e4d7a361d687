"""Metrics of a part of the rows are those of these rows alone."""

import math
import statistics

import numpy as np
import pytest

import segments
from model_schema import Column, Schema

CLASSES = Schema(
    target="y",
    problem_type="binary_classification",
    columns=(Column("c", "categorical"),),
    classes=("a", "b"),
)
NUMBERS = Schema(
    target="y",
    problem_type="regression",
    columns=(Column("n", "numeric"), Column("c", "categorical"), Column("i", "ignored")),
)


def test_a_segment_is_measured_by_its_own_rows() -> None:
    cells = ["red", "red", "blue", "", "red"]
    truth, predicted = np.array([1.0, 2.0, 5.0, 7.0, 3.0]), np.array([1.5, 2.0, 4.0, 7.0, 5.0])
    found = segments.scores(NUMBERS, "c", cells, predicted, truth)
    assert (found["column"], found["metric"]) == ("c", "rmse")
    assert [(each["segment"], each["rows"]) for each in found["segments"]] == [
        ("red", 3),
        ("blue", 1),
        ("(missing)", 1),
    ]
    red, blue, missing = (each["metrics"] for each in found["segments"])
    assert red["rmse"] == pytest.approx(math.sqrt((0.5**2 + 0 + 2**2) / 3))
    assert red["mae"] == pytest.approx(2.5 / 3)
    assert (blue["rmse"], missing["rmse"]) == (1.0, 0.0)


def test_classes_are_measured_by_class() -> None:
    cells = ["x", "x", "x", "z"]
    chances = np.array([[0.9, 0.1], [0.4, 0.6], [0.8, 0.2], [0.3, 0.7]])
    found = segments.scores(CLASSES, "c", cells, chances, np.array([0, 0, 1, 1]))
    x, z = found["segments"]
    assert found["metric"] == "balanced_accuracy"
    assert (x["metrics"]["accuracy"], x["metrics"]["balanced_accuracy"]) == (pytest.approx(1 / 3), 0.25)
    assert (z["metrics"]["accuracy"], z["metrics"]["balanced_accuracy"]) == (1.0, 1.0)


def test_a_column_of_numbers_is_cut_into_quarters() -> None:
    values = [float(number) for number in range(1, 101)]
    cells = [f"{value:g}" for value in values] + [""]
    truth = np.array([*values, 0.0])
    found = segments.scores(NUMBERS, "n", cells, truth + 1, truth)["segments"]
    cuts = statistics.quantiles(values, n=4, method="inclusive")
    assert [(each["segment"], each["rows"]) for each in found] == [
        *((f"up to {cut:.6g}", 25) for cut in cuts),
        (f"above {cuts[-1]:.6g}", 25),
        ("(missing)", 1),
    ]


def test_the_rare_are_counted_together() -> None:
    cells = [f"w{number}" for number in range(30) for _ in range(1 + (number < 11))]
    truth = np.zeros(len(cells))
    found = segments.scores(NUMBERS, "i", cells, truth, truth)["segments"]
    assert [each["segment"] for each in found] == [*sorted(f"w{number}" for number in range(11)), "(others)"]
    assert sum(each["rows"] for each in found) == len(cells)
