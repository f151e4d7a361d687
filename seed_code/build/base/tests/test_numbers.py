"""Right numbers from the right places: each is computed once more, from the files and by other means."""

import csv
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from conftest import Run, ask
from model import Model

Frame = Any


def frame(run: Run, part: str) -> Frame:
    """A part, read by pandas."""
    path = run.folder / f"processing/{part}/{part}.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def own_target(run: Run, rows: Frame) -> Any:
    """The target: numbers, or the position of each class."""
    if run.target == "weight":
        return pd.to_numeric(rows["weight"]).to_numpy()
    labels = {"species": ["<tulip>", "iris", "rose"], "tall": ["False", "True"]}[run.target]
    return np.array([labels.index(label) for label in rows[run.target]])


def answers_of(run: Run, rows: Frame) -> Any:
    """What the endpoint answers for rows of a part, in JSON."""
    body = json.dumps({"instances": rows.drop(columns=run.target).to_dict("records")})
    answer = ask(Model.load(run.model), body, "application/json")
    if run.target == "weight":
        return np.array(answer["predictions"])
    return np.array([list(chances.values()) for chances in answer["probabilities"]])


def test_the_scores_are_those_of_the_test_part(run: Run) -> None:
    rows = frame(run, "test")
    truth, answered = own_target(run, rows), answers_of(run, rows)
    metrics = {name: metric["value"] for name, metric in run.evaluation["metrics"].items()}
    if run.target == "weight":
        error = truth - answered
        expected = {
            "rmse": (error**2).mean() ** 0.5,
            "mse": (error**2).mean(),
            "mae": abs(error).mean(),
            "r2": 1 - (error**2).sum() / ((truth - truth.mean()) ** 2).sum(),
        }
    else:
        chosen = answered.argmax(axis=1)
        recalls = [(chosen[truth == code] == code).mean() for code in np.unique(truth)]
        of_truth = answered[np.arange(len(truth)), truth] / answered.sum(axis=1)
        expected = {
            "accuracy": (chosen == truth).mean(),
            "balanced_accuracy": np.mean(recalls),
            "log_loss": -np.log(of_truth).mean(),
        }
    assert {name: metrics[name] for name in expected} == pytest.approx(expected, rel=1e-6)


def test_the_baseline_is_of_the_training_part(run: Run) -> None:
    known, truth = own_target(run, frame(run, "train")), own_target(run, frame(run, "test"))
    baseline = {name: metric["value"] for name, metric in run.evaluation["baseline"]["metrics"].items()}
    if run.target == "weight":
        assert baseline["rmse"] == pytest.approx(((truth - known.mean()) ** 2).mean() ** 0.5)
    else:
        frequencies = np.bincount(known) / len(known)
        assert baseline["log_loss"] == pytest.approx(-np.log(frequencies[truth]).mean())


def test_the_skill_is_what_the_model_takes_away_of_the_baselines_error(run: Run) -> None:
    primary = run.evaluation["primary_metric"]
    of_model = run.evaluation["metrics"][primary]["value"]
    of_baseline = run.evaluation["baseline"]["metrics"][primary]["value"]
    best = 0 if run.target == "weight" else 1
    skill = run.evaluation["metrics"]["skill_score"]["value"]
    assert skill == pytest.approx(1 - abs(best - of_model) / abs(best - of_baseline))


def test_no_row_is_in_two_parts_and_none_is_lost(run: Run) -> None:
    with (run.folder / "processing/input/data/table.csv").open(encoding="utf-8", newline="") as file:
        header, *source = csv.reader(file)
    parts = [tuple(row) for name in ("train", "validation", "test") for row in frame(run, name).to_numpy()]
    assert list(frame(run, "train").columns) == header
    assert sorted(parts) == sorted(tuple(row) for row in source)
    assert run.evaluation["rows"] == {"train": len(frame(run, "train")), "test": len(frame(run, "test"))}
