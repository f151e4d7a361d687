"""What each feature adds to a prediction: Shapley values, estimated by orders of the features.

For each of a few rows of the training part, the features of a row replace its features one after the other,
in an order by chance; by what the prediction changes at each, that feature adds. The values are the means.
https://doi.org/10.1007/s10115-013-0679-x
"""

from collections.abc import Iterable, Sequence

import numpy as np

from encoding import Cell
from features import Array, matrix
from model import Model

METHOD = "Shapley values, estimated over orders of the features against rows of the training data"
SEED = 1
# Predictions of single rows; a table of many columns is explained against fewer rows.
MOST_PREDICTIONS = 2_000_000


def contributions(model: Model, rows: Iterable[Sequence[Cell]]) -> Array:
    """Split each prediction into what its features add.

    Args:
        model: The model.
        rows: A cell for each column of the schema.

    Returns:
        By row, output and feature, and behind the features what is expected without them; they add up to the
        prediction. `Model.raw` says what the outputs are.
    """
    features = matrix(model.schema, rows)
    count = features.shape[1]
    affordable = MOST_PREDICTIONS // max(len(features) * count, 1)
    background = model.background[: max(affordable, 1)]
    chance = np.random.default_rng(SEED)
    total: Array = np.zeros((0, 0, 0))
    for row in background:
        mixed = np.repeat(row[None, :], len(features), axis=0)
        before = model.raw(mixed)
        added = np.zeros((*before.shape, count + 1))
        added[:, :, -1] = before
        for feature in chance.permutation(count):
            mixed[:, feature] = features[:, feature]
            after = model.raw(mixed)
            added[:, :, feature] = after - before
            before = after
        total = added if not total.size else total + added
    return total / len(background)
