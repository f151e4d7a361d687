"""Step 1: check the data, decide what each column is, and split the rows.

Reads every table of ``processing/input/data``; writes ``train``, ``validation`` and ``test`` (one CSV file
each, texts as they came), ``schema/schema.json``, and ``schema/baseline.json``: what the columns look like,
with which the data of later versions is compared. Data that differs too much from that of the version that
was approved last ends the step.
"""

import hashlib
import json
import math
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import baseline
import folders
import step
from cells import word
from errors import DataError, UsageError, shortened
from examine import MAXIMUM_FINDINGS, Examination, examine
from model_schema import Finding
from options import Options
from parts import NAMES, PartWriter, path_of
from registered import Approved, last_approved

Array = np.ndarray[Any, Any]

TRAIN, VALIDATION, TEST = range(3)


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
    keys, classes = row_keys(examination, arguments.split_seed)
    parts = split(keys, classes, validation=validation, test=test)
    write(examination, parts, folders.processing("."))
    print(", ".join(f"{name} {int((parts == number).sum()):,}" for number, name in enumerate(NAMES)))


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


def row_keys(examination: Examination, seed: int) -> tuple[Array, Array]:
    """Give each row a number that follows from its content and the seed, and its class's code.

    Returns:
        The keys, and the codes; 0 for every row of a regression.
    """
    keys, classes = np.empty(examination.rows, "uint64"), np.zeros(examination.rows, "int32")
    position, codes = examination.target_position, examination.schema.codes
    prefix = hashlib.blake2b(f"{seed}\x1f".encode(), digest_size=8)
    for row, cells in enumerate(examination.known_rows()):
        digest = prefix.copy()
        digest.update("\x1f".join(cells).encode())
        keys[row] = int.from_bytes(digest.digest(), "big")
        if codes:
            classes[row] = codes[word(cells[position])]
    return keys, classes


def split(keys: Array, classes: Array, *, validation: float, test: float) -> Array:
    """Assign each row to a part, the same one whatever the order of the rows.

    Rows are ordered by their keys; equal rows are told apart by their number among one another. A
    classification is split class by class, so that each part holds each class of at least three rows.

    Returns:
        The number of the part of each row, as in `NAMES`.
    """
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    occurrence = np.arange(len(keys)) - np.repeat(starts, np.diff([*starts, len(keys)]))
    mixed = np.empty_like(keys)
    mixed[order] = _mix(ordered + occurrence.astype("uint64") * np.uint64(0x9E3779B97F4A7C15))
    parts = np.full(len(keys), TRAIN, dtype="int8")
    # The members of each class one after the other, in the order of their keys.
    members = np.lexsort((mixed, classes))
    for stratum in np.split(members, np.flatnonzero(np.diff(classes[members])) + 1):
        if len(stratum) < 3:
            continue
        tested = min(max(1, round(len(stratum) * test)), len(stratum) - 2)
        validated = min(max(1, round(len(stratum) * validation)), len(stratum) - 1 - tested)
        parts[stratum[:tested]] = TEST
        parts[stratum[tested : tested + validated]] = VALIDATION
    return parts


def write(examination: Examination, parts: Array, folder: Path) -> None:
    """Write the parts and the schema below a folder."""
    header = examination.table.header
    with ExitStack() as stack:
        writers = [stack.enter_context(PartWriter(path_of(folder / name, name), header)) for name in NAMES]
        for part, cells in zip(parts.tolist(), examination.known_rows(), strict=True):
            writers[part].write(cells)
    (folder / "schema").mkdir(parents=True, exist_ok=True)
    examination.schema.save(folder / "schema" / "schema.json")
    described = baseline.describe(examination.schema, header, [row.cells for row in examination.sample])
    text = json.dumps(described, ensure_ascii=False, allow_nan=False)
    (folder / "schema" / "baseline.json").write_text(text + "\n", encoding="utf-8")


def _mix(values: Array) -> Array:
    """Scatter numbers over all 64 bits (the finalizer of SplitMix64, https://prng.di.unimi.it/splitmix64.c)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Array = values ^ (values >> np.uint64(31))
    return mixed


if __name__ == "__main__":
    step.run(main)
