"""A part of the data as XGBoost reads it: in memory, or batch by batch from the disk where it is large.

https://xgboost.readthedocs.io/en/release_3.2.0/tutorials/external_memory.html
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xgboost

from features import Array
from model import for_xgboost, kinds
from model_schema import Schema

# Features of a part that are held in memory: 128 MiB of single precision, and three times that in XGBoost.
MEMORY_CELLS = 2**25
BATCH_CELLS = 2**23


@dataclass(frozen=True)
class Part:
    """Encoded rows.

    Attributes:
        features: The features of all rows, or the files of batches of them.
        target: The target of all rows.
    """

    features: Array | list[Path]
    target: Array

    @classmethod
    def gather(cls, batches: Iterable[tuple[Array, Array]], scratch: Path) -> "Part":
        """Gather batches, in memory as long as they are few.

        Args:
            batches: Features and target of some rows each.
            scratch: An empty folder for files.
        """
        kept: list[Array] = []
        targets: list[Array] = []
        files: list[Path] = []
        for features, target in batches:
            kept.append(features)
            targets.append(target)
            if sum(each.size for each in kept) > (BATCH_CELLS if files else MEMORY_CELLS):
                files += _spilled(kept, scratch, len(files))
                kept = []
        if files:
            files += _spilled(kept, scratch, len(files))
        return cls(files or np.concatenate(kept), np.concatenate(targets))

    def for_xgboost(
        self, schema: Schema, label: Array, reference: xgboost.DMatrix | None = None
    ) -> xgboost.DMatrix:
        """What XGBoost reads.

        Args:
            schema: What the columns are.
            label: The target as it is learned.
            reference: Of the training part, whose bins the validation part has, too.
        """
        if not isinstance(self.features, list):
            return for_xgboost(schema, self.features, label)
        in_bins = reference if isinstance(reference, xgboost.ExtMemQuantileDMatrix) else None
        return xgboost.ExtMemQuantileDMatrix(
            Batches(self.features, label, kinds(schema)),
            ref=in_bins,
            missing=math.nan,
            enable_categorical=True,
        )


class Batches(xgboost.DataIter):  # type: ignore[misc, unused-ignore]
    """Hands the files of a part to XGBoost, one after the other, as often as it asks."""

    def __init__(self, files: list[Path], label: Array, feature_types: list[str]) -> None:
        self._files, self._label, self._types = files, label, feature_types
        self._next = self._row = 0
        super().__init__(cache_prefix=str(files[0].with_suffix("")))

    def next(self, input_data: Callable[..., Any]) -> bool:
        """Hand over the next batch; false when there is none."""
        if self._next == len(self._files):
            return False
        features = np.load(self._files[self._next])
        label = self._label[self._row : self._row + len(features)]
        input_data(data=features, label=label, feature_types=self._types)
        self._next, self._row = self._next + 1, self._row + len(features)
        return True

    def reset(self) -> None:
        """Begin again."""
        self._next = self._row = 0


def _spilled(kept: list[Array], scratch: Path, first: int) -> list[Path]:
    """Write what is in memory to files of a batch each."""
    if not kept:
        return []
    features = np.concatenate(kept)
    rows = max(1, BATCH_CELLS // features.shape[1])
    paths = []
    for number, start in enumerate(range(0, len(features), rows), first):
        paths.append(scratch / f"{number:05}.npy")
        np.save(paths[-1], features[start : start + rows])
    return paths
