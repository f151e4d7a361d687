"""Tables as people have them: each trains a model whose endpoint answers its rows, or ends in one sentence.

`tables/` holds small files made after faults that people reported of tools like this one; `HABITS` are ways
of public data sets, named.
"""

import csv
import gzip
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from conftest import Run, ask, play
from errors import DataError
from features import labels
from model import Model
from reading import open_table

FOLDER = Path(__file__).with_name("tables")
PETALS = [((number * 37) % 83) / 4 for number in range(60)]


@dataclass(frozen=True)
class Right:
    """What is right for a table.

    Attributes:
        problem: The problem that it poses.
        classes: Its classes.
        finds: Of each of these texts one is in a finding.
        kinds: What its columns are, in their order.
        skill: The least skill score.
    """

    problem: str = "binary_classification"
    classes: tuple[str, ...] = ("no", "yes")
    finds: tuple[str, ...] = ()
    kinds: str = "nn"
    skill: float = 0.5


REGRESSION: dict[str, Any] = {"problem": "regression", "classes": (), "skill": 0.8}

CASES: list[tuple[str, str, tuple[str, ...], Right | str]] = [
    ("01_bracket_in_column_name.csv", "y", (), Right()),
    ("02_newline_in_header.csv", "y", (), Right()),
    (
        "04_tsv_with_index_column.tsv",
        "y",
        (),
        Right(finds=("it counts the rows, and has no name",), kinds="in"),
    ),
    ("06_comma_in_quoted_semicolon_header.csv", "y", (), Right(kinds="cn")),
    (
        "07_class_codes_leading_zero_rare_text.csv",
        "y",
        (),
        Right("multiclass_classification", ("01", "02", "1A"), ("classes of fewer than 3 rows",)),
    ),
    (
        "09_huge_integer_classes.csv",
        "y",
        (),
        Right(classes=("9007199254740992", "9007199254740993")),
    ),
    ("10_every_class_twice.csv", "y", (), "has 20 classes, and no class has 3 rows"),
    ("11_price_with_thousands.csv", "y", (), Right(**{**REGRESSION, "skill": 0.6}, finds=('"6,750"',))),
    (
        "12_number_target_with_None.csv",
        "y",
        (),
        Right(**REGRESSION, finds=('is "None", which counts as missing',)),
    ),
    ("14_decimal_comma.csv", "y", (), Right(**REGRESSION)),
    ("15_feature_with_missing_marker.csv", "y", (), Right(finds=('"#N/A" counts as missing',))),
    ("16_feature_with_currency.csv", "y", (), Right(finds=('"$6,750"',))),
    ("18_uint256_feature.csv", "y", (), Right(finds=("beyond single precision",))),
    ("20_tiny_target.csv", "y", (), Right(**REGRESSION)),
    ("21_bare_cr_in_quoted_cell.csv", "y", (), Right(kinds="nc")),
    ("24_NA_is_a_class.csv", "country", (), '"NA" counted as missing (never_missing in config.toml)'),
    (
        "24_NA_is_a_class.csv",
        "country",
        ("--never-missing", '["NA"]'),
        Right("multiclass_classification", ("DE", "FR", "NA"), skill=-9),
    ),
    ("25_dash_target.csv", "-log10(p)", (), Right(**REGRESSION)),
    ("26_footer_in_target.csv", "y", (), '"n=40" (26_footer_in_target.csv, line 42) is none, as 1 of its 41'),
]


def table(row: str, header: str = "a,b,y", end: str = "\n") -> str:
    """A table of which the answer follows from the first column.

    Args:
        row: A row, in which ``{a:…}`` is a number, ``{b}`` a letter and ``{y}`` the answer.
        header: Its first line.
        end: The ends of its lines.
    """
    rows = [
        row.format(a=petal, b="pqr"[number % 3], y="yes" if petal > 10 else "no", n=number)
        for number, petal in enumerate(PETALS)
    ]
    return end.join([header, *rows, ""])


def swiss(number: float) -> str:
    return f"{1000 * number + 1000:,.2f}".replace(",", "'")


def rows(*cells: str, header: str = "a,b,y") -> str:
    """A table of rows that are computed one by one."""
    return "\n".join([header, *cells, ""])


