"""What an ignored column would tell of the target, so that anyone who ignores it knows what it costs."""

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from typing import Any

BINS = 10
# Less than this may be chance.
NOTEWORTHY = 0.1

_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*")


def explained(texts: Sequence[str], target: Sequence[float] | Sequence[str]) -> float:
    """Which share of the target's variance a column explains, from 0 to 1.

    Of three readings the best: as categories, by the first number in each text, and in the order of the
    alphabet, which is that of time for ISO dates. Adjusted for the number of groups, so that it is 0 on
    average where there is no relation (https://en.wikipedia.org/wiki/Coefficient_of_determination#Adjusted_R2).

    Args:
        texts: Cells; missing ones are empty.
        target: The target's cell of each: numbers, or class labels.
    """
    numbers = [_first_number(text) for text in texts]
    readings: list[Sequence[Hashable]] = [texts, _bins(numbers), _bins([text or None for text in texts])]
    return max(0.0, *(_adjusted_share(groups, target) for groups in readings))


def _first_number(text: str) -> float | None:
    found = _NUMBER.search(text)
    return float(re.sub(r"[.,](?=.*[.,])|,", "", found[0])[:300]) if found else None


def _bins(values: Sequence[Any]) -> list[int]:
    """Number of the tenth in which each value lies; equal values share one, missing ones have their own."""
    known = sorted(value for value in values if value is not None)
    bin_of: dict[object, int] = {}
    for position, value in enumerate(known):
        bin_of.setdefault(value, BINS * position // len(known))
    return [-1 if value is None else bin_of[value] for value in values]


def _adjusted_share(groups: Sequence[Hashable], target: Sequence[float] | Sequence[str]) -> float:
    rows, members = len(target), defaultdict[Hashable, list[Any]](list)
    for group, value in zip(groups, target, strict=True):
        members[group].append(value)
    if rows <= len(members):
        return 0.0
    within = sum(_squares(values) for values in members.values())
    total = _squares(target)
    if not total:
        return 0.0
    return 1 - (within / (rows - len(members))) / (total / (rows - 1))


def _squares(values: Sequence[Any]) -> float:
    """Sum of squared distances from the mean; of labels, summed over their indicators."""
    count = len(values)
    if isinstance(values[0], str):
        return count - sum(found**2 for found in Counter(values).values()) / count
    mean = sum(values) / count
    return float(sum((value - mean) ** 2 for value in values))
