"""The model is the one that scikit-learn trains of the same rows, read and encoded by other means."""

import random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

import train
from conftest import Run
from features import Array
from hyperparameter import Hyperparameter
from hyperparameters import HYPERPARAMETERS
from model_schema import Column, Schema
from test_numbers import Frame, answers_of, frame, own_target

SETTINGS: dict[str, Any] = {
    "max_iter": 40,
    "n_iter_no_change": 20,
    "learning_rate": 0.2,
    "max_leaf_nodes": 7,
    "min_samples_leaf": 5,
    "random_state": 1,
}


def own_features(rows: Frame) -> Array:
    """The features of the flowers, made by pandas."""
    return np.column_stack(
        [
            pd.to_numeric(rows["petal"]).astype("float32"),
            *(
                np.where(codes < 0, np.nan, codes)
                for codes in (
                    pd.Categorical(rows["colour"], categories=["blue, pale", "red", "white"]).codes,
                    pd.Categorical(rows["wild"].str.lower(), categories=["false", "true"]).codes,
                )
            ),
        ]
    )


def test_the_endpoint_answers_as_a_model_that_others_train(run: Run) -> None:
    kind = HistGradientBoostingRegressor if run.target == "weight" else HistGradientBoostingClassifier
    parts = {
        name: (own_features(frame(run, name)), own_target(run, frame(run, name)))
        for name in ("train", "validation")
    }
    target = parts["train"][1]
    center, scale = (
        (target.mean(), 2.0 ** np.floor(np.log2(target.std()))) if run.target == "weight" else (0.0, 1.0)
    )
    model = kind(**SETTINGS, scoring="loss", early_stopping=True, categorical_features=[False, True, True])
    (features, target), (watched, truth) = parts["train"], parts["validation"]
    model.fit(features, (target - center) / scale, X_val=watched, y_val=(truth - center) / scale)
    rows = frame(run, "test")
    if run.target == "weight":
        expected = model.predict(own_features(rows)) * scale + center
    else:
        expected = model.predict_proba(own_features(rows))
    np.testing.assert_allclose(answers_of(run, rows), expected, rtol=1e-6, atol=1e-9)
    assert run.evaluation["training"]["rounds"] == model.n_iter_


def test_the_evaluation_tells_what_training_minimised(run: Run) -> None:
    training = run.evaluation["training"]
    metric = "rmse" if run.target == "weight" else "log_loss"
    assert training["metric"] == metric
    assert set(training["metrics"]) == {f"train_{metric}", f"validation_{metric}"}
    truth, answered = own_target(run, frame(run, "validation")), answers_of(run, frame(run, "validation"))
    if run.target == "weight":
        expected = ((truth - answered) ** 2).mean() ** 0.5
    else:
        expected = -np.log(answered[np.arange(len(truth)), truth]).mean()
    assert training["metrics"][f"validation_{metric}"] == pytest.approx(expected)


@pytest.mark.parametrize("declared", HYPERPARAMETERS, ids=lambda each: each.name)
def test_each_hyperparameter_reaches_the_estimator(declared: Hyperparameter) -> None:
    low = declared.above if declared.above is not None else declared.least or 0.0
    value = declared.read(max(int(low), 2) + 1 if declared.kind is int else low + 0.375)
    model = train.train(*table(), parameters={"max_iter": 2, declared.name: value})
    assert model.estimator.get_params()[declared.name] == value


def test_without_patience_every_round_is_kept() -> None:
    model = train.train(*table(), parameters={"max_iter": 60, "learning_rate": 1.0, "min_samples_leaf": 2})
    assert model.estimator.n_iter_ == 60
    patient = train.train(
        *table(),
        parameters={"max_iter": 60, "n_iter_no_change": 1, "learning_rate": 1.0, "min_samples_leaf": 2},
    )
    assert patient.estimator.n_iter_ < 60


def test_a_class_that_the_training_part_lacks_has_no_chance() -> None:
    schema, (features, _), (watched, _) = table()
    schema = Schema(
        target="y",
        problem_type="multiclass_classification",
        columns=schema.columns,
        classes=("a", "b", "c", "d"),
    )
    known, seen = np.array([0, 1, 3] * 14)[:40], np.array([0, 1, 2, 3] * 5)
    model = train.train(
        schema, (features, known), (watched, seen), parameters={"max_iter": 5, "n_iter_no_change": 2}
    )
    chances = model.predict_encoded(watched)
    assert chances.shape == (20, 4)
    assert (chances[:, 2] == 0).all()
    assert chances.sum(axis=1) == pytest.approx(1)
    assert np.isfinite(model.raw(watched)).all()


def test_a_column_of_more_categories_than_the_estimator_takes_is_used_all_the_same() -> None:
    names = tuple(f"c{number:03}" for number in range(300))
    schema = Schema(
        target="y", problem_type="regression", columns=(Column("x", "categorical", categories=names),)
    )
    features = np.arange(300, dtype="float32")[:, None]
    part = (features, features[:, 0].astype("float64"))
    model = train.train(schema, part, part, parameters={"max_iter": 20})
    assert np.corrcoef(model.predict_encoded(features), part[1])[0, 1] > 0.9


def table() -> tuple[Schema, tuple[Array, Array], tuple[Array, Array]]:
    """A schema of one number, with rows to train and to validate: a little signal, and noise."""
    chance = random.Random(3)
    schema = Schema(target="y", problem_type="regression", columns=(Column("x", "numeric"),))
    features = np.array([[chance.random()] for _ in range(60)], "float32")
    target = np.array([row[0] + chance.random() for row in features], "float64")
    return schema, (features[:40], target[:40]), (features[40:], target[40:])
