"""The one reader of tables: the files of a folder as rows of texts, whoever asks, CSV and Parquet alike.

Only as many rows as the caller keeps are in memory.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from cells import Decimal, read_number, undress
from dialect import COMPRESSION_ERRORS, Dialect, decide
from errors import DataError, shortened
from parquet import SUFFIXES, Parquet

TABLE_SUFFIXES = (".csv", ".tsv", ".tab", ".psv", ".txt", ".data", ".dat", *SUFFIXES)
COMPRESSED_SUFFIXES = (".gz", ".bz2", ".xz")
# What Hadoop and Spark call the parts of a table.
_PART = re.compile(r"part-[\w-]+")
# Beside the target. A row of empty cells still fits into the sample that is registered with a version.
MAXIMUM_COLUMNS = 100_000
# Files whose first rows are asked for the decimal mark.
SAMPLED_FILES = 10


class Row(NamedTuple):
    """A row of a table.

    Attributes:
        file: The name of its file.
        line: The line on which it ends, or in a Parquet file its number, from 1.
        cells: Texts without white space around them.
    """

    file: str
    line: int
    cells: list[str]

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{self.file}, {'row' if self.file.lower().endswith(SUFFIXES) else 'line'} {self.line}"


@dataclass(frozen=True)
class Table:
    """One table in one or several files.

    Attributes:
        header: The names of its columns; those without a name are called as pandas calls them.
        nameless: Which columns have no name.
        files: Its files that are not empty.
        dialects: How each file is written.
        left_out: Files beside them that are no tables by their names.
        decimal: What stands before the fraction of its numbers.
    """

    header: tuple[str, ...]
    nameless: frozenset[str]
    files: tuple[Path, ...]
    dialects: tuple[Dialect | Parquet, ...]
    left_out: tuple[str, ...]
    decimal: Decimal

    @property
    def sentence(self) -> str:
        """What was decided."""
        how = dict.fromkeys(dialect.sentence for dialect in self.dialects)
        names = shortened([path.name for path in self.files], 5)
        return f'Read {names}: {"; ".join(how)}, decimal mark "{self.decimal}".'

    def rows(self) -> Iterator[Row]:
        """Yield the rows of all files.

        Raises:
            DataError: A row has more or fewer cells than the header, or the text cannot be read.
        """
        for path, dialect in zip(self.files, self.dialects, strict=True):
            if isinstance(dialect, Parquet):
                for number, cells in enumerate(dialect.rows(path), 1):
                    yield Row(path.name, number, cells)
            else:
                yield from _rows(path, dialect, len(self.header))


def open_table(location: Path, encoding: str = "auto", decimal: str = "auto") -> Table:
    """Find the files of a table, and decide how they are written.

    Args:
        location: A folder, or a file.
        encoding: The name of a codec; ``auto`` decides for each file.
        decimal: ``.`` or ``,``; ``auto`` decides.

    Raises:
        DataError: There is no table, or its files differ.
    """
    files, left_out = _files(location)
    decided = {path: found for path in files if (found := decide(path, encoding))}
    if not decided:
        names = shortened([path.name for path in files], 3)
        raise DataError(f"{names} is empty; give a CSV file with a header row and data, or a Parquet file.")
    samples = list(decided.values())
    first = next(iter(decided))
    header, nameless = _header(first, samples[0][1][0])
    for path, (_, records) in decided.items():
        if _header(path, records[0])[0] != header:
            raise DataError(
                f"{path.name} and {first.name} have different headers; give them the same one, and write "
                "it into each part."
            )
    chosen = decimal if decimal != "auto" else _decimal(samples[:SAMPLED_FILES])
    mark: Decimal = "," if chosen == "," else "."
    return Table(
        header=header,
        nameless=nameless,
        files=tuple(decided),
        dialects=tuple(Parquet(mark) if isinstance(each, Parquet) else each for each, _ in samples),
        left_out=tuple(left_out),
        decimal=mark,
    )


def _files(location: Path) -> tuple[list[Path], list[str]]:
    """The files of a table, and the names of the others."""
    if location.is_file():
        return [location], []
    found = [
        path
        for path in sorted(location.rglob("*"))
        # What begins so is hidden, to Hadoop and Spark as well.
        if path.is_file() and not any(part[0] in "._" for part in path.relative_to(location).parts)
    ]
    tables = [path for path in found if _is_table(path.name)] or (found if len(found) == 1 else [])
    if not tables:
        names = shortened([path.name for path in found], 5) or "nothing"
        raise DataError(
            f"The input data has no CSV file (found: {names}); put at least one .csv or .parquet file there."
        )
    plain = [path for path in tables if path.suffix.lower() not in COMPRESSED_SUFFIXES]
    for path in tables:
        if path not in plain and path.with_suffix("") in plain:
            raise DataError(
                f"{path.name} and {path.with_suffix('').name} are one table twice; keep one of them at "
                "this location."
            )
    return tables, [path.name for path in found if path not in tables]


def _is_table(name: str) -> bool:
    stem, _, suffix = name.lower().rpartition(".")
    if f".{suffix}" in COMPRESSED_SUFFIXES and stem:
        return _is_table(stem)
    return f".{suffix}" in TABLE_SUFFIXES or _PART.fullmatch(name.lower()) is not None


def _header(path: Path, record: list[str]) -> tuple[tuple[str, ...], frozenset[str]]:
    names = [name.strip() for name in record]
    nameless = {f"Unnamed: {position}": position for position, name in enumerate(names) if not name}
    for name, position in nameless.items():
        names[position] = name
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise DataError(
                f'{path.name} has the column "{name}" twice in its header; give each column a name of its '
                "own."
            )
        seen.add(name)
    if len(names) > MAXIMUM_COLUMNS + 1:
        raise DataError(
            f"{path.name} has {len(names):,} columns; a model takes {MAXIMUM_COLUMNS:,} beside its target."
        )
    return tuple(names), frozenset(nameless)


def _rows(path: Path, dialect: Dialect, width: int) -> Iterator[Row]:
    line, name = 0, path.name
    try:
        with dialect.open(path) as lines:
            reader = dialect.reader(lines)
            header = True
            for cells in reader:
                line = reader.line_num + dialect.skipped
                if not cells:
                    continue
                if len(cells) != width:
                    raise DataError(
                        f"{path.name}, line {line}, has {len(cells):,} cells where the header has {width:,}; "
                        "give every row as many cells, quote those that contain the delimiter, and take "
                        "away what is no row."
                    )
                if not header:
                    yield Row(name, line, list(map(str.strip, cells)))
                header = False
    except csv.Error as error:
        raise DataError(
            f"{path.name}, line {line + 1}, is not CSV ({error}); quote cells by double quotes, and double "
            "those within."
        ) from error
    except UnicodeError as error:
        raise DataError(
            f"{path.name}, behind line {line}, is not text in {dialect.encoding}; export the table as a CSV "
            "file in UTF-8, or name its encoding in config.toml."
        ) from error
    except COMPRESSION_ERRORS as error:
        raise DataError(f"{path.name} is damaged ({error}); store it again.") from error


def _decimal(samples: list[tuple[Dialect | Parquet, list[list[str]]]]) -> Decimal:
    """Decide the decimal mark by the cells that can be read in one way only.

    ``6,750`` may be a number of thousands, and decides only where semicolons separate the cells: people who
    write them do so because the comma is taken.
    """
    votes = {".": 0, ",": 0}
    unsure = {".": 0, ",": 0}
    for dialect, records in samples:
        for cell in {cell.strip() for record in records[1:] for cell in record}:
            core = undress(cell)[0] if any(mark in cell for mark in ".,") else ""
            if not core:
                continue
            point, comma = read_number(core, "."), read_number(core, ",")
            if point is None and comma is not None:
                votes[","] += 1
            elif comma is None and point is not None:
                votes["."] += 1
            elif point is not None and dialect.delimiter == ";":
                unsure["," if "," in core else "."] += 1
    if not any(votes.values()):
        votes = unsure
    return "," if votes[","] > votes["."] else "."
