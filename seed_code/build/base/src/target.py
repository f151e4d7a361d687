"""What is predicted: classes as they are written, or a number; and why some targets cannot be."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cells import is_integer
from columns import exceptions, shown, sum_of
from errors import DataError
from model_schema import Finding, Numbers, ProblemType
from profiles import Profile

Problem = Literal["auto", "classification", "regression"]

MINIMUM_ROWS = 30
MAXIMUM_CLASSES = 100
MAXIMUM_LABEL_BYTES = 100
# One row each to train, to stop training early, and to test.
ROWS_TO_SPLIT_A_CLASS = 3
# Squares of larger numbers are beyond double precision.
LARGEST_TARGET = 1e150


@dataclass(frozen=True)
class Target:
    """What is predicted.

    Attributes:
        problem_type: Classes or a number.
        classes: The labels as they are written, in the order of their codes.
        integer_classes: Whether they are integers.
        numbers: How a number is read.
        findings: What a person should know of it.
    """

    problem_type: ProblemType
    classes: tuple[str, ...]
    integer_classes: bool
    numbers: Numbers
    findings: tuple[Finding, ...]


def decide_target(profile: Profile, problem: Problem = "auto") -> Target:
    """Decide what is predicted.

    Args:
        profile: What was counted of the target's known cells.
        problem: What the team says it is.

    Raises:
        DataError: Nothing can be learned.
    """
    name = profile.name
    if profile.known < MINIMUM_ROWS:
        raise DataError(
            f'The data has {profile.known} rows with a value in the target column "{name}"; '
            f"at least {MINIMUM_ROWS} are needed.{_marks(profile)}"
        )
    if len(profile.words) < 2:
        raise DataError(
            f'Every row has the same value in the target column "{name}", so there is nothing to learn; '
            f"give data with at least two.{_marks(profile)}"
        )
    findings = list(_missing_findings(profile))
    if problem == "regression" or (problem == "auto" and _is_quantity(profile)):
        return _regression(profile, findings)
    return _classification(profile, findings)


def _is_quantity(profile: Profile) -> bool:
    """Whether most cells are numbers, and these are more than a few integers."""
    good = sum_of(profile.numbers)
    if profile.is_quantity:
        return 2 * good >= profile.known
    wholly = not exceptions(profile) and not profile.markers
    return wholly and not all(value % 1 == 0 for value in profile.distinct)


def _regression(profile: Profile, findings: list[Finding]) -> Target:
    name, unit = profile.name, profile.unit
    wrong = [*profile.others.values(), *profile.markers.values(), *profile.of_other_units.values()]
    if wrong:
        count = exceptions(profile) + sum_of(profile.markers)
        raise DataError(
            f'The target column "{name}" holds numbers, and {shown(wrong[0])} is none, as {count:,} of its '
            f"{profile.known:,} values; correct or remove these rows, or set problem_type in config.toml to "
            '"classification".'
            if sum_of(profile.numbers)
            else f'The target column "{name}" holds texts; a regression needs numbers.'
        )
    if len(profile.distinct) < 2:
        raise DataError(f'Every row has the same number in the target column "{name}"; give data with two.')
    if profile.largest > LARGEST_TARGET:
        raise DataError(
            f'The target column "{name}" holds a number of {profile.largest:g}; a regression takes numbers '
            f"up to {LARGEST_TARGET:g}."
        )
    if profile.dressed is not None:
        says = f"is a number{f' in {unit}' if unit else ''} that is written for people, and is read as meant"
        findings.append(Finding(name, says, profile.dressed.count, shown(profile.dressed)))
    return Target("regression", (), False, Numbers(profile.decimal, unit), tuple(findings))


def _classification(profile: Profile, findings: list[Finding]) -> Target:
    name, counts = profile.name, profile.words
    size = f"more than {len(counts) - 1}" if profile.many else str(len(counts))
    if len(counts) > MAXIMUM_CLASSES:
        raise DataError(
            f'The target column "{name}" has {size} distinct values, and a classification takes at most '
            f"{MAXIMUM_CLASSES} classes; choose a column of fewer classes, or of numbers."
        )
    for text in profile.written.values():
        # As the answer that is registered with a version holds it.
        if len(json.dumps(text, ensure_ascii=False).encode()) > MAXIMUM_LABEL_BYTES + 2:
            raise DataError(
                f'The target column "{name}" has the value "{text[:40]}…"; the label of a class has at most '
                f"{MAXIMUM_LABEL_BYTES} bytes."
            )
    split = [spelt for spelt, count in counts.items() if count >= ROWS_TO_SPLIT_A_CLASS]
    if len(split) < 2:
        which = f'only "{profile.written[split[0]]}" has' if split else "no class has"
        raise DataError(
            f'The target column "{name}" has {size} classes, and {which} {ROWS_TO_SPLIT_A_CLASS} rows, which '
            "are needed to train on some and to test on others; two classes must have them."
        )
    integers = all(is_integer(spelt) for spelt in counts)
    order = sorted(counts, key=(lambda spelt: (int(spelt), spelt)) if integers else str)
    labels = order if integers else [profile.written[spelt] for spelt in order]
    rare = [spelt for spelt in order if counts[spelt] < ROWS_TO_SPLIT_A_CLASS]
    if rare:
        says = f"has classes of fewer than {ROWS_TO_SPLIT_A_CLASS} rows, which are in the training part alone"
        findings.append(Finding(name, says, len(rare), f'"{profile.written[rare[0]]}"'))
    findings += _case_findings(profile, labels)
    kind: ProblemType = "binary_classification" if len(labels) == 2 else "multiclass_classification"
    return Target(kind, tuple(labels), integers, Numbers(profile.decimal), tuple(findings))


def _case_findings(profile: Profile, labels: list[str]) -> Iterator[Finding]:
    spelt: dict[str, str] = {}
    for label in labels:
        other = spelt.setdefault(label.casefold(), label)
        if other != label:
            yield Finding(
                profile.name, f'has the classes "{other}" and "{label}", which differ in case alone'
            )


def _missing_findings(profile: Profile) -> Iterator[Finding]:
    for text, count in profile.usual.items():
        if text:
            says = (
                f'is "{text}", which counts as missing: these rows are left out; where it is a value, name '
                "it under never_missing in config.toml"
            )
        else:
            says = "is empty: these rows are left out"
        yield Finding(profile.name, says, count)


def _marks(profile: Profile) -> str:
    marks = [f'"{text}"' for text in profile.usual if text]
    return f" {', '.join(marks)} counted as missing (never_missing in config.toml)." if marks else ""
