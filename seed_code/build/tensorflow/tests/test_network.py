"""What each hyperparameter decides is seen in the network or its training; features are what they must be."""

import random
from typing import Any

import keras
import numpy as np
import pytest
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import train
from conftest import Run
from features import Array
from hyperparameters import HYPERPARAMETERS
from model_schema import Column, Schema
from network import Standardization, build, widened
from test_numbers import frame

SCHEMA = Schema(target="y", problem_type="regression", columns=(Column("x", "numeric"),))
GIVEN: dict[str, Any] = {
    "epochs": 3,
    "patience": None,
    "batch_size": 8,
    "learning_rate": 0.01,
    "seed": 1,
    "hidden_layers": 1,
    "hidden_units": 4,
    "activation": "relu",
    "dropout": 0.0,
    "l2": 0.0,
}


def table(rows: int = 40) -> tuple[Array, Array]:
    """A number, and a target that it tells with noise."""
    chance = random.Random(3)
    features = np.array([[chance.random()] for _ in range(rows)], "float32")
    return features, np.array([row[0] + chance.random() for row in features], "float64")


def network(**changes: Any) -> keras.Model:
    return build(SCHEMA, table()[0], GIVEN | changes)


def dense(built: keras.Model) -> list[keras.layers.Layer]:
    return [layer for layer in built.layers if isinstance(layer, keras.layers.Dense)]


def steps(**changes: Any) -> tuple[int, int, list[int], float]:
    """Epochs, the best of them, the sizes of the batches, and the rate of a training."""
    built = network()
    built.compile(optimizer=keras.optimizers.Adam(GIVEN["learning_rate"]), loss=train.REGRESSION)
    sizes: list[int] = []
    learn = built.train_on_batch

    def counted(inputs: Array, target: Array) -> None:
        sizes.append(len(inputs))
        learn(inputs, target)

    built.train_on_batch = counted
    inputs, target = table()
    epochs, best = train.fit(built, (widened(inputs), target), (widened(inputs), -target), GIVEN | changes)
    return epochs, best, sizes, float(built.optimizer.learning_rate)


def weights(**changes: Any) -> list[float]:
    """All weights of a network that `train.train` has made."""
    made = train.train(SCHEMA, table(), table(20), GIVEN | changes)
    arrays = [array for layer in made.served.layers for array in layer.get_weights()]
    return [float(value) for array in arrays for value in np.ravel(array)]


def test_every_hyperparameter_is_tried() -> None:
    assert set(GIVEN) == {each.name for each in HYPERPARAMETERS}


def test_the_network_is_as_wide_and_deep_as_it_is_said_to_be() -> None:
    assert [layer.units for layer in dense(network(hidden_layers=3, hidden_units=5))] == [5, 5, 5, 1]
    assert [layer.units for layer in dense(network(hidden_layers=0))] == [1]
    assert dense(network(activation="tanh"))[0].activation is keras.activations.tanh
    assert dense(network(activation="tanh"))[-1].activation is keras.activations.linear
    assert dense(network(l2=0.25))[0].kernel_regularizer.l2 == 0.25
    dropouts = [each for each in network(dropout=0.5).layers if isinstance(each, keras.layers.Dropout)]
    assert [each.rate for each in dropouts] == [0.5]


def test_a_training_is_as_long_as_it_is_said_to_be() -> None:
    epochs, _, sizes, rate = steps(epochs=2, batch_size=16)
    assert (epochs, sizes) == (2, [16, 16, 8, 16, 16, 8])
    assert rate == pytest.approx(0.01)
    # What is learned makes the validation part worse from some epoch on.
    patient, best, _, _ = steps(epochs=200, patience=3)
    assert patient == best + 3 < 200


def test_equal_seeds_give_equal_networks_and_others_do_not() -> None:
    assert weights() == weights() != weights(seed=2)
    assert weights() != weights(learning_rate=0.1)


def test_the_weights_of_the_best_epoch_are_kept() -> None:
    given = GIVEN | {"epochs": 40, "learning_rate": 0.5}
    schema, training, validation = SCHEMA, table(), table(20)
    made = train.train(schema, training, validation, given)
    shorter = train.train(schema, training, validation, given | {"epochs": made.summary["rounds"]})
    assert made.summary["rounds"] < 40
    assert made.summary["metrics"] == shorter.summary["metrics"]


def test_features_are_what_scikit_learns_own_pipeline_makes_of_them(run: Run) -> None:
    """A missing number is the mean, a missing word is none."""
    rows = frame(run, "train").drop(columns=run.target)
    rows["petal"] = rows["petal"].replace("", np.nan).astype("float64")
    rows["wild"] = rows["wild"].str.lower()
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    expected = make_column_transformer(
        (numbers, ["petal"]), (OneHotEncoder(sparse_output=False), ["colour", "wild"])
    ).fit_transform(rows)
    schema = Schema(
        target="y",
        problem_type="regression",
        columns=(
            Column("petal", "numeric"),
            Column("colour", "categorical", categories=("blue, pale", "red", "white")),
            Column("wild", "categorical", categories=("false", "true")),
        ),
    )
    codes = [schema.columns[1].categories.index(word) for word in rows["colour"]]
    wild = [schema.columns[2].categories.index(word) for word in rows["wild"]]
    matrix = np.stack([rows["petal"], codes, wild], axis=1).astype("float32")
    found = Standardization(schema, matrix)(widened(matrix)).numpy()
    assert found[:, :3].tolist() == np.isnan(matrix).tolist()
    # What was never missing in training: no weight has learned what that says.
    unknown = Standardization(schema, matrix)(widened(np.full((1, 3), np.nan, "float32"))).numpy()[0]
    shares = [(rows["colour"] == word).mean() for word in schema.columns[1].categories]
    np.testing.assert_allclose(unknown[:7], [1, 0, 0, 0, *shares], atol=1e-6)
    # The imputer widens the spread's sample by the mean, which StandardScaler leaves out.
    known = ~np.isnan(matrix[:, 0])
    shrunk = np.sqrt(known.mean())
    np.testing.assert_allclose(found[:, 3] / shrunk, expected[:, 0], atol=1e-5)
    np.testing.assert_array_equal(found[:, 4:], expected[:, 1:])


def test_numbers_far_away_and_columns_without_any_stay_finite() -> None:
    columns = (Column("huge", "numeric"), Column("empty", "numeric"))
    schema = Schema(target="y", problem_type="regression", columns=columns)
    matrix = np.array([[3.4028235e38, np.nan], [-3.4028235e38, np.nan], [0, np.nan]], "float32")
    found = Standardization(schema, matrix)(widened(matrix)).numpy()
    assert np.isfinite(found).all()
    assert found[:, 2].tolist() == [8, -8, 0]
    # Infinite numbers leave the others as far from each other as they are.
    some = np.array([[1, 0], [2, 0], [3, 0], [np.float32(3.4028235e38), 0]], "float32")
    np.testing.assert_allclose(
        Standardization(schema, some)(widened(some)).numpy()[:, 2], [-1.2247449, 0, 1.2247449, 8], rtol=1e-6
    )
    far = Standardization(schema, np.zeros((3, 2), "float32"))(widened(matrix)).numpy()
    assert far[:, 2].tolist() == [8, -8, 0]
