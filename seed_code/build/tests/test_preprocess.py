"""Data that is read, and data that is refused with one sentence."""

import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

import folders
import preprocess
from conftest import flowers
from tabular import MAXIMUM_CLASSES, Schema

ROWS = 60


def numbered(target: list[str], header: str = "a,b") -> str:
    return "\n".join([header, *(f"{number},{value}" for number, value in enumerate(target))])


def outcome(
    monkeypatch: pytest.MonkeyPatch, folder: Path, files: Mapping[str, str | bytes], *arguments: str
) -> Schema:
    """Preprocess files whose target is ``b``."""
    monkeypatch.setenv("SAGEMAKER_BASE_DIR", str(folder))
    monkeypatch.setattr(sys, "argv", ["preprocess.py", "--target", "b", *arguments])
    data = folder / "processing/input/data"
    data.mkdir(parents=True)
    for name, content in files.items():
        (data / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    folders.run(preprocess.main)
    return Schema.load(folder / "processing/schema/schema.json")


@pytest.mark.parametrize(
    ("files", "arguments", "sentence"),
    [
        pytest.param({}, [], "has no CSV file (found: nothing)", id="no-file"),
        pytest.param({"a.parquet": b"PAR1"}, [], "has no CSV file (found: a.parquet)", id="no-csv-file"),
        pytest.param({"a.csv": ""}, [], "a.csv is empty", id="empty"),
        pytest.param({"a.csv": " \n\n"}, [], "a.csv is empty", id="blank"),
        pytest.param(
            {"a.csv": b"\x89PNG\r\n\x1a\n\0\0"}, [], "a.csv is not a CSV file in UTF-8", id="binary"
        ),
        pytest.param({"a.csv": "a,b\né,1".encode("latin-1")}, [], "is not a CSV file in UTF-8", id="latin-1"),
        pytest.param({"a.csv": "a text\nof lines\n"}, [], "its first line has one field", id="prose"),
        pytest.param({"a.csv": '{"a": 1, "b": 2}\n1\n'}, [], "no target column", id="json"),
        pytest.param({"a.csv": "a,b\n1,2\n1,2,3,4\n"}, [], "is not a CSV file (Expected 2", id="ragged"),
        pytest.param({"a.csv": "a,b\n1,2,3\n1,2,3\n"}, [], "more fields than its header", id="short-header"),
        pytest.param({"a.csv": "a,b,a\n1,2,3\n"}, [], 'has the column "a" twice', id="repeated-column"),
        pytest.param({"a.csv": "a,b,\n1,2,3\n"}, [], "has a column without a name", id="nameless-column"),
        pytest.param({"a.csv": "a,b\n1,2\n", "b.csv": "b,a\n1,2\n"}, [], "different headers", id="headers"),
        pytest.param(
            {"a.csv": "a,c\n1,2\n"}, [], 'no target column "b"; its columns are a, c', id="no-target"
        ),
        pytest.param({"a.csv": "a,b\n1,2\n"}, [], "has 1 rows with a value", id="too-few-rows"),
        pytest.param({"a.csv": numbered([""] * ROWS)}, [], "has 0 rows with a value", id="target-missing"),
        pytest.param({"a.csv": numbered(["5"] * ROWS)}, [], "Every row has the same value", id="constant"),
        pytest.param(
            {"a.csv": "\n".join(["a,b", *(f"x,{row % 2}" for row in range(ROWS))])},
            [],
            "No column beside the target",
            id="no-feature",
        ),
        pytest.param(
            {"a.csv": numbered([f"text {row}" for row in range(MAXIMUM_CLASSES + 1)])},
            [],
            "a classification takes at most 100 classes",
            id="too-many-classes",
        ),
        pytest.param(
            {"a.csv": numbered(["yes", "no"] * (ROWS // 2))},
            ["--problem-type", "regression"],
            "a regression needs numbers",
            id="texts-for-a-regression",
        ),
    ],
)
def test_unusable_data_ends_with_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    files: dict[str, str | bytes],
    arguments: list[str],
    sentence: str,
) -> None:
    with pytest.raises(SystemExit) as end:
        outcome(monkeypatch, tmp_path, files, *arguments)
    assert end.value.code == 2
    printed = capsys.readouterr()
    assert sentence in printed.err
    assert printed.err.count("\n") == 1
    assert printed.out == ""
    assert (tmp_path / "output/message").read_text(encoding="utf-8") == printed.err.strip()
    assert not (tmp_path / "processing/train").exists()


@pytest.mark.parametrize(
    ("files", "arguments", "problem", "classes"),
    [
        pytest.param(numbered(["yes", "no"] * 30), [], "binary_classification", ("no", "yes"), id="texts"),
        pytest.param(
            numbered(["1", "1.0", "0"] * 20), [], "binary_classification", ("0", "1"), id="zero-one"
        ),
        pytest.param(
            numbered(["10", "9", "2"] * 20), [], "multiclass_classification", ("2", "9", "10"), id="few"
        ),
        pytest.param(numbered([str(row) for row in range(60)]), [], "regression", (), id="many-integers"),
        pytest.param(numbered(["0.5", "1"] * 30), [], "regression", (), id="fractions"),
        pytest.param(
            numbered(["1", "2"] * 30), ["--problem-type", "regression"], "regression", (), id="override"
        ),
        pytest.param(
            numbered(["1.5", "2.5"] * 30),
            ["--problem-type", "classification"],
            "binary_classification",
            ("1.5", "2.5"),
            id="override-fractions",
        ),
        pytest.param("\ufeff" + numbered(["1", "0"] * 30), [], "binary_classification", ("0", "1"), id="bom"),
        pytest.param(
            numbered(["1", "0"] * 30).replace(",", ";"),
            [],
            "binary_classification",
            ("0", "1"),
            id="semicolons",
        ),
        pytest.param(
            numbered(["1", "0", "NA", "?"] * 15),
            [],
            "binary_classification",
            ("0", "1"),
            id="targets-missing",
        ),
    ],
)
def test_the_target_decides_the_problem(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    files: str,
    arguments: list[str],
    problem: str,
    classes: tuple[str, ...],
) -> None:
    schema = outcome(monkeypatch, tmp_path, {"a.csv": files}, *arguments)
    assert (schema.problem_type, schema.classes) == (problem, classes)


def test_several_files_are_one_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    halves = {"1.csv": numbered(["1", "0"] * 20), "2.csv": numbered(["0", "1"] * 20)}
    outcome(monkeypatch, tmp_path, halves)
    parts = [tmp_path / f"processing/{name}/{name}.csv" for name in preprocess.SPLITS]
    assert sum(len(path.read_text(encoding="utf-8").splitlines()) - 1 for path in parts) == 80


def test_every_part_holds_every_class_of_three_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(numbered(["often"] * 50 + ["seldom"] * 3 + ["once"]), encoding="utf-8")
    rows = preprocess.read_csv(path)
    schema = Schema("b", "multiclass_classification", (), ("often", "once", "seldom"))
    parts = preprocess.split(rows, schema, seed=1, validation=0.15, test=0.15)
    found = {name: set(rows["b"][parts == name]) for name in preprocess.SPLITS}
    assert found == {
        "train": {"often", "seldom", "once"},
        "validation": {"often", "seldom"},
        "test": {"often", "seldom"},
    }


def test_the_seed_decides_the_parts(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(flowers("weight"), encoding="utf-8")
    rows = preprocess.read_csv(path)
    schema = Schema("weight", "regression", ())
    first, same, other = (
        preprocess.split(rows, schema, seed=seed, validation=0.2, test=0.2) for seed in (1, 1, 2)
    )
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)
