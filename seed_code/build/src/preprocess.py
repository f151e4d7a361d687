"""Step 1: check the data, decide what each column is, and split the rows.

Reads every CSV file of ``processing/input/data``; writes ``train``, ``validation`` and ``test`` (one CSV file
each, texts as they came) and ``schema/schema.json``.
"""

import argparse
import csv
import hashlib
from pathlib import Path

import numpy as np
import pandas as pd

import folders
from tabular import DataError, Schema, infer_schema, read_table

MINIMUM_ROWS = 30
DELIMITERS = ",;\t|"
SPLITS = ("train", "validation", "test")


def main() -> None:
    """Run the step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", required=True, help="header of the column to predict")
    parser.add_argument("--problem-type", choices=("auto", "classification", "regression"), default="auto")
    parser.add_argument("--split-seed", type=int, default=1)
    parser.add_argument("--validation-fraction", type=float, default=0.15)
    parser.add_argument("--test-fraction", type=float, default=0.15)
    arguments = parser.parse_args()

    rows = read_folder(folders.processing("input/data"))
    rows = with_target(rows, arguments.target)
    schema = infer_schema(rows, arguments.target, arguments.problem_type)
    parts = split(
        rows,
        schema,
        seed=arguments.split_seed,
        validation=arguments.validation_fraction,
        test=arguments.test_fraction,
    )

    for name in SPLITS:
        folder = folders.processing(name)
        folder.mkdir(parents=True, exist_ok=True)
        rows[parts == name].to_csv(folder / f"{name}.csv", index=False)
    schema_folder = folders.processing("schema")
    schema_folder.mkdir(parents=True, exist_ok=True)
    schema.save(schema_folder / "schema.json")

    print(f"{schema.problem_type} of {schema.target}: {len(rows)} rows, {len(schema.columns)} columns")
    for column in schema.columns:
        if column.kind == "ignored":
            print(f"ignored {column.name}: {column.reason}")
    print(", ".join(f"{name} {int((parts == name).sum())}" for name in SPLITS))


def read_folder(folder: Path) -> pd.DataFrame:
    """Read every CSV file of a folder, in the order of their names.

    Returns:
        Texts; missing cells are NaN.

    Raises:
        DataError: There is no file, or one is not a CSV file, or their headers differ.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    tables = [path for path in files if path.suffix.lower() in (".csv", ".tsv", ".txt")]
    if not tables:
        found = ", ".join(path.name for path in files[:5]) or "nothing"
        raise DataError(f"The input data has no CSV file (found: {found}); put at least one .csv file there.")
    frames = [read_csv(path) for path in tables]
    for path, frame in zip(tables, frames, strict=True):
        if list(frame.columns) != list(frames[0].columns):
            raise DataError(
                f"{path.name} and {tables[0].name} have different headers; give them the same one."
            )
    return pd.concat(frames, ignore_index=True)


def read_csv(path: Path) -> pd.DataFrame:
    """Read one CSV file with a header row.

    Returns:
        Texts; missing cells are NaN.

    Raises:
        DataError: The file is empty, not text, or not a table.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise DataError(f"{path.name} is not a CSV file in UTF-8; export the table as one.")
    if not text.strip():
        raise DataError(f"{path.name} is empty; give a CSV file with a header row and data.")
    first = text.lstrip().splitlines()[0]
    delimiter = max(DELIMITERS, key=first.count)
    header = [name.strip() for name in next(csv.reader([first], delimiter=delimiter))]
    if len(header) < 2:
        raise DataError(
            f"{path.name} is not a CSV file: its first line has one field; give a feature and the target."
        )
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated or "" in header:
        problem = f'the column "{repeated[0]}" twice' if repeated else "a column without a name"
        raise DataError(f"{path.name} has {problem} in its header; give each column a name of its own.")
    try:
        frame = read_table(path, delimiter)
    except pd.errors.ParserError as error:
        reason = str(error).strip().removeprefix("Error tokenizing data. C error: ")
        raise DataError(
            f"{path.name} is not a CSV file ({reason}); give every row as many fields."
        ) from error
    if not isinstance(frame.index, pd.RangeIndex):
        raise DataError(f"{path.name} is not a CSV file: its rows have more fields than its header.")
    frame.columns = pd.Index(header)
    return frame


def with_target(rows: pd.DataFrame, target: str) -> pd.DataFrame:
    """Keep the rows whose target is known.

    Raises:
        DataError: The target column is not there, or too few rows are left.
    """
    if target not in rows.columns:
        raise DataError(
            f'The data has no target column "{target}"; its columns are {", ".join(rows.columns)}.'
        )
    known = rows[rows[target].notna()].reset_index(drop=True)
    if len(known) < MINIMUM_ROWS:
        raise DataError(
            f'The data has {len(known)} rows with a value in the target column "{target}"; '
            f"at least {MINIMUM_ROWS} are needed."
        )
    return known


def split(
    rows: pd.DataFrame, schema: Schema, *, seed: int, validation: float, test: float
) -> "np.ndarray[tuple[int], np.dtype[np.str_]]":
    """Assign each row to a part, the same one whatever the order of the rows.

    Rows are ordered by a hash of their content. A classification is split class by class, so that each
    part holds each class of at least three rows.

    Returns:
        The name of the part of each row, one of `SPLITS`.
    """
    keys = rows.fillna("").agg("\x1f".join, axis="columns")
    occurrence = keys.groupby(keys).cumcount()
    order = pd.Series(
        [
            hashlib.sha256(f"{seed}\x1f{number}\x1f{key}".encode()).hexdigest()
            for key, number in zip(keys, occurrence, strict=True)
        ]
    )
    strata = schema.labels(rows[schema.target]) if schema.classes else np.zeros(len(rows), dtype=int)
    parts = np.full(len(rows), "train", dtype="<U10")
    for stratum in np.unique(strata):
        members = order[strata == stratum].sort_values().index.to_numpy()
        if len(members) < 3:
            continue
        tested = max(1, round(len(members) * test))
        validated = max(1, round(len(members) * validation))
        parts[members[:tested]] = "test"
        parts[members[tested : tested + validated]] = "validation"
    return parts


if __name__ == "__main__":
    folders.run(main)
