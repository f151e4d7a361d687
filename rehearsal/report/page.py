"""The page: everything inline, nothing loaded from anywhere."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from rehearsal.display import duration
from rehearsal.record import DenialRecord, Page
from rehearsal.report.account_map import draw_maps
from rehearsal.report.pipeline_graph import draw_graph

TEMPLATES = Path(__file__).parent / "templates"
REASONS = {
    "AccessDenied": "A policy does not allow it",
    "AccessDeniedException": "A policy does not allow it",
    "CreateFailed": "What was launched was not created",
    "InvalidClientTokenId": "The credentials are not known",
    "Nothing": "Nothing happens",
    "ResourceNotFoundException": "It is not there for whoever asks",
    "ValidationException": "The service finds what it was given wanting",
}
"""What error codes mean, in words; a code without words stands for itself."""

MARKS = {"ok": "✓", "failed": "✗"}


def render(page: Page) -> str:
    """Return the page as HTML.

    Args:
        page: What it shows.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["duration"] = duration
    environment.filters["number"] = number
    environment.globals["marks"] = MARKS
    return environment.get_template("page.html.j2").render(
        page=page,
        report=page.report,
        acts=_timeline(page),
        maps=draw_maps(page),
        graph=draw_graph(page.runs[0]) if page.runs else None,
        steps=_steps(page),
        metrics=_metrics(page),
        predictions=_predictions(page),
        refusals=_refusals(page),
        drawn=next((document for document in page.documents if document.file == "lineage.html"), None),
        refused=sum(row.status == "ok" for row in page.report.denied),
    )


def number(value: float | None) -> str:
    """Return a figure with four significant digits, without needless zeros."""
    if value is None:
        return "\N{EN DASH}"
    text = f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"
    return text.replace("-", "\N{MINUS SIGN}")


def _timeline(page: Page) -> list[dict[str, Any]]:
    """The acts, each with the place of its bar in percent of the whole time."""
    ends = [start + act.seconds for start, act in zip(page.act_starts, page.report.acts, strict=True)]
    whole = max([*ends, 0.01])
    return [
        {
            "number": position,
            "record": act,
            "left": round(100 * start / whole, 2),
            "width": round(max(100 * act.seconds / whole, 0.5), 2),
        }
        for position, (act, start) in enumerate(zip(page.report.acts, page.act_starts, strict=True))
    ]


def _steps(page: Page) -> list[dict[str, Any]]:
    """One row a step, with its outcome in each run; in the order in which the first run took them."""
    names = list(dict.fromkeys(step.name for run in page.runs for step in run.steps))
    by_run = [{step.name: step for step in run.steps} for run in page.runs]
    return [{"name": name, "runs": [steps.get(name) for steps in by_run]} for name in names]


def _metrics(page: Page) -> list[dict[str, Any]]:
    """One row a metric, with its value in each version and the difference of the last to the first."""
    models = page.report.models
    names = list(dict.fromkeys(name for model in models for name in model.metrics))
    names.sort(key=lambda name: name != page.primary_metric)
    rows = []
    for name in names:
        values = [model.metrics.get(name) for model in models]
        first, last = (values[0], values[-1]) if len(values) > 1 else (None, None)
        difference = None if first is None or last is None else last - first
        rows.append({"name": name, "values": values, "difference": difference})
    return rows


def _predictions(page: Page) -> list[dict[str, Any]]:
    """One group a version: its rows, and how many of them were answered alike everywhere."""
    groups = []
    for version in dict.fromkeys(row.version for row in page.predictions):
        rows = [row for row in page.predictions if row.version == version]
        equal = sum(row.test == row.production == row.model for row in rows)
        groups.append({"version": version, "rows": rows, "equal": equal, "differs": equal < len(rows)})
    return groups


def _refusals(page: Page) -> list[dict[str, Any]]:
    """What was tried, by the kind of refusal that has to come."""
    kinds: dict[str, list[DenialRecord]] = {}
    for row in page.report.denied:
        code = row.expected.partition(":")[0]
        kinds.setdefault(REASONS.get(code, code), []).append(row)
    return [{"reason": reason, "rows": rows} for reason, rows in kinds.items()]
