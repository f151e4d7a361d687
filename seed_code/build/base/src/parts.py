"""The parts of the data between the steps: CSV files that are read as they were written, on every Python.

Every cell is quoted, so that no text in one can be taken for the end of a row. Missing cells are empty, and
only they are: what else counts as missing was decided before.
"""

import csv
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

NAMES = ("train", "validation", "test")


class PartWriter(AbstractContextManager["PartWriter"]):
    """Writes a part."""

    def __init__(self, path: Path, header: Sequence[str]) -> None:
        """Begin a file.

        Args:
            path: The file; its folder is made.
            header: The names of the columns.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("w", encoding="utf-8", newline="")
        self._writer: Any = csv.writer(self._file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        self._writer.writerow(header)

    def write(self, cells: Sequence[str]) -> None:
        """Write a row."""
        self._writer.writerow(cells)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def read_part(location: Path) -> Iterator[list[str]]:
    """Yield the rows of a part, its header first.

    Args:
        location: Its file, or the folder of its files.
    """
    csv.field_size_limit(2**31 - 1)
    paths = sorted(location.glob("*.csv")) if location.is_dir() else [location]
    for number, path in enumerate(paths):
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file, strict=True)
            header = next(rows)
            if not number:
                yield header
            yield from rows


def path_of(folder: Path, name: str) -> Path:
    """Where a part is in its folder."""
    return folder / f"{name}.csv"


def paths_of(folder: Path, name: str, files: int) -> list[Path]:
    """Where a part in several files is in its folder: the first of them as if it were the only one."""
    return [path_of(folder, name), *(path_of(folder, f"{name}-{number}") for number in range(1, files))]
