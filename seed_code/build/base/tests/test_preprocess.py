"""Data that is read, data that is refused with one sentence, and what is written of it."""

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

import preprocess
import step
from errors import DataError
from examine import examine
from model_schema import Schema
from options import Options
from parts import NAMES, read_part
from target import MAXIMUM_CLASSES

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
    step.run(preprocess.main)
    return Schema.load(folder / "processing/schema/schema.json")


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        pytest.param("s3://team/churn/q.csv", ["q.csv"], id="an object"),
        pytest.param("s3://team/churn/", ["q.csv", "q2.csv"], id="a folder"),
        pytest.param("", ["q.csv", "q2.csv"], id="files of a person"),
    ],
)
def test_what_is_named_is_what_is_read(tmp_path: Path, uri: str, expected: list[str]) -> None:
    """SageMaker copies every object whose key begins with the URI, such as ``q.csv.metadata``."""
    for name in ("q.csv", "q.csv.metadata", "q2.csv"):
        (tmp_path / name).write_text(numbered([str(number % 7) for number in range(ROWS)]), encoding="utf-8")
    table = examine(preprocess.named(tmp_path, uri), Options("b")).table
    assert [path.name for path in table.files] == expected


def test_a_folder_without_a_slash_is_refused(tmp_path: Path) -> None:
    """Its files and those of ``churn-archive/`` could not be told apart."""
    (tmp_path / "a.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"There is no file s3://team/churn; .*: s3://team/churn/\."):
        preprocess.named(tmp_path, "s3://team/churn")


@pytest.mark.parametrize(
    ("files", "arguments", "sentence"),
    [
        pytest.param({}, [], "has no CSV file (found: nothing)", id="no file"),
        pytest.param({"a.parquet": b"PAR1"}, [], "a.parquet is damaged", id="Parquet"),
        pytest.param({"a.csv": b"PK\x03\x04"}, [], "a ZIP archive or an Excel workbook", id="Excel"),
        pytest.param({"a.jpg": b"1", "b.png": b"2"}, [], "(found: a.jpg, b.png)", id="no table"),
        pytest.param({"a.csv": ""}, [], "a.csv is empty", id="empty"),
        pytest.param({"a.csv": " \n\n"}, [], "a.csv is empty", id="blank"),
        pytest.param({"a.csv": b"\x89PNG\r\n\x1a\n\0\0"}, [], "a.csv is a picture", id="picture"),
        pytest.param({"a.csv": b"a,b\n1,\0"}, [], "holds binary data", id="binary"),
        pytest.param(
            {"a.csv": b"a,b\n\xef\xf0\xe8\xe2\xe5\xf2,1"}, [], "a.csv is not text in UTF-8", id="Cyrillic"
        ),
        pytest.param({"a.csv": "a text\nof lines\n"}, [], "its first line has one field", id="prose"),
        pytest.param({"a.csv": '{"a": 1, "b": 2}\n1,1\n'}, [], "no target column", id="JSON"),
        pytest.param({"a.csv": "a,b\n1,2\n1,2,3,4\n"}, [], "a.csv, line 3, has 4 cells", id="long row"),
        pytest.param({"a.csv": "a,b\n1,2\n1\n"}, [], "a.csv, line 3, has 1 cells", id="short row"),
        pytest.param({"a.csv": "a,b\n1,2\n" + '"x,3\n' * 9}, [], "is not CSV", id="open quote"),
        pytest.param({"a.csv": "a,b,a\n1,2,3\n"}, [], 'has the column "a" twice', id="repeated column"),
        pytest.param(
            {"a.csv": numbered([f"{row % 7},{row % 3}" for row in range(ROWS)], "a,b,")},
            [],
            "a column without a name in its header (column 3)",
            id="nameless column",
        ),
        pytest.param({"a.csv": "a,b\n1,2\n", "b.csv": "b,a\n1,2\n"}, [], "different headers", id="headers"),
        pytest.param(
            {"a.csv": "a,c\n1,2\n"}, [], 'no target column "b"; its columns are a, c', id="no target"
        ),
        pytest.param({"a.csv": "a,bb\n1,2\n"}, [], 'did you mean "bb"?', id="misspelt target"),
        pytest.param({"a.csv": "a,b\n"}, [], "a header and no rows below it", id="header alone"),
        pytest.param({"a.csv": "a,b\n1,2\n"}, [], "has 1 rows with a value", id="too few rows"),
        pytest.param({"a.csv": numbered([""] * ROWS)}, [], "has 0 rows with a value", id="target missing"),
        pytest.param({"a.csv": numbered(["5"] * ROWS)}, [], "Every row has the same value", id="constant"),
        pytest.param(
            {"a.csv": "\n".join(["a,b", *(f"x,{row % 2}" for row in range(ROWS))])},
            [],
            "No column beside the target",
            id="no feature",
        ),
        pytest.param(
            {"a.csv": numbered([f"text {row}" for row in range(MAXIMUM_CLASSES + 1)])},
            [],
            "takes at most 100 classes",
            id="too many classes",
        ),
        pytest.param(
            {"a.csv": numbered([f"text {row}" for row in range(ROWS)])},
            [],
            "has 60 classes, and no class has 3 rows",
            id="classes too small",
        ),
        pytest.param(
            {"a.csv": numbered(["often"] * ROWS + ["once"])},
            [],
            'has 2 classes, and only "often" has 3 rows',
            id="one class to measure",
        ),
        pytest.param(
            {"a.csv": numbered(["short", "l" * 101] * ROWS)}, [], "has at most 100 bytes", id="long label"
        ),
        pytest.param(
            {"a.csv": numbered(["yes", "no"] * (ROWS // 2))},
            ["--problem-type", "regression"],
            "a regression needs numbers",
            id="texts for a regression",
        ),
        pytest.param(
            {"a.csv": numbered([str(row) for row in range(ROWS)] + ["12 or so"])},
            [],
            '"12 or so" (a.csv, line 62) is none, as 1 of its 61 values',
            id="one text among the numbers of the target",
        ),
        pytest.param(
            {"a.csv": numbered([f"{row}e299" for row in range(ROWS)])}, [], "up to 1e+150", id="huge target"
        ),
        pytest.param({"a.csv": "a,b\n"}, ["--split-seed", "x"], "invalid int value: 'x'", id="argument"),
        pytest.param({"a.csv": "a,b\n"}, ["--splitseed", "1"], "unrecognized arguments", id="no argument"),
        pytest.param({"a.csv": "a,b\n"}, ["--test-fraction", "1.5"], "leave rows to train", id="fraction"),
        pytest.param({"a.csv": "a,b\n"}, ["--encoding", "klingon"], 'no encoding "klingon"', id="encoding"),
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
        pytest.param(numbered([str(row) for row in range(60)]), [], "regression", (), id="many integers"),
        pytest.param(numbered(["0.5", "1"] * 30), [], "regression", (), id="fractions"),
        pytest.param(
            numbered(["1", "2"] * 30), ["--problem-type", "regression"], "regression", (), id="override"
        ),
        pytest.param(
            numbered(["1.5", "2.5"] * 30),
            ["--problem-type", "classification"],
            "binary_classification",
            ("1.5", "2.5"),
            id="override fractions",
        ),
        pytest.param(
            numbered(["1", "0", "NA", "?"] * 15),
            [],
            "binary_classification",
            ("0", "1"),
            id="targets missing",
        ),
        pytest.param(
            numbered(["1", "0", "NA", "?"] * 15),
            ["--never-missing", '["NA"]'],
            "multiclass_classification",
            ("0", "1", "NA"),
            id="a value that usually means a missing one",
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
    parts = [tmp_path / f"processing/{name}/{name}.csv" for name in NAMES]
    assert sum(len(list(read_part(path))) - 1 for path in parts) == 80


def test_the_rows_of_a_part_go_to_a_file_for_each_instance_that_trains(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    table = {"a.csv": numbered(["yes", "no", "yes"] * 40)}
    outcome(monkeypatch, tmp_path / "one", table)
    outcome(monkeypatch, tmp_path / "three", table, "--files", "3")
    for name in NAMES:
        alone, several = (tmp_path / run / "processing" / name for run in ("one", "three"))
        files = sorted(several.iterdir())
        assert [path.name for path in files] == [
            f"{name}{end}.csv" for end in (("-1", "-2", "") if name != "test" else ("",))
        ]
        shares = [len(list(read_part(path))) - 1 for path in files]
        assert max(shares) - min(shares) <= 1
        first, second = (list(read_part(folder)) for folder in (alone, several))
        assert first[0] == second[0]
        assert sorted(first[1:]) == sorted(second[1:])


def test_more_instances_than_rows_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        outcome(monkeypatch, tmp_path, {"a.csv": numbered(["yes", "no"] * 30)}, "--files", "9")
    assert end.value.code == 2
    assert "part of the data has 8 rows, and instance_count in config.toml is 9" in capsys.readouterr().err
