"""What Evaluate leaves for people: one page, its pictures, and the numbers behind them."""

import json
import re
from pathlib import Path

import pytest

from conftest import Run, flowers, play

PICTURES = {
    "species": ["calibration", "confusion", "importance", "precision_recall", "roc"],
    "tall": ["calibration", "confusion", "importance", "precision_recall", "roc"],
    "weight": ["calibration", "importance", "predicted", "residuals"],
}


def test_each_problem_has_its_pictures_and_one_page_with_all_of_them(run: Run) -> None:
    folder = run.folder / "processing/evaluation"
    drawn = sorted((folder / "pictures").iterdir())
    assert [path.name for path in drawn] == [f"{name}.svg" for name in PICTURES[run.target]]
    page = (folder / "report.html").read_text(encoding="utf-8")
    for path in drawn:
        assert path.read_text(encoding="utf-8") in page
    # It opens anywhere, and asks nobody for anything.
    assert not re.search(r"<(?:script|link|img|iframe)|\b(?:src|href)=", page)
    for metric in run.evaluation["metrics"].values():
        assert f">{metric['value']:.5g}<" in page


def test_what_is_seen_agrees_with_what_is_measured(run: Run) -> None:
    details = json.loads((run.folder / "processing/evaluation/diagnostics.json").read_text(encoding="utf-8"))
    rows = len(run.part("test")) - 1
    metrics = {name: metric["value"] for name, metric in run.evaluation["metrics"].items()}
    if run.target == "weight":
        squares = [(predicted - right) ** 2 for right, predicted in details["points"]]
        assert (sum(squares) / rows) ** 0.5 == pytest.approx(metrics["rmse"])
        assert sum(details["residuals"]["counts"]) == rows
        return
    counts = details["confusion"]["rows"]
    assert sum(map(sum, counts)) == rows
    assert sum(counts[code][code] for code in range(len(counts))) / rows == pytest.approx(metrics["accuracy"])
    if run.target == "tall":
        assert details["roc"]["True"]["area"] == pytest.approx(metrics["roc_auc"])


def test_the_column_that_decides_is_the_most_important(run: Run) -> None:
    details = json.loads((run.folder / "processing/evaluation/diagnostics.json").read_text(encoding="utf-8"))
    assert details["importance"]["features"][0]["feature"] == "petal"
    assert {each["feature"] for each in details["importance"]["features"]} == {"petal", "colour", "wild"}


def test_segments_are_measured_and_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    run = play(monkeypatch, tmp_path, flowers("weight"), "weight", "--segment-column", "colour")
    folder = run.folder / "processing/evaluation"
    details = json.loads((folder / "diagnostics.json").read_text(encoding="utf-8"))["segments"]
    header, *rows = run.part("test")
    colours = [row[header.index("colour")] for row in rows]
    assert {each["segment"]: each["rows"] for each in details["segments"]} == {
        colour: colours.count(colour) for colour in colours
    }
    squares = sum(each["rows"] * each["metrics"]["rmse"] ** 2 for each in details["segments"])
    assert (squares / len(rows)) ** 0.5 == pytest.approx(run.evaluation["metrics"]["rmse"]["value"])
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "<h2>Segments</h2>" in page
    assert (folder / "pictures/segments.svg").is_file()
