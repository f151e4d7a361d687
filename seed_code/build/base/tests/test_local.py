"""A model on one's own machine, by the steps as they are."""

import csv
import json
import sys
from pathlib import Path

import pytest

import predict
from pipelines import local
from pipelines.configuration import Configuration


def test_two_commands_make_a_model(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    table, output = tmp_path / "p.csv", tmp_path / "out"
    rows = [f"{number % 41},{number % 41}.5e-9" for number in range(200)]
    table.write_text("\n".join(["a,-log10(p)", *rows]), encoding="utf-8")
    assert local.main([str(table), "--target=-log10(p)", "--output", str(output)]) == 0
    evaluation = json.loads((output / "processing/evaluation/evaluation.json").read_text(encoding="utf-8"))
    assert evaluation["metrics"]["skill_score"]["value"] > 0.9
    assert (output / "model" / "schema.json").is_file()
    said = capfd.readouterr().out
    assert "The pipeline would register it: its skill score" in said
    assert str(output / "processing/evaluation/report.html") in said
    assert (output / "processing/evaluation/report.html").is_file()
    # What it predicts of its own rows is near, whatever the order of the columns.
    table.write_text("id,-log10(p),a\nx,,7\ny,99,40\n", encoding="utf-8")
    arguments = ["--model", str(output / "model"), "--output", str(output / "new.csv"), str(table)]
    monkeypatch.setattr(sys, "argv", ["predict.py", *arguments])
    predict.main()
    with (output / "new.csv").open(encoding="utf-8") as file:
        header, *answers = csv.reader(file)
    assert header == ["id", "-log10(p)", "a", "prediction"]
    assert [row[:3] for row in answers] == [["x", "", "7"], ["y", "99", "40"]]
    assert [float(row[3]) * 1e9 for row in answers] == [pytest.approx(7.5, abs=2), pytest.approx(40.5, abs=3)]
    # What an earlier run left is replaced, and the reason of a failure is the step's.
    capfd.readouterr()
    assert local.main([str(table), "--target", "b", "--output", str(output)]) == 2
    assert 'no target column "b"' in capfd.readouterr().err
    assert not (output / "model").exists()


def test_a_folder_of_others_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "thesis.txt"
    kept.touch()
    assert local.main([str(kept), "--target", "y", "--output", str(tmp_path)]) == 2
    assert "was not made by an earlier run" in capsys.readouterr().err
    assert kept.exists()


def test_a_missing_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert local.main([str(tmp_path / "x.csv"), "--target", "y", "--output", str(tmp_path / "out")]) == 2
    assert "There is no file" in capsys.readouterr().err


def test_make_without_a_table_says_how(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert local.main(["--target=", "--", ""]) == 2
    assert "make train DATA=table.csv TARGET=price" in capsys.readouterr().err


def test_a_poor_model_is_said_to_be_one() -> None:
    configuration = Configuration.load()
    least = configuration.quality.minimum_skill_score
    for skill, says in ((least, "would register it"), (least - 0.01, "would not register it")):
        assert says in local.verdict({"metrics": {"skill_score": {"value": skill}}}, configuration)
