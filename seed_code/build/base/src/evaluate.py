"""Step 3: measure the model on the test part, against a baseline that always gives the same answer.

Reads ``model/model.tar.gz``, ``test``, (for the baseline) ``train``, and ``schema/baseline.json`` under
``processing/input``. Writes to ``processing/evaluation``: ``evaluation.json``, by which the pipeline decides;
``diagnostics.json``, where the model is right and where it errs; the pictures of that; ``report.html``, which
shows everything to people; and ``baseline.json``, what the data looked like.
Predictions are made by the code of the endpoint.
"""

import json
import math
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

import diagnostics
import explain
import folders
import report
import segments
import step
from chunks import chunks
from features import Array, labels
from model import Model
from model_schema import Schema
from parts import read_part
from registered import SKILL, Production, in_production
from sample import choose_sample
from scores import compare_classification, compare_regression

# Of the matrix of contributions; a row more costs little, and says less and less.
MAXIMUM_EXPLAINED_ROWS = 2_000
MAXIMUM_EXPLAINED_CELLS = 4_000_000


def main() -> None:
    """Run the step."""
    parser = step.Arguments(__doc__)
    parser.add_argument("--segment-column", default="", help="the column by whose values to measure as well")
    parser.add_argument("--card", default="", help="ARN of the model card, which knows production's version")
    given = parser.given()
    test = folders.processing("input/test")
    with tempfile.TemporaryDirectory() as unpacked:
        with tarfile.open(folders.processing("input/model") / "model.tar.gz") as archive:
            # Python before 3.11.4 has no such filter; the archive is the pipeline's own.
            archive.extraction_filter = getattr(tarfile, "data_filter", None)
            archive.extractall(unpacked)  # noqa: S202
        model = Model.load(Path(unpacked))
    truth = target_of(model.schema, test)
    predicted = predict(model, test)
    known = target_of(model.schema, folders.processing("input/train"))
    evaluation = evaluate(model, test, predicted=predicted, truth=truth, known=known)
    details = diagnose(model, test, predicted=predicted, truth=truth, segment_column=given.segment_column)
    production = in_production(given.card) if given.card else None
    evaluation["production"] = beside_production(evaluation["metrics"][SKILL]["value"], production)
    write(model.schema.target, evaluation, details, folders.processing("evaluation"))
    # What the data looked like is a part of the version, with which the data of later ones is compared.
    shutil.copyfile(
        folders.processing("input/schema") / "baseline.json",
        folders.processing("evaluation") / "baseline.json",
    )
    for name, metric in evaluation["metrics"].items():
        constant = evaluation["baseline"]["metrics"].get(name)
        print(f"{name}: {metric['value']:.6g}" + (f" (baseline {constant['value']:.6g})" if constant else ""))


def evaluate(model: Model, test: Path, *, predicted: Array, truth: Array, known: Array) -> dict[str, Any]:
    """Measure a model.

    Args:
        model: The model.
        test: The folder of the test part.
        predicted: What the model says of each row.
        truth: What is right.
        known: The target of the training part, which gives the baseline.

    Returns:
        The content of ``evaluation.json``. Its ``registration`` holds texts only, in the characters that
        SageMaker allows in the metadata of a model version.
    """
    schema = model.schema
    compare = compare_classification if schema.classes else compare_regression
    comparison = compare(predicted, truth, known)
    request, answer = choose_sample(model, next(rows_of(schema, test)))
    return {
        "problem_type": schema.problem_type,
        "primary_metric": comparison.primary,
        "metrics": _values(comparison.scores | {SKILL: comparison.skill_score}),
        "baseline": {"method": comparison.method, "metrics": _values(comparison.baseline)},
        "training": model.training,
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


def diagnose(
    model: Model, test: Path, *, predicted: Array, truth: Array, segment_column: str
) -> dict[str, Any]:
    """Say where a model is right and where it errs; see `evaluate`.

    Returns:
        The content of ``diagnostics.json``.
    """
    schema = model.schema
    if schema.classes:
        # Single precision leaves the sums a little off 1.
        predicted = predicted / predicted.sum(axis=1, keepdims=True)
        details = diagnostics.of_classification(predicted, truth, schema.classes)
    else:
        details = diagnostics.of_regression(predicted, truth)
    width = (len(schema.used) + 1) * max(1, len(schema.classes))
    most = max(1, min(MAXIMUM_EXPLAINED_ROWS, MAXIMUM_EXPLAINED_CELLS // width))
    explained = explain.contributions(
        model, islice(rows_of(schema, test), 0, None, math.ceil(len(truth) / most))
    )
    details["importance"] = {
        "method": explain.METHOD,
        "rows": len(explained),
        "features": diagnostics.importance(explained, [column.name for _, column in schema.used]),
    }
    if segment_column:
        position = schema.names.index(segment_column)
        cells = [row[position] for row in rows_of(schema, test)]
        details["segments"] = segments.scores(schema, segment_column, cells, predicted, truth)
    return details


def write(target: str, evaluation: dict[str, Any], details: dict[str, Any], folder: Path) -> None:
    """Leave numbers, pictures and page in a folder."""
    drawn = report.draw(target, details)
    (folder / "pictures").mkdir(parents=True, exist_ok=True)
    for name, content in (("evaluation", evaluation), ("diagnostics", details)):
        text = json.dumps(
            content, indent=2 if name == "evaluation" else None, ensure_ascii=False, allow_nan=False
        )
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    for name, picture in drawn.items():
        (folder / "pictures" / f"{name}.svg").write_text(picture, encoding="utf-8")
    page = report.page(target, evaluation, details, drawn)
    (folder / "report.html").write_text(page, encoding="utf-8")


def beside_production(skill_score: float, production: Production | None) -> dict[str, Any]:
    """Compare a skill score with that of the version in production.

    Args:
        skill_score: That of the model.
        production: That version; without one, the comparison is with a constant answer, whose score is 0.
    """
    version, theirs = (production.arn, production.skill_score) if production else ("", 0.0)
    return {"version": version, SKILL: theirs, "change": skill_score - theirs}


def predict(model: Model, test: Path) -> Array:
    """What the model says of each row of a part, some rows at a time."""
    portions = chunks(rows_of(model.schema, test), len(model.schema.columns))
    return np.concatenate([model.predict(rows) for rows in portions])


def rows_of(schema: Schema, location: Path) -> Iterator[list[str]]:
    """Yield the rows of a part without their target, as a request has them."""
    rows = read_part(location)
    position = next(rows).index(schema.target)
    for cells in rows:
        del cells[position]
        yield cells


def target_of(schema: Schema, location: Path) -> Array:
    """Read the target of a part: class codes, or numbers."""
    rows = read_part(location)
    position = next(rows).index(schema.target)
    portions = chunks((cells[position] for cells in rows), 1)
    return np.concatenate([labels(schema, cells) for cells in portions])


def _values(scores: dict[str, float]) -> dict[str, dict[str, float]]:
    """Metrics as SageMaker's model quality has them; JSON knows neither NaN nor infinity."""
    return {name: {"value": value} for name, value in scores.items() if math.isfinite(value)}


if __name__ == "__main__":
    step.run(main)
