"""The booster is the one that XGBoost trains of the same rows, read and encoded by other means."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xgboost

from conftest import Run, flowers, play
from test_numbers import Frame, answers_of, frame, own_target


def own_features(rows: Frame) -> Frame:
    """The features of the flowers, made by pandas."""
    return pd.DataFrame(
        {
            "petal": pd.to_numeric(rows["petal"]),
            "colour": pd.Categorical(rows["colour"], categories=["blue, pale", "red", "white"]),
            "wild": pd.Categorical(rows["wild"].str.lower(), categories=["false", "true"]),
        }
    )


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


def test_the_endpoint_answers_as_a_model_that_others_train(run: Run) -> None:
    predict, training = own_model(run)
    for part in ("train", "test"):
        expected = predict(frame(run, part))
        answered = answers_of(run, frame(run, part))
        if run.target == "tall":
            answered = answered[:, 1]
        np.testing.assert_allclose(answered, expected, rtol=1e-4, atol=1e-5)
    assert run.evaluation["training"]["rounds"] == training["rounds"]
    metrics = run.evaluation["training"]["metrics"]
    watched = metrics[f"validation_{run.evaluation['training']['metric']}"]
    assert watched == pytest.approx(training["validation"], rel=1e-4)


def test_the_evaluation_tells_what_training_minimised(run: Run) -> None:
    training = run.evaluation["training"]
    metric = {"species": "mlogloss", "tall": "logloss", "weight": "rmse"}[run.target]
    assert training["metric"] == metric
    assert set(training["metrics"]) == {f"train_{metric}", f"validation_{metric}"}
    assert 1 <= training["rounds"] <= 20


def test_the_booster_is_beside_its_schema_and_code(run: Run) -> None:
    assert sorted(path.name for path in run.model.iterdir()) == ["code", "model.json", "schema.json"]


def test_equal_data_gives_equal_bytes(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    again = play(monkeypatch, tmp_path, flowers(run.target), run.target)
    assert (again.model / "model.json").read_bytes() == (run.model / "model.json").read_bytes()
