"""Step 2: train on the training part, stopping early on the validation part.

Reads the channels ``train``, ``validation`` and ``schema``; leaves the model and the schema in the model
folder, which SageMaker packs as ``model.tar.gz``. The code that serves it is in the image.
"""

from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import log_loss

import folders
import step
from features import Array
from hyperparameter import add_to
from hyperparameters import HYPERPARAMETERS
from learning import range_of, read
from model import Model
from model_schema import Schema

# Columns of more are taken as numbers.
# https://scikit-learn.org/1.8/modules/ensemble.html#categorical-features-support
MAXIMUM_CATEGORIES = 254
BACKGROUND_ROWS = 16

Part = tuple[Array, Array]


def main() -> None:
    """Run the step."""
    parser = step.Arguments(__doc__)
    add_to(parser, HYPERPARAMETERS)
    # What nobody gave is left to scikit-learn.
    parameters = {name: value for name, value in vars(parser.given()).items() if value is not None}
    schema = Schema.load(folders.channel("schema") / "schema.json")
    model = train(
        schema,
        read(schema, folders.channel("train"), "train"),
        read(schema, folders.channel("validation"), "validation"),
        parameters=parameters,
    )
    model.save(folders.model())


def train(schema: Schema, training: Part, validation: Part, *, parameters: dict[str, Any]) -> Model:
    """Train a model.

    Args:
        schema: What the columns are.
        training: Features and target of the training rows.
        validation: Features and target of the validation rows.
        parameters: scikit-learn's, by their names. With ``n_iter_no_change``, it stops after as many rounds
            without a better loss on the validation rows.
    """
    center, scale = (0.0, 1.0) if schema.classes else range_of(training[1])
    features, target = training[0], _scaled(schema, training[1], center, scale)
    watched = (
        _watched(schema, validation, target, center, scale) if "n_iter_no_change" in parameters else None
    )
    kind = HistGradientBoostingClassifier if schema.classes else HistGradientBoostingRegressor
    estimator = kind(
        **parameters,
        scoring="loss",
        early_stopping=watched is not None,
        categorical_features=[
            column.kind == "categorical" and len(column.categories) <= MAXIMUM_CATEGORIES
            for _, column in schema.used
        ],
    )
    if watched is None:
        estimator.fit(features, target)
    else:
        estimator.fit(features, target, X_val=watched[0], y_val=watched[1])
    model = Model(
        estimator=estimator,
        schema=schema,
        background=_background(features, parameters.get("random_state", 0)),
        center=center,
        scale=scale,
        training={},
    )
    metric = "log_loss" if schema.classes else "rmse"
    metrics = {
        f"{name}_{metric}": _measured(model, part)
        for name, part in (("train", training), ("validation", validation))
    }
    model.training.update(
        algorithm="Histogram-based gradient boosting (scikit-learn)",
        notes=f"{estimator.n_iter_} rounds"
        + (", until the loss on the validation rows no longer fell." if watched is not None else "."),
        metric=metric,
        rounds=int(estimator.n_iter_),
        metrics=metrics,
    )
    return model


def _scaled(schema: Schema, target: Array, center: float, scale: float) -> Array:
    return target if schema.classes else (target - center) / scale


def _watched(schema: Schema, validation: Part, known: Array, center: float, scale: float) -> Part | None:
    """The validation rows whose class the training part has; None if there are none."""
    features, target = validation[0], _scaled(schema, validation[1], center, scale)
    fits = np.isin(target, known) if schema.classes else np.ones(len(target), bool)
    return (features[fits], target[fits]) if fits.any() else None


def _background(features: Array, seed: int) -> Array:
    chosen = np.random.default_rng(seed).permutation(len(features))[:BACKGROUND_ROWS]
    return features[np.sort(chosen)]


def _measured(model: Model, part: Part) -> float:
    features, target = part
    predicted = model.predict_encoded(features)
    if model.schema.classes:
        return float(log_loss(target, predicted, labels=range(len(model.schema.classes))))
    return float(np.sqrt(np.mean((predicted - target) ** 2)))


if __name__ == "__main__":
    step.run(main)
