"""Where a model is right and where it errs: the numbers behind the pictures of the evaluation.

Everything is plain lists and numbers, as `diagnostics.json` holds them, and of bounded size.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn import metrics

from features import Array

# More points than these no picture shows.
MAXIMUM_POINTS = 400
MAXIMUM_CURVES = 10
MAXIMUM_FEATURES = 30
BINS = 10
HISTOGRAM_BINS = 25


def of_regression(predicted: Array, truth: Array) -> dict[str, Any]:
    """What is seen of numbers.

    Args:
        predicted: What the model says of each row.
        truth: What is right.

    Returns:
        ``points``: pairs of truth and prediction of some rows, all over the range; ``residuals``: a histogram
        of prediction minus truth; ``calibration``: tenths of the rows in the order of their prediction.
    """
    order = np.argsort(truth, kind="stable")[_thinned(len(truth))]
    return {
        "points": np.stack([truth[order], predicted[order]], axis=1).tolist(),
        "residuals": histogram(predicted - truth),
        "calibration": _tenths(predicted, truth),
    }


def of_classification(chances: Array, truth: Array, classes: Sequence[str]) -> dict[str, Any]:
    """What is seen of classes.

    Args:
        chances: The chance of each class, a row of them for each row.
        truth: The code of the right class.
        classes: The labels, in the order of their codes.

    Returns:
        ``confusion``: rows by right and answered class; ``roc`` and ``precision_recall``: a curve of each of
        the most frequent classes against the rest, of two classes of the second; ``calibration``: rows by the
        chance of the second class, of more classes by that of the answered one.
    """
    answered = chances.argmax(axis=1)
    counts = np.zeros((len(classes), len(classes)), "int64")
    np.add.at(counts, (truth, answered), 1)
    frequent = [1] if len(classes) == 2 else np.argsort(-counts.sum(axis=1), kind="stable")[:MAXIMUM_CURVES]
    curves = [code for code in map(int, frequent) if 0 < counts[code].sum() < len(truth)]
    if len(classes) == 2:
        said, right = chances[:, 1], truth == 1
    else:
        said, right = chances.max(axis=1), answered == truth
    return {
        "confusion": {"classes": list(classes), "rows": counts.tolist()},
        "roc": {classes[code]: roc(chances[:, code], truth == code) for code in curves},
        "precision_recall": {
            classes[code]: precision_recall(chances[:, code], truth == code) for code in curves
        },
        "calibration": _by_chance(said, right),
    }


def roc(scores: Array, positive: Array) -> dict[str, Any]:
    """The curve of false and true positives as the threshold falls, and the area below it."""
    false, true, _ = metrics.roc_curve(positive, scores)
    return {"area": float(metrics.auc(false, true)), "points": _points(false, true)}


def precision_recall(scores: Array, positive: Array) -> dict[str, Any]:
    """The curve of recall and precision as the threshold rises, and the average precision."""
    precision, recall, _ = metrics.precision_recall_curve(positive, scores)
    return {
        "average_precision": float(metrics.average_precision_score(positive, scores)),
        "points": _points(recall, precision),
    }


def histogram(values: Array) -> dict[str, Any]:
    """Count values in bins of one width.

    Returns:
        ``edges``, one more than ``counts``; a single bin where the values are too close to tell apart.
    """
    low, high = float(values.min()), float(values.max())
    edges = np.linspace(low, high, HISTOGRAM_BINS + 1)
    if not (np.diff(edges) > 0).all():
        return {"edges": [low, high], "counts": [len(values)]}
    numbers = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, HISTOGRAM_BINS - 1)
    return {"edges": edges.tolist(), "counts": np.bincount(numbers, minlength=HISTOGRAM_BINS).tolist()}


def importance(contributions: Array, names: Sequence[str]) -> list[dict[str, Any]]:
    """How much each feature moves predictions, the strongest first.

    Args:
        contributions: What `explain.contributions` returned.
        names: The names of the features.

    Returns:
        ``feature``, and its mean absolute contribution as ``value``, summed over the outputs.
    """
    means = np.abs(contributions[:, :, :-1]).mean(axis=0).sum(axis=0)
    order = np.argsort(-means, kind="stable")[:MAXIMUM_FEATURES]
    return [{"feature": names[position], "value": float(means[position])} for position in order]


def _by_chance(said: Array, right: Array) -> dict[str, Any]:
    """Rows in bins of one width by the chance that the model gives; how often it is right in each."""
    numbers = np.minimum((said * BINS).astype("int64"), BINS - 1)
    bins = [
        {
            "predicted": float(said[numbers == number].mean()),
            "observed": float(right[numbers == number].mean()),
            "rows": int((numbers == number).sum()),
        }
        for number in range(BINS)
        if (numbers == number).any()
    ]
    error = sum(abs(each["predicted"] - each["observed"]) * each["rows"] for each in bins) / len(said)
    return {"bins": bins, "expected_error": error}


def _tenths(predicted: Array, truth: Array) -> dict[str, Any]:
    parts = np.array_split(np.argsort(predicted, kind="stable"), min(BINS, len(predicted)))
    bins = [
        {"predicted": _mean(predicted[part]), "observed": _mean(truth[part]), "rows": len(part)}
        for part in parts
    ]
    return {"bins": bins}


def _mean(values: Array) -> float:
    """A mean whose sum stays within the range of numbers."""
    unit = float(np.abs(values).max()) or 1.0
    return float((values / unit).mean() * unit)


def _points(first: Array, second: Array) -> list[list[float]]:
    places = _thinned(len(first))
    points: list[list[float]] = np.stack([first[places], second[places]], axis=1).tolist()
    return points


def _thinned(count: int) -> Array:
    """Positions of at most so many points, evenly spread, the first and the last among them."""
    most = min(count, MAXIMUM_POINTS)
    return np.array([math.floor(number * (count - 1) / max(1, most - 1)) for number in range(most)], "int64")
