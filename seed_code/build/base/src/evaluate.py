"""Step 3: measure the model on the test part, against a baseline that always gives the same answer.

Reads ``model/model.tar.gz``, ``test/test.csv`` and (for the baseline) ``train/train.csv`` under
``processing/input``; writes ``processing/evaluation/evaluation.json``. Predictions are made by the code of
the endpoint.
"""

import json
import math
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import folders
import inference
import step
from features import Array, labels
from model_schema import Schema
from parts import path_of, read_part
from sample import choose_sample
from scores import compare_classification, compare_regression


def main() -> None:
    """Run the step."""
    step.Arguments(__doc__).given()
    with tempfile.TemporaryDirectory() as unpacked:
        with tarfile.open(folders.processing("input/model") / "model.tar.gz") as archive:
            # Python before 3.11.4 has no such filter; the archive is the pipeline's own.
            archive.extraction_filter = getattr(tarfile, "data_filter", None)
            archive.extractall(unpacked)  # noqa: S202
        evaluation = evaluate(
            Path(unpacked), folders.processing("input/train"), folders.processing("input/test")
        )
    output = folders.processing("evaluation")
    output.mkdir(parents=True, exist_ok=True)
    text = json.dumps(evaluation, indent=2, ensure_ascii=False, allow_nan=False)
    (output / "evaluation.json").write_text(text + "\n", encoding="utf-8")
    print(text)


def evaluate(model_folder: Path, training: Path, test: Path) -> dict[str, Any]:
    """Measure a model.

    Args:
        model_folder: The unpacked ``model.tar.gz``.
        training: The folder of the training part, whose target gives the baseline.
        test: The folder of the test part.

    Returns:
        The content of ``evaluation.json``. Its ``registration`` holds texts only, in the characters that
        SageMaker allows in the metadata of a model version.
    """
    model = inference.model_fn(str(model_folder))
    schema = model.schema
    truth = target_of(schema, path_of(test, "test"))
    known = target_of(schema, path_of(training, "train"))
    predicted = inference.predict(model, rows_of(schema, path_of(test, "test")))
    compare = compare_classification if schema.classes else compare_regression
    comparison = compare(predicted, truth, known)
    request, answer = choose_sample(model, next(rows_of(schema, path_of(test, "test"))))
    return {
        "problem_type": schema.problem_type,
        "primary_metric": comparison.primary,
        "metrics": _values(comparison.scores | {"skill_score": comparison.skill_score}),
        "baseline": {"method": comparison.method, "metrics": _values(comparison.baseline)},
        "training": json.loads(model.booster.attr("training")),
        "rows": {"train": len(known), "test": len(truth)},
        "findings": [asdict(finding) for finding in schema.findings],
        "registration": {
            "problem_type": schema.problem_type,
            "primary_metric": comparison.primary,
            "primary_metric_value": f"{comparison.scores[comparison.primary]:.6g}",
            "skill_score": f"{comparison.skill_score:.6g}",
            "sample_request": request,
            "sample_prediction": answer,
        },
    }


def rows_of(schema: Schema, path: Path) -> Iterator[list[str]]:
    """Yield the rows of a part without their target, as a request has them."""
    rows = read_part(path)
    position = next(rows).index(schema.target)
    for cells in rows:
        del cells[position]
        yield cells


def target_of(schema: Schema, path: Path) -> Array:
    """Read the target of a part: class codes, or numbers."""
    rows = read_part(path)
    position = next(rows).index(schema.target)
    return labels(schema, [cells[position] for cells in rows])


def _values(scores: dict[str, float]) -> dict[str, dict[str, float]]:
    """Metrics as SageMaker's model quality has them; JSON knows neither NaN nor infinity."""
    return {name: {"value": value} for name, value in scores.items() if math.isfinite(value)}


if __name__ == "__main__":
    step.run(main)
