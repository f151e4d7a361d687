"""A part that is larger than memory gives the model of one that is not."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import batches
import folders
import train
from batches import Part
from conftest import Run
from evaluate import predict
from model import Model
from quick_training import ARGUMENTS


@pytest.fixture
def small_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory of fewer features than a table of the tests has, and batches of a few rows."""
    monkeypatch.setattr(batches, "MEMORY_CELLS", 40)
    monkeypatch.setattr(batches, "BATCH_CELLS", 30)


@pytest.mark.usefixtures("small_memory")
def test_a_part_is_gathered_in_the_order_of_its_rows(tmp_path: Path) -> None:
    rows = np.arange(200, dtype="float32").reshape(100, 2)
    part = Part.gather(
        ((rows[start : start + 7], rows[start : start + 7, 0]) for start in range(0, 100, 7)), tmp_path
    )
    assert isinstance(part.features, list)
    assert np.array_equal(np.concatenate([np.load(path) for path in part.features]), rows)
    assert np.array_equal(part.target, rows[:, 0])


@pytest.mark.usefixtures("small_memory")
def test_external_memory_gives_the_model_of_a_table_in_memory(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spilled: list[list[Path]] = []

    class Recorded(batches.Batches):
        def __init__(self, files: list[Path], *rest: Any) -> None:
            spilled.append(files)
            super().__init__(files, *rest)

    monkeypatch.setattr(batches, "Batches", Recorded)
    monkeypatch.setenv("SAGEMAKER_BASE_DIR", str(tmp_path))
    monkeypatch.setattr(folders, "channel", lambda name: run.folder / "input/data" / name)
    # Without chance, for it falls on other rows where they come in batches.
    monkeypatch.setattr(sys, "argv", ["train.py", *ARGUMENTS, "--subsample", "1", "--colsample_bytree", "1"])
    train.main()
    assert [len(files) > 1 for files in spilled] == [True, True]
    large = Model.load(tmp_path / "model")
    monkeypatch.setattr(batches, "MEMORY_CELLS", 10**9)
    train.main()
    usual = Model.load(tmp_path / "model")
    test = run.folder / "processing/test"
    assert predict(large, test) == pytest.approx(predict(usual, test), rel=0.05, abs=0.05)
