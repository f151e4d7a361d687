"""The network: what scikit-learn measured of the features, dense layers of Keras, and the unit of the target.

All of it is in the graph that is saved, so that whatever serves it needs no more than the inputs.
"""

import os
from typing import Any

import numpy as np
from sklearn.preprocessing import StandardScaler

# Before TensorFlow is loaded, which otherwise tells what it finds of a machine.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import tensorflow as tf

from encoding import LARGEST
from features import Array
from model_schema import Schema

# So many spreads from its mean a number is at most: the rest of a long tail would drown all others.
FURTHEST = 8.0


def widened(matrix: Array) -> Array:
    """The inputs of a matrix of features, as `inputs.of_rows` makes them of rows."""
    missing = np.isnan(matrix)
    return np.concatenate([np.where(missing, 0, matrix), missing], axis=1, dtype="float32")


class Standardization(keras.layers.Layer):  # type: ignore[misc, unused-ignore]
    """Brings numbers to mean 0 and spread 1, and words to a 1 at their place.

    What is missing is what the training rows have on average: 0, or the share of each word. That it is
    missing is told only of columns of which cells were missing in training: no other weight would be trained.

    Attributes:
        mean: Of each number, as scikit-learn measured it on the training rows.
        spread: Likewise.
    """

    def __init__(self, schema: Schema, training: Array) -> None:
        """Measure the training rows.

        Args:
            schema: What the columns are.
            training: The matrix of their features, missing cells being NaN.
        """
        super().__init__(trainable=False)
        columns = [column for _, column in schema.used]
        self._width = len(columns)
        self._numbers = [place for place, column in enumerate(columns) if column.kind == "numeric"]
        self._words = {
            place: _shares(training[:, place], len(column.categories))
            for place, column in enumerate(columns)
            if column.kind == "categorical"
        }
        self._seen_missing = np.isnan(training).any(axis=0).astype("float32")
        if self._numbers:
            numbers = training[:, self._numbers].astype("float64")
            # Infinite ones, which would be all that is measured.
            numbers[np.abs(numbers) >= LARGEST] = np.nan
            # A column without any number has neither.
            numbers[:, np.isnan(numbers).all(axis=0)] = 0.0
            scaler = StandardScaler().fit(numbers)
            self.mean, self.spread = scaler.mean_, scaler.scale_

    def call(self, inputs: Any) -> Any:
        """Standardize inputs of `widened`."""
        missing = inputs[:, self._width :]
        parts = [missing * self._seen_missing]
        if self._numbers:
            # In double precision, in which the difference of two large numbers is one.
            numbers = tf.cast(tf.gather(inputs, self._numbers, axis=1), tf.float64)
            far = tf.clip_by_value((numbers - self.mean) / self.spread, -FURTHEST, FURTHEST)
            parts.append(tf.cast(far, tf.float32) * (1 - tf.gather(missing, self._numbers, axis=1)))
        for place, shares in self._words.items():
            at = tf.one_hot(tf.cast(inputs[:, place], tf.int32), len(shares))
            unknown = missing[:, place : place + 1]
            parts.append(at * (1 - unknown) + shares * unknown)
        return tf.concat(parts, axis=1)


def _shares(codes: Array, count: int) -> Array:
    """The share of each word among the known ones."""
    known = codes[~np.isnan(codes)].astype("int64")
    return (np.bincount(known, minlength=count) / max(1, len(known))).astype("float32")


def build(schema: Schema, training: Array, given: dict[str, Any]) -> keras.Model:
    """Build a network that is not trained yet.

    Args:
        schema: What the columns are.
        training: The matrix of the training rows.
        given: The hyperparameters.
    """
    inputs = keras.Input((2 * len(schema.used),), dtype="float32", name="inputs")
    values = Standardization(schema, training)(inputs)
    regularizer = keras.regularizers.L2(given["l2"]) if given["l2"] else None
    for _ in range(given["hidden_layers"]):
        values = keras.layers.Dense(
            given["hidden_units"], activation=given["activation"], kernel_regularizer=regularizer
        )(values)
        if given["dropout"]:
            values = keras.layers.Dropout(given["dropout"])(values)
    outputs = keras.layers.Dense(
        max(1, len(schema.classes)), activation="softmax" if schema.classes else None, name="outputs"
    )(values)
    return keras.Model(inputs, outputs)


class Served(tf.Module):  # type: ignore[misc, unused-ignore]
    """What is saved: the network with its answers in the unit of the target."""

    def __init__(self, network: keras.Model, target_range: tuple[float, float], width: int) -> None:
        """Trace the network.

        Args:
            network: The trained network.
            target_range: What was subtracted from the target of a regression, and by what it was divided.
            width: How many inputs a row has.
        """
        super().__init__()
        # All that is saved of the network, without what its optimizer remembers of each weight.
        self.layers = network.layers
        center, scale = (tf.constant(value, tf.float64) for value in target_range)
        regression = network.output_shape[-1] == 1

        def answer(inputs: Any) -> dict[str, Any]:
            raw = tf.cast(network(inputs, training=False), tf.float64)
            return {"outputs": raw[:, 0] * scale + center if regression else raw}

        taken = tf.TensorSpec([None, width], tf.float32, name="inputs")
        self.answer = tf.function(answer, input_signature=[taken])

    def save(self, folder: str) -> None:
        """Write a SavedModel, which TensorFlow Serving loads."""
        tf.saved_model.save(self, folder, signatures={"serving_default": self.answer})
