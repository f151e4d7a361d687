"""The rows that both endpoints and the model itself were asked, and which of them are worth showing."""

from collections.abc import Sequence
from dataclasses import dataclass

from rehearsal.record import Prediction

MOST = 6
"""More rows tell no more."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row that is shown.

    Attributes:
        cells: Its cells, each with the column's name.
        answers: What each version answered.
    """

    cells: tuple[tuple[str, str], ...]
    answers: tuple[Prediction, ...]


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What came of the comparison.

    Attributes:
        versions: The versions, in the order in which they were asked.
        asked: How many rows each was asked.
        equal: How many of all answers were the same in test, in production and by the model itself.
        given: How many answers were given.
        rows: Rows to show, whose answers differ from each other.
        label: How they were chosen, in a sentence.
    """

    versions: tuple[int, ...]
    asked: int
    equal: int
    given: int
    rows: tuple[Row, ...]
    label: str


def answers(predictions: Sequence[Prediction], columns: Sequence[str]) -> Answers:
    """Sum up what was answered, and choose rows whose answers differ.

    Args:
        predictions: Every answer.
        columns: Names of the cells of a request.
    """
    versions = tuple(dict.fromkeys(row.version for row in predictions))
    by_version = [[row for row in predictions if row.version == version] for version in versions]
    together = list(zip(*by_version, strict=True))
    chosen, label = _choose(together)
    return Answers(
        versions=versions,
        asked=len(together),
        equal=sum(_is_equal(row) for row in predictions),
        given=len(predictions),
        rows=tuple(
            Row(cells=tuple(zip(columns, given[0].request, strict=True)), answers=given) for given in chosen
        ),
        label=label,
    )


def _is_equal(row: Prediction) -> bool:
    return row.test == row.production == row.model


def _choose(together: Sequence[tuple[Prediction, ...]]) -> tuple[list[tuple[Prediction, ...]], str]:
    """Choose rows, and say how."""
    if broken := [given for given in together if not all(map(_is_equal, given))]:
        return broken[:MOST], f"Shown are {min(len(broken), MOST)} of the {len(broken)} that were not."
    first = {tuple(row.production for row in given): given for given in reversed(together)}
    different = [given for given in together if first[tuple(row.production for row in given)] is given]
    if len(different) == 1:
        return different, "Every row got the same answer; the first one is shown."
    if len(different) <= MOST:
        return different, "Shown is the first row for each answer that the versions gave."
    if all(_is_number(row.production) for given in different for row in given):
        different.sort(key=lambda given: float(given[-1].production))
        places = [round(place * (len(different) - 1) / (MOST - 1)) for place in range(MOST)]
        return [different[place] for place in places], (
            f"Shown are {MOST} of them, from the lowest answer to the highest."
        )
    return different[:MOST], f"Shown are the first {MOST} rows with different answers."


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
