"""A trained network: loaded from its folder as TensorFlow Serving loads it, and asked for predictions."""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

# Before TensorFlow is loaded, which otherwise tells what it finds of a machine.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import tensorflow as tf

from encoding import Cell
from features import Array, matrix
from model_schema import Schema
from network import widened

SAVED = Path("network", "1")
"""Where the SavedModel is in the model's folder: TensorFlow Serving wants a number below a name."""
TRAINING = "training.json"
# So many rows go through the network at once.
BATCH = 8192


@dataclass(frozen=True)
class Model:
    """A trained network and the schema of its data.

    Attributes:
        signature: What TensorFlow Serving calls by default.
        schema: What the columns are.
        training: What `train.train` says of how it came about.
    """

    signature: Any
    schema: Schema
    training: dict[str, Any]

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Load a model.

        Args:
            folder: The unpacked ``model.tar.gz``.
        """
        saved = tf.saved_model.load(str(folder / SAVED))
        training = json.loads((folder / TRAINING).read_text(encoding="utf-8"))
        return cls(saved.signatures["serving_default"], Schema.load(folder / "schema.json"), training)

    def predict(self, rows: Iterable[Sequence[Cell]]) -> Array:
        """Predict rows.

        Args:
            rows: A cell for each column of the schema.

        Returns:
            Numbers in the unit of the target; or the chances of each class, a row of them for each row.

        Raises:
            RowError: A cell does not fit its column.
        """
        return self.outputs(widened(matrix(self.schema, rows)))

    def outputs(self, inputs: Array) -> Array:
        """What the network says of inputs; see `predict`."""
        parts = [
            self.signature(inputs=tf.constant(inputs[start : start + BATCH]))["outputs"].numpy()
            for start in range(0, len(inputs), BATCH)
        ]
        return np.concatenate(parts)
