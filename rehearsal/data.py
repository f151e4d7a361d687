"""The data that the story is played on, checked before anything starts.

The team's pipeline makes these checks too, on AWS and here. They are made first because whoever brings bad
data should learn it in a second; a test holds both to the same limits.
"""

import csv
import difflib
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

MINIMUM_ROWS = 30
MAXIMUM_CLASSES = 100
MAXIMUM_LABEL_BYTES = 100
MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "?")
DELIMITERS = ",;\t|"
ROWS_TO_SPLIT_A_CLASS = 3
"""One row each to train, to stop training early, and to test."""

MAXIMUM_BYTES = 512 * 2**20
"""Several processes at once hold the data in memory; a rehearsal is no place for more."""


class DataError(Exception):
    """The data cannot be played; the message is one sentence for whoever brought it."""


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """A checked CSV file.

    Attributes:
        name: What to call the data set.
        path: The file.
        delimiter: What separates its cells.
        target: The column to predict.
        columns: All columns, in their order.
        rows: Number of rows whose target is known.
        dropped: Number of rows whose target is missing; training leaves them out.
    """

    name: str
    path: Path
    delimiter: str
    target: str
    columns: tuple[str, ...]
    rows: int
    dropped: int

    @property
    def sentence(self) -> str:
        """The data set in one sentence."""
        dropped = f" ({self.dropped:,} more lack it and are left out)" if self.dropped else ""
        count = len(self.columns) - 1
        return (
            f"{self.name}: {self.rows:,} rows{dropped}, {self.target} to be predicted from "
            f"{count} column{'' if count == 1 else 's'}"
        )

    def features(self) -> Iterator[list[str]]:
        """Yield each row without its target, as texts."""
        position = self.columns.index(self.target)
        with self.path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=self.delimiter)
            next(reader)
            for row in reader:
                if row:
                    yield row[:position] + row[position + 1 :]


def default() -> DataSet:
    """Penguins of three species, measured near Palmer Station; part of the package `palmerpenguins`."""
    path = Path(str(distribution("palmerpenguins").locate_file("palmerpenguins/data/penguins.csv")))
    return check(path, "species", name="Palmer penguins")


def check(path: Path, target: str, *, name: str | None = None) -> DataSet:
    """Check that a model can be trained on a file.

    Args:
        path: A CSV file in UTF-8 whose first line names the columns.
        target: The column to predict.
        name: What to call the data set; the file's name without its suffix if left out.

    Raises:
        DataError: What is wrong with the file, where, and what to do.
    """
    delimiter = _check_file(path)
    table = _read(path, delimiter)
    columns = _check_header(path, next(table), target)
    position = columns.index(target)
    labels: Counter[str] = Counter()
    features: list[set[str]] = [set() for _ in columns]
    missing = 0
    for row in table:
        label = row[position].strip()
        if label in MISSING:
            missing += 1
            continue
        labels[label] += 1
        for seen, cell in zip(features, row, strict=True):
            if len(seen) < 2 and cell.strip() not in MISSING:
                seen.add(cell.strip())
    if not labels and not missing:
        raise DataError(f"{path} has a line of column names and no rows below it.")
    _check_target(path, target, labels)
    if all(len(seen) < 2 for column, seen in zip(columns, features, strict=True) if column != target):
        raise DataError(
            f"{path}: no column besides {target!r} varies, so there is nothing to predict it from."
        )
    return DataSet(
        name=name or path.stem,
        path=path,
        delimiter=delimiter,
        target=target,
        columns=columns,
        rows=labels.total(),
        dropped=missing,
    )


def _check_file(path: Path) -> str:
    """Check that a file may be a table of text, and return what separates its cells."""
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
            start = file.read(2**16)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from None
    if not start.strip():
        raise DataError(f"{path} is empty; bring a CSV file with a line of column names and rows below it.")
    if b"\0" in start:
        raise DataError(f"{path} is not a CSV file: it holds binary data; export the table as CSV in UTF-8.")
    first = start.decode("utf-8-sig", errors="replace").lstrip().splitlines()[0]
    delimiter = max(DELIMITERS, key=first.count)
    if delimiter not in first:
        raise DataError(
            f"{path} is not a CSV file: its first line has one field, and a table needs a target and a "
            "column to predict it from."
        )
    return delimiter


def _read(path: Path, delimiter: str) -> Iterator[list[str]]:
    """Yield the rows of a file, the header first, each with as many cells."""
    line = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            width = 0
            for row in reader:
                line = reader.line_num
                if not row:
                    continue
                width = width or len(row)
                if len(row) != width:
                    raise DataError(
                        f"{path}, line {line}, has {len(row)} cells where the header has {width}; give every "
                        "row as many cells, and quote those that contain the separator."
                    )
                yield row
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path} is not a CSV file in UTF-8 (byte {error.object[error.start]:#04x} is no text in it); "
            "export it as CSV in UTF-8."
        ) from None
    except csv.Error as error:
        raise DataError(f"{path}, line {line + 1}, is not CSV: {error}.") from None


def _check_header(path: Path, header: list[str], target: str) -> tuple[str, ...]:
    columns = tuple(cell.strip() for cell in header)
    repeated = sorted({column for column in columns if columns.count(column) > 1})
    if "" in columns:
        raise DataError(f"{path} has a column without a name; give each column a name of its own.")
    if repeated:
        raise DataError(f"{path} names the column {repeated[0]!r} twice; give each column a name of its own.")
    if target not in columns:
        close = difflib.get_close_matches(target, columns, n=1)
        shown = ", ".join(map(repr, columns[:12])) + (" and more" if len(columns) > 12 else "")
        hint = f"did you mean {close[0]!r}?" if close else f"its columns are {shown}."
        raise DataError(f"{path} has no column {target!r}; {hint}")
    return columns


def _check_target(path: Path, target: str, labels: Counter[str]) -> None:
    if not labels:
        raise DataError(f"{path}: every value of {target!r} is missing, so there is nothing to learn.")
    if len(labels) == 1:
        raise DataError(
            f"{path}: {target!r} is {next(iter(labels))!r} in every row, so there is nothing to predict; "
            "choose a column that varies."
        )
    if labels.total() < MINIMUM_ROWS:
        raise DataError(
            f"{path} has {labels.total()} rows with a value of {target!r}, and at least {MINIMUM_ROWS} are "
            "needed to train on some and test on others."
        )
    if all(map(_is_number, labels)):
        return
    if len(labels) > MAXIMUM_CLASSES:
        raise DataError(
            f"{path}: {target!r} holds {len(labels):,} distinct texts, and a classification takes at most "
            f"{MAXIMUM_CLASSES} classes; choose a column of fewer classes, or of numbers."
        )
    longest = max(len(label.encode()) for label in labels)
    if longest > MAXIMUM_LABEL_BYTES:
        raise DataError(
            f"{path}: {target!r} holds a text of {longest} bytes, and the label of a class has at "
            f"most {MAXIMUM_LABEL_BYTES}; choose a column of shorter labels."
        )
    if max(labels.values()) < ROWS_TO_SPLIT_A_CLASS:
        raise DataError(
            f"{path}: no class of {target!r} has {ROWS_TO_SPLIT_A_CLASS} rows, so none can be split into "
            "rows to train on and rows to test on; choose a column that repeats."
        )


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
