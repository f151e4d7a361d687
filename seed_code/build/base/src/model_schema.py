"""What the model was trained on. The schema holds the meaning of every cell; no step infers it again."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

from cells import MISSING_AMONG_NUMBERS, PERCENT, Decimal, read_number, word
from errors import shortened

ProblemType = Literal["binary_classification", "multiclass_classification", "regression"]
ColumnKind = Literal["numeric", "categorical", "ignored"]


class CellError(ValueError):
    """A cell does not fit its column; the message tells why."""


@dataclass(frozen=True)
class Finding:
    """What a person should know of the data.

    Attributes:
        column: The header of the column, or nothing where it is about the table.
        says: What was found, and what was done.
        count: How many cells or rows it is about.
        example: The first of them, and where it stands.
    """

    column: str
    says: str
    count: int = 0
    example: str = ""


@dataclass(frozen=True)
class Numbers:
    """How the cells of a column are read as numbers.

    Attributes:
        decimal: What stands before the fraction.
        unit: A currency or ``%`` that stands beside them.
        missing: Texts that count as missing.
    """

    decimal: Decimal = "."
    unit: str = ""
    missing: tuple[str, ...] = ()

    @cached_property
    def _missing(self) -> frozenset[str]:
        return frozenset(self.missing)

    def read(self, cell: object) -> float:
        """Read a cell that is not missing by the rules of the table.

        Args:
            cell: A text without white space around it, or a number of a JSON request.

        Returns:
            The number; NaN where the cell counts as missing in a column of numbers.

        Raises:
            CellError: It is no number.
        """
        if isinstance(cell, str):
            found = read_number(cell, self.decimal)
            if found is not None and self._fits(found[1]):
                return found[0]
            if cell in self._missing or cell.lower() in MISSING_AMONG_NUMBERS:
                return math.nan
        elif isinstance(cell, int | float) and not isinstance(cell, bool):
            try:
                return float(cell)
            except OverflowError:
                return math.inf if cell > 0 else -math.inf
        raise CellError(f'holds numbers, and "{str(cell)[:100]}" is none')

    def _fits(self, unit: str) -> bool:
        return unit == self.unit or (not unit and self.unit != PERCENT)


@dataclass(frozen=True)
class Column:
    """A feature column of the raw data.

    Attributes:
        name: Its header.
        kind: How it is used; an ignored column is accepted in requests and left out of the features.
        categories: The known words of a categorical column, in the order of their codes.
        numbers: How a numeric column is read.
        center: What is subtracted from a number before it becomes one of single precision.
        scale: By what it is divided then.
        reason: Why a column is ignored.
    """

    name: str
    kind: ColumnKind
    categories: tuple[str, ...] = ()
    numbers: Numbers = Numbers()
    center: float = 0.0
    scale: float = 1.0
    reason: str = ""

    def knows(self, cell: str) -> bool:
        """Whether a text is a number of a numeric column, or one of a categorical column's words."""
        if self.kind == "categorical":
            return word(cell) in self.categories
        try:
            self.numbers.read(cell)
        except CellError:
            return False
        return True

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Self:
        """Read a column from a file's content."""
        numbers = Numbers(**{**content["numbers"], "missing": tuple(content["numbers"]["missing"])})
        return cls(**{**content, "categories": tuple(content["categories"]), "numbers": numbers})


@dataclass(frozen=True)
class Schema:
    """What the model was trained on.

    Attributes:
        target: The header of the target column.
        problem_type: What is predicted.
        columns: The columns of a request, in the order of a CSV row.
        classes: The class labels in the order of their codes; empty for a regression.
        integer_classes: Whether the labels are integers, and are answered as such.
        target_numbers: How the target of a regression is read.
        missing: Texts that count as missing in every column.
        findings: What a person should know of the data.
    """

    target: str
    problem_type: ProblemType
    columns: tuple[Column, ...]
    classes: tuple[str, ...] = ()
    integer_classes: bool = False
    target_numbers: Numbers = Numbers()
    missing: tuple[str, ...] = ("",)
    findings: tuple[Finding, ...] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The headers of a request, in the order of a CSV row."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def used(self) -> tuple[tuple[int, Column], ...]:
        """The columns that become features, with their positions in a CSV row."""
        return tuple((index, column) for index, column in enumerate(self.columns) if column.kind != "ignored")

    @cached_property
    def codes(self) -> dict[str, int]:
        """The code of each class, by its word."""
        return {word(label): code for code, label in enumerate(self.classes)}

    @cached_property
    def missing_texts(self) -> frozenset[str]:
        """Texts that count as missing."""
        return frozenset(self.missing)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a schema from its file."""
        content = json.loads(path.read_text(encoding="utf-8"))
        numbers = content["target_numbers"]
        return cls(
            **{
                **content,
                "columns": tuple(Column.of(column) for column in content["columns"]),
                "classes": tuple(content["classes"]),
                "target_numbers": Numbers(**{**numbers, "missing": tuple(numbers["missing"])}),
                "missing": tuple(content["missing"]),
                "findings": tuple(Finding(**finding) for finding in content["findings"]),
            }
        )

    def save(self, path: Path) -> None:
        """Write the schema to a file."""
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False, allow_nan=False)
        path.write_text(text + "\n", encoding="utf-8")

    def described(self) -> str:
        """The columns of a request, for a message."""
        return f"{len(self.columns):,} column{'' if len(self.columns) == 1 else 's'}: {shortened(self.names)}"

    def answer(self, code: int) -> str | int:
        """The class label that the endpoint answers for a code."""
        return int(self.classes[code]) if self.integer_classes else self.classes[code]
