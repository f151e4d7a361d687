"""Step 2: train XGBoost on the training part, stopping early on the validation part.

Reads the channels ``train``, ``validation`` and ``schema``; leaves the model, the schema and the endpoint's
code in the model folder, which SageMaker packs as ``model.tar.gz``. Of several instances each reads its share
of the rows, and the first leaves the model.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

import xgboost

import folders
import step
from batches import Part
from hyperparameter import add_to
from hyperparameters import HYPERPARAMETERS
from learning import batches, complete, range_of
from model_schema import Schema
from together import largest, together, total

OBJECTIVES: dict[str, dict[str, Any]] = {
    "regression": {"objective": "reg:squarederror", "eval_metric": "rmse"},
    "binary_classification": {"objective": "binary:logistic", "eval_metric": "logloss"},
    "multiclass_classification": {"objective": "multi:softprob", "eval_metric": "mlogloss"},
}
ENDPOINT_FILES = ("features.py", "inference.py", "model.py")


def main() -> None:
    """Run the step."""
    parser = step.Arguments(__doc__)
    add_to(parser, HYPERPARAMETERS)
    # What nobody gave is left to XGBoost.
    parameters = {name: value for name, value in vars(parser.given()).items() if value is not None}
    rounds = parameters.pop("num_round")
    patience = parameters.pop("early_stopping_rounds", None)

    schema = Schema.load(folders.channel("schema") / "schema.json")
    # What is larger than memory is on the disk while it is learned from.
    with tempfile.TemporaryDirectory() as scratch:
        training, validation = (
            Part.gather(batches(schema, folders.channel(name)), Path(tempfile.mkdtemp(dir=scratch)))
            for name in ("train", "validation")
        )
        with together() as keeps:
            booster = train(
                schema, training, validation, parameters=parameters, rounds=rounds, patience=patience
            )
    if keeps:
        save(booster, schema, folders.model())


def train(
    schema: Schema,
    training: Part,
    validation: Part,
    *,
    parameters: dict[str, Any],
    rounds: int,
    patience: int | None,
) -> xgboost.Booster:
    """Train a booster and keep its best iteration.

    Args:
        schema: What the columns are.
        training: The training rows of this instance.
        validation: Its validation rows.
        parameters: XGBoost's parameters, beside those that follow from the problem type.
        rounds: The most trees (per class) to grow.
        patience: Stop after as many rounds without a better validation score, and keep those up to the best;
            None keeps all.

    Returns:
        The booster. Its attribute ``training`` tells, as JSON, what was minimised and how far; those of the
        target's center and scale lead from what it predicts back to the target.
    """
    settings = {**OBJECTIVES[schema.problem_type], **parameters, "tree_method": "hist"}
    if schema.problem_type == "multiclass_classification":
        settings["num_class"] = len(schema.classes)
    center, scale = (0.0, 1.0) if schema.classes else range_of(training.target, total=total, largest=largest)
    matrices: dict[str, xgboost.DMatrix] = {}
    for name, part in (("train", training), ("validation", validation)):
        label = part.target if schema.classes else (part.target - center) / scale
        matrices[name] = part.for_xgboost(schema, label, matrices.get("train"))
    scores: dict[str, dict[str, list[float]]] = {}
    booster = xgboost.train(
        settings,
        matrices["train"],
        num_boost_round=rounds,
        # The last one decides when to stop.
        evals=[(matrix, name) for name, matrix in matrices.items()],
        early_stopping_rounds=patience,
        evals_result=scores,
        verbose_eval=50,
    )
    best = rounds - 1 if patience is None else booster.best_iteration
    kept = booster[: best + 1]
    metric = settings["eval_metric"]
    summary = {
        "algorithm": "XGBoost (gradient-boosted decision trees)",
        "notes": f"XGBoost's objective is {settings['objective']}. Kept are {best + 1} rounds, up to the "
        f"best {metric} on the validation rows.",
        "metric": metric,
        "rounds": best + 1,
        # An error of the target is in the target's own unit.
        "metrics": {f"{part}_{metric}": each[metric][best] * scale for part, each in scores.items()},
    }
    # The model carries it, for the evaluation to report, and for the endpoint.
    kept.set_attr(training=json.dumps(summary), target_center=repr(center), target_scale=repr(scale))
    return kept


def save(booster: xgboost.Booster, schema: Schema, folder: Path) -> None:
    """Leave the model, its schema and the code that serves it in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    booster.save_model(folder / "model.json")
    complete(folder, schema, ENDPOINT_FILES)


if __name__ == "__main__":
    step.run(main)
