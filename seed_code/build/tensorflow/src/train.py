"""Step 2: train a network on the training part, stopping early on the validation part.

Reads the channels ``train``, ``validation`` and ``schema``; leaves the model as a SavedModel, the schema and
the endpoint's code in the model folder, which SageMaker packs as ``model.tar.gz``.
"""

import json
import math
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

import folders
import step
from features import Array
from hyperparameter import add_to
from hyperparameters import HYPERPARAMETERS
from learning import complete, range_of, read
from model import BATCH, SAVED, TRAINING
from model_schema import Schema
from network import Served, build, widened

ENDPOINT_FILES = ("inference.py", "inputs.py")
REGRESSION, CLASSIFICATION = "mean_squared_error", "sparse_categorical_crossentropy"


@dataclass(frozen=True)
class Trained:
    """What comes of a training.

    Attributes:
        served: What is saved.
        summary: What was minimised, and how far; a value of the target's error is in its own unit.
    """

    served: Served
    summary: dict[str, Any]


def main() -> None:
    """Run the step."""
    parser = step.Arguments(__doc__)
    add_to(parser, HYPERPARAMETERS)
    given = vars(parser.given())
    schema = Schema.load(folders.channel("schema") / "schema.json")
    trained = train(
        schema,
        read(schema, folders.channel("train"), "train"),
        read(schema, folders.channel("validation"), "validation"),
        given,
    )
    save(trained, schema, folders.model())


def train(
    schema: Schema, training: tuple[Array, Array], validation: tuple[Array, Array], given: dict[str, Any]
) -> Trained:
    """Train a network and keep its best epoch.

    Args:
        schema: What the columns are.
        training: Features and target of the training rows.
        validation: Features and target of the validation rows.
        given: The hyperparameters; without patience all epochs are trained, and the best is kept anyway.
    """
    # Equal data and settings give an equal network.
    keras.utils.set_random_seed(given["seed"])
    tf.config.experimental.enable_op_determinism()
    center, scale = (0.0, 1.0) if schema.classes else range_of(training[1])
    metric = CLASSIFICATION if schema.classes else REGRESSION
    network = build(schema, training[0], given)
    network.compile(optimizer=keras.optimizers.Adam(given["learning_rate"]), loss=metric)
    parts = {
        name: (widened(features), target if schema.classes else (target - center) / scale)
        for name, (features, target) in (("train", training), ("validation", validation))
    }
    epochs, best = fit(network, parts["train"], parts["validation"], given)
    values = {f"{name}_{metric}": loss(network, *part) * scale**2 for name, part in parts.items()}
    for name, value in values.items():
        print(f"{name}: {value:.6g}")
    summary = {
        "algorithm": "TensorFlow (Keras, a network of dense layers)",
        "notes": f"Keras's loss is {metric}. Of {epochs} epochs the weights of epoch {best} are kept, the "
        "best on the validation rows.",
        "metric": metric,
        "rounds": best,
        "metrics": values,
    }
    return Trained(Served(network, (center, scale), 2 * len(schema.used)), summary)


def fit(
    network: keras.Model,
    training: tuple[Array, Array],
    validation: tuple[Array, Array],
    given: dict[str, Any],
) -> tuple[int, int]:
    """Train a network, and leave it with the weights of its best epoch.

    Keras's own `fit` does the same, and spends most of the time of a small table on starting each epoch.

    Args:
        network: The compiled network.
        training: Inputs and target of the training rows.
        validation: Inputs and target of the validation rows.
        given: The hyperparameters.

    Returns:
        How many epochs were trained, and the number of the best.
    """
    inputs, target = training
    chance = np.random.default_rng(given["seed"])
    patience = given["patience"] or given["epochs"]
    best, least, weights = 0, math.inf, network.get_weights()
    for epoch in range(1, given["epochs"] + 1):
        order = chance.permutation(len(inputs))
        for start in range(0, len(order), given["batch_size"]):
            batch = order[start : start + given["batch_size"]]
            network.train_on_batch(inputs[batch], target[batch])
        found = loss(network, *validation)
        if found < least:
            best, least, weights = epoch, found, network.get_weights()
        if epoch - best >= patience:
            break
    network.set_weights(weights)
    return epoch, best


def loss(network: keras.Model, inputs: Array, target: Array) -> float:
    """The loss of rows, without what regularization adds."""
    total = 0.0
    for start in range(0, len(inputs), BATCH):
        right = target[start : start + BATCH]
        predicted = network(inputs[start : start + BATCH], training=False)
        if target.dtype == "float64":
            total += float(((predicted.numpy()[:, 0] - right) ** 2).sum())
        else:
            each = keras.losses.sparse_categorical_crossentropy(right, predicted)
            total += float(each.numpy().astype("float64").sum())
    return total / len(inputs)


def save(trained: Trained, schema: Schema, folder: Path) -> None:
    """Leave the model, its schema and the code that serves it in a folder."""
    shutil.rmtree(folder / SAVED, ignore_errors=True)
    (folder / SAVED).mkdir(parents=True)
    trained.served.save(str(folder / SAVED))
    (folder / TRAINING).write_text(json.dumps(trained.summary, indent=2) + "\n", encoding="utf-8")
    complete(folder, schema, ENDPOINT_FILES)


if __name__ == "__main__":
    step.run(main)
