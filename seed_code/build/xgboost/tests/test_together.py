"""Two instances, each with half of the rows, give the model of one that has all."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import train
from conftest import Run
from evaluate import predict
from model import Model
from parts import PartWriter, path_of, read_part
from quick_training import ARGUMENTS

# Without chance, for it falls on other rows where each instance has its own.
TRAINING = (*ARGUMENTS, "--subsample", "1", "--colsample_bytree", "1")
SECONDS = 120


def hosts() -> list[str]:
    """Names of two instances: addresses of this machine that belong to this process alone."""
    third, fourth = divmod(os.getpid(), 250)
    return [f"127.{1 + third % 250}.{1 + fourth}.{number}" for number in (1, 2)]


def instance(run: Run, folder: Path, own: str, every: list[str]) -> "subprocess.Popen[bytes]":
    """Start the training of one instance, with its share of the rows."""
    data = folder / "input" / "data"
    shutil.copytree(run.folder / "input/data/schema", data / "schema")
    for name in ("train", "validation"):
        rows = read_part(run.folder / "input/data" / name)
        with PartWriter(path_of(data / name, name), next(rows)) as part:
            for number, cells in enumerate(rows):
                if every[number % len(every)] == own:
                    part.write(cells)
    config = folder / "input" / "config" / "resourceconfig.json"
    config.parent.mkdir()
    config.write_text(json.dumps({"current_host": own, "hosts": every}), encoding="utf-8")
    return subprocess.Popen(  # noqa: S603
        [sys.executable, str(Path(train.__file__)), *TRAINING],
        env={"PATH": os.environ["PATH"], "SAGEMAKER_BASE_DIR": str(folder), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


@pytest.mark.parametrize("run", ["weight"], indirect=True)
@pytest.mark.skipif(sys.platform != "linux", reason="other machines have one loopback address")
def test_two_processes_give_the_model_of_one(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = hosts()
    started = [instance(run, tmp_path / name, name, names) for name in names]
    try:
        said = [process.communicate(timeout=SECONDS)[0].decode() for process in started]
    finally:
        for process in started:
            process.kill()
    assert [process.returncode for process in started] == [0, 0], said
    first, second = (tmp_path / name / "model" for name in names)
    assert not second.exists()

    shutil.copytree(run.folder / "input", tmp_path / "alone" / "input")
    monkeypatch.setenv("SAGEMAKER_BASE_DIR", str(tmp_path / "alone"))
    monkeypatch.setattr(sys, "argv", ["train.py", *TRAINING])
    train.main()
    together, alone = Model.load(first), Model.load(tmp_path / "alone" / "model")
    assert together.training["rounds"] == pytest.approx(alone.training["rounds"], abs=2)
    for name, value in alone.training["metrics"].items():
        assert together.training["metrics"][name] == pytest.approx(value, rel=0.05, abs=0.02)
    test = run.folder / "processing/test"
    assert np.abs(predict(together, test) - predict(alone, test)).mean() < 0.05
    assert together.target_range == pytest.approx(alone.target_range)
