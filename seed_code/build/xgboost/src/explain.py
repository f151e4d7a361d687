"""What each feature adds to a prediction: the SHAP values that XGBoost computes of its own trees."""

from collections.abc import Iterable, Sequence

from encoding import Cell
from features import Array, matrix
from model import Model, for_xgboost

METHOD = "SHAP values of the trees, as XGBoost computes them (https://arxiv.org/abs/1802.03888)"


def contributions(model: Model, rows: Iterable[Sequence[Cell]]) -> Array:
    """Split each prediction into what its features add.

    Args:
        model: The model.
        rows: A cell for each column of the schema.

    Returns:
        By row, output and feature, and behind the features what is expected without them; they add up to the
        prediction. A regression has one output, in the unit of the target; two classes have one, the
        log-odds of the second; more classes have one each, before they are made chances.
    """
    schema = model.schema
    values: Array = model.booster.predict(for_xgboost(schema, matrix(schema, rows)), pred_contribs=True)
    values = values.astype("float64")
    if values.ndim == 2:
        values = values[:, None, :]
    if not schema.classes:
        center, scale = model.target_range
        values *= scale
        values[:, :, -1] += center
    return values
