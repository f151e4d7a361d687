"""Step 3: measure the model on the test part, against a baseline that always gives the same answer.

Reads ``model/model.tar.gz``, ``test/test.csv`` and (for the baseline) ``train/train.csv`` under
``processing/input``; writes ``processing/evaluation/evaluation.json``. Predictions are made by the code of
the endpoint.
"""

import base64
import csv
import io
import json
import tarfile
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn import metrics

import folders
import inference
from tabular import read_table

Array = np.ndarray[Any, Any]

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html
MAXIMUM_METADATA_LENGTH = 256


def main() -> None:
    """Run the step."""
    training = read_table(folders.processing("input/train") / "train.csv")
    test = read_table(folders.processing("input/test") / "test.csv")
    with tempfile.TemporaryDirectory() as unpacked:
        with tarfile.open(folders.processing("input/model") / "model.tar.gz") as archive:
            # Python before 3.11.4 has no such filter; the archive is the pipeline's own.
            archive.extraction_filter = getattr(tarfile, "data_filter", None)
            archive.extractall(unpacked)  # noqa: S202
        evaluation = evaluate(Path(unpacked), training, test)
    output = folders.processing("evaluation")
    output.mkdir(parents=True, exist_ok=True)
    text = json.dumps(evaluation, indent=2, ensure_ascii=False)
    (output / "evaluation.json").write_text(text + "\n", encoding="utf-8")
    print(text)


@dataclass(frozen=True)
class Comparison:
    """A model beside a constant answer, on the same rows.

    Attributes:
        primary: The metric that decides.
        best: Its value for a model that makes no mistake.
        scores: The model's metrics.
        baseline: The same of the constant answer.
        method: What the constant answer is.
    """

    primary: str
    best: float
    scores: dict[str, float]
    baseline: dict[str, float]
    method: str

    @property
    def skill_score(self) -> float:
        """Share of the baseline's error that the model takes away: 0 is no better, 1 is perfect.

        https://en.wikipedia.org/wiki/Forecast_skill
        """
        error = abs(self.best - self.scores[self.primary])
        constant = abs(self.best - self.baseline[self.primary])
        return 1 - error / constant if constant else 0.0


def evaluate(model_folder: Path, training: pd.DataFrame, test: pd.DataFrame) -> dict[str, Any]:
    """Measure a model.

    Args:
        model_folder: The unpacked ``model.tar.gz``.
        training: Texts of the training rows, from which the baseline is taken.
        test: Texts of the test rows.

    Returns:
        The content of ``evaluation.json``. Its ``registration`` holds texts only, in the characters that
        SageMaker allows in the metadata of a model version.
    """
    model = inference.model_fn(str(model_folder))
    target = model.schema.target
    compare = compare_regression if model.schema.problem_type == "regression" else compare_classification
    comparison = compare(
        inference.predict(model, test[model.schema.names]),
        model.schema.labels(test[target]),
        model.schema.labels(training[target]),
    )
    request, answer = sample(model, test)
    return {
        "problem_type": model.schema.problem_type,
        "primary_metric": comparison.primary,
        "metrics": _values(comparison.scores | {"skill_score": comparison.skill_score}),
        "baseline": {"method": comparison.method, "metrics": _values(comparison.baseline)},
        "training": json.loads(model.booster.attr("training")),
        "rows": {"train": len(training), "test": len(test)},
        "registration": {
            "problem_type": model.schema.problem_type,
            "primary_metric": comparison.primary,
            "primary_metric_value": f"{comparison.scores[comparison.primary]:.6g}",
            "skill_score": f"{comparison.skill_score:.6g}",
            "sample_request": request,
            "sample_prediction": answer,
        },
    }


def compare_regression(prediction: dict[str, list[Any]], truth: Array, training: Array) -> Comparison:
    """Measure numbers against the mean of the training target."""
    return Comparison(
        primary="rmse",
        best=0.0,
        scores=regression_scores(truth, np.array(prediction["predictions"])),
        baseline=regression_scores(truth, np.full(len(truth), training.mean())),
        method="mean of the training target",
    )


def compare_classification(prediction: dict[str, list[Any]], truth: Array, training: Array) -> Comparison:
    """Measure probabilities against the class frequencies of the training target."""
    chances = np.array([list(row.values()) for row in prediction["probabilities"]])
    # XGBoost's single precision leaves the sums a little off 1.
    chances /= chances.sum(axis=1, keepdims=True)
    frequencies = np.bincount(training, minlength=chances.shape[1]) / len(training)
    return Comparison(
        primary="balanced_accuracy",
        best=1.0,
        scores=classification_scores(truth, chances),
        baseline=classification_scores(truth, np.tile(frequencies, (len(truth), 1))),
        method="class frequencies of the training target",
    )


def regression_scores(truth: Array, values: Array) -> dict[str, float]:
    """Errors in the unit of the target, and R²."""
    return {
        "rmse": float(metrics.root_mean_squared_error(truth, values)),
        "mae": float(metrics.mean_absolute_error(truth, values)),
        "r2": float(metrics.r2_score(truth, values)),
    }


def classification_scores(truth: Array, chances: Array) -> dict[str, float]:
    """Scores of class probabilities.

    Args:
        truth: Class codes; shape (rows,).
        chances: Probabilities; shape (rows, classes).
    """
    codes = chances.argmax(axis=1)
    every = np.arange(chances.shape[1])
    present = np.unique(truth)
    scores = {
        "accuracy": float(metrics.accuracy_score(truth, codes)),
        # Over the classes that the test part has: a class of one or two rows is in the training part alone.
        "balanced_accuracy": float(
            metrics.recall_score(truth, codes, labels=present, average="macro", zero_division=0)
        ),
        "f1_macro": float(metrics.f1_score(truth, codes, labels=present, average="macro", zero_division=0)),
        "log_loss": float(metrics.log_loss(truth, chances, labels=every)),
    }
    if len(every) == 2 and len(present) == 2:
        scores["roc_auc"] = float(metrics.roc_auc_score(truth, chances[:, 1]))
    return scores


def sample(model: inference.Model, test: pd.DataFrame) -> tuple[str, str]:
    """Choose a request that is registered with the version, with the answer that the model gives to it.

    The longest cells of the row are left empty until it fits.

    Returns:
        A CSV row and the JSON answer, both as `encode` writes them.
    """
    cells = ["" if pd.isna(cell) else str(cell) for cell in test[model.schema.names].iloc[0]]
    request = csv_row(cells)
    while len(encode(request)) > MAXIMUM_METADATA_LENGTH:
        cells[max(range(len(cells)), key=lambda index: len(cells[index]))] = ""
        request = csv_row(cells)
    answer = inference.predict_fn(inference.input_fn(request, inference.CSV), model)
    first: dict[str, Any] = {"prediction": answer["predictions"][0]}
    if "probabilities" in answer:
        first["probability"] = answer["probabilities"][0][str(first["prediction"])]
    return encode(request), encode(json.dumps(first, ensure_ascii=False))


def csv_row(cells: list[str]) -> str:
    """Write one CSV row, without the line's end."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow(cells)
    return buffer.getvalue()


def encode(text: str) -> str:
    """Write a text in the characters that the metadata of a model version may have: zlib, then base64."""
    return base64.b64encode(zlib.compress(text.encode(), level=9)).decode("ascii")


def _values(scores: dict[str, float]) -> dict[str, dict[str, float]]:
    return {name: {"value": value} for name, value in scores.items()}


if __name__ == "__main__":
    folders.run(main)
