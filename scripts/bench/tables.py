"""How the build seed's steps grow with the data: time and memory by rows and by columns."""

import os
import resource
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from base.places import REPOSITORY
from base.seeds import Seed

SEED = Seed("build/base", "build/xgboost")
COLUMNS = (100, 10_000, 100_000)
# The last are more than the steps hold in memory.
ROWS = (10_000, 1_000_000, 20_000_000)
FEW_ROWS, FEW_COLUMNS = 100, 3
ROUNDS = "5"
STEPS: Mapping[str, tuple[str, ...]] = {
    "preprocess": ("--target", "y"),
    "train": ("--num_round", ROUNDS),
    "evaluate": (),
}


@dataclass(frozen=True, kw_only=True)
class StepMeasure:
    """A step on a table.

    Attributes:
        rows: How many rows the table has.
        columns: How many columns, beside the target.
        step: The name of the script.
        seconds: How long a processor worked on it, which other work on the machine does not change.
        mebibytes: The most memory that it had.
    """

    rows: int
    columns: int
    step: str
    seconds: float
    mebibytes: float


def bench_tables() -> Iterator[StepMeasure]:
    """Run the steps on tables that grow, in the environment that stands for their image."""
    # By a process, for nothing imports the rehearsal.
    program = "from emulator.machine.environments import prepare; print(prepare('xgboost').python)"
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=True
    )
    python = Path(found.stdout.strip())
    sizes = [(FEW_ROWS, columns) for columns in COLUMNS] + [(rows, FEW_COLUMNS) for rows in ROWS]
    for rows, columns in sizes:
        with tempfile.TemporaryDirectory() as folder:
            yield from _measure(python, Path(folder), rows, columns)


def _measure(python: Path, folder: Path, rows: int, columns: int) -> Iterator[StepMeasure]:
    inputs = folder / "processing" / "input"
    (inputs / "data").mkdir(parents=True)
    write_table(inputs / "data" / "table.csv", rows, columns)
    for step, arguments in STEPS.items():
        usage = _run([str(python), str(SEED.compose() / "src" / f"{step}.py"), *arguments], folder)
        yield StepMeasure(
            rows=rows,
            columns=columns,
            step=step,
            seconds=usage.ru_utime + usage.ru_stime,
            # In kibibytes on Linux.
            mebibytes=usage.ru_maxrss / 1024,
        )
        if step == "preprocess":
            for part in ("train", "validation", "schema"):
                shutil.copytree(folder / "processing" / part, folder / "input" / "data" / part)
            for part in ("train", "test", "schema"):
                (folder / "processing" / part).rename(inputs / part)
        elif step == "train":
            (inputs / "model").mkdir()
            with tarfile.open(inputs / "model" / "model.tar.gz", "w:gz") as archive:
                archive.add(folder / "model", ".")


def write_table(path: Path, rows: int, columns: int) -> None:
    """Write a table of numbers with a word in each fifth column; the answer follows from the first."""
    pool = [f"{number * 0.618034 % 1:.4f}" for number in range(9973)]
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join([*(f"column {number}" for number in range(columns)), "y"]) + "\n")
        for row in range(rows):
            cells = [pool[(row * 7919 + number * 31) % len(pool)] for number in range(columns)]
            cells[4::5] = [("red", "blue", "green")[(row + number) % 3] for number in range(len(cells[4::5]))]
            file.write(",".join([*cells, "high" if cells[0] > "0.5" else "low"]) + "\n")


def _run(command: list[str], folder: Path) -> resource.struct_rusage:
    process = subprocess.Popen(
        command,
        env={"PATH": os.environ["PATH"], "SAGEMAKER_BASE_DIR": str(folder), "OMP_NUM_THREADS": "2"},
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise subprocess.CalledProcessError(status, command)
    return usage


def print_tables(console: Console, measures: list[StepMeasure]) -> None:
    """Print the measures as a table.

    Args:
        console: Where.
        measures: From `bench_tables`.
    """
    table = Table(title="Steps of the build seed", title_justify="left")
    for column in ("Rows", "Columns"):
        table.add_column(column, justify="right")
    table.add_column("Step")
    for column in ("Processor seconds", "Memory at most, MiB", "Microseconds a cell"):
        table.add_column(column, justify="right")
    for each in measures:
        cells = each.rows * (each.columns + 1)
        table.add_row(
            f"{each.rows:,}",
            f"{each.columns:,}",
            each.step,
            f"{each.seconds:.1f}",
            f"{each.mebibytes:,.0f}",
            f"{each.seconds / cells * 1e6:.2f}",
        )
    console.print(table)
