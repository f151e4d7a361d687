"""Step 2: train XGBoost on the training part, stopping early on the validation part.

Reads the channels ``train``, ``validation`` and ``schema``; leaves the model, the schema and the endpoint's
code in the model folder, which SageMaker packs as ``model.tar.gz``.
"""

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import xgboost

import folders
from tabular import Schema, read_table

OBJECTIVES: dict[str, dict[str, Any]] = {
    "regression": {"objective": "reg:squarederror", "eval_metric": "rmse"},
    "binary_classification": {"objective": "binary:logistic", "eval_metric": "logloss"},
    "multiclass_classification": {"objective": "multi:softprob", "eval_metric": "mlogloss"},
}
INFERENCE_FILES = ("inference.py", "tabular.py")


def main() -> None:
    """Run the step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--num_round", type=int, default=300)
    parser.add_argument("--early_stopping_rounds", type=int, default=20)
    parser.add_argument("--max_depth", type=int, default=4)
    parser.add_argument("--eta", type=float, default=0.1)
    parser.add_argument("--min_child_weight", type=float, default=1.0)
    parser.add_argument("--subsample", type=float, default=0.9)
    parser.add_argument("--colsample_bytree", type=float, default=0.9)
    parser.add_argument("--reg_lambda", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parameters = vars(parser.parse_args())
    rounds = parameters.pop("num_round")
    patience = parameters.pop("early_stopping_rounds")

    schema = Schema.load(folders.channel("schema") / "schema.json")
    booster = train(
        schema,
        read_table(folders.channel("train") / "train.csv"),
        read_table(folders.channel("validation") / "validation.csv"),
        parameters=parameters,
        rounds=rounds,
        patience=patience,
    )
    save(booster, schema, folders.model())


def train(
    schema: Schema,
    training: pd.DataFrame,
    validation: pd.DataFrame,
    *,
    parameters: dict[str, Any],
    rounds: int,
    patience: int,
) -> xgboost.Booster:
    """Train a booster and keep its best iteration.

    Args:
        schema: What the columns are.
        training: Texts of the training rows.
        validation: Texts of the validation rows.
        parameters: XGBoost's parameters, beside those that follow from the problem type.
        rounds: The most trees (per class) to grow.
        patience: Stop after as many rounds without a better validation score.

    Returns:
        The booster; its attribute ``training`` tells, as JSON, what was minimised and how far.
    """
    settings = {**OBJECTIVES[schema.problem_type], **parameters, "tree_method": "hist"}
    if schema.problem_type == "multiclass_classification":
        settings["num_class"] = len(schema.classes)
    matrices = {
        name: xgboost.DMatrix(
            schema.features(rows), label=schema.labels(rows[schema.target]), enable_categorical=True
        )
        for name, rows in (("train", training), ("validation", validation))
    }
    scores: dict[str, dict[str, list[float]]] = {}
    booster = xgboost.train(
        settings,
        matrices["train"],
        num_boost_round=rounds,
        evals=[(matrix, name) for name, matrix in matrices.items()],
        early_stopping_rounds=patience,
        evals_result=scores,
        verbose_eval=50,
    )
    best = booster.best_iteration
    kept = booster[: best + 1]
    metric = settings["eval_metric"]
    summary = {
        "objective": settings["objective"],
        "metric": metric,
        "rounds": best + 1,
        "metrics": {f"{part}_{metric}": rounds[metric][best] for part, rounds in scores.items()},
    }
    # The model carries it, for the evaluation to report.
    kept.set_attr(training=json.dumps(summary))
    return kept


def save(booster: xgboost.Booster, schema: Schema, folder: Path) -> None:
    """Leave the model, its schema and the code that serves it in a folder."""
    code = folder / "code"
    code.mkdir(parents=True, exist_ok=True)
    booster.save_model(folder / "model.json")
    schema.save(folder / "schema.json")
    for name in INFERENCE_FILES:
        shutil.copyfile(Path(__file__).with_name(name), code / name)


if __name__ == "__main__":
    folders.run(main)
