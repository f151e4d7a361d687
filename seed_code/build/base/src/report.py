"""The evaluation as one page for people, with its pictures in it: `report.html`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pictures
from pictures import Axis, text

# More classes than these no picture shows; `diagnostics.json` has them all.
MAXIMUM_CLASSES = 15
MAXIMUM_BARS = 15
LONG = 400

STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; } th, td { padding: .2rem .9rem .2rem 0; text-align: left; }

.pictures { display: flex; flex-wrap: wrap; gap: 1rem; } .pictures figure { margin: 0; }
svg { max-width: 100%; height: auto; }
"""


def draw(target: str, diagnostics: Mapping[str, Any]) -> dict[str, str]:
    """Make the pictures of an evaluation.

    Args:
        target: The header of the target.
        diagnostics: The content of ``diagnostics.json``.

    Returns:
        SVG by the name of the picture.
    """
    drawn = dict(_of_regression(target, diagnostics) if "points" in diagnostics else _of_classes(diagnostics))
    importance = {each["feature"]: each["value"] for each in diagnostics["importance"]["features"]}
    drawn["importance"] = pictures.bars(
        "Mean absolute contribution to a prediction", dict(list(importance.items())[:MAXIMUM_BARS])
    )
    segments = diagnostics.get("segments")
    if segments:
        metric = segments["metric"]
        values = {each["segment"]: each["metrics"].get(metric, 0.0) for each in segments["segments"]}
        drawn["segments"] = pictures.bars(f"{_words(metric)} by {segments['column']}", values)
    return drawn


def page(
    target: str, evaluation: Mapping[str, Any], diagnostics: Mapping[str, Any], drawn: Mapping[str, str]
) -> str:
    """Write the page.

    Args:
        target: The header of the target.
        evaluation: The content of ``evaluation.json``.
        diagnostics: The content of ``diagnostics.json``.
        drawn: What `draw` returned.
    """
    rows = evaluation["rows"]
    importance = diagnostics["importance"]
    measured = (
        f"Trained on {rows['train']:,} rows and measured on {rows['test']:,} that training has not seen. The "
        f"baseline always gives the same answer: {evaluation['baseline']['method']}."
    )
    explained = f"Contributions: {importance['method']}, on {importance['rows']:,} test rows."
    parts = [
        f"<h1>{text(target, LONG)}: {_words(evaluation['problem_type'])}</h1>",
        f"<p>{text(measured, LONG)}</p>",
        _table(("Metric", "Model", "Baseline"), _metrics(evaluation)),
        f'<div class="pictures">{"".join(f"<figure>{each}</figure>" for each in drawn.values())}</div>',
        f"<p>{text(explained, LONG)}</p>",
    ]
    if "segments" in diagnostics:
        parts += ["<h2>Segments</h2>", _segments(diagnostics["segments"])]
    if evaluation["findings"]:
        parts += [
            "<h2>What was found in the data</h2>",
            _table(("Column", "Finding", "Cells", "First"), _findings(evaluation)),
        ]
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{text(target, LONG)}</title>'
        f"<style>{STYLE}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _of_regression(target: str, diagnostics: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    points, residuals, bins = (
        diagnostics["points"],
        diagnostics["residuals"],
        diagnostics["calibration"]["bins"],
    )
    axes = _axes(f"{target}, right", f"{target}, predicted", points)
    yield "predicted", pictures.dots("Predicted and right", *axes, points, even=True)
    yield (
        "residuals",
        pictures.columns("Residuals", "predicted minus right", residuals["edges"], residuals["counts"]),
    )
    means = [(each["predicted"], each["observed"]) for each in bins]
    axes = _axes("mean predicted", "mean right", means)
    yield "calibration", pictures.curves("Calibration, by tenths of the rows", *axes, {"": means}, even=True)


def _of_classes(diagnostics: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    confusion = diagnostics["confusion"]
    names, counts = _frequent(confusion["classes"], confusion["rows"])
    yield "confusion", pictures.matrix("Confusion", names, counts)
    if diagnostics["roc"]:
        lines = {f"{name} ({each['area']:.3f})": each["points"] for name, each in diagnostics["roc"].items()}
        yield (
            "roc",
            pictures.curves(
                "ROC (area)",
                Axis("false positive rate", 0, 1),
                Axis("true positive rate", 0, 1),
                lines,
                even=True,
            ),
        )
        lines = {
            f"{name} ({each['average_precision']:.3f})": each["points"]
            for name, each in diagnostics["precision_recall"].items()
        }
        yield (
            "precision_recall",
            pictures.curves(
                "Precision and recall (average precision)",
                Axis("recall", 0, 1),
                Axis("precision", 0, 1),
                lines,
            ),
        )
    means = [(each["predicted"], each["observed"]) for each in diagnostics["calibration"]["bins"]]
    yield (
        "calibration",
        pictures.curves(
            f"Calibration (expected error {diagnostics['calibration']['expected_error']:.3f})",
            Axis("chance that the model gives", 0, 1),
            Axis("share that is right", 0, 1),
            {"": means},
            even=True,
        ),
    )


def _frequent(names: Sequence[str], counts: Sequence[Sequence[int]]) -> tuple[list[str], list[list[int]]]:
    """The most frequent classes of the test rows, in the order of their codes."""
    by_rows = sorted(range(len(names)), key=lambda code: (-sum(counts[code]), code))[:MAXIMUM_CLASSES]
    kept = sorted(by_rows)
    return [names[code] for code in kept], [[counts[row][code] for code in kept] for row in kept]


def _axes(across: str, up: str, points: Sequence[Sequence[float]]) -> tuple[Axis, Axis]:
    """Two axes of one range, so that what is equal lies on the diagonal."""
    values = [value for point in points for value in point]
    return Axis.of(across, values), Axis.of(up, values)


def _metrics(evaluation: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    constant = evaluation["baseline"]["metrics"]
    for name, metric in evaluation["metrics"].items():
        beside = f"{constant[name]['value']:.5g}" if name in constant else ""
        yield _words(name), f"{metric['value']:.5g}", beside


def _segments(segments: Mapping[str, Any]) -> str:
    names = list(segments["segments"][0]["metrics"])
    rows = (
        (each["segment"], f"{each['rows']:,}", *(_number(each["metrics"].get(name)) for name in names))
        for each in segments["segments"]
    )
    return _table((segments["column"], "Rows", *map(_words, names)), rows)


def _findings(evaluation: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for found in evaluation["findings"]:
        yield (
            found["column"],
            found["says"],
            f"{found['count']:,}" if found["count"] else "",
            found["example"],
        )


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{text(name, LONG)}</th>" for name in header)
    body = "".join(f"<tr>{''.join(f'<td>{text(cell, LONG)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.5g}"


def _words(name: str) -> str:
    return name.replace("_", " ")
