"""Tables as the model sees them: what each column is, and how rows become numbers.

Preprocessing infers a `Schema` from the training data; training, evaluation and the endpoint read it
back, so all of them encode a row in the same way.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import pandas as pd

ProblemType = Literal["binary_classification", "multiclass_classification", "regression"]
ColumnKind = Literal["numeric", "categorical", "ignored"]

# A column of more distinct texts than this, or with another one in every second row, is free text or an
# identifier, from which trees learn nothing.
MAXIMUM_CATEGORIES = 200
MAXIMUM_CLASSES = 100
MAXIMUM_LABEL_BYTES = 100
# Cells that count as missing.
MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "?")
# An integer target of at most this many values is read as classes.
MAXIMUM_INTEGER_CLASSES = 10


class DataError(ValueError):
    """The data cannot be used; the message tells a person why, and what to do."""


def numbers(cells: "pd.Series[str]") -> "pd.Series[float] | None":
    """Read texts as numbers.

    Args:
        cells: Texts; missing ones are NaN.

    Returns:
        The numbers, or None when a text is not a finite number or none is there.
    """
    values = pd.to_numeric(cells, errors="coerce").astype("float64")
    readable = cells.notna().any() and values.notna().equals(cells.notna())
    return values if readable and not np.isinf(values).any() else None


@dataclass(frozen=True)
class Column:
    """A feature column of the raw data.

    Attributes:
        name: Its header.
        kind: How it is used; an ignored column is accepted in requests and left out of the features.
        categories: The known texts of a categorical column, in the order of their codes.
        reason: Why a column is ignored.
    """

    name: str
    kind: ColumnKind
    categories: tuple[str, ...] = ()
    reason: str = ""

    @classmethod
    def infer(cls, cells: "pd.Series[str]") -> Self:
        """Decide what a column is from its texts."""
        name = str(cells.name)
        known = cells.dropna()
        if known.nunique() < 2:
            return cls(name, "ignored", reason="it has fewer than two distinct values")
        if numbers(cells) is not None:
            return cls(name, "numeric")
        if known.nunique() > min(MAXIMUM_CATEGORIES, len(known) / 2):
            reason = f"it has {known.nunique()} distinct texts in {len(known)} rows"
            return cls(name, "ignored", reason=reason)
        return cls(name, "categorical", categories=tuple(sorted(_category_texts(known).unique())))


@dataclass(frozen=True)
class Schema:
    """What the model was trained on.

    Attributes:
        target: The header of the target column.
        problem_type: What is predicted.
        columns: The columns of a request, in the order of a CSV row.
        classes: The class labels in the order of their codes; empty for a regression.
        integer_classes: Whether the labels are integers, and are answered as such.
    """

    target: str
    problem_type: ProblemType
    columns: tuple[Column, ...]
    classes: tuple[str, ...] = ()
    integer_classes: bool = False

    @property
    def names(self) -> list[str]:
        """The headers of a request, in the order of a CSV row."""
        return [column.name for column in self.columns]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a schema from its file."""
        content = json.loads(path.read_text(encoding="utf-8"))
        columns = tuple(
            Column(**{**column, "categories": tuple(column["categories"])}) for column in content["columns"]
        )
        return cls(**{**content, "columns": columns, "classes": tuple(content["classes"])})

    def save(self, path: Path) -> None:
        """Write the schema to a file."""
        path.write_text(json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

    def rows(self, cells: list[list[str]]) -> pd.DataFrame:
        """Put the cells of a request into a table of texts; missing ones are NaN."""
        return clean(pd.DataFrame(cells, columns=self.names, dtype=str))

    def features(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Encode rows of texts.

        A text that no training row had counts as missing.

        Args:
            rows: A column of texts for each of `names`; missing cells are NaN.

        Returns:
            A column for each feature that is not ignored: float64, or categorical with the known
            categories.

        Raises:
            DataError: A numeric column holds something that is not a number.
        """
        return pd.DataFrame(
            {
                column.name: _encode(column, rows[column.name])
                for column in self.columns
                if column.kind != "ignored"
            },
            index=rows.index,
        )

    def labels(self, cells: "pd.Series[str]") -> "np.ndarray[Any, np.dtype[Any]]":
        """Encode the target: class codes, or numbers for a regression."""
        if self.problem_type == "regression":
            return np.asarray(pd.to_numeric(cells), dtype="float64")
        return np.asarray(pd.Categorical(_class_texts(cells), categories=list(self.classes)).codes)

    def answer(self, code: int) -> str | int:
        """The class label that the endpoint answers for a code."""
        return int(self.classes[code]) if self.integer_classes else self.classes[code]


def infer_schema(rows: pd.DataFrame, target: str, problem: str = "auto") -> Schema:
    """Decide what the model learns from a table.

    Args:
        rows: Texts; missing cells are NaN; no target is missing.
        target: The header of the target column.
        problem: ``auto``, ``classification`` or ``regression``.

    Raises:
        DataError: Nothing can be learned from this table.
    """
    cells = rows[target]
    if cells.nunique() < 2:
        raise DataError(
            f'Every row has the same value in the target column "{target}", so there is nothing to learn; '
            "give data with at least two."
        )
    columns = tuple(Column.infer(rows[name]) for name in rows.columns if name != target)
    if all(column.kind == "ignored" for column in columns):
        raise DataError(
            f'No column beside the target "{target}" can be used as a feature; give data with some.'
        )
    values = numbers(cells)
    integers = values is not None and bool((values % 1 == 0).all())
    few = cells.nunique() <= MAXIMUM_INTEGER_CLASSES
    if problem == "regression" or (problem == "auto" and values is not None and not (integers and few)):
        if values is None:
            raise DataError(f'The target column "{target}" holds texts; a regression needs numbers.')
        return Schema(target, "regression", columns)
    classes = sorted(_class_texts(cells).unique(), key=(lambda text: (int(text), text)) if integers else str)
    if len(classes) > MAXIMUM_CLASSES or max(len(text.encode()) for text in classes) > MAXIMUM_LABEL_BYTES:
        raise DataError(
            f'The target column "{target}" has {len(classes)} distinct values; a classification takes '
            f"at most {MAXIMUM_CLASSES} classes with labels of at most {MAXIMUM_LABEL_BYTES} bytes."
        )
    kind: ProblemType = "binary_classification" if len(classes) == 2 else "multiclass_classification"
    return Schema(target, kind, columns, tuple(classes), integers)


def read_table(path: Path, delimiter: str = ",") -> pd.DataFrame:
    """Read a CSV file as texts; missing cells are NaN."""
    return clean(pd.read_csv(path, sep=delimiter, dtype=str, na_filter=False, encoding="utf-8-sig"))


def clean(rows: pd.DataFrame) -> pd.DataFrame:
    """Strip texts, and turn those that stand for a missing value into NaN."""
    stripped = rows.apply(lambda cells: cells.str.strip())
    return stripped.mask(stripped.isin(MISSING) | stripped.isna(), np.nan)


def _encode(column: Column, cells: "pd.Series[str]") -> "pd.Series[Any]":
    if column.kind == "categorical":
        codes = pd.Categorical(_category_texts(cells), categories=list(column.categories))
        return pd.Series(codes, index=cells.index)
    if cells.isna().all():
        return cells.astype("float64")
    values = numbers(cells)
    if values is None:
        wrong = next(cell for cell in cells.dropna() if numbers(pd.Series([cell])) is None)
        raise DataError(f'The column "{column.name}" holds numbers, and "{wrong}" is none.')
    return values


def _category_texts(cells: "pd.Series[str]") -> "pd.Series[str]":
    """Spell booleans in one way: ``TRUE`` in a file is ``true`` in a JSON request."""
    lower = cells.str.lower()
    return cells.mask(lower.isin(("true", "false")), lower)


def _class_texts(cells: "pd.Series[str]") -> "pd.Series[str]":
    """Spell integer labels in one way: ``1`` and ``1.0`` are the same class."""
    values = numbers(cells)
    return cells if values is None or (values % 1 != 0).any() else values.astype("int64").astype(str)
