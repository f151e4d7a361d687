"""Rows in portions: enough cells at once to be fast, and no more in memory, however wide a row is."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

CELLS = 200_000

Row = TypeVar("Row")


def chunks(rows: Iterable[Row], width: int) -> Iterator[list[Row]]:
    """Gather rows of so many cells each."""
    most = max(1, CELLS // max(1, width))
    chunk: list[Row] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == most:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
