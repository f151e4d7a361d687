"""What is counted of a column while the rows go by: bounded memory, whatever the number of rows."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from cells import MISSING_AMONG_NUMBERS, PERCENT, Decimal, plain_number, read_number, word
from reading import Row

# A column of more distinct texts than this is no category.
MAXIMUM_CATEGORIES = 200
# An integer target of at most this many values is read as classes; more numbers than this are a quantity.
MAXIMUM_INTEGER_CLASSES = 10
# Before they are spelt alike, as `TRUE`, `True` and `true` are.
MAXIMUM_TEXTS = 3 * MAXIMUM_CATEGORIES
MAXIMUM_EXCEPTIONS = 100
MAXIMUM_SAMPLE = 2000
# Of single precision, in which models compute.
LARGEST = 3.0e38


@dataclass
class Seen:
    """How often something was seen, and where first."""

    count: int
    text: str
    place: str


@dataclass
class Profile:
    """What is known of a column.

    Attributes:
        name: Its header.
        decimal: The decimal mark of its table.
        missing: Texts that count as missing.
        rows: How many cells were seen.
        known: How many of them are not missing.
        texts: How often each text was seen, until there are too many.
        numbers: How often a number of each unit was seen.
        distinct: Distinct numbers, until they are a quantity.
        others: Texts that are no number, until there are too many.
        other_count: How many cells are no number.
        markers: Texts that count as missing among numbers.
        usual: How often each text was seen that counts as missing.
        dressed: Numbers that are not written plainly.
        huge: Numbers beyond single precision.
        largest: The largest number, without its sign.
        counts_rows: Whether the cells are integers that rise from row to row.
        last: The last of them.
        sample: The first numbers.
    """

    name: str
    decimal: Decimal
    missing: frozenset[str]
    rows: int = 0
    known: int = 0
    texts: Counter[str] = field(default_factory=Counter)
    numbers: dict[str, Seen] = field(default_factory=dict)
    distinct: set[float] = field(default_factory=set)
    others: dict[str, Seen] = field(default_factory=dict)
    other_count: int = 0
    markers: dict[str, Seen] = field(default_factory=dict)
    usual: dict[str, int] = field(default_factory=dict)
    dressed: Seen | None = None
    huge: Seen | None = None
    largest: float = 0.0
    counts_rows: bool = True
    last: int = -1
    sample: list[float] = field(default_factory=list)

    @property
    def many(self) -> bool:
        """Whether there are too many words for categories."""
        return len(self.words) > MAXIMUM_CATEGORIES

    @property
    def is_quantity(self) -> bool:
        """Whether there are more numbers than integer classes."""
        return len(self.distinct) > MAXIMUM_INTEGER_CLASSES

    def add(self, cells: Sequence[str], rows: Sequence[Row]) -> None:
        """Count the cells of some more rows.

        Args:
            cells: Texts without white space around them.
            rows: The rows they are of.
        """
        self.counts_rows = self.counts_rows and self._counts(cells)
        self.rows += len(cells)
        for text, count in Counter(cells).items():
            if text in self.missing:
                self.usual[text] = self.usual.get(text, 0) + count
                continue
            self.known += count
            if len(self.texts) <= MAXIMUM_TEXTS:
                self.texts[text] += count
            number = plain_number(text, self.decimal)
            if number is not None:
                self._add_number(number, "", text, count, cells, rows)
                continue
            dressed = read_number(text, self.decimal)
            if dressed is not None:
                self._add_number(*dressed, text, count, cells, rows)
                if math.isfinite(dressed[0]):
                    self.dressed = self.dressed or Seen(0, text, rows[cells.index(text)].place)
                    self.dressed.count += count
            elif text.lower() in MISSING_AMONG_NUMBERS:
                _see(self.markers, text, count, text, cells, rows)
            else:
                self.other_count += count
                if text in self.others or len(self.others) <= MAXIMUM_EXCEPTIONS:
                    _see(self.others, text, count, text, cells, rows)

    @cached_property
    def words(self) -> Counter[str]:
        """How often each word was seen, as far as texts were kept; asked for when all rows were counted."""
        words: Counter[str] = Counter()
        for text, count in self.texts.items():
            words[word(text)] += count
        return words

    @cached_property
    def written(self) -> dict[str, str]:
        """How a word was first written."""
        return {word(text): text for text in reversed(self.texts)}

    def _counts(self, cells: Sequence[str]) -> bool:
        """Whether cells go on counting rows, of which some may have been left out."""
        for cell in cells:
            if not (cell.isascii() and cell.isdigit() and self.last < int(cell[:18])):
                return False
            self.last = int(cell[:18])
        return True

    def _add_number(  # noqa: PLR0917
        self, value: float, unit: str, text: str, count: int, cells: Sequence[str], rows: Sequence[Row]
    ) -> None:
        # The place is needed of the first alone, and looking for it takes time.
        if unit in self.numbers:
            self.numbers[unit].count += count
        else:
            _see(self.numbers, unit, count, text, cells, rows)
        if len(self.distinct) <= MAXIMUM_INTEGER_CLASSES:
            self.distinct.add(value)
        if len(self.sample) < MAXIMUM_SAMPLE and math.isfinite(value):
            self.sample.append(value)
        size = abs(value)
        self.largest = max(self.largest, size)
        if size > LARGEST:
            self.huge = self.huge or Seen(0, text, rows[cells.index(text)].place)
            self.huge.count += count

    @property
    def unit(self) -> str:
        """The unit of its numbers: a currency or nothing beside it, or the more frequent one."""
        named = {unit: seen.count for unit, seen in self.numbers.items() if unit}
        if not named:
            return ""
        unit = max(named, key=lambda each: named[each])
        without = self.numbers[""].count if "" in self.numbers else 0
        return "" if unit == PERCENT and without > named[unit] else unit

    @property
    def of_other_units(self) -> dict[str, Seen]:
        """Numbers that are not of the unit: their first, by unit."""
        unit = self.unit
        fine = {unit} if unit == PERCENT else {unit, ""}
        return {each: seen for each, seen in self.numbers.items() if each not in fine}


def _see(  # noqa: PLR0917
    seen: dict[str, Seen], key: str, count: int, text: str, cells: Sequence[str], rows: Sequence[Row]
) -> None:
    if key in seen:
        seen[key].count += count
    else:
        seen[key] = Seen(count, text, rows[cells.index(text)].place)
