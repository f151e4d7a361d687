"""How rows are split: by what they hold alone, exactly where there are few, and in bounded memory."""

import random
from collections import Counter

import numpy as np
import pytest

import split
from split import TEST, TRAIN, VALIDATION, Split

Cells = tuple[str, ...]
WORDS = ("often", "seldom", "once")


def parts_of(
    rows: list[Cells], *, seed: int = 1, portion: int = 50, validation: float = 0.15, test: float = 0.15
) -> list[int]:
    """The part of each row, whose class is its last cell; a regression has rows of no word."""
    codes = {word: code for code, word in enumerate(WORDS)}
    decided = Split(seed=seed, validation=validation, test=test, classes=len(codes))

    portions = [rows[place : place + portion] for place in range(0, len(rows), portion)]
    for some in portions:
        decided.count(some, np.array([codes.get(cells[-1], 0) for cells in some], "int32"))
    return [part for some in portions for part in decided.assign(len(some)).tolist()]


def many(count: int, word: str = "often") -> list[Cells]:
    return [(str(number), word) for number in range(count)]


@pytest.fixture(params=["all are counted", "few are counted"])
def counted(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables as small as these are on either side of the limit."""
    if request.param == "few are counted":
        monkeypatch.setattr(split, "COUNTED", 200)


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("portion", [1, 7, 5000])
def test_neither_portions_nor_the_order_of_rows_change_a_part(portion: int) -> None:
    rows = [*many(2000), *many(100, "seldom"), *many(2, "once")]
    shuffled = random.Random(3).sample(rows, len(rows))
    first = dict(zip(rows, parts_of(rows), strict=True))
    assert first == dict(zip(shuffled, parts_of(shuffled, portion=portion), strict=True))


@pytest.mark.usefixtures("counted")
def test_the_seed_decides_the_parts() -> None:
    first, same, other = (parts_of(many(1000), seed=seed) for seed in (1, 1, 2))
    assert first == same != other


@pytest.mark.parametrize("size", [*range(3, 12), 120])
def test_few_rows_are_split_exactly(size: int) -> None:
    counts = Counter(parts_of(many(size)))
    expected = max(1, round(size * 0.15))
    assert (counts[TEST], counts[VALIDATION]) == (expected, expected)


def test_many_rows_are_split_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(split, "COUNTED", 100)
    counts = Counter(parts_of(many(20_000), validation=0.1, test=0.3))
    # Five deviations of a share of so many rows.
    assert counts[TEST] / 20_000 == pytest.approx(0.3, abs=5 * (0.3 * 0.7 / 20_000) ** 0.5)
    assert counts[VALIDATION] / 20_000 == pytest.approx(0.1, abs=5 * (0.1 * 0.9 / 20_000) ** 0.5)


@pytest.mark.usefixtures("counted")
def test_every_part_holds_every_class_of_three_rows() -> None:
    rows = [*many(5000), *many(3, "seldom"), *many(1, "once")]
    found = Counter(zip((cells[-1] for cells in rows), parts_of(rows), strict=True))
    assert {part for word, part in found if word == "seldom"} == {TRAIN, VALIDATION, TEST}
    assert {part for word, part in found if word == "once"} == {TRAIN}


@pytest.mark.usefixtures("counted")
def test_equal_rows_are_told_apart_in_a_table_of_few_different_ones() -> None:
    parts = np.array(parts_of([("1", "often"), ("2", "often")] * 2000))
    for rows in (parts[::2], parts[1::2]):
        shares = np.bincount(rows, minlength=3) / len(rows)
        assert shares == pytest.approx([0.7, 0.15, 0.15], abs=0.05)


def test_equal_rows_are_in_one_part_where_most_are_different(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(split, "COUNTED", 100)
    rows = many(1000) * 2
    parts = parts_of(rows)
    assert parts[:1000] == parts[1000:]


@pytest.mark.parametrize("size", range(3, 12))
def test_a_class_keeps_rows_to_train_on_whatever_the_fractions(size: int) -> None:
    counts = Counter(parts_of(many(size), validation=0.3, test=0.5))
    assert min(counts[part] for part in (TRAIN, VALIDATION, TEST)) >= 1
