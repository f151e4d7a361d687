"""How files are found and read: dialects, encodings, compression, parts, and how a part comes back."""

import bz2
import gzip
import lzma
from collections.abc import Mapping
from pathlib import Path

import pytest

from errors import DataError
from parts import PartWriter, read_part
from reading import Table, open_table

HEADER = ("größe", "b")
LINES = [["5.5", "é"], ["6.5", "x"]]
TEXT = "größe,b\n5.5,é\n6.5,x\n"


def written(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def cells(table: Table) -> list[list[str]]:
    return [row.cells for row in table.rows()]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        pytest.param("a.csv", TEXT, "UTF-8 text", id="UTF-8"),
        pytest.param("a.csv", TEXT.encode("utf-8-sig"), "UTF-8 text", id="UTF-8 with a mark"),
        pytest.param("a.csv", TEXT.encode("utf-16"), "UTF-16 text", id="UTF-16, as Excel's Unicode text"),
        pytest.param("a.csv", TEXT.encode("utf-16-be"), None, id="UTF-16 without a mark"),
        pytest.param("a.csv", TEXT.encode("cp1252"), "WINDOWS-1252 text", id="Windows-1252"),
        pytest.param("a.csv", TEXT.replace("\n", "\r\n"), "UTF-8 text", id="CRLF"),
        pytest.param("a.csv", TEXT.replace("\n", "\r"), "UTF-8 text", id="CR"),
        pytest.param("a.csv", "\n" + TEXT.replace("\n", "\n\n"), "UTF-8 text", id="blank lines"),
        pytest.param("a.tsv", TEXT.replace(",", "\t"), 'delimiter "tab"', id="tabs"),
        pytest.param("a.txt", TEXT.replace(",", " ; "), 'delimiter ";"', id="semicolons and spaces"),
        pytest.param("a.csv", TEXT.replace(",", "|"), 'delimiter "|"', id="bars"),
        pytest.param("a.csv", TEXT.replace(",", "\x01"), 'delimiter "\\x01"', id="Hive"),
        pytest.param("a.csv", "sep=;\n" + TEXT.replace(",", ";"), 'delimiter ";"', id="Excel's hint"),
        pytest.param("a.csv.gz", gzip.compress(TEXT.encode()), "compressed by gzip", id="gzip"),
        pytest.param("a.csv", gzip.compress(TEXT.encode()), "compressed by gzip", id="gzip, unsaid"),
        pytest.param("a.csv.bz2", bz2.compress(TEXT.encode()), "compressed by bzip2", id="bzip2"),
        pytest.param("a.csv.xz", lzma.compress(TEXT.encode()), "compressed by xz", id="xz"),
        pytest.param("a.csv.gz", gzip.compress(TEXT.encode())[:-9], None, id="damaged gzip"),
        pytest.param("adult.test", TEXT, "UTF-8 text", id="a lonely file of any name"),
    ],
)
def test_a_file_is_read_as_it_is_written(
    tmp_path: Path, name: str, content: str | bytes, says: str | None
) -> None:
    folder = written(tmp_path, {name: content})
    if says is None:
        with pytest.raises(DataError, match=name):
            cells(open_table(folder))
    else:
        table = open_table(folder)
        assert says in table.sentence
        assert (table.header, cells(table)) == (HEADER, LINES)


@pytest.mark.parametrize(
    ("text", "header", "row"),
    [
        pytest.param('"a, b";c\n"1, 2";3\n', ("a, b", "c"), ["1, 2", "3"], id="commas in quoted cells"),
        pytest.param('a,"b\nc"\n1,2\n', ("a", "b\nc"), ["1", "2"], id="line break in the header"),
        pytest.param('a,b\n"1\r2",3\n', ("a", "b"), ["1\r2", "3"], id="bare CR in a cell"),
        pytest.param('a,b\n"say ""hi""",3\n', ("a", "b"), ['say "hi"', "3"], id="doubled quotes"),
        pytest.param('a,b\n"say \\"hi\\", he",3\n', ("a", "b"), ['say "hi", he', "3"], id="Spark's quotes"),
        pytest.param("a,b\n5\u2028 6,\x0c7\n", ("a", "b"), ["5\u2028 6", "7"], id="other line separators"),
        pytest.param("a;b\n1,5;2,5\n", ("a", "b"), ["1,5", "2,5"], id="decimal commas"),
        pytest.param(",b,\n1,2,3\n", ("Unnamed: 0", "b", "Unnamed: 2"), ["1", "2", "3"], id="nameless"),
    ],
)
def test_quotes_mean_what_they_mean_everywhere(
    tmp_path: Path, text: str, header: tuple[str, ...], row: list[str]
) -> None:
    table = open_table(written(tmp_path, {"a.csv": text}))
    assert (table.header, cells(table)) == (header, [row])


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        pytest.param("a;b\n5,75;1\n", ",", id="comma"),
        pytest.param("a;b\n5.75;1\n", ".", id="point"),
        pytest.param('a,b\n"6,750",1\n', ".", id="thousands"),
        pytest.param("a;b\n6,750;1\n", ",", id="three digits behind a comma, which cannot be a delimiter"),
        pytest.param("a;b\n1.234.567,5;1\n", ",", id="thousands and comma"),
        pytest.param('a,b\n"1,234.5",1\n"5,75",2\n3.5,2\n', ".", id="one that does not fit"),
        pytest.param('a,b\n"€ 5,75",1\n', ",", id="currency"),
        pytest.param("a,b\nx,1\n", ".", id="none"),
    ],
)
def test_the_decimal_mark_is_decided_once(tmp_path: Path, text: str, mark: str) -> None:
    table = open_table(written(tmp_path, {"a.csv": text}))
    assert table.decimal == mark
    assert f'decimal mark "{mark}"' in table.sentence


