"""How good a model is for parts of the rows: the values of one column, such as a country."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from cells import word
from features import Array
from model_schema import Column, Schema
from scores import classification_scores, regression_scores

MAXIMUM_SEGMENTS = 12
QUARTERS = 4
MISSING = "(missing)"
OTHERS = "(others)"


def scores(
    schema: Schema, column: str, cells: Sequence[str], predicted: Array, truth: Array
) -> dict[str, Any]:
    """Measure the model on each part of the rows.

    Args:
        schema: What the columns are.
        column: The column that divides the rows.
        cells: Its cell of each row; missing ones are empty.
        predicted: What the model says of each row: numbers, or the chances of each class.
        truth: What is right.

    Returns:
        ``column``, the ``metric`` that decides, and ``segments``: each with its name, its number of rows, and
        its metrics.
    """
    names, order = _named(schema.columns[schema.names.index(column)], cells)
    measure = classification_scores if schema.classes else regression_scores
    segments = []
    for name in dict.fromkeys(order):
        inside = np.array([each == name for each in names])
        if not inside.any():
            continue
        values = measure(truth[inside], predicted[inside])
        segments.append(
            {
                "segment": name,
                "rows": int(inside.sum()),
                "metrics": {metric: value for metric, value in values.items() if math.isfinite(value)},
            }
        )
    return {
        "column": column,
        "metric": "balanced_accuracy" if schema.classes else "rmse",
        "segments": segments,
    }


def _named(column: Column, cells: Sequence[str]) -> tuple[list[str], list[str]]:
    """The segment of each row, a word or the quarter in which a number lies; and the order of segments."""
    words = [word(cell) if cell else MISSING for cell in cells]
    counts = Counter(words)
    if column.kind == "numeric" and len(counts) > MAXIMUM_SEGMENTS:
        values = [column.numbers.read(cell) if cell else math.nan for cell in cells]
        known = [value for value in values if math.isfinite(value)]
        if known:
            shares = [number / QUARTERS for number in range(1, QUARTERS)]
            cuts = np.unique(np.quantile(known, shares)).tolist()
            names = [f"up to {cut:.6g}" for cut in cuts] + [f"above {cuts[-1]:.6g}", MISSING]
            return [names[_quarter(value, cuts)] for value in values], names
    if len(counts) > MAXIMUM_SEGMENTS:
        frequent = {name for name, _ in counts.most_common(MAXIMUM_SEGMENTS - 1)}
        words = [name if name in frequent else OTHERS for name in words]
        counts = Counter(words)
    # The largest first, and what is no value of the column last.
    return words, sorted(counts, key=lambda name: (name in (MISSING, OTHERS), -counts[name], name))


def _quarter(value: float, cuts: list[float]) -> int:
    """The position of a number among the segments; behind them all that of a missing one."""
    return len(cuts) + 1 if math.isnan(value) else int(np.searchsorted(cuts, value, side="left"))