HABITS: dict[str, tuple[str | bytes | Mapping[str, str | bytes], Right | str]] = {
    "UCI Adult: a space behind each comma, ? for missing": (
        table("{a:.2f}, {b}, {y}").replace(", q,", ", ?,"),
        Right(kinds="nc", finds=('"?" counts as missing',)),
    ),
    "UCI Iris: no header": (table("{a:.2f},{b},{y}", "5.1,3.5,Iris-setosa"), "must name the columns"),
    "Excel: Unicode text (UTF-16, tabs)": (
        table("{a:.2f}\t{b}é\t{y}", "a\tb\ty").encode("utf-16"),
        Right(kinds="nc"),
    ),
    "Excel: sep= in the first line, decimal comma": (
        "sep=;\n" + table("{a:.2f};{b};{y}", "a;b;y").replace(".", ","),
        Right(kinds="nc"),
    ),
    "Data portals of the French state: Windows-1252, semicolons": (
        table("{a:.2f};{b}é;{y}", "médiane;région;y").encode("cp1252"),
        Right(kinds="nc"),
    ),
    "CIC-IDS2017: Infinity in a rate, spaces in the header": (
        table("{a:.2f},{b},{y}", " Flow Bytes/s, Label b,y").replace("\n7.00", "\nInfinity"),
        Right(kinds="nc", finds=("beyond single precision",)),
    ),
    "Spark: parts, an empty one, backslashes before quotes": (
        {
            "part-00000-1a-c000.csv": table('{a:.2f},"say \\"{b}\\", he",{y}'),
            "part-00001-1a-c000.csv": "",
            "_SUCCESS": "",
        },
        Right(kinds="nc"),
    ),
    "MySQL and Hive: \\N for NULL": (
        table("{a:.2f}\x01{b}\x01{y}", "a\x01b\x01y").replace("q", "\\N"),
        Right(kinds="nc", finds=('"\\N" counts as missing',)),
    ),
    "Google Play: Varies with device": (
        table("{a:.2f},{b},{y}").replace("0.00,", "Varies with device,"),
        Right(kinds="nc", finds=("some cells that are none",)),
    ),
    "Lending Club: per cent": (table(" {a:.2f}%,{b},{y}"), Right(kinds="nc", finds=("percentages",))),
    "Swiss statistics: apostrophes": (
        rows(
            *(
                f"{swiss(petal)},x{number % 2},{'yes' if petal > 10 else 'no'}"
                for number, petal in enumerate(PETALS)
            )
        ),
        Right(kinds="nc", finds=("written for people",)),
    ),
    "India: lakhs": (
        rows(
            *(f'"12,{10 + int(petal)},500",{number % 7},{number % 2}' for number, petal in enumerate(PETALS))
        ),
        Right(classes=("0", "1"), finds=('"12,10,500"',), skill=-9),
    ),
    "Accounts: negative numbers in parentheses": (
        table("({a:.2f}),{b},{y}"),
        Right(kinds="nc", finds=("written for people",)),
    ),
    "SAP: the minus behind the number": (
        table("{a:.2f}-;{b};{y}", "a;b;y").replace(".", ","),
        Right(kinds="nc", finds=("written for people",)),
    ),
    "Eurostat: a colon for missing": (
        table("{a:.2f},{b},{y}").replace("\n0.00", "\n:").replace("\n9.25", "\n:"),
        Right(kinds="nc", finds=("marks of missing ones",)),
    ),
    "Data portals: a delimiter at the end of each line": (
        table("{a:.2f},{b},{y},", "a,b,y,"),
        Right(kinds="nci"),
    ),
    "pandas: the index, written twice": (
        table("{n},{n},{a:.2f},{y}", ",Unnamed: 0.1,a,y"),
        Right(kinds="iin"),
    ),
    "pandas: integers of a column with missing ones": (
        table("{a:.2f},{b},{y}").replace("yes", "1.0").replace("no", "0.0"),
        Right(classes=("0", "1"), kinds="nc"),
    ),
    "Kaggle: gzip": (gzip.compress(table("{a:.2f},{b},{y}").encode()), Right(kinds="nc")),
    "World Bank: lines above the header": (
        "Data Source,World Development Indicators,\n\nLast Updated,2024\n\n"
        + table("{a:.2f},{b},{y},", "a,b,y,"),
        "its columns are Data Source, World Development Indicators, Unnamed: 2",
    ),
    "GitHub: a pointer of Git LFS": (
        "version https://git-lfs.github.com/spec/v1\noid sha256:12\n",
        "is not a table",
    ),
    "A page that asks for a password, saved as .csv": ("<!DOCTYPE html>\n<html>\n", "is not a table"),
    "Dates, which nobody reads": (
        rows(
            *(
                f"{date(2020, 1, 1) + timedelta(number)},{number % 7},{'yes' if number < 120 else 'no'}"
                for number in range(300)
            )
        ),
        Right(kinds="in", finds=("it would explain about",), skill=-9),
    ),
}


