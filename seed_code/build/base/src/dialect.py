"""How a text file writes a table: compression, encoding, delimiter, quotes. Decided once, from a sample."""

import bz2
import codecs
import csv
import gzip
import io
import lzma
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import parquet
from errors import DataError
from parquet import Parquet

# Enough for the header of the widest table, and a few rows of it.
SAMPLE_BYTES = 2**23
SAMPLE_RECORDS = 500
# The last one is Hive's.
DELIMITERS = (",", ";", "\t", "|", "\x01")
DELIMITER_NAMES = {"\t": "tab", "\x01": "\\x01"}
# Of a cell. Without a limit one quote that is never closed would swallow the file.
MAXIMUM_CHARACTERS = 2**20

_COMPRESSIONS: dict[bytes, tuple[str, Callable[..., Any]]] = {
    b"\x1f\x8b": ("gzip", gzip.open),
    b"BZh": ("bzip2", bz2.open),
    b"\xfd7zXZ\0": ("xz", lzma.open),
}
COMPRESSION_ERRORS = (EOFError, gzip.BadGzipFile, lzma.LZMAError, zlib.error)
# What else people take for a CSV file, by its first bytes.
_OTHERS = {
    b"PK\x03\x04": "a ZIP archive or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an Excel workbook",
    b"\x28\xb5\x2f\xfd": "a file compressed by Zstandard",
    b"ORC": "an ORC file",
    b"Obj\x01": "an Avro file",
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"SQLite format": "a database",
}
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# Excel's hint to itself in the first line.
_HINT = re.compile(r'\A"?sep=(.)"?\r?(?:\n|\Z)', re.IGNORECASE)


@dataclass(frozen=True)
class Dialect:
    """How a file writes a table.

    Attributes:
        encoding: The name of a codec.
        compression: ``gzip``, ``bzip2``, ``xz`` or nothing.
        delimiter: What separates cells.
        escape: A backslash where it, and not a second quote, stands before a quote in a cell.
        skipped: How many lines come before the header.
    """

    encoding: str
    compression: str = ""
    delimiter: str = ","
    escape: str = ""
    skipped: int = 0

    @property
    def sentence(self) -> str:
        """What was decided."""
        delimiter = DELIMITER_NAMES.get(self.delimiter, self.delimiter)
        said = [f"{self.encoding.removesuffix('-sig').upper()} text", f'delimiter "{delimiter}"']
        said += [f"compressed by {self.compression}"] if self.compression else []
        said += ["quotes escaped by a backslash"] if self.escape else []
        return ", ".join(said)

    def reader(self, lines: IO[str]) -> Any:
        """A CSV reader of lines."""
        csv.field_size_limit(MAXIMUM_CHARACTERS)
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            escapechar=self.escape or None,
            doublequote=not self.escape,
            strict=True,
        )

    def open(self, path: Path) -> IO[str]:
        """Open a file behind the lines that come before the header."""
        opened = _open_bytes(path, self.compression)
        lines = io.TextIOWrapper(opened, encoding=self.encoding, newline="")
        for _ in range(self.skipped):
            lines.readline()
        return lines


