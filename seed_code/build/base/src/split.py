"""To which part each row belongs, by the row alone: by a hash of its content, class by class.

The rows go by twice, first to be counted and then to be assigned, in portions of any size, and memory does
not grow with them. Up to `COUNTED` rows a class is split exactly; of a larger one, each row falls below a
part's share of all hashes or does not.
"""

import hashlib
import tempfile
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

TRAIN, VALIDATION, TEST = range(3)
# Keys of so many rows of a class, and of so many different rows, are kept to count them.
COUNTED = 100_000
# Fewer rows of a class than one for each part are in the training part alone.
FEWEST = 3
ALL_KEYS = 2**64
COUNTED_ROW = np.dtype([("key", "uint64"), ("class", "int32")])
_ODD = np.uint64(0x9E3779B97F4A7C15)


class Split:
    """The parts of a table: `count` every row, then `assign` them in the same order."""

    def __init__(self, *, seed: int, validation: float, test: float, classes: int = 1) -> None:
        """Begin to count.

        Args:
            seed: Another seed splits the same rows in another way.
            validation: The share of the validation part.
            test: The share of the test part.
            classes: How many classes there are; 1 for a regression.
        """
        self._prefix = hashlib.blake2b(f"{seed}\x1f".encode(), digest_size=8)
        self._validation, self._test = validation, test
        self._sizes = np.zeros(classes, "int64")
        self._kept: list[list[Array]] = [[] for _ in range(classes)]
        self._different: set[int] | None = set()
        self._bounds: Array | None = None
        self._seen: Counter[int] = Counter()
        # Of every row, for hashing takes time.
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  (it goes with this object)

    def count(self, rows: Sequence[Sequence[str]], classes: Array) -> None:
        """Count some rows.

        Args:
            rows: Cells, the target among them; missing ones are empty.
            classes: The code of each row's class; 0 for every row of a regression.
        """
        keys = self._keys(rows)
        counted = np.empty(len(rows), COUNTED_ROW)
        counted["key"], counted["class"] = keys, classes
        self._file.write(counted.tobytes())
        if self._different is not None:
            self._different.update(keys.tolist())
            if len(self._different) > COUNTED:
                self._different = None
        self._sizes += np.bincount(classes, minlength=len(self._sizes))
        for code in np.unique(classes):
            if self._sizes[code] > COUNTED:
                self._kept[code] = []
            else:
                self._kept[code].append(keys[classes == code])

    def assign(self, rows: int) -> Array:
        """Assign the next rows, when all have been counted.

        Args:
            rows: How many.

        Returns:
            The part of each row: `TRAIN`, `VALIDATION` or `TEST`.
        """
        if self._bounds is None:
            self._bounds = np.array([self._bounds_of(code) for code in range(len(self._sizes))], "uint64")
            self._file.seek(0)
        counted = np.frombuffer(self._file.read(rows * COUNTED_ROW.itemsize), COUNTED_ROW)
        keys = counted["key"]
        if self._different is not None:
            keys = _scattered(keys, self._number(keys))
        tested, validated = self._bounds[counted["class"]].T
        return np.where(keys < tested, TEST, np.where(keys < validated, VALIDATION, TRAIN))

    def _keys(self, rows: Sequence[Sequence[str]]) -> Array:
        keys = np.empty(len(rows), "uint64")
        for number, cells in enumerate(rows):
            digest = self._prefix.copy()
            digest.update("\x1f".join(cells).encode())
            keys[number] = int.from_bytes(digest.digest(), "big")
        return keys

    def _number(self, keys: Array) -> Array:
        """Number equal rows, of which a table of few different ones has many: all would be in one part."""
        order = np.argsort(keys, kind="stable")
        first, numbers = _numbered(keys[order])
        different = keys[order][first].tolist()
        before = np.array([self._seen[key] for key in different], "uint64")
        sizes = np.diff([*first, len(keys)])
        self._seen.update(dict(zip(different, sizes.tolist(), strict=True)))
        result = np.empty(len(keys), "uint64")
        result[order] = numbers + np.repeat(before, sizes)
        return result

    def _bounds_of(self, code: int) -> tuple[int, int]:
        """Below which keys the rows of a class are in the test part, and else in the validation part."""
        size = int(self._sizes[code])
        if size < FEWEST:
            return 0, 0
        if size > COUNTED:
            return int(self._test * ALL_KEYS), int((self._test + self._validation) * ALL_KEYS)
        keys = np.sort(np.concatenate(self._kept[code]))
        if self._different is not None:
            keys = np.sort(_scattered(keys, _numbered(keys)[1]))
        tested = min(max(1, round(size * self._test)), size - 2)
        validated = min(max(1, round(size * self._validation)), size - 1 - tested)
        return int(keys[tested]), int(keys[tested + validated])


def _numbered(ordered: Array) -> tuple[Array, Array]:
    """Where each key stands first among keys in their order, and the number of each among its equals."""
    first = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    numbers = np.arange(len(ordered)) - np.repeat(first, np.diff([*first, len(ordered)]))
    return first, numbers.astype("uint64")


def _scattered(keys: Array, numbers: Array) -> Array:
    """Scatter numbered keys over all 64 bits (the finalizer of SplitMix64).

    https://prng.di.unimi.it/splitmix64.c
    """
    values = keys + numbers * _ODD
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Array = values ^ (values >> np.uint64(31))
    return mixed
