"""The three scripts on a classification of three classes, one of two, and a regression."""

import base64
import csv
import io
import json
import re
import zlib
from pathlib import Path

import pytest

import train
from conftest import Run, ask, flowers, play
from evaluate import rows_of
from model import Model
from model_schema import Schema

PROBLEMS = {
    "species": ("multiclass_classification", "balanced_accuracy", {"f1_macro", "log_loss", "accuracy"}),
    "tall": ("binary_classification", "balanced_accuracy", {"f1_macro", "log_loss", "accuracy", "roc_auc"}),
    "weight": ("regression", "rmse", {"mse", "mae", "r2"}),
}


def decode(text: str) -> str:
    return zlib.decompress(base64.b64decode(text)).decode()


def test_the_target_decides_the_problem(run: Run) -> None:
    problem, primary, others = PROBLEMS[run.target]
    assert run.evaluation["problem_type"] == problem
    assert run.evaluation["primary_metric"] == primary
    assert set(run.evaluation["metrics"]) == {primary, "skill_score", *others}


def test_the_model_beats_the_baseline(run: Run) -> None:
    assert run.evaluation["metrics"]["skill_score"]["value"] > 0.25


def test_every_row_lands_in_one_part(run: Run) -> None:
    parts = [run.part(name) for name in ("train", "validation", "test")]
    assert len({tuple(rows[0]) for rows in parts}) == 1
    rows = [tuple(row) for part in parts for row in part[1:]]
    assert len(rows) == len(set(rows)) == 120


def test_the_schema_tells_what_each_column_is(run: Run) -> None:
    columns = {column.name: column for column in Schema.load(run.model / "schema.json").columns}
    assert {name: column.kind for name, column in columns.items()} == {
        "label": "ignored",
        "petal": "numeric",
        "colour": "categorical",
        "wild": "categorical",
        "station": "ignored",
    }
    assert columns["wild"].categories == ("false", "true")
    assert columns["label"].reason == "it has 120 distinct texts in 120 rows"
    assert columns["station"].reason == "it has fewer than two distinct values"


def test_the_endpoints_code_is_complete(run: Run) -> None:
    """What goes along imports nothing that stays behind, and is what lies here."""
    source = Path(train.__file__).parent
    own = {path.stem for path in source.glob("*.py")}
    # An image of the project's own has it, and nothing goes along.
    code = sorted((run.model / "code").glob("*.py"))
    along = {path.stem: path.read_text(encoding="utf-8") for path in code}
    assert not along or {"inference", "endpoint"} <= set(along)
    for name, text in along.items():
        assert text == (source / f"{name}.py").read_text(encoding="utf-8")
        imported = set(re.findall(r"^ *(?:from|import) (\w+)", text, re.MULTILINE)) & own
        assert imported <= set(along), name


def test_the_registered_sample_is_what_the_model_answers(run: Run) -> None:
    registration = run.evaluation["registration"]
    request, expected = (
        decode(registration["sample_request"]),
        json.loads(decode(registration["sample_prediction"])),
    )
    answer = ask(Model.load(run.model), request, "text/csv")
    assert answer["predictions"] == [expected["prediction"]]
    if "probability" in expected:
        assert answer["probabilities"][0][str(expected["prediction"])] == expected["probability"]


def test_the_registration_fits_the_metadata_of_a_model_version(run: Run) -> None:
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html."""
    for name, value in run.evaluation["registration"].items():
        assert isinstance(value, str), name
        assert 1 <= len(value) <= 256, name
        assert all(character.isalnum() or character in " _.:/=+-@" for character in value), name


def test_equal_data_gives_an_equal_model(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    again = play(monkeypatch, tmp_path, flowers(run.target), run.target)
    assert again.evaluation == run.evaluation
    rows = list(rows_of(Schema.load(run.model / "schema.json"), run.folder / "processing/test/test.csv"))
    answers = [Model.load(each.model).predict(rows).tolist() for each in (run, again)]
    assert answers[0] == answers[1]


def test_the_order_of_the_rows_does_not_change_the_parts(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    header, *rows = flowers(run.target).splitlines()
    again = play(monkeypatch, tmp_path, "\n".join([header, *reversed(rows)]), run.target)
    for name in ("train", "validation", "test"):
        assert sorted(again.part(name)) == sorted(run.part(name))


def test_a_wide_row_is_cut_to_a_sample_that_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"column {number}" for number in range(150)]
    lines = [",".join([*names, "target"])]
    lines += [
        ",".join([*(str(hash((row, name)) % 100_000) for name in range(150)), str(row % 2)])
        for row in range(60)
    ]
    wide = play(monkeypatch, tmp_path, "\n".join(lines), "target")
    sample = wide.evaluation["registration"]["sample_request"]
    assert len(sample) <= 256
    assert len(next(csv.reader(io.StringIO(decode(sample))))) == 150
