"""SHAP values, computed again from the trees as they are written down."""

import json
import math
from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pytest
import xgboost

import explain
from conftest import Run
from evaluate import rows_of
from features import Array
from model import Model, for_xgboost
from model_schema import Column, Schema

Tree = Mapping[str, Any]


def test_contributions_add_up_to_the_prediction(run: Run) -> None:
    model = Model.load(run.model)
    rows = list(rows_of(model.schema, run.folder / "processing/test/test.csv"))
    sums = explain.contributions(model, rows).sum(axis=2)
    predicted = model.predict(rows)
    if run.target == "weight":
        assert sums[:, 0] == pytest.approx(predicted, rel=1e-4)
    elif run.target == "tall":
        assert 1 / (1 + np.exp(-sums[:, 0])) == pytest.approx(predicted[:, 1], rel=1e-4)
    else:
        powers = np.exp(sums)
        assert powers / powers.sum(axis=1, keepdims=True) == pytest.approx(predicted, rel=1e-4)


def test_each_contribution_is_the_mean_over_all_orders() -> None:
    """Shapley's formula, term by term: https://en.wikipedia.org/wiki/Shapley_value."""
    chance = np.random.default_rng(3)
    features = chance.random((80, 3)).astype("float32")
    target = 3 * features[:, 0] + features[:, 1] * features[:, 2]
    schema = Schema(
        target="y", problem_type="regression", columns=tuple(Column(name, "numeric") for name in "abc")
    )
    booster = xgboost.train(
        {"max_depth": 3, "eta": 0.5, "base_score": 0.25},
        for_xgboost(schema, features, target),
        num_boost_round=3,
    )
    booster.set_attr(target_center="10.0", target_scale="4.0")
    cells = [[f"{value:.9g}" for value in row] for row in features[:5].tolist()]
    found = explain.contributions(Model(booster, schema), cells)[:, 0, :]
    trees = [json.loads(text) for text in booster.get_dump(with_stats=True, dump_format="json")]
    for row, values in zip(features[:5], found, strict=True):
        for feature in range(3):
            assert values[feature] == pytest.approx(4 * shapley(trees, row, feature), abs=1e-4)
        nothing = sum(expected(tree, row, frozenset()) for tree in trees)
        assert values[3] == pytest.approx(10 + 4 * (0.25 + nothing), abs=1e-4)


def shapley(trees: list[Tree], row: Array, feature: int) -> float:
    """What a feature adds, over all sets of the others."""
    others = [each for each in range(len(row)) if each != feature]
    total = 0.0
    for size in range(len(others) + 1):
        weight = math.factorial(size) * math.factorial(len(others) - size) / math.factorial(len(row))
        for known in map(frozenset, combinations(others, size)):
            total += weight * sum(
                expected(tree, row, known | {feature}) - expected(tree, row, known) for tree in trees
            )
    return total


def expected(node: Tree, row: Array, known: frozenset[int]) -> float:
    """What a tree says of a row; of an unknown feature, each branch by its share of the rows."""
    if "leaf" in node:
        return float(node["leaf"])
    below = {child["nodeid"]: child for child in node["children"]}
    feature = int(str(node["split"]).removeprefix("f"))
    if feature in known:
        side = "yes" if row[feature] < np.float32(node["split_condition"]) else "no"
        return expected(below[node[side]], row, known)
    shares = [child["cover"] * expected(child, row, known) for child in below.values()]
    return float(sum(shares) / node["cover"])
