"""Step 1: check the data, decide what each column is, and split the rows.

Reads every table of ``processing/input/data`` row by row; writes ``train``, ``validation`` and ``test`` (CSV
files, texts as they came), ``schema/schema.json``, and ``schema/baseline.json``: what the columns look like,
with which the data of later versions is compared. Data that differs too much from that of the version that
was approved last ends the step.
"""

import json
import math
from contextlib import ExitStack
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import numpy as np

import baseline
import folders
import step
from cells import word
from chunks import chunks
from errors import DataError, UsageError, shortened
from examine import MAXIMUM_FINDINGS, Examination, examine
from model_schema import Finding
from options import Options
from parts import NAMES, PartWriter, paths_of
from registered import Approved, last_approved
from split import Split


def main() -> None:
    """Run the step."""
    parser = step.Arguments(__doc__)
    Options.add_to(parser)
    parser.add_argument("--input-data", default="", help="S3 URI that the data was copied from")
    parser.add_argument("--split-seed", type=int, default=1)
    parser.add_argument("--validation-fraction", type=float, default=0.15)
    parser.add_argument("--test-fraction", type=float, default=0.15)
    parser.add_argument("--approved-group", default="", help="where versions are, of which one was approved")
    parser.add_argument("--region", default="", help="its Region")
    parser.add_argument("--maximum-drift", type=float, default=math.inf, help="since that version")
    parser.add_argument("--columns-may-change", choices=("true", "false"), default="false")
    parser.add_argument("--files", type=int, default=1, help="how many instances train, with a file each")
    arguments = parser.given()
    validation, test = arguments.validation_fraction, arguments.test_fraction
    if not (0 < validation < 1 and 0 < test < 1 and validation + test < 1):
        raise UsageError("The fractions for validation and test must leave rows to train on.")

    location = named(folders.processing("input/data"), arguments.input_data)
    examination = examine(location, Options.of(arguments))
    if arguments.approved_group:
        examination = compared(
            examination,
            last_approved(arguments.approved_group, arguments.region),
            maximum_drift=arguments.maximum_drift,
            columns_may_change=arguments.columns_may_change == "true",
        )
    for line in examination.report():
        print(line)
    split = counted(examination, seed=arguments.split_seed, validation=validation, test=test)
    counts = write(examination, split, folders.processing("."), files=arguments.files)
    if min(counts) < arguments.files:
        raise DataError(
            f"The smallest part of the data has {min(counts)} rows, and instance_count in config.toml is "
            f"{arguments.files}: each instance needs rows of its own; train on fewer."
        )
    print(", ".join(f"{name} {count:,}" for name, count in zip(NAMES, counts, strict=True)))


def compared(
    examination: Examination, approved: Approved | None, *, maximum_drift: float, columns_may_change: bool
) -> Examination:
    """Compare the data with that of the version that was approved last.

    Args:
        examination: What the table means.
        approved: That version, if there is one.
        maximum_drift: The largest drift of a column that is taken.
        columns_may_change: Whether columns may be gone, or be of another kind.

    Returns:
        The examination, with what differs among the findings.

    Raises:
        DataError: The data differs by more than is taken.
    """
    if approved is None or approved.baseline is None:
        return examination
    schema, before = examination.schema, approved.baseline
    since = f"since version {approved.arn.rpartition('/')[2]}, which was approved last"
    changes = baseline.changes(before, schema)
    if changes and not columns_may_change:
        raise DataError(
            f"The columns have changed {since}: {shortened(changes, 5)}; correct the data, or set "
            "columns_may_change in config.toml to true."
        )
    found = [Finding("", f"{change}, {since}") for change in changes]
    rows = [row.cells for row in examination.sample]
    for drift in baseline.drifts(before, schema, examination.table.header, rows):
        if drift.index > maximum_drift:
            raise DataError(
                f'The column "{drift.column}" has drifted by {drift.index:.3g} {since}, and maximum_drift in '
                f"config.toml is {maximum_drift:g}; correct the data, or raise it if the world has changed."
            )
        if drift.index >= baseline.NOTEWORTHY_DRIFT:
            found.append(Finding(drift.column, f"has drifted by {drift.index:.3g} {since}"))
    findings = (*found, *schema.findings)[:MAXIMUM_FINDINGS]
    return replace(examination, schema=replace(schema, findings=findings))


def named(folder: Path, uri: str) -> Path:
    """What a URI names of the files that SageMaker copied, which are all whose keys begin with it.

    Args:
        folder: Where they are.
        uri: ``s3://bucket/data.csv`` names this object and not ``data.csv.bak``, ``s3://bucket/folder/``
            what is in the folder. Empty if a person put the files there.

    Raises:
        DataError: There is no such object.
    """
    name = uri.rpartition("/")[2]
    if not name:
        return folder
    if not (folder / name).is_file():
        raise DataError(f"There is no file {uri}; for the files of a folder, end its address: {uri}/.")
    return folder / name


def counted(examination: Examination, *, seed: int, validation: float, test: float) -> Split:
    """Count the rows of each class, so that they can be split."""
    position, codes = examination.target_position, examination.schema.codes
    split = Split(seed=seed, validation=validation, test=test, classes=max(1, len(codes)))
    for rows in chunks(examination.known_rows(), len(examination.table.header)):
        texts = [cells[position] for cells in rows]
        of_texts = {text: codes[word(text)] for text in set(texts)} if codes else dict.fromkeys(texts, 0)
        split.count(rows, np.array([of_texts[text] for text in texts], "int32"))
    return split


def write(examination: Examination, split: Split, folder: Path, *, files: int = 1) -> list[int]:
    """Write the parts and the schema below a folder.

    Args:
        examination: What the table means.
        split: It has counted the rows.
        folder: Each part goes to the folder of its name.
        files: In how many files the rows that are trained on go, one for each instance.

    Returns:
        The number of rows of each part.
    """
    header = examination.table.header
    counts = np.zeros(len(NAMES), "int64")
    with ExitStack() as stack:
        turns = []
        for name in NAMES:
            paths = paths_of(folder / name, name, 1 if name == "test" else files)
            turns.append(cycle([stack.enter_context(PartWriter(path, header)) for path in paths]))
        for rows in chunks(examination.known_rows(), len(header)):
            parts = split.assign(len(rows))
            counts += np.bincount(parts, minlength=len(NAMES))
            for part, cells in zip(parts.tolist(), rows, strict=True):
                next(turns[part]).write(cells)
    (folder / "schema").mkdir(parents=True, exist_ok=True)
    examination.schema.save(folder / "schema" / "schema.json")
    described = baseline.describe(examination.schema, header, [row.cells for row in examination.sample])
    text = json.dumps(described, ensure_ascii=False, allow_nan=False)
    (folder / "schema" / "baseline.json").write_text(text + "\n", encoding="utf-8")
    numbers: list[int] = counts.tolist()
    return numbers


if __name__ == "__main__":
    step.run(main)
