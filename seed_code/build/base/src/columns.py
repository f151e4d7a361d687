"""What each feature column is, and what a person should know of it."""

import statistics
import struct
import sys
from collections.abc import Iterator

from cells import PERCENT
from model_schema import Column, Finding, Numbers
from profiles import LARGEST, MAXIMUM_CATEGORIES, MAXIMUM_EXCEPTIONS, Profile, Seen

# A column is meant to hold numbers when this share of its known cells are numbers.
NEARLY = 0.9


def decide_column(profile: Profile) -> tuple[Column, list[Finding]]:
    """Decide what a column is, by what was counted of it."""
    name = profile.name
    if profile.counts_rows and name.startswith("Unnamed: ") and profile.known > 1:
        return Column(name, "ignored", reason="it counts the rows, and has no name"), []
    if len(profile.words) < 2:
        return Column(name, "ignored", reason="it has fewer than two distinct values"), []
    if are_numbers(profile):
        numbers = Numbers(profile.decimal, profile.unit, tuple(profile.others))
        center, scale = _range(profile.sample)
        column = Column(name, "numeric", numbers=numbers, center=center, scale=scale)
        return column, list(_numeric_findings(profile))
    findings = []
    good, wrong = sum_of(profile.numbers), exceptions(profile)
    if 2 * good >= profile.known:
        says = f"holds {good:,} numbers among {profile.known:,} known cells, and is read as texts"
        findings.append(Finding(name, says, wrong, shown(first(profile))))
    if profile.many or len(profile.words) > profile.known / 2:
        amount = f"more than {MAXIMUM_CATEGORIES}" if profile.many else str(len(profile.words))
        reason = f"it has {amount} distinct texts in {profile.known} rows"
        return Column(name, "ignored", reason=reason), findings
    return Column(name, "categorical", categories=tuple(sorted(profile.words))), findings


def are_numbers(profile: Profile) -> bool:
    """Whether a column is one of numbers: all of its known cells, or nearly all of a quantity."""
    good, wrong = sum_of(profile.numbers), exceptions(profile)
    good -= wrong - profile.other_count
    if not good or not wrong:
        return good > 0
    few = len(profile.others) <= MAXIMUM_EXCEPTIONS
    return few and profile.is_quantity and good >= NEARLY * (good + wrong) and not profile.of_other_units


def exceptions(profile: Profile) -> int:
    """How many cells are no number of the column's unit."""
    return profile.other_count + sum_of(profile.of_other_units)


def first(profile: Profile) -> Seen:
    """The first cell that is no number of the column's unit."""
    seen = [*profile.others.values(), *profile.of_other_units.values()]
    return seen[0] if seen else Seen(0, "", "")


def sum_of(seen: dict[str, Seen]) -> int:
    """How many cells were seen."""
    return sum(each.count for each in seen.values())


def shown(seen: Seen) -> str:
    """A cell and where it stands, for a message."""
    text = seen.text if len(seen.text) <= 60 else f"{seen.text[:60]}…"
    return f'"{text}" ({seen.place})' if seen.place else ""


def _numeric_findings(profile: Profile) -> Iterator[Finding]:
    name = profile.name
    if profile.other_count:
        says = "holds numbers, and some cells that are none, which are read as missing"
        yield Finding(name, says, profile.other_count, shown(first(profile)))
    if profile.markers:
        count = sum_of(profile.markers)
        example = shown(next(iter(profile.markers.values())))
        yield Finding(
            name, "holds numbers, and marks of missing ones, which are read as such", count, example
        )
    if profile.dressed is not None:
        unit = f" in {profile.unit}" if profile.unit else ""
        says = f"holds numbers{unit} that are written for people, and are read as meant"
        if profile.unit == PERCENT:
            says = "holds percentages; 5 % is read as 5"
        yield Finding(name, says, profile.dressed.count, shown(profile.dressed))
    if profile.huge is not None:
        says = "holds numbers beyond single precision, in which models compute; each is read as the largest"
        yield Finding(name, says, profile.huge.count, shown(profile.huge))


def _range(sample: list[float]) -> tuple[float, float]:
    """By which shift and unit the numbers of a column differ in single precision as they do in double.

    Returns:
        Nothing to subtract and 1 where they do so as they are; else the median and their spread.
    """
    distinct = set(sample)
    inside = [value for value in distinct if abs(value) <= LARGEST]
    rounded = {struct.unpack("f", struct.pack("f", value))[0] for value in inside}
    if len(rounded) == len(distinct) or len(distinct) < 2:
        return 0.0, 1.0
    ordered = sorted(sample)
    center = ordered[len(ordered) // 2]
    spread = [abs(value / 2 - center / 2) for value in ordered]
    apart = [value for value in spread if value > 0]
    return center, min(2 * statistics.median_low(apart), sys.float_info.max) if apart else 1.0
