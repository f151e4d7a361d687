"""How good a model is beside an answer that is always the same."""

import math
from dataclasses import dataclass

import numpy as np
from sklearn import metrics

from features import Array


@dataclass(frozen=True)
class Comparison:
    """A model beside a constant answer, on the same rows.

    Attributes:
        primary: The metric that decides.
        best: Its value for a model that makes no mistake.
        scores: The model's metrics.
        baseline: The same of the constant answer.
        method: What the constant answer is.
    """

    primary: str
    best: float
    scores: dict[str, float]
    baseline: dict[str, float]
    method: str

    @property
    def skill_score(self) -> float:
        """Share of the baseline's error that the model takes away: 0 is no better, 1 is perfect.

        https://en.wikipedia.org/wiki/Forecast_skill
        """
        error = abs(self.best - self.scores[self.primary])
        constant = abs(self.best - self.baseline[self.primary])
        return 1 - error / constant if constant else 0.0


def compare_regression(predicted: Array, truth: Array, training: Array) -> Comparison:
    """Measure numbers against the mean of the training target.

    Args:
        predicted: What the model says of each row.
        truth: What is right.
        training: The target of the training rows.
    """
    unit = float(np.abs(training).max()) or 1.0
    return Comparison(
        primary="rmse",
        best=0.0,
        scores=regression_scores(truth, predicted),
        baseline=regression_scores(truth, np.full(len(truth), (training / unit).mean() * unit)),
        method="mean of the training target",
    )


def compare_classification(predicted: Array, truth: Array, training: Array) -> Comparison:
    """Measure chances against the class frequencies of the training target.

    Args:
        predicted: The chance of each class, a row of them for each row.
        truth: The code of the right class.
        training: The codes of the training rows.
    """
    # Single precision leaves the sums a little off 1.
    chances = predicted / predicted.sum(axis=1, keepdims=True)
    frequencies = np.bincount(training, minlength=chances.shape[1]) / len(training)
    return Comparison(
        primary="balanced_accuracy",
        best=1.0,
        scores=classification_scores(truth, chances),
        baseline=classification_scores(truth, np.tile(frequencies, (len(truth), 1))),
        method="class frequencies of the training target",
    )


def regression_scores(truth: Array, values: Array) -> dict[str, float]:
    """Errors in the unit of the target, and R².

    Squares of very small or large numbers are out of the range of numbers, so that the errors are measured in
    a unit of their size. It is a power of two, which changes no digit.
    """
    largest = float(max(np.abs(truth).max(), np.abs(values).max()))
    unit = 2.0 ** math.floor(math.log2(largest)) if largest > 0 else 1.0
    truth, values = truth / unit, values / unit
    return {
        "rmse": float(metrics.root_mean_squared_error(truth, values) * unit),
        "mse": float(metrics.mean_squared_error(truth, values) * unit) * unit,
        "mae": float(metrics.mean_absolute_error(truth, values) * unit),
        # Undefined for a single row.
        **({"r2": float(metrics.r2_score(truth, values))} if len(truth) > 1 else {}),
    }


def classification_scores(truth: Array, chances: Array) -> dict[str, float]:
    """Scores of class probabilities.

    Args:
        truth: Class codes; shape (rows,).
        chances: Probabilities; shape (rows, classes).
    """
    codes = chances.argmax(axis=1)
    every = np.arange(chances.shape[1])
    present = np.unique(truth)
    scores = {
        "accuracy": float(metrics.accuracy_score(truth, codes)),
        # Over the classes that the test part has: a class of one or two rows is in the training part alone.
        "balanced_accuracy": float(
            metrics.recall_score(truth, codes, labels=present, average="macro", zero_division=0)
        ),
        "f1_macro": float(metrics.f1_score(truth, codes, labels=present, average="macro", zero_division=0)),
        "log_loss": float(metrics.log_loss(truth, chances, labels=every)),
    }
    if len(every) == 2 and len(present) == 2:
        scores["roc_auc"] = float(metrics.roc_auc_score(truth, chances[:, 1]))
    return scores
