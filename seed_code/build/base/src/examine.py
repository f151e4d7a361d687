"""The one gatekeeper: what a table means, or one sentence that says why nothing can be learned from it.

Preprocessing, the check before a start (`check.py`) and a run on one's own machine all ask here.
"""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cells import MISSING, word
from chunks import chunks
from columns import decide_column
from errors import DataError, shortened
from model_schema import Column, Finding, Schema
from options import Options
from profiles import Profile
from reading import Row, Table, open_table
from relation import NOTEWORTHY, explained
from target import Target, decide_target

# The rows by which the relation of ignored columns to the target is judged.
SAMPLE_ROWS = 5_000
SAMPLE_CELLS = 1_000_000
# More findings than these say no more; the columns that are ignored are in the schema all the same.
MAXIMUM_FINDINGS = 100
MAXIMUM_COSTS = 1_000
# From here on a column is reported: mostly empty, or so near to the target that it may be derived from it. A
# column that equals a target of numbers explains 99 % of it by its tenths.
NOTEWORTHY_MISSING = 0.5
NOTEWORTHY_LEAK = 0.985
LEAK_ROWS = 1_000
LEAK = "if it is known only after the target is"


@dataclass(frozen=True)
class Examination:
    """What a table means.

    Attributes:
        table: The table.
        schema: What its columns are.
        rows: How many rows have a target.
        dropped: How many have none, and are left out.
        sample: Some rows from all over the table.
    """

    table: Table
    schema: Schema
    rows: int
    dropped: int
    sample: tuple[Row, ...]

    @property
    def target_position(self) -> int:
        """Where the target stands in a row."""
        return self.table.header.index(self.schema.target)

    def known_rows(self) -> Iterator[list[str]]:
        """Yield the rows that have a target; missing cells are empty."""
        missing, position = self.schema.missing_texts, self.target_position
        for row in self.table.rows():
            if row.cells[position] not in missing:
                yield ["" if cell in missing else cell for cell in row.cells]

    def report(self) -> Iterator[str]:
        """Tell what was decided and found, line by line."""
        schema = self.schema
        yield self.table.sentence
        kinds = [column.kind for column in schema.columns]
        yield (
            f"{schema.problem_type.replace('_', ' ')} of {schema.target}: {self.rows:,} rows"
            f"{f' ({self.dropped:,} more lack it and are left out)' if self.dropped else ''}, "
            + ", ".join(f"{kinds.count(kind):,} {kind}" for kind in ("numeric", "categorical", "ignored"))
            + " columns"
        )
        if schema.classes:
            yield f"classes: {shortened(schema.classes)}"
        for finding in schema.findings:
            about = f"{finding.column}: " if finding.column else ""
            cells = f" [{finding.count:,}]" if finding.count else ""
            first = f"; first {finding.example}" if finding.example else ""
            yield f"finding: {about}{finding.says}{cells}{first}"


def examine(location: Path, options: Options) -> Examination:
    """Decide what a table means.

    Args:
        location: A folder of files, or one file.
        options: What the team says of it.

    Raises:
        DataError: Nothing can be learned from it.
    """
    table = open_table(location, options.encoding, options.decimal)
    _check_header(table, options.target)
    check_segment_column(table.header, options.target, options.segment_column)
    missing = tuple(text for text in MISSING if text == "" or text not in options.never_missing)
    profiles, sample = _count(table, options.target, frozenset(missing))
    of_target = profiles.pop(options.target)
    if not of_target.rows:
        raise DataError(f"{table.files[0].name} has a header and no rows below it.")
    target = decide_target(of_target, options.problem)
    answers = _Answers.of(options.target, table.header.index(options.target), target, sample)
    columns, findings = _decide_columns(table, profiles, answers)
    findings = list(_check_columns(columns, profiles, answers, table, options)) + findings
    schema = Schema(
        target=options.target,
        problem_type=target.problem_type,
        columns=columns,
        classes=target.classes,
        integer_classes=target.integer_classes,
        target_numbers=target.numbers,
        missing=missing,
        findings=(*_of_table(table, profiles), *target.findings, *findings)[:MAXIMUM_FINDINGS],
    )
    return Examination(table, schema, of_target.known, of_target.rows - of_target.known, tuple(sample))


def _check_header(table: Table, target: str) -> None:
    if target in table.header:
        return
    close = difflib.get_close_matches(target, table.header[:10_000], n=1)
    hint = f'did you mean "{close[0]}"?' if close else f"its columns are {shortened(table.header)}."
    raise DataError(
        f'The data has no target column "{target}"; {hint} The first line of each file must name the columns.'
    )


def check_segment_column(header: Sequence[str], target: str, column: str) -> None:
    """Check that there is a column by whose values to measure.

    Raises:
        DataError: There is none.
    """
    if column and (column == target or column not in header):
        others = shortened([name for name in header if name != target])
        raise DataError(
            f'config.toml names "{column}" as segment_column, and the data has no such column beside its '
            f"target; its columns are {others}."
        )


