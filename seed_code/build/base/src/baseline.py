"""What the columns of the data look like, and how far other data is from it.

The statistic of drift is our own: the population stability index over tenths of numbers and over words, less
what it is by chance in samples of this size. Evidently, which does the same and more, is not in the images of
the steps; with its dependencies it would have to be installed at each start.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cells import word
from model_schema import CellError, Column, Numbers, Schema

TENTHS = 10
MAXIMUM_WORDS = 20
MISSING, OTHERS = "missing", "others"
# From here on a shift is called major (https://mwburke.github.io/data%20science/2018/04/29/population-stability-index.html).
NOTEWORTHY_DRIFT = 0.25

Counts = dict[str, int]


@dataclass(frozen=True)
class Drift:
    """How far a column is from what it was.

    Attributes:
        column: Its header.
        index: The population stability index, less what is expected by chance; 0 where nothing has changed.
    """

    column: str
    index: float


def describe(schema: Schema, header: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Describe the columns of the data, the target among them.

    Args:
        schema: What the columns are.
        header: The names of the columns.
        rows: A sample of the rows, as they were read.

    Returns:
        The content of ``baseline.json``: by column what it is, and how often each of its bins was seen.
    """
    described = {}
    for column in (*schema.columns, _target(schema)):
        if column.kind == "ignored":
            continue
        position = header.index(column.name)
        cells = [row[position] for row in rows]
        values = _numbers(schema, column, cells)
        cuts = _cuts([value for value in values if not math.isnan(value)]) if values else []
        words = [] if values else _frequent(schema, cells)
        described[column.name] = {
            "kind": column.kind,
            "cuts": cuts,
            "words": words,
            "counts": _count(schema, column, cells, cuts, words),
        }
    return {"target": schema.target, "problem_type": schema.problem_type, "columns": described}


def changes(before: Mapping[str, Any], schema: Schema) -> list[str]:
    """What a baseline has and the data lacks: columns that are gone, or are something else now."""
    kinds = {column.name: column.kind for column in (*schema.columns, _target(schema))}
    found = []
    if before["target"] != schema.target:
        found.append(f'the target was "{before["target"]}" and is "{schema.target}"')
    elif before["problem_type"] != schema.problem_type:
        found.append(f"{_words(before['problem_type'])} became {_words(schema.problem_type)}")
    for name, column in before["columns"].items():
        if name == before["target"]:
            continue
        if name not in kinds:
            found.append(f'"{name}" is gone')
        elif kinds[name] != column["kind"]:
            found.append(f'"{name}" was {column["kind"]} and is {kinds[name]}')
    return found


def drifts(
    before: Mapping[str, Any], schema: Schema, header: Sequence[str], rows: Sequence[Sequence[str]]
) -> list[Drift]:
    """Compare columns with what they were, the largest drift first.

    Args:
        before: A content of ``baseline.json``.
        schema: What the columns are now.
        header: The names of the columns.
        rows: A sample of the rows, as they were read.
    """
    found = []
    for column in (*schema.columns, _target(schema)):
        known = before["columns"].get(column.name)
        if known is None or known["kind"] != column.kind:
            continue
        position = header.index(column.name)
        cells = [row[position] for row in rows]
        counts = _count(schema, column, cells, known["cuts"], known["words"])
        found.append(Drift(column.name, stability_index(known["counts"], counts)))
    return sorted(found, key=lambda drift: -drift.index)


def stability_index(before: Mapping[str, int], after: Mapping[str, int]) -> float:
    """The population stability index of two counts, less its expectation where both are of one population.

    Half a row is added to each bin, so that an empty one has a logarithm. Without a change the index is about
    chi-squared with bins - 1 degrees of freedom, in units of 1/n + 1/m for samples of n and m rows
    (B. Yurdakul, Statistical Properties of Population Stability Index, 2018).
    """
    bins = [name for name in before if before[name] or after.get(name, 0)]
    first, second = sum(before.values()), sum(after.values())
    if len(bins) < 2 or not first or not second:
        return 0.0
    index = 0.0
    for name in bins:
        was = (before[name] + 0.5) / (first + 0.5 * len(bins))
        now = (after.get(name, 0) + 0.5) / (second + 0.5 * len(bins))
        index += (now - was) * math.log(now / was)
    return max(0.0, index - (len(bins) - 1) * (1 / first + 1 / second))


def _target(schema: Schema) -> Column:
    """The target as a column."""
    if schema.classes:
        return Column(schema.target, "categorical")
    return Column(schema.target, "numeric", numbers=schema.target_numbers)


def _numbers(schema: Schema, column: Column, cells: Sequence[str]) -> list[float]:
    """The numbers of a column, NaN for missing ones; nothing where it holds words."""
    if column.kind != "numeric":
        return []
    return [_number(column.numbers, "" if cell in schema.missing_texts else cell) for cell in cells]


def _number(numbers: Numbers, cell: str) -> float:
    if not cell:
        return math.nan
    try:
        return numbers.read(cell)
    except CellError:
        return math.nan


def _cuts(values: list[float]) -> list[float]:
    """Where the tenths of values end, each cut once; within the range that JSON can hold."""
    ordered = sorted(value for value in values if math.isfinite(value))
    if not ordered:
        return []
    places = [len(ordered) * number // TENTHS for number in range(1, TENTHS)]
    return sorted({ordered[place] for place in places})


def _frequent(schema: Schema, cells: Sequence[str]) -> list[str]:
    counts = Counter(word(cell) for cell in cells if cell not in schema.missing_texts)
    return [name for name, _ in sorted(counts.items(), key=lambda each: (-each[1], each[0]))][:MAXIMUM_WORDS]


def _count(
    schema: Schema, column: Column, cells: Sequence[str], cuts: Sequence[float], words: Sequence[str]
) -> Counts:
    """How many cells are in each bin: a number's is that of the first cut that is not below it."""
    counts = {str(number): 0 for number in range(len(cuts) + 1 if column.kind == "numeric" else len(words))}
    counts |= {OTHERS: 0, MISSING: 0}
    positions = {name: str(number) for number, name in enumerate(words)}
    for cell, value in zip(cells, _numbers(schema, column, cells) or [math.nan] * len(cells), strict=True):
        if column.kind == "numeric":
            name = MISSING if math.isnan(value) else str(sum(cut < value for cut in cuts))
        else:
            name = MISSING if cell in schema.missing_texts else positions.get(word(cell), OTHERS)
        counts[name] += 1
    return counts


def _words(name: str) -> str:
    return str(name).replace("_", " ")
