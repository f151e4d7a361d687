"""Shapley values, held against what they must be whatever the sample of orders."""

from typing import Any

import numpy as np
import pytest

import explain
from conftest import Run
from evaluate import rows_of
from features import Array
from model import Model
from model_schema import Column, Schema


def model(answer: Any, names: str = "abc") -> Model:
    """A model whose outputs are a function of its features."""
    columns = tuple(Column(name, "numeric") for name in names)
    schema = Schema(target="y", problem_type="regression", columns=columns)

    class Found:
        def __init__(self, value: Array) -> None:
            self.value = value

        def numpy(self) -> Array:
            return self.value

    def signature(inputs: Any) -> dict[str, Found]:
        return {"outputs": Found(answer(np.asarray(inputs)[:, : len(names)].astype("float64")))}

    return Model(signature, schema, {})


def cells(features: Array) -> list[list[str]]:
    return [[f"{value:.9g}" for value in row] for row in features.tolist()]


FEATURES = np.random.default_rng(3).normal(size=(300, 3)).astype("float32")


def test_contributions_add_up_to_the_prediction(run: Run) -> None:
    loaded = Model.load(run.model)
    rows = list(rows_of(loaded.schema, run.folder / "processing/test/test.csv"))
    sums = explain.contributions(loaded, rows).sum(axis=2)
    predicted = loaded.predict(rows)
    expected = {"weight": predicted[..., None], "tall": predicted[..., 1:]}.get(run.target, predicted)
    np.testing.assert_allclose(sums, expected, rtol=1e-4, atol=1e-5)


def test_of_a_sum_each_feature_gets_its_own_term() -> None:
    found = explain.contributions(model(lambda x: 3 * x[:, 0] - x[:, 1]), cells(FEATURES))[:, 0, :]
    for feature, slope in ((0, 3.0), (1, -1.0)):
        assert np.polyfit(FEATURES[:, feature], found[:, feature], 1)[0] == pytest.approx(slope, rel=0.1)
        # Every row stands in for another as often.
        assert found[:, feature].mean() == pytest.approx(0, abs=1e-6)
    assert np.abs(found[:, 2]).max() < 1e-9


def test_what_two_features_do_together_they_share() -> None:
    found = explain.contributions(model(lambda x: x[:, 0] * x[:, 1]), cells(FEATURES))[:, 0, :]
    # By Shapley's formula for features without a relation and with means of 0, half of the product each.
    product = FEATURES[:, 0] * FEATURES[:, 1]
    for feature in (0, 1):
        assert np.polyfit(product, found[:, feature], 1)[0] == pytest.approx(0.5, abs=0.1)


def test_many_features_leave_rows_out_and_say_so() -> None:
    names = [chr(0x4E00 + number) for number in range(400)]
    features = np.random.default_rng(5).normal(size=(400, 400)).astype("float32")
    found = explain.contributions(model(lambda x: x.sum(axis=1), "".join(names)), cells(features))
    assert len(found) < 400
    assert len(found) * 401 * 2 * explain.PAIRS <= explain.MAXIMUM_PASSES
