"""The data that the story is played on, checked before anything starts.

Bad data should be refused within a second. The check is the one that the team's pipeline makes, on AWS and
here: the build seed's own program, run as its README says, so that both accept the same data and refuse it in
the same words.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

from base.places import REPOSITORY

CHECK = REPOSITORY / "seed_code" / "build" / "base" / "src" / "check.py"
REFUSED = 2

MAXIMUM_BYTES = 512 * 2**20
"""Several processes at once hold the data in memory; a rehearsal is no place for more."""


class DataError(Exception):
    """The data cannot be played; the message is one sentence for the person who gave it."""


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """A checked table.

    Attributes:
        name: What to call the data set.
        path: The file.
        target: The column to predict.
        columns: All columns, in their order.
        rows: Number of rows whose target is known.
        dropped: Number of rows whose target is missing; training leaves them out.
        findings: What else the check found, a sentence each.
        sample: Rows from all over the table without their target, as texts.
    """

    name: str
    path: Path
    target: str
    columns: tuple[str, ...]
    rows: int
    dropped: int
    findings: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]

    @property
    def sentence(self) -> str:
        """The data set in one sentence."""
        dropped = f" ({self.dropped:,} more lack it and are left out)" if self.dropped else ""
        count = len(self.columns) - 1
        return (
            f"{self.name}: {self.rows:,} rows{dropped}, {self.target} to be predicted from "
            f"{count} column{'' if count == 1 else 's'}"
        )


def default() -> DataSet:
    """Penguins of three species, measured near Palmer Station; part of the package `palmerpenguins`."""
    path = Path(str(distribution("palmerpenguins").locate_file("palmerpenguins/data/penguins.csv")))
    return check(path, "species", name="Palmer penguins")


def check(path: Path, target: str, *, name: str | None = None) -> DataSet:
    """Check that a model can be trained on a file.

    Args:
        path: A file whose first line names the columns.
        target: The column to predict.
        name: What to call the data set; the file's name without its suffix if left out.

    Raises:
        DataError: What is wrong with the file, where, and what to do.
    """
    _check_file(path)
    done = subprocess.run(
        [sys.executable, "-B", str(CHECK), "--json", "--target", target, str(path.absolute())],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode == REFUSED:
        raise DataError(done.stderr.strip())
    if done.returncode:
        raise DataError(f"{path} could not be checked: {done.stderr.strip().splitlines()[-1]}")
    found = json.loads(done.stdout)
    return DataSet(
        name=name or path.stem,
        path=path,
        target=target,
        columns=tuple(found["columns"]),
        rows=found["rows"],
        dropped=found["dropped"],
        findings=tuple(line for line in found["report"] if line.startswith("finding: ")),
        sample=tuple(tuple(row) for row in found["sample"]),
    )


def _check_file(path: Path) -> None:
    """Check what a rehearsal asks of a file, beside what the pipeline does."""
    if not path.exists():
        raise DataError(f"There is no file {path}; give DATA the path of a CSV file.")
    if not path.is_file():
        raise DataError(f"{path} is not a file; give DATA the path of a CSV file.")
    size = path.stat().st_size
    if size > MAXIMUM_BYTES:
        raise DataError(
            f"{path} has {size / 2**20:,.0f} MiB, and a rehearsal takes {MAXIMUM_BYTES / 2**20:,.0f} MiB at "
            "most; bring a sample of its rows."
        )
    try:
        with path.open("rb") as file:
            file.read(1)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from None
