"""What training reads of a part, and what it leaves for the endpoint, whatever the algorithm."""

import math
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

from chunks import chunks
from features import Array, labels, matrix
from model_schema import Schema
from parts import path_of, read_part

ENDPOINT_FILES = ("cells.py", "chunks.py", "encoding.py", "endpoint.py", "errors.py", "model_schema.py")
"""The modules with which every endpoint reads requests and writes answers."""


def batches(schema: Schema, location: Path) -> Iterator[tuple[Array, Array]]:
    """Read a part some rows at a time, as features and target: classes as codes, numbers as they are."""
    rows = read_part(location)
    position = next(rows).index(schema.target)
    for portion in chunks(rows, len(schema.columns) + 1):
        target = labels(schema, [cells.pop(position) for cells in portion])
        yield matrix(schema, portion), target


def read(schema: Schema, folder: Path, name: str) -> tuple[Array, Array]:
    """Read a part at once; see `batches`."""
    features, targets = zip(*batches(schema, path_of(folder, name)), strict=True)
    return np.concatenate(features), np.concatenate(targets)


def range_of(
    target: Array,
    *,
    total: Callable[[Array], Array] = np.asarray,
    largest: Callable[[Array], Array] = np.asarray,
) -> tuple[float, float]:
    """Mean and spread of the target, by which it is brought to the range that defaults are for.

    The spread is a power of two, which changes no digit of a number.

    Args:
        target: The target of the rows of this instance.
        total: Adds the numbers of all instances up.
        largest: Finds the largest of them.
    """
    unit = float(largest(np.abs(target).max(keepdims=True))[0]) or 1.0
    values = target / unit
    count, added = total(np.array([len(values), values.sum()]))
    mean = added / count
    squares = total(np.array([((values - mean) ** 2).sum()]))[0]
    center, spread = float(mean * unit), float(np.sqrt(squares / count) * unit)
    return center, 2.0 ** math.floor(math.log2(spread)) if spread > 0 else 1.0


def complete(folder: Path, schema: Schema, files: Iterable[str]) -> None:
    """Add the schema and the code that serves it to a model's folder.

    Args:
        folder: The folder whose content becomes ``model.tar.gz``.
        schema: What the model was trained on.
        files: The algorithm's own modules, beside those of every endpoint.
    """
    code = folder / "code"
    code.mkdir(parents=True, exist_ok=True)
    schema.save(folder / "schema.json")
    for name in (*ENDPOINT_FILES, *files):
        shutil.copyfile(Path(__file__).with_name(name), code / name)