def _count(table: Table, target: str, missing: frozenset[str]) -> tuple[dict[str, Profile], list[Row]]:
    """Count every column over the rows that have a target, and keep some rows from all over the table."""
    profiles = {name: Profile(name, table.decimal, missing) for name in table.header}
    position = table.header.index(target)
    most = max(100, min(SAMPLE_ROWS, SAMPLE_CELLS // len(table.header)))
    sample: list[Row] = []
    stride, number = 1, 0
    for rows in chunks(table.rows(), len(table.header)):
        known = [row for row in rows if row.cells[position] not in missing]
        profiles[target].add([row.cells[position] for row in rows], rows)
        if known:
            for name, cells in zip(
                table.header, zip(*(row.cells for row in known), strict=True), strict=True
            ):
                if name != target:
                    profiles[name].add(cells, known)
        for row in known:
            if number % stride == 0:
                sample.append(row)
                if len(sample) > most:
                    sample, stride = sample[::2], stride * 2
            number += 1
    return profiles, sample


def _decide_columns(
    table: Table, profiles: dict[str, Profile], answers: "_Answers"
) -> tuple[tuple[Column, ...], list[Finding]]:
    columns: list[Column] = []
    costs: list[tuple[float, Finding]] = []
    findings: list[Finding] = []
    for name, profile in profiles.items():
        column, found = decide_column(profile)
        if name in table.nameless and column.kind != "ignored":
            raise DataError(
                f"{table.files[0].name} has a column without a name in its header (column "
                f"{table.header.index(name) + 1}); give each column a name of its own."
            )
        columns.append(column)
        findings += found
        if column.kind == "ignored" and len(profile.words) > 1 and len(costs) < MAXIMUM_COSTS:
            share = answers.explained_by(table.header.index(name))
            costs.append((-share, _cost(column, profile.known, share)))
    if all(column.kind == "ignored" for column in columns):
        why = f" ({columns[0].name}: {columns[0].reason})" if columns else ""
        raise DataError(
            f'No column beside the target "{answers.name}" can be used as a feature{why}; give data with '
            "some."
        )
    # What costs most is to be seen first.
    return tuple(columns), [finding for _, finding in sorted(costs, key=lambda each: each[0])] + findings


def _check_columns(
    columns: tuple[Column, ...],
    profiles: dict[str, Profile],
    answers: "_Answers",
    table: Table,
    options: Options,
) -> Iterator[Finding]:
    """Find columns that are nearly empty or tell the target alone; refuse what the team does not take."""
    used = [column for column in columns if column.kind != "ignored"]
    some = answers.thinned(LEAK_ROWS)
    for column in used:
        profile = profiles[column.name]
        missing = profile.rows - profile.known
        share = missing / profile.rows
        if share > options.maximum_missing:
            raise DataError(
                f'The column "{column.name}" is missing in {share:.1%} of the rows, and maximum_missing in '
                f"config.toml is {options.maximum_missing:g}; complete it, or leave it out of the data."
            )
        if share >= NOTEWORTHY_MISSING:
            yield Finding(column.name, f"is missing in {share:.0%} of the rows", missing)
    for column in used[:MAXIMUM_COSTS]:
        told = some.explained_by(table.header.index(column.name))
        if told > options.maximum_explained:
            raise DataError(
                f'The column "{column.name}" alone explains {told:.1%} of the target, and maximum_explained '
                f"in config.toml is {options.maximum_explained:g}; leave it out of the data {LEAK}."
            )
        if told >= NOTEWORTHY_LEAK:
            says = f"alone explains about {told:.0%} of the target; leave it out of the data {LEAK}"
            yield Finding(column.name, says)


def _cost(column: Column, known: int, share: float) -> Finding:
    says = f"is ignored: {column.reason}"
    if share >= NOTEWORTHY:
        says += f"; read as categories, numbers or dates it would explain about {share:.0%} of the target"
    return Finding(column.name, says, known)


@dataclass(frozen=True)
class _Answers:
    """The target in the rows of a sample.

    Attributes:
        name: The header of the target.
        values: Numbers, or words.
        rows: The rows.
    """

    name: str
    values: list[float] | list[str]
    rows: list[Row]

    @classmethod
    def of(cls, name: str, position: int, target: Target, rows: list[Row]) -> Self:
        cells = [row.cells[position] for row in rows]
        if target.classes:
            return cls(name, [word(cell) for cell in cells], rows)
        return cls(name, [target.numbers.read(cell) for cell in cells], rows)

    def thinned(self, most: int) -> Self:
        """The same of some of the rows, from all over the sample."""
        step = -(-len(self.rows) // most) or 1
        return type(self)(self.name, self.values[::step], self.rows[::step])

    def explained_by(self, position: int) -> float:
        return explained([row.cells[position] for row in self.rows], self.values)


def _of_table(table: Table, profiles: dict[str, Profile]) -> Iterator[Finding]:
    if table.left_out:
        says = f"these files are no tables by their names, and are not read: {shortened(table.left_out, 5)}"
        yield Finding("", says, len(table.left_out))
    marks: dict[str, list[int]] = {}
    for profile in profiles.values():
        for text, count in profile.usual.items():
            if text:
                marks.setdefault(text, []).append(count)
    for text, counts in sorted(marks.items(), key=lambda each: -sum(each[1])):
        yield Finding("", f'"{text}" counts as missing, in {len(counts):,} columns', sum(counts))
