"""Estimated Shapley values: they add up, and are exact where features do not work together."""

import numpy as np
import pytest

import explain
from conftest import Run
from evaluate import rows_of
from model import Model
from model_schema import Column, Schema
from train import train


def test_contributions_add_up_to_the_prediction(run: Run) -> None:
    model = Model.load(run.model)
    rows = list(rows_of(model.schema, run.folder / "processing/test/test.csv"))
    sums = explain.contributions(model, rows).sum(axis=2)
    predicted = model.predict(rows)
    if run.target == "weight":
        assert sums[:, 0] == pytest.approx(predicted)
    elif run.target == "tall":
        assert 1 / (1 + np.exp(-sums[:, 0])) == pytest.approx(predicted[:, 1])
    else:
        powers = np.exp(sums)
        assert powers / powers.sum(axis=1, keepdims=True) == pytest.approx(predicted)


def test_a_sum_of_functions_is_split_into_them() -> None:
    """Trees of two leaves see one feature each, so that no order of the features matters."""
    chance = np.random.default_rng(3)
    features = chance.random((80, 3)).astype("float32")
    target = 3 * features[:, 0] + features[:, 1].astype("float64") ** 2
    schema = Schema(
        target="y", problem_type="regression", columns=tuple(Column(name, "numeric") for name in "abc")
    )
    part = (features, target)
    model = train(schema, part, part, parameters={"max_iter": 30, "max_leaf_nodes": 2, "random_state": 1})
    cells = [[f"{value:.9g}" for value in row] for row in features[:5].tolist()]
    found = explain.contributions(model, cells)[:, 0, :]
    background = model.background
    for feature in range(3):
        # What the model says of the row, and of each row of the background in which it is this feature alone.
        mixed = np.repeat(background[None, :, :], 5, axis=0)
        mixed[:, :, feature] = features[:5, feature][:, None]
        changed = model.predict_encoded(mixed.reshape(-1, 3)).reshape(5, -1)
        expected = (changed - model.predict_encoded(background)[None, :]).mean(axis=1)
        assert found[:, feature] == pytest.approx(expected, abs=1e-6)
    assert found[:, 3] == pytest.approx(model.predict_encoded(background).mean())


def test_many_columns_are_explained_against_fewer_rows(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    model = Model.load(run.model)
    rows = list(rows_of(model.schema, run.folder / "processing/test/test.csv"))
    monkeypatch.setattr(explain, "MOST_PREDICTIONS", 1)
    few = explain.contributions(model, rows)
    assert few[:, :, -1] == pytest.approx(np.repeat(model.raw(model.background[:1]), len(rows), axis=0))
