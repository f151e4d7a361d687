"""A trained booster: loaded from its folder, and asked for predictions."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import xgboost

from encoding import Cell
from features import Array, matrix
from model_schema import Schema


@dataclass(frozen=True)
class Model:
    """A trained booster and the schema of its data."""

    booster: xgboost.Booster
    schema: Schema

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Load a model.

        Args:
            folder: The unpacked ``model.tar.gz``.
        """
        booster = xgboost.Booster()
        booster.load_model(folder / "model.json")
        return cls(booster, Schema.load(folder / "schema.json"))

    @property
    def training(self) -> dict[str, Any]:
        """What `train.train` says of how it came about."""
        summary: dict[str, Any] = json.loads(self.booster.attr("training"))
        return summary

    @property
    def target_range(self) -> tuple[float, float]:
        """What was subtracted from the target of a regression, and by what it was divided then."""
        center, scale = (float(self.booster.attr(f"target_{name}")) for name in ("center", "scale"))
        return center, scale

    def predict(self, rows: Iterable[Sequence[Cell]]) -> Array:
        """Predict rows.

        Args:
            rows: A cell for each column of the schema.

        Returns:
            Numbers in the unit of the target; or the chances of each class, a row of them for each row.

        Raises:
            RowError: A cell does not fit its column.
        """
        raw: Array = self.booster.predict(for_xgboost(self.schema, matrix(self.schema, rows)))
        raw = raw.astype("float64")
        if not self.schema.classes:
            center, scale = self.target_range
            return raw * scale + center
        return np.stack([1 - raw, raw], axis=1) if raw.ndim == 1 else raw


def kinds(schema: Schema) -> list[str]:
    """What XGBoost calls the kind of each feature."""
    return ["c" if column.kind == "categorical" else "q" for _, column in schema.used]


def for_xgboost(schema: Schema, features: Array, label: Array | None = None) -> xgboost.DMatrix:
    """What XGBoost reads: features without names, for it does not take all that people give to columns."""
    return xgboost.DMatrix(
        features, label=label, feature_types=kinds(schema), enable_categorical=True, missing=math.nan
    )
