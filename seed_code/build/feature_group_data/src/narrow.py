"""Parquet files without some of their columns."""

from pathlib import Path

import pyarrow.parquet as pq  # type: ignore[import-untyped]


def leave_out(folder: Path, names: frozenset[str]) -> None:
    """Write the Parquet files of a folder anew, a group of rows at a time.

    Args:
        folder: The folder.
        names: The columns that go; one that a file does not have is none.
    """
    for path in sorted(folder.glob("*.parquet")):
        narrowed = path.with_suffix(".narrowed")
        with pq.ParquetFile(path) as file:
            kept = [name for name in file.schema_arrow.names if name not in names]
            schema = file.schema_arrow.remove_metadata()
            for name in names.intersection(schema.names):
                schema = schema.remove(schema.get_field_index(name))
            with pq.ParquetWriter(narrowed, schema) as writer:
                for group in range(file.num_row_groups):
                    writer.write_table(file.read_row_group(group, columns=kept).cast(schema))
        narrowed.replace(path)