def test_what_spark_writes_is_one_table(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "part-00000-1a-c000.csv": "a,b\n1,2\n",
        "part-00001-1a-c000.csv": "",
        "part-00002-1a-c000.csv": "a,b\n",
        "part-00003-1a-c000.csv": "a,b\n3,4\n",
        "_SUCCESS": "",
        ".part-00000-1a-c000.csv.crc": b"\0\1",
        "_temporary/part-00000.csv": "c\n",
    }
    table = open_table(written(tmp_path, files))
    assert cells(table) == [["1", "2"], ["3", "4"]]
    assert table.left_out == ()


def test_parts_without_a_suffix_are_read(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"part-00000": "a,b\n1,2\n", "part-00001": "a,b\n3,4\n"}
    assert cells(open_table(written(tmp_path, files))) == [["1", "2"], ["3", "4"]]


def test_what_else_begins_with_the_name_of_a_file_is_left_out_and_said(tmp_path: Path) -> None:
    """S3 takes every key that begins as a location does."""
    files: dict[str, str | bytes] = {
        "q.csv": "a,b\n1,2\n",
        "q.csv.metadata": b"\0",
        "q.csv.bak": "a,b\n9,9\n",
    }
    table = open_table(written(tmp_path, files))
    assert cells(table) == [["1", "2"]]
    assert table.left_out == ("q.csv.bak", "q.csv.metadata")


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        pytest.param(
            {"q.csv": "a,b\n1,2\n", "q.csv.gz": gzip.compress(b"a,b\n1,2\n")},
            "q.csv.gz and q.csv are one table twice",
            id="a table beside its compressed copy",
        ),
        pytest.param(
            {"1.csv": "a,b\n1,2\n", "2.csv": "1,2\n"}, "write it into each part", id="a part without header"
        ),
        pytest.param(
            {"a.csv": ",".join(f"c{number}" for number in range(100_002)) + "\n"},
            "has 100,002 columns",
            id="too many columns",
        ),
        pytest.param(
            {"a.csv": "a,b\n1,2\n" + "x" * 2**21}, "has no complete row|is not CSV|cells", id="no rows"
        ),
        pytest.param(
            {"a.csv": b"a,b\n" + (b"1," + b"2" * 1000 + b"\n") * 9_000 + b"\xe9,2\n"},
            "a.csv, behind line .*is not text in utf-8",
            id="another encoding behind the sample",
        ),
        pytest.param(
            {"a.csv": '"Data Source","World Bank"\n\n"Last Updated","2024"\n\na,b,c\n1,2,3\n'},
            "line 5, has 3 cells where the header has 2; .* take away what is no row",
            id="lines above the header",
        ),
    ],
)
def test_what_is_not_one_table_is_refused(
    tmp_path: Path, files: dict[str, str | bytes], sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence):
        cells(open_table(written(tmp_path, files)))


def test_a_part_comes_back_as_it_was_written(tmp_path: Path) -> None:
    rows = [
        ["a", 'b "c"', "d\ne"],
        ["one\rline", "", "\r\n"],
        ["NA", "nan", "1.0"],
        ["\0", "\x1a", "\ufeff"],
        ["a\u2028b\x85c", "'", "\\"],
    ]
    with PartWriter(tmp_path / "x" / "part.csv", rows[0]) as part:
        for row in rows[1:]:
            part.write(row)
    assert list(read_part(tmp_path / "x" / "part.csv")) == rows
