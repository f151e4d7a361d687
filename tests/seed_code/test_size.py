"""What the steps of the build seed hold in memory does not grow with the rows of the table."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from emulator.machine.environments import prepare
from scripts.bench.tables import SEED, write_table

FEW, MANY = 50_000, 300_000
COLUMNS = 3
STATUS = Path("/proc/self/status")
# Bytes a row: of what XGBoost keeps of each to train; a row of cells takes some hundred.
MOST_BYTES = {"preprocess": 10, "train": 60}
# Portions, samples, and what is kept, are as small beside these tables as they are beside those that need it.
SMALL = {"chunks.CELLS": 20_000, "split.COUNTED": 1_000, "dialect.SAMPLE_BYTES": 2**16}
LARGE = {"batches.MEMORY_CELLS": 2**16, "batches.BATCH_CELLS": 2**16}
STEPS = {"preprocess": SMALL, "train": {"chunks.CELLS": 20_000, **LARGE}}


@pytest.fixture(scope="module")
def peaks(tmp_path_factory: pytest.TempPathFactory) -> dict[int, dict[str, int]]:
    """The most bytes of each step, by rows and step."""
    return {rows: _peaks(rows, tmp_path_factory.mktemp(str(rows))) for rows in (FEW, MANY)}


def _peaks(rows: int, folder: Path) -> dict[str, int]:
    data = folder / "processing" / "input" / "data"
    data.mkdir(parents=True)
    write_table(data / "table.csv", rows, COLUMNS)
    found = {"preprocess": _peak("preprocess", folder, "--target", "y")}
    for part in ("train", "validation", "schema"):
        shutil.copytree(folder / "processing" / part, folder / "input" / "data" / part)
    return found | {"train": _peak("train", folder, "--num_round", "3")}


def _peak(step: str, folder: Path, *arguments: str) -> int:
    """Run a step, and return the most bytes that it had, which the system says of it alone."""
    program = [
        f"import sys; sys.path.insert(0, {str(SEED.compose() / 'src')!r})",
        *(f"import {name.partition('.')[0]}; {name} = {value}" for name, value in STEPS[step].items()),
        f"import step, {step}; step.run({step}.main)",
        f"print(open({str(STATUS)!r}).read())",
    ]
    done = subprocess.run(
        [str(prepare("xgboost").python), "-c", "\n".join(program), *arguments],
        env={"PATH": os.environ["PATH"], "SAGEMAKER_BASE_DIR": str(folder), "OMP_NUM_THREADS": "1"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found = re.search(r"^VmHWM:\s+(\d+) kB$", done.stdout, re.MULTILINE)
    assert found
    return int(found[1]) * 1024


@pytest.mark.skipif(not STATUS.exists(), reason="the system does not say how much memory a process had")
@pytest.mark.parametrize("step", STEPS)
def test_memory_does_not_grow_with_the_rows(peaks: dict[int, dict[str, int]], step: str) -> None:
    grown = peaks[MANY][step] - peaks[FEW][step]
    assert grown / (MANY - FEW) < MOST_BYTES[step], peaks
