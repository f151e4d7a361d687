"""What each feature adds to a prediction: Shapley values, sampled over orders of the features.

A row starts as another of the given rows, and takes over its own features one by one; what the prediction
moves by is what the feature adds (https://doi.org/10.1007/s10115-013-0679-x). An order is followed forwards
and backwards, which takes the chance out of what two features do together. Whatever the orders are, what is
added makes up the prediction.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from encoding import Cell
from features import Array, matrix
from model import Model
from network import widened

METHOD = "Shapley values, sampled over orders of the features and other rows (SHAP's permutation method)"
PAIRS = 8
"""Pairs of orders for each row."""
# Rows that go through the network at most; a feature or a pair of orders more costs each row two passes more.
MAXIMUM_PASSES = 1_000_000
SEED = 1


def contributions(model: Model, rows: Iterable[Sequence[Cell]]) -> Array:
    """Split each prediction into what its features add.

    Args:
        model: The model.
        rows: A cell for each column of the schema.

    Returns:
        By row, output and feature, and behind the features what is expected without them; they add up to the
        prediction. A regression has one output, in the unit of the target; two classes have one, the chance
        of the second; more classes have one each. Of many rows and features, some rows are left out.
    """
    schema = model.schema
    count = len(schema.used)
    given = widened(matrix(schema, rows))
    most = max(2, MAXIMUM_PASSES // (2 * PAIRS * (count + 1)))
    given = given[:: max(1, -(-len(given) // most))]
    chance = np.random.default_rng(SEED)
    total = np.zeros((len(given), max(1, len(schema.classes) - (len(schema.classes) == 2)), count + 1))
    for _ in range(PAIRS):
        others = given[chance.permutation(len(given))]
        order = chance.permutation(count)
        for each in (order, order[::-1]):
            mixed = others.copy()
            before = _outputs(model, mixed)
            total[:, :, count] += before
            for feature in each:
                mixed[:, [feature, count + feature]] = given[:, [feature, count + feature]]
                after = _outputs(model, mixed)
                total[:, :, feature] += after - before
                before = after
    return np.asarray(total / (2 * PAIRS))


def _outputs(model: Model, inputs: Array) -> Array:
    outputs = model.outputs(inputs)
    if not model.schema.classes:
        return outputs[:, None]
    return outputs[:, 1:] if outputs.shape[1] == 2 else outputs
