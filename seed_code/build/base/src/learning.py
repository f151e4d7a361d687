"""What training reads of a part, and what it leaves for the endpoint, whatever the algorithm."""

import math
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from features import Array, labels, matrix
from model_schema import Schema
from parts import path_of, read_part

ENDPOINT_FILES = ("cells.py", "chunks.py", "encoding.py", "endpoint.py", "errors.py", "model_schema.py")
"""The modules with which every endpoint reads requests and writes answers."""


def read(schema: Schema, folder: Path, name: str) -> tuple[Array, Array]:
    """Read a part as features and target: classes as codes, numbers as they are."""
    rows = read_part(path_of(folder, name))
    position = next(rows).index(schema.target)
    answers: list[str] = []

    def features() -> Iterator[list[str]]:
        for cells in rows:
            answers.append(cells.pop(position))
            yield cells

    return matrix(schema, features()), labels(schema, answers)


def range_of(target: Array) -> tuple[float, float]:
    """Mean and spread of the target, by which it is brought to the range that defaults are for.

    The spread is a power of two, which changes no digit of a number.
    """
    unit = float(np.abs(target).max()) or 1.0
    center = float((target / unit).mean() * unit)
    spread = float((target / unit).std() * unit)
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