def decide(path: Path, encoding: str = "auto") -> tuple[Dialect | Parquet, list[list[str]]] | None:
    """Decide how a file is written.

    Args:
        path: The file.
        encoding: The name of a codec; ``auto`` decides.

    Returns:
        The dialect and the first records, the header first; None when the file is empty, or Parquet without
        rows.

    Raises:
        DataError: It is no table.
    """
    with path.open("rb") as file:
        start = file.read(16)
    if start.startswith(parquet.MARK):
        return parquet.begin(path)
    for mark, kind in _OTHERS.items():
        if start.startswith(mark):
            raise DataError(f"{path.name} is {kind}; export the table as a CSV file in UTF-8.")
    compression = next((name for mark, (name, _) in _COMPRESSIONS.items() if start.startswith(mark)), "")
    try:
        with _open_bytes(path, compression) as opened:
            content = opened.read(SAMPLE_BYTES + 1)
    except COMPRESSION_ERRORS as error:
        raise DataError(f"{path.name} is damaged ({error}); store it again.") from error
    complete = len(content) <= SAMPLE_BYTES
    found = _encoding(path, content, complete) if encoding == "auto" else encoding
    text = _decoded(path, content, found, complete)
    if not text.strip():
        return None
    if "\0" in text:
        raise DataError(f"{path.name} holds binary data; export the table as a CSV file in UTF-8.")
    hint = _HINT.match(text)
    candidates = [
        Dialect(found, compression, delimiter, escape, 1 if hint else 0)
        for escape in ("", "\\")
        for delimiter in ((hint[1],) if hint else DELIMITERS)
    ]
    body = text[hint.end() :] if hint else text
    tried = [(candidate, *_records(candidate, body, complete)) for candidate in candidates]
    dialect, records, _ = max(tried, key=lambda each: _score(each[1], each[2]))
    if not records:
        raise DataError(
            f"{path.name}, line 1, is not CSV; name the columns in it, quote names by double quotes, and "
            "double those within."
        )
    if len(records[0]) < 2:
        raise DataError(
            f"{path.name} is not a table: its first line has one field; begin the file with the names of "
            "the columns, a feature and the target at least, separated by commas."
        )
    return dialect, records


def _open_bytes(path: Path, compression: str) -> IO[bytes]:
    openers = dict(_COMPRESSIONS.values())
    opened: IO[bytes] = openers[compression](path, "rb") if compression else path.open("rb")
    return opened


def _encoding(path: Path, content: bytes, complete: bool) -> str:
    """Decide an encoding: by its mark, as UTF-8, or as Windows-1252 where the text is western for sure."""
    for mark, name in _MARKS.items():
        if content.startswith(mark):
            return name
    try:
        codecs.getincrementaldecoder("utf-8")().decode(content, final=complete)
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    if b"\0" not in content and _is_western(content):
        return "windows-1252"
    raise DataError(
        f"{path.name} is not text in UTF-8; export the table as a CSV file in UTF-8, or name its encoding "
        "in config.toml."
    )


def _is_western(content: bytes) -> bool:
    """Whether letters beyond ASCII stand alone among those of ASCII, as in French, German or Spanish.

    Texts of other alphabets are long runs of such bytes in every encoding, and would become other letters.
    """
    try:
        content.decode("windows-1252")
    except UnicodeDecodeError:
        return False
    runs = re.findall(rb"[\x80-\xff]+", content)
    letters = len(re.findall(rb"[\x9a\x9c\x9e\x9f\xc0-\xff]", content))
    long = sum(len(run) > 2 for run in runs)
    return 20 * long <= len(runs) and 2 * letters >= len(runs)


def _decoded(path: Path, content: bytes, encoding: str, complete: bool) -> str:
    try:
        return codecs.getincrementaldecoder(encoding)().decode(content, final=complete)
    except LookupError as error:
        raise DataError(f'There is no encoding "{encoding}"; name one that Python knows.') from error
    except UnicodeError as error:
        raise DataError(f"{path.name} is not text in {encoding} ({error}); name its encoding.") from error


def _records(dialect: Dialect, text: str, complete: bool) -> tuple[list[list[str]], bool]:
    """The first records of a sample, and whether they could be read."""
    records: list[list[str]] = []
    try:
        for record in dialect.reader(io.StringIO(text, newline="")):
            if len(records) > SAMPLE_RECORDS:
                return records[:-1], True
            if record:
                records.append(record)
    except csv.Error as error:
        cut = not complete and "unexpected end" in str(error)
        return records, cut
    # A sample ends within a record.
    return (records if complete else records[:-1]), True


def _score(records: list[list[str]], readable: bool) -> tuple[bool, bool, float, int]:
    """How well a dialect fits: rows as wide as the header, and wide ones."""
    if not records:
        return False, False, 0.0, 0
    width = len(records[0])
    alike = sum(len(record) == width for record in records) / len(records)
    return width > 1, readable, alike, width
