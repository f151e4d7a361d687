"""A model on one's own machine, by the steps as they are."""

import json
from pathlib import Path

import pytest

from pipelines import local


def test_two_commands_make_a_model(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    table, output = tmp_path / "p.csv", tmp_path / "out"
    rows = [f"{number % 41},{number % 41}.5e-9" for number in range(200)]
    table.write_text("\n".join(["a,-log10(p)", *rows]), encoding="utf-8")
    assert local.main([str(table), "--target=-log10(p)", "--output", str(output)]) == 0
    evaluation = json.loads((output / "processing/evaluation/evaluation.json").read_text(encoding="utf-8"))
    assert evaluation["metrics"]["skill_score"]["value"] > 0.9
    assert (output / "model" / "model.json").is_file()
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
