"""The kinds of fields of a model card, each with what fits into it."""

import difflib
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from reprlib import repr as shortened
from typing import Any, Protocol


class Kind(Protocol):
    """What may stand in a field."""

    def mistakes(self, value: Any, where: str) -> Iterator[str]:
        """Say in a sentence each what is wrong with a value.

        Args:
            value: What stands in the field.
            where: The field's path.
        """
        ...


@dataclass(frozen=True)
class Text:
    """Words, of at least and at most so many characters."""

    maximum: int | None = None
    minimum: int = 0

    def mistakes(self, value: Any, where: str) -> Iterator[str]:
        """See `Kind.mistakes`."""
        if not isinstance(value, str):
            yield f"{where} is {shortened(value)}: write words there."
        elif len(value) < self.minimum:
            yield f"{where} is empty: fill it, or leave it out."
        elif self.maximum is not None and len(value) > self.maximum:
            yield (
                f"{where} has {len(value):,} characters, and a model card takes {self.maximum:,}: shorten it."
            )


@dataclass(frozen=True)
class Choice:
    """One of several words."""

    words: tuple[str, ...]

    def mistakes(self, value: Any, where: str) -> Iterator[str]:
        """See `Kind.mistakes`."""
        if value not in self.words:
            yield f"{where} is {shortened(value)}: write one of {', '.join(self.words)}."


@dataclass(frozen=True)
class Number:
    """A finite number, of at least so much."""

    minimum: float | None = None

    def mistakes(self, value: Any, where: str) -> Iterator[str]:
        """See `Kind.mistakes`."""
        if not _is_number(value):
            yield f"{where} is {shortened(value)}: write a finite number there."
        elif self.minimum is not None and value < self.minimum:
            yield f"{where} is {value}, and a model card takes {self.minimum:g} or more: correct it."


@dataclass(frozen=True)
class Scalar:
    """A finite number, a text of at most so many characters, or, where allowed, true or false."""

    maximum: int | None = None
    boolean: bool = False

    def mistakes(self, value: Any, where: str) -> Iterator[str]:
        """See `Kind.mistakes`."""
        if isinstance(value, str):
            yield from Text(self.maximum).mistakes(value, where)
        elif not (_is_number(value) or (self.boolean and isinstance(value, bool))):
            yield f"{where} is {shortened(value)}: write a finite number or a text there."


@dataclass(frozen=True)
class Items:
    """A list of things of one kind, of at least and at most so many."""

    of: Kind
    maximum: int | None = None
    minimum: int = 0

    def mistakes(self, value: Any, where: str) -> Iterator[str]:
        """See `Kind.mistakes`."""
        if not isinstance(value, list):
            yield f"{where} is {shortened(value)}: write a list there."
            return
        if self.maximum is not None and len(value) > self.maximum:
            yield f"{where} has {len(value)} items, and a model card takes {self.maximum}: leave some out."
        if len(value) < self.minimum:
            yield f"{where} has {len(value)} items, and a model card wants {self.minimum}: add some."
        for number, item in enumerate(value):
            yield from self.of.mistakes(item, f"{where}[{number}]")


@dataclass(frozen=True)
class Names:
    """Names of the author's choice, each with a text of at most so many characters."""

    maximum: int
    pattern: str = "[a-zA-Z_][a-zA-Z0-9_]*"

    def mistakes(self, value: Any, where: str) -> Iterator[str]:
        """See `Kind.mistakes`."""
        if not isinstance(value, Mapping):
            yield f"{where} is {shortened(value)}: write names with texts there."
            return
        for name, item in value.items():
            if re.fullmatch(self.pattern, name) is None:
                yield (
                    f"{where} has the name {name!r}: "
                    "take letters, digits and underscores, not beginning with a digit."
                )
            yield from Text(self.maximum).mistakes(item, f"{where}.{name}")


@dataclass(frozen=True)
class Section:
    """Fields, of which some are required."""

    fields: Mapping[str, Kind]
    required: frozenset[str] = frozenset()

    def mistakes(self, value: Any, where: str) -> Iterator[str]:
        """See `Kind.mistakes`."""
        if not isinstance(value, Mapping):
            yield f"{where or 'The content'} is {shortened(value)}: write fields with values there."
            return
        for name in sorted(self.required - value.keys()):
            yield f"{_below(where, name)} is missing: add it, or leave out {where}."
        for name, item in value.items():
            if name in self.fields:
                yield from self.fields[name].mistakes(item, _below(where, name))
            else:
                near = difflib.get_close_matches(name, self.fields, n=1)
                advice = f"did you mean {near[0]}?" if near else f"there are {', '.join(self.fields)}."
                yield f"{_below(where, name)} is no field of a model card: {advice}"


@dataclass(frozen=True)
class Metric:
    """A metric, whose `type` says what its value is."""

    types: Mapping[str, Section]

    def mistakes(self, value: Any, where: str) -> Iterator[str]:
        """See `Kind.mistakes`."""
        kind = value.get("type") if isinstance(value, Mapping) else None
        section = self.types.get(str(kind))
        if section is None:
            yield f"{_below(where, 'type')} is {shortened(kind)}: write one of {', '.join(self.types)}."
        else:
            yield from section.mistakes(value, where)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _below(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
