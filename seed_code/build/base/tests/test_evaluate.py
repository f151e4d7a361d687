"""The metrics, on predictions of which the result is known."""

import numpy as np
import pytest

from features import Array
from scores import Comparison, compare_classification, compare_regression

TRUTH = np.array([0, 0, 0, 1])


def answers(chances: list[float]) -> Array:
    """What the model says of two classes, by the probability of the second."""
    return np.array([[1 - chance, chance] for chance in chances])


@pytest.mark.parametrize(
    ("comparison", "metrics", "skill"),
    [
        pytest.param(
            compare_classification(answers([0.1, 0.2, 0.1, 0.9]), TRUTH, TRUTH),
            {"accuracy": 1, "balanced_accuracy": 1, "f1_macro": 1, "roc_auc": 1},
            1,
            id="perfect classes",
        ),
        pytest.param(
            compare_classification(answers([0.1, 0.1, 0.1, 0.1]), TRUTH, TRUTH),
            {"accuracy": 0.75, "balanced_accuracy": 0.5, "roc_auc": 0.5},
            0,
            id="always the frequent class",
        ),
        pytest.param(
            compare_classification(answers([0.9, 0.9, 0.9, 0.1]), TRUTH, TRUTH),
            {"accuracy": 0, "balanced_accuracy": 0, "roc_auc": 0},
            -1,
            id="always the wrong class",
        ),
        pytest.param(
            compare_regression(np.array([1.0, 2.0, 3.0]), np.array([1, 2, 3]), np.array([2])),
            {"rmse": 0, "mse": 0, "mae": 0, "r2": 1},
            1,
            id="perfect numbers",
        ),
        pytest.param(
            compare_regression(np.array([2.0, 2.0, 2.0]), np.array([1, 2, 3]), np.array([2])),
            {"mse": 2 / 3, "mae": 2 / 3, "r2": 0},
            0,
            id="always the mean",
        ),
    ],
)
def test_a_model_is_measured_against_a_constant_answer(
    comparison: Comparison, metrics: dict[str, float], skill: float
) -> None:
    assert {name: comparison.scores[name] for name in metrics} == pytest.approx(metrics)
    assert comparison.skill_score == pytest.approx(skill)