def check_endpoint(run: Run, tables: Mapping[str, str | bytes]) -> None:
    """Ask the endpoint for every row of the files as they are, and compare with the model and its classes."""
    source = run.folder / "processing" / "input" / "data"
    assert {path.name for path in source.iterdir()} == set(tables)
    read = open_table(source)
    model = Model.load(run.model)
    position = read.header.index(run.target)
    known = [row.cells for row in read.rows() if row.cells[position] not in model.schema.missing_texts]
    requests = [cells[:position] + cells[position + 1 :] for cells in known]
    body = io.StringIO()
    csv.writer(body).writerows(requests)
    answer = ask(model, body.getvalue(), "text/csv")
    by_json = ask(model, json.dumps({"instances": requests}).encode(), "application/json")
    assert answer == by_json
    assert len(answer["predictions"]) == len(known)
    # The model read the parts, and the endpoint the rows as they are in the files: equal rows, equal answers.
    parts = [cells for name in ("train", "validation", "test") for cells in run.part(name)[1:]]
    of_part = {
        tuple(cells): one
        for cells, one in zip(
            parts,
            model.predict([cells[:position] + cells[position + 1 :] for cells in parts]).tolist(),
            strict=True,
        )
    }
    missing = model.schema.missing_texts
    for number, cells in enumerate(known):
        expected = of_part[tuple("" if cell in missing else cell for cell in cells)]
        found = (
            list(answer["probabilities"][number].values())
            if model.schema.classes
            else answer["predictions"][number]
        )
        # The last digit may depend on what is computed at once.
        assert found == pytest.approx(expected, rel=1e-5, abs=0)
    codes = labels(model.schema, [cells[position] for cells in known])
    assert np.isfinite(codes).all()


def check(
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    tables: Mapping[str, str | bytes],
    target: str,
    options: tuple[str, ...],
    right: Right | str,
) -> None:
    if isinstance(right, str):
        with pytest.raises(DataError) as refused:
            play(monkeypatch, folder, tables, target, *options)
        assert right in str(refused.value)
        return
    run = play(monkeypatch, folder, tables, target, *options)
    schema = Model.load(run.model).schema
    assert (schema.problem_type, schema.classes) == (right.problem, right.classes)
    assert "".join(column.kind[0] for column in schema.columns) == right.kinds
    found = [f"{finding.says} {finding.example}" for finding in schema.findings]
    for text in right.finds:
        assert any(text in each for each in found), found
    assert run.evaluation["findings"] == [vars(finding) for finding in schema.findings]
    assert run.evaluation["metrics"]["skill_score"]["value"] >= right.skill
    check_endpoint(run, tables)


@pytest.mark.parametrize(
    ("name", "target", "options", "right"),
    [pytest.param(*case, id=case[0] + "".join(case[2])) for case in CASES],
)
def test_a_reported_table_trains_or_ends_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
    target: str,
    options: tuple[str, ...],
    right: Right | str,
) -> None:
    check(monkeypatch, tmp_path, {name: (FOLDER / name).read_bytes()}, target, options, right)


@pytest.mark.parametrize(
    ("name", "target", "options", "right"),
    [pytest.param(*case, id=case[0] + "".join(case[2])) for case in CASES],
)
def test_a_reported_table_is_the_same_in_parquet(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
    target: str,
    options: tuple[str, ...],
    right: Right | str,
) -> None:
    """As what reads a CSV file into columns of texts, and writes these, leaves it."""
    table = open_table(FOLDER / name)
    header = ["" if column in table.nameless else column for column in table.header]
    columns = zip(*(row.cells for row in table.rows()), strict=True)
    content = io.BytesIO()
    pq.write_table(pa.table(list(map(pa.array, columns)), names=header), content)
    if isinstance(right, str):
        right = right.replace(f"{name}, line 42", "a.parquet, row 41")
    check(monkeypatch, tmp_path, {"a.parquet": content.getvalue()}, target, options, right)


def test_every_reported_table_is_tried() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {case[0] for case in CASES}


@pytest.mark.parametrize("habit", HABITS)
def test_a_habit_of_public_data_trains_or_ends_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, habit: str
) -> None:
    tables, right = HABITS[habit]
    check(
        monkeypatch,
        tmp_path,
        {"a.csv": tables} if isinstance(tables, str | bytes) else tables,
        "y",
        (),
        right,
    )


@pytest.mark.parametrize("power", [-200, -45, -6, 40, 140])
def test_a_target_in_other_units_gives_as_good_a_model(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, power: int
) -> None:
    def skill(power: int) -> Any:
        text = rows(*(f"{number % 83},{number % 7},{number % 83}.5e{power}" for number in range(300)))
        run = play(monkeypatch, tmp_path / str(power), text, "y")
        return run.evaluation["metrics"]["skill_score"]["value"]

    usual = skill(0)
    assert usual > 0.9
    assert skill(power) == pytest.approx(usual, abs=0.03)
