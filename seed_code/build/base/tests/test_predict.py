"""Predictions of a table: columns by name, a sentence for what does not fit."""

import csv
import json
import sys
from pathlib import Path

import pytest

import predict
from conftest import Run, flowers
from conftest import ask as ask_endpoint
from errors import DataError
from model import Model


def ask(monkeypatch: pytest.MonkeyPatch, model: Path, folder: Path, table: str) -> list[list[str]]:
    """Predict a table, and read what was written."""
    (folder / "table.csv").write_text(table, encoding="utf-8")
    output = folder / "new/predictions.csv"
    given = ["--model", str(model), "--output", str(output), str(folder / "table.csv")]
    monkeypatch.setattr(sys, "argv", ["predict.py", *given])
    predict.main()
    with output.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_the_answers_are_those_of_the_endpoint(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    table = flowers(run.target, rows=30)
    header, *rows = ask(monkeypatch, run.model, tmp_path, table)
    plain = list(csv.reader(table.splitlines()))
    assert [row[:6] for row in rows] == plain[1:]
    body = json.dumps({"instances": [dict(zip(plain[0][:5], row[:5], strict=True)) for row in plain[1:]]})
    answer = ask_endpoint(Model.load(run.model), body, "application/json")
    assert [row[6] for row in rows] == [str(each) for each in answer["predictions"]]
    if run.target == "weight":
        assert header == [*plain[0], "prediction"]
    else:
        assert header == [*plain[0], "prediction", "probability"]
        most = [max(each.values()) for each in answer["probabilities"]]
        assert [float(row[7]) for row in rows] == pytest.approx(most)


def test_a_column_of_the_same_name_is_kept(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    table = "prediction,colour,petal,wild\nmine,red,1.0,TRUE\n"
    header, row = ask(monkeypatch, run.model, tmp_path, table)
    assert header[:5] == ["prediction", "colour", "petal", "wild", "prediction_"]
    assert row[0] == "mine"


@pytest.mark.parametrize(
    ("table", "says"),
    [
        pytest.param("petal,colour\n1,red\n", "The table lacks columns of the model: wild;", id="column"),
        pytest.param(
            "petal,colour,wild\n1,red,TRUE\ntall,red,TRUE\n",
            'table.csv, line 3: The column "petal" holds numbers, and "tall" is none.',
            id="cell",
        ),
    ],
)
def test_what_does_not_fit_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, table: str, says: str
) -> None:
    with pytest.raises(DataError) as refusal:
        ask(monkeypatch, run.model, tmp_path, table)
    assert str(refusal.value).startswith(says)


def test_without_a_model_the_way_to_one_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"make train DATA=table\.csv TARGET=price"):
        ask(monkeypatch, tmp_path / "none", tmp_path, "a\n1\n")
