"""A Parquet file is read as the CSV file of the same table, row group by row group."""

import datetime
import decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

import parquet
from errors import DataError
from reading import Row, open_table


def written(folder: Path, name: str = "a.parquet", **columns: Any) -> Path:
    pq.write_table(pa.table(columns), folder / name, row_group_size=2)
    return folder


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(None, "", id="missing"),
        pytest.param(True, "true", id="boolean"),
        pytest.param(float("nan"), "", id="not a number"),
        pytest.param(0.1, "0.1", id="number"),
        pytest.param(1e300, "1e+300", id="large number"),
        pytest.param(2**63 - 1, "9223372036854775807", id="integer"),
        pytest.param(decimal.Decimal("1E+3"), "1000", id="large decimal"),
        pytest.param(decimal.Decimal(2**70), "1180591620717411303424", id="integer beyond 64 bits"),
        pytest.param(decimal.Decimal("0.00000001"), "0.00000001", id="decimal"),
        pytest.param(datetime.date(2026, 1, 2), "2026-01-02", id="date"),
        pytest.param(datetime.datetime(2026, 1, 2, 3), "2026-01-02T03:00:00", id="time"),
        pytest.param(" a, b ", "a, b", id="text"),
    ],
)
def test_a_value_is_the_cell_that_a_csv_file_would_have(tmp_path: Path, value: object, expected: str) -> None:
    folder = written(tmp_path, a=[value, value], b=["x", "y"])
    assert [row.cells for row in open_table(folder).rows()] == [[expected, "x"], [expected, "y"]]


def test_row_groups_and_files_are_one_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "BATCH_ROWS", 3)
    written(tmp_path, "part-00000.snappy.parquet", a=[1, 2, 3, 4, 5], b=list("vwxyz"))
    written(tmp_path, "part-00001.snappy.parquet", a=pa.array([], "int64"), b=pa.array([], "string"))
    written(tmp_path, "part-00002.snappy.parquet", a=[6], b=["u"])
    (tmp_path / "_SUCCESS").touch()
    table = open_table(tmp_path)
    assert list(table.rows()) == [
        *(
            Row("part-00000.snappy.parquet", number, [str(number), "uvwxyz"[number]])
            for number in range(1, 6)
        ),
        Row("part-00002.snappy.parquet", 1, ["6", "u"]),
    ]
    assert next(table.rows()).place == "part-00000.snappy.parquet, row 1"
    assert "Parquet" in table.sentence


def test_an_index_that_pandas_wrote_has_no_name(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1.5, 2.5], "b": ["x", "y"]}, index=[3, 7])
    frame.to_parquet(tmp_path / "a.parquet")
    table = open_table(tmp_path)
    assert table.header == ("a", "b", "Unnamed: 2")
    assert table.nameless == {"Unnamed: 2"}


@pytest.mark.parametrize(
    ("texts", "option", "mark"),
    [
        pytest.param(["1,5", "22,75"], "auto", ",", id="decided by texts, and not by numbers"),
        pytest.param(["1.5", "22.75"], "auto", ".", id="points"),
        pytest.param(["x", "y"], ",", ",", id="an option"),
    ],
)
def test_numbers_have_the_decimal_mark_of_texts(
    tmp_path: Path, texts: list[str], option: str, mark: str
) -> None:
    folder = written(tmp_path, a=[0.5, 1.25], c=[decimal.Decimal("0.10"), None], b=texts)
    table = open_table(folder, decimal=option)
    assert table.decimal == mark
    assert [row.cells[:2] for row in table.rows()] == [[f"0{mark}5", f"0{mark}10"], [f"1{mark}25", ""]]


def test_what_is_no_table_of_single_values_is_refused(tmp_path: Path) -> None:
    written(tmp_path, a=[[1], [2]], b=["x", "y"])
    with pytest.raises(DataError, match=r'The column "a" of a\.parquet holds list<.*>; give its parts'):
        open_table(tmp_path)


def test_a_table_may_be_in_files_of_both_kinds(tmp_path: Path) -> None:
    written(tmp_path, a=[0.5], b=["x"])
    (tmp_path / "b.csv").write_text("a;b\n1,5;x\n2,5;y\n", encoding="utf-8")
    assert [row.cells for row in open_table(tmp_path).rows()] == [["0,5", "x"], ["1,5", "x"], ["2,5", "y"]]


@pytest.mark.parametrize("cut", [8, -8], ids=["at its beginning", "at its end"])
def test_a_damaged_file_is_refused(tmp_path: Path, cut: int) -> None:
    path = written(tmp_path, a=[1], b=["x"]) / "a.parquet"
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(DataError, match=r"a\.parquet is damaged"):
        open_table(tmp_path)


def test_a_page_that_is_damaged_is_told(tmp_path: Path) -> None:
    numbers = list(range(20_000))
    path = written(tmp_path, a=numbers, b=[str(number) for number in numbers]) / "a.parquet"
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 2000] = bytes(2000)
    path.write_bytes(bytes(content))
    with pytest.raises(DataError, match=r"a\.parquet is damaged"):
        list(open_table(tmp_path).rows())
