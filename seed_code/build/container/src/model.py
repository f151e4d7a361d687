"""A trained model: loaded from its folder, and asked for predictions."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import joblib
import numpy as np

from encoding import Cell
from features import Array, matrix
from model_schema import Schema

ESTIMATOR = "model.joblib"
TRAINING = "training.json"
SCHEMA = "schema.json"


@dataclass(frozen=True, kw_only=True)
class Model:
    """A trained estimator and the schema of its data.

    Attributes:
        estimator: Of scikit-learn.
        schema: What the columns are.
        background: Encoded rows of the training part, against which predictions are explained.
        center: What was subtracted from the target of a regression before training.
        scale: By what it was divided then.
        training: What `train.train` says of how it came about.
    """

    estimator: Any
    schema: Schema
    background: Array
    center: float
    scale: float
    training: dict[str, Any]

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Load a model.

        The file of the estimator may run code: load none but what a pipeline of yours has left.

        Args:
            folder: The unpacked ``model.tar.gz``.
        """
        estimator, background = joblib.load(folder / ESTIMATOR)
        told = json.loads((folder / TRAINING).read_text(encoding="utf-8"))
        return cls(
            estimator=estimator,
            schema=Schema.load(folder / SCHEMA),
            background=background,
            center=told["center"],
            scale=told["scale"],
            training=told["training"],
        )

    def save(self, folder: Path) -> None:
        """Leave everything in a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        joblib.dump((self.estimator, self.background), folder / ESTIMATOR)
        told = {"center": self.center, "scale": self.scale, "training": self.training}
        (folder / TRAINING).write_text(json.dumps(told, indent=2), encoding="utf-8")
        self.schema.save(folder / SCHEMA)

    def predict(self, rows: Iterable[Sequence[Cell]]) -> Array:
        """Predict rows.

        Args:
            rows: A cell for each column of the schema.

        Returns:
            Numbers in the unit of the target; or the chances of each class, a row of them for each row.

        Raises:
            RowError: A cell does not fit its column.
        """
        return self.predict_encoded(matrix(self.schema, rows))

    def predict_encoded(self, features: Array) -> Array:
        """As `predict`, of rows that `features.matrix` has encoded."""
        if not len(features):
            return np.empty((0, len(self.schema.classes)) if self.schema.classes else 0)
        if not self.schema.classes:
            predicted: Array = self.estimator.predict(features)
            return predicted * self.scale + self.center
        return self._of_classes(self.estimator.predict_proba(features), 0.0)

    def raw(self, features: Array) -> Array:
        """What the trees add up to, a row of outputs for each row.

        A regression has one output, in the unit of the target; two classes have one, the log-odds of the
        second; more classes have one each, before they are made chances.
        """
        if not self.schema.classes:
            return self.predict_encoded(features)[:, None]
        decided: Array = self.estimator.decision_function(features)
        return decided[:, None] if decided.ndim == 1 else self._of_classes(decided, float(decided.min()))

    def _of_classes(self, columns: Array, missing: float) -> Array:
        """A column for each class of the schema; the training part may lack one."""
        every = np.full((len(columns), len(self.schema.classes)), missing)
        every[:, self.estimator.classes_] = columns
        return every
