"""Right numbers from the right places: each is computed once more, from the files and by other means."""

import csv
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xgboost

import inference
from conftest import Run

Frame = Any


def frame(run: Run, part: str) -> Frame:
    """A part, read by pandas."""
    path = run.folder / f"processing/{part}/{part}.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def own_features(rows: Frame) -> Frame:
    """The features of the flowers, made by pandas."""
    return pd.DataFrame(
        {
            "petal": pd.to_numeric(rows["petal"]),
            "colour": pd.Categorical(rows["colour"], categories=["blue, pale", "red", "white"]),
            "wild": pd.Categorical(rows["wild"].str.lower(), categories=["false", "true"]),
        }
    )


def own_target(run: Run, rows: Frame) -> Any:
    """The target, as XGBoost is to learn it."""
    if run.target == "weight":
        return pd.to_numeric(rows["weight"]).to_numpy()
    labels = {"species": ["<tulip>", "iris", "rose"], "tall": ["False", "True"]}[run.target]
    return np.array([labels.index(label) for label in rows[run.target]])


def own_model(run: Run) -> tuple[Any, dict[str, Any]]:
    """Train on the training part and watch the validation part, without a line of the scripts."""
    of_problems: dict[str, dict[str, Any]] = {
        "species": {"objective": "multi:softprob", "eval_metric": "mlogloss", "num_class": 3},
        "tall": {"objective": "binary:logistic", "eval_metric": "logloss"},
        "weight": {"objective": "reg:squarederror", "eval_metric": "rmse"},
    }
    settings = of_problems[run.target] | {
        "max_depth": 3,
        "eta": 0.3,
        "subsample": 0.9,
        "colsample_bytree": 0.9,
        "seed": 1,
    }
    target = own_target(run, frame(run, "train"))
    center, scale = (
        (target.mean(), 2.0 ** np.floor(np.log2(target.std()))) if run.target == "weight" else (0.0, 1.0)
    )
    matrices = {
        part: xgboost.DMatrix(
            own_features(frame(run, part)),
            (own_target(run, frame(run, part)) - center) / scale,
            enable_categorical=True,
        )
        for part in ("train", "validation")
    }
    scores: dict[str, dict[str, list[float]]] = {}
    model = xgboost.train(
        settings,
        matrices["train"],
        20,
        evals=[(matrices["validation"], "validation")],
        early_stopping_rounds=20,
        evals_result=scores,
        verbose_eval=False,
    )
    best = int(np.argmin(scores["validation"][settings["eval_metric"]]))

    def predict(rows: Frame) -> Any:
        matrix = xgboost.DMatrix(own_features(rows), enable_categorical=True)
        return model.predict(matrix, iteration_range=(0, best + 1)).astype("float64") * scale + center

    watched = scores["validation"][settings["eval_metric"]][best] * scale
    return predict, {"rounds": best + 1, "validation": watched}


def ask(run: Run, rows: Frame) -> Any:
    """What the endpoint answers for rows of a part, in JSON."""
    body = json.dumps({"instances": rows.drop(columns=run.target).to_dict("records")})
    model = inference.model_fn(str(run.model))
    answer = inference.predict_fn(inference.input_fn(body, "application/json"), model)
    if run.target == "weight":
        return np.array(answer["predictions"])
    return np.array([list(chances.values()) for chances in answer["probabilities"]])


def test_the_endpoint_answers_as_a_model_that_others_train(run: Run) -> None:
    predict, training = own_model(run)
    for part in ("train", "test"):
        expected = predict(frame(run, part))
        answered = ask(run, frame(run, part))
        if run.target == "tall":
            answered = answered[:, 1]
        np.testing.assert_allclose(answered, expected, rtol=1e-4, atol=1e-5)
    assert run.evaluation["training"]["rounds"] == training["rounds"]
    metrics = run.evaluation["training"]["metrics"]
    watched = metrics[f"validation_{run.evaluation['training']['metric']}"]
    assert watched == pytest.approx(training["validation"], rel=1e-4)


def test_the_scores_are_those_of_the_test_part(run: Run) -> None:
    rows = frame(run, "test")
    truth, answered = own_target(run, rows), ask(run, rows)
    metrics = {name: metric["value"] for name, metric in run.evaluation["metrics"].items()}
    if run.target == "weight":
        error = truth - answered
        expected = {
            "rmse": (error**2).mean() ** 0.5,
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
