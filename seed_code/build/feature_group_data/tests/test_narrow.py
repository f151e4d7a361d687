"""Columns that say who and when are left out, and all else stays as it is."""

from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

import narrow


def test_columns_are_left_out_of_each_file(tmp_path: Path) -> None:
    table = pa.table({"who": [1, 2, 3], "spend": [1.5, None, 2.5], "city": ["a", "b", None]})
    for number, rows in enumerate((table, table.slice(1, 1))):
        pq.write_table(rows, tmp_path / f"queried-{number}.parquet", row_group_size=2)
    narrow.leave_out(tmp_path, frozenset({"who", "event_time"}))
    expected = table.select(["spend", "city"])
    assert pq.read_table(tmp_path / "queried-0.parquet").equals(expected)
    assert pq.read_table(tmp_path / "queried-1.parquet").equals(expected.slice(1, 1))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["queried-0.parquet", "queried-1.parquet"]
