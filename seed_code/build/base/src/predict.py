"""Predict the rows of a table with a model on this machine: ``python src/predict.py table.csv``.

Columns are found by their names, in any order; the target may be among them or not. What is written is the
table with the prediction behind each row, and of a classification its chance.
"""

import csv
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import endpoint
import step
from chunks import chunks
from errors import DataError, RowError, UsageError, shortened
from model import Model
from model_schema import Schema
from reading import Row, Table, open_table

MODEL = Path("build/local/model")
OUTPUT = Path("build/local/predictions.csv")


def main() -> None:
    """Run the prediction."""
    parser = step.Arguments(__doc__)
    parser.add_argument("--model", type=Path, default=MODEL, help="folder of the unpacked model.tar.gz")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="the CSV file to write")
    parser.add_argument("--encoding", default="auto", help="encoding of the files, such as windows-1252")
    parser.add_argument("location", help="a file, or a folder of files")
    given = parser.given()
    if not given.location or not Path(given.location).exists():
        raise DataError(f'There is no file "{given.location}"; give a table: make predict DATA=table.csv')
    if not (given.model / "schema.json").is_file():
        raise DataError(
            f"There is no model in {given.model}; make one first: make train DATA=table.csv TARGET=price"
        )
    model = Model.load(given.model)
    decimals = {column.numbers.decimal for _, column in model.schema.used if column.kind == "numeric"}
    table = open_table(Path(given.location), given.encoding, *decimals)
    given.output.parent.mkdir(parents=True, exist_ok=True)
    rows = 0
    with given.output.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*table.header, *new_names(table.header, bool(model.schema.classes))])
        for cells in predictions(model, table):
            writer.writerow(cells)
            rows += 1
    print(f"Wrote {rows:,} predictions of {model.schema.target} to {given.output}.")


def predictions(model: Model, table: Table) -> Iterator[list[object]]:
    """Yield each row of a table with its prediction, and of a classification its chance.

    Raises:
        DataError: A column is missing, or a cell does not fit its column.
    """
    schema = model.schema
    positions = _positions(schema, table.header)
    missing = schema.missing_texts
    for rows in chunks(table.rows(), len(table.header)):
        requests = [
            ["" if place is None or row.cells[place] in missing else row.cells[place] for place in positions]
            for row in rows
        ]
        try:
            predicted = model.predict(requests)
        except RowError as error:
            raise DataError(f"{rows[error.row].place}: {error.reason}") from error
        answers = endpoint.answer(schema, predicted.tolist())
        chances = predicted.max(axis=1).tolist() if schema.classes else None
        for number, row in enumerate(rows):
            yield _beside(row, answers["predictions"][number], chances and chances[number])


def new_names(header: Sequence[str], classes: bool) -> list[str]:
    """Names of the new columns that the table does not have yet."""
    names = ["prediction", "probability"] if classes else ["prediction"]
    while set(names) & set(header):
        names = [f"{name}_" for name in names]
    return names


def _beside(row: Row, answer: object, chance: float | None) -> list[object]:
    return [*row.cells, answer] if chance is None else [*row.cells, answer, chance]


def _positions(schema: Schema, header: Sequence[str]) -> list[int | None]:
    """Where the columns of the model stand in a table; an ignored one need not be there."""
    lacking = [column.name for _, column in schema.used if column.name not in header]
    if lacking:
        raise DataError(
            f"The table lacks columns of the model: {shortened(lacking)}; the model has {schema.described()}."
        )
    return [header.index(name) if name in header else None for name in schema.names]


if __name__ == "__main__":
    try:
        main()
    except (DataError, UsageError) as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        sys.exit(2)
