"""The page: everything inline, nothing loaded from anywhere."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from rehearsal.display import duration
from rehearsal.record import CommandRecord, DenialRecord, Page
from rehearsal.report.account_map import draw_maps
from rehearsal.report.answers import answers
from rehearsal.report.approvals import approvals
from rehearsal.report.figures import number, typed
from rehearsal.report.pipeline_graph import draw_graph
from rehearsal.report.summary import figures, sentence
from scripts.console import page_file
from scripts.lineage.node import written
from scripts.lineage.page import colours

TEMPLATES = Path(__file__).parent / "templates"
REASONS = {
    "AccessDenied": "A policy does not allow it",
    "AccessDeniedException": "A policy does not allow it",
    "CreateFailed": "What was launched was not created",
    "Failed": "The pipeline ends, and names the reason",
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
        # The drawing of a lineage is that of `catalog lineage`.
        loader=FileSystemLoader([TEMPLATES, page_file.TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["duration"] = duration
    environment.filters["people"] = people
    environment.filters["number"] = number
    environment.filters["seams"] = page_file.seams
    environment.filters["coded"] = coded
    environment.filters["typed"] = typed
    environment.filters["written"] = written
    environment.globals["marks"] = MARKS
    return environment.get_template("page.html.j2").render(
        page=page,
        report=page.report,
        acts=_timeline(page),
        maps=draw_maps(page),
        graph=draw_graph(page.runs[0]) if page.runs else None,
        steps=_steps(page),
        metrics=_metrics(page),
        answers=answers(page.predictions, page.columns) if page.predictions else None,
        approvals=approvals(page.shown),
        sentence=sentence(page),
        figures=figures(page),
        colours=colours(page.lineage) if page.lineage else {},
        purposes={account.id: account.title for account in page.accounts},
        refusals=_refusals(page),
        drawn=next((document for document in page.documents if document.file == "lineage.html"), None),
    )


def people(commands: Sequence[CommandRecord]) -> list[tuple[str, list[str]]]:
    """Return commands by whoever ran them, in their order: whoever comes again is there again."""
    return [
        (by, [command.line for command in group])
        for by, group in groupby(commands, key=lambda command: command.by)
    ]


def coded(text: str) -> Markup:
    """Return a text whose commands stand in backticks, as HTML."""
    parts = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(page_file.seams(part)) if place % 2 else escape(part)
        for place, part in enumerate(parts)
    )


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
    """One row a metric, with its value in each version, and its share of the longest as a bar, in percent."""
    models = page.report.models
    names = list(dict.fromkeys(name for model in models for name in model.metrics))
    names.sort(key=lambda name: name != page.primary_metric)
    rows = []
    for name in names:
        values = [model.metrics.get(name) for model in models]
        first, last = (values[0], values[-1]) if len(values) > 1 else (None, None)
        difference = None if first is None or last is None else last - first
        longest = max(abs(value) for value in values if value is not None) or 1.0
        cells = [
            {
                "version": model.version,
                "value": value,
                "length": 0.0 if value is None else round(100 * abs(value) / longest, 2),
            }
            for model, value in zip(models, values, strict=True)
        ]
        rows.append({"name": name, "cells": cells, "difference": difference})
    return rows


def _refusals(page: Page) -> list[dict[str, Any]]:
    """What was tried, by the kind of refusal that has to come."""
    kinds: dict[str, list[DenialRecord]] = {}
    for row in page.report.denied:
        code = row.expected.partition(":")[0]
        kinds.setdefault(REASONS.get(code, code), []).append(row)
    return [{"reason": reason, "rows": rows} for reason, rows in kinds.items()]
