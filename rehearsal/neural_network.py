"""The story of the neural network: its product, its data, and where its versions are."""

import csv
import gzip
import os
import sys
from pathlib import Path

from emulator.machine.environments import FOLDER, prepare
from rehearsal.data import DataSet, check
from rehearsal.story import Candidate, ModelVersion

BUILD_PROJECT = "Train a neural network (TensorFlow)"

TARGET = "progression"
COLUMNS = ("age", "sex", "bmi", "blood_pressure", "tc", "ldl", "hdl", "tch", "ltg", "glucose")
"""What scikit-learn says of the columns:
https://scikit-learn.org/stable/datasets/toy_dataset.html#diabetes-dataset."""


def data() -> DataSet:
    """Ten measures of 442 patients, and how their diabetes went on in a year; part of scikit-learn."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    folder = prepare("xgboost").folder / "lib" / version / "site-packages" / "sklearn" / "datasets" / "data"
    path = FOLDER / "diabetes.csv"
    # Another rehearsal may read the file.
    part = path.with_suffix(f".{os.getpid()}")
    _write(part, folder)
    part.replace(path)
    return check(path, TARGET, name="Diabetes")


def _write(path: Path, folder: Path) -> None:
    """Put features and target, which scikit-learn keeps apart and without names, into one table."""
    parts = []
    for name in ("diabetes_data_raw.csv.gz", "diabetes_target.csv.gz"):
        with gzip.open(folder / name, "rt", encoding="ascii") as file:
            parts.append([line.split() for line in file])
    with path.open("w", encoding="utf-8", newline="") as table:
        writer = csv.writer(table)
        writer.writerow([*COLUMNS, TARGET])
        for features, target in zip(*parts, strict=True):
            writer.writerow([float(cell) for cell in (*features, *target)])


def registered(candidate: Candidate, artifact: str) -> ModelVersion:
    """A version of the central registry that training has registered there.

    Args:
        candidate: The version.
        artifact: Where its artifact is.
    """
    return ModelVersion(
        number=candidate.version, source_arn=candidate.arn, central_arn=candidate.arn, artifact=artifact
    )
