"""A model card as a page that a person can read: one HTML file that loads nothing and prints well."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Any

from registry.functions.model_registry.card_content import digest, missing_fields, where_to_write
from registry.functions.model_registry.cards import CardVersion
from scripts.console.change import Change
from scripts.console.page_file import environment, save

SECTIONS = {
    "business_details": "Business",
    "intended_uses": "Intended use",
    "model_overview": "Model",
    "model_package_details": "Model version",
    "training_details": "Training",
    "additional_information": "More to know",
}
"""The sections, in the order of the page; the evaluations come before the last."""

EVALUATED = ("evaluation_job_arn", "datasets", "metadata")
"""What an evaluation says besides its observation and its metrics."""

ABBREVIATIONS = ("arn", "id", "url")

DRAWN = ("bar_chart", "linear_graph", "matrix")


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A number beside others of its kind.

    Attributes:
        name: What it is the number of.
        text: The number in words.
        length: Percent of the longest; None if there is nothing to compare it with.
        notes: What the author says of it.
    """

    name: str
    text: str
    length: float | None
    notes: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A field: texts, or numbers with names."""

    title: str
    texts: list[str]
    bars: list[Bar]


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A metric of many numbers, as bars, as a line, or as a table.

    Attributes:
        name: The metric's name.
        notes: What the author says of it.
        x_axis, y_axis: What the axes say.
        bars: Of a bar chart.
        points: Of a line, for SVG, in a field of 100 by 40.
        rows: Of a matrix.
    """

    name: str
    notes: str
    x_axis: Any
    y_axis: Any
    bars: list[Bar] = field(default_factory=list)
    points: str = ""
    rows: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Group:
    """The metrics of a group: single values, and what is drawn."""

    name: str
    bars: list[Bar]
    drawings: list[Drawing]


def export(card: CardVersion, required: Sequence[str], path: Path, *, pretend: bool) -> Iterator[Change]:
    """Write the page of a card version into a file, whole or not at all.

    Args:
        card: The card version.
        required: The paths of the fields that must be filled before production.
        path: The file.
        pretend: Only tell what would be done.

    Yields:
        What became of the file.

    Raises:
        OperatorError: If the file cannot be written.
    """
    yield from save(render(card, required), path, pretend=pretend)


def render(card: CardVersion, required: Sequence[str]) -> str:
    """The page of a card version.

    Args:
        card: The card version.
        required: The paths of the fields that must be filled before production.

    Returns:
        HTML; every text of the card is escaped.
    """
    templates = environment()
    templates.filters["label"] = label
    templates.filters["rows"] = rows
    return templates.get_template("card.html.j2").render(
        card=card,
        content=card.content,
        sections=SECTIONS,
        evaluations=[
            {
                "name": evaluation["name"],
                "observation": evaluation.get("evaluation_observation", ""),
                "groups": groups(evaluation),
                "details": {name: evaluation[name] for name in EVALUATED if name in evaluation},
            }
            for evaluation in card.content.get("evaluation_details", [])
        ],
        required=required,
        missing={path: where_to_write(path) for path in missing_fields(card.content, required)},
        digest=digest(card.content),
        written=f"{card.time.astimezone(UTC):%d %B %Y, %H:%M} UTC",
    )


def rows(section: Mapping[str, Any], above: str = "") -> Iterator[Row]:
    """The fields of a section, one below the other; those of its parts among them.

    Args:
        section: A section of a card, or a part of one.
        above: The name of the part, which tells fields of one word from others.
    """
    for name, value in section.items():
        if isinstance(value, Mapping):
            yield from rows(value, name if "_" in name else above)
            continue
        title = label(name) if "_" in name or not above else f"{label(above)}: {label(name).lower()}"
        items = value if isinstance(value, list) else [value]
        if items and all(isinstance(item, Mapping) and {"name", "value"} <= item.keys() for item in items):
            yield Row(title=title, texts=[], bars=[_bar(item, {}) for item in items])
        else:
            yield Row(title=title, texts=[_text(item) for item in items], bars=[])


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name.replace('_', ' ')} {_text(item)}" for name, item in value.items())
    return number(value)


def label(name: str) -> str:
    """The name of a field in words, such as "Training ARN"."""
    words = name.replace("_", " ").capitalize().split(" ")
    return " ".join(word.upper() if word.lower() in ABBREVIATIONS else word for word in words)


def number(value: Any) -> str:
    """A value as a person reads it: numbers with at most five significant digits."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.5g}" if isinstance(value, float) else str(value)


def groups(evaluation: Mapping[str, Any]) -> list[Group]:
    """The metrics of an evaluation, ready to be drawn.

    A number is drawn beside those of the same name in the other groups, such as a model's error beside the
    baseline's, and a share beside the whole.

    Args:
        evaluation: An entry of a card's evaluation details.
    """
    given = evaluation.get("metric_groups", [])
    longest = _longest(given)
    return [
        Group(
            name=group["name"],
            bars=[_bar(metric, longest) for metric in group["metric_data"] if metric["type"] not in DRAWN],
            drawings=[_drawing(metric) for metric in group["metric_data"] if metric["type"] in DRAWN],
        )
        for group in given
    ]


def _longest(given: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """By the name of a metric, the number whose bar is longest, where there is something to compare."""
    sizes: dict[str, list[float]] = {}
    for group in given:
        for metric in group["metric_data"]:
            if _is_number(metric["value"]):
                sizes.setdefault(metric["name"], []).append(abs(metric["value"]))
    return {
        name: max(values) if max(values) > 1 else 1.0
        for name, values in sizes.items()
        if len(values) > 1 or max(values) <= 1
    }


def _bar(metric: Mapping[str, Any], longest: Mapping[str, float]) -> Bar:
    value, most = metric["value"], longest.get(metric["name"])
    return Bar(
        name=metric["name"],
        text=number(value),
        length=round(100 * abs(value) / most, 2) if most and _is_number(value) else None,
        notes=metric.get("notes", ""),
    )


def _drawing(metric: Mapping[str, Any]) -> Drawing:
    values = metric["value"]
    drawing = Drawing(
        name=metric["name"],
        notes=metric.get("notes", ""),
        # The bars of a chart have these names already.
        x_axis="" if metric["type"] == "bar_chart" else metric.get("x_axis_name", ""),
        y_axis=metric.get("y_axis_name", ""),
    )
    match metric["type"]:
        case "bar_chart":
            drawing.bars.extend(_chart(values, metric.get("x_axis_name", [])))
        case "linear_graph" if all(_is_number(entry) for point in values for entry in point):
            return Drawing(**{**vars(drawing), "points": _line(values)})
        case _:
            drawing.rows.extend([number(entry) for entry in row] for row in values)
    return drawing


def _chart(values: Sequence[Any], names: Sequence[str]) -> Iterator[Bar]:
    most = max((abs(value) for value in values if _is_number(value)), default=0)
    for position, value in enumerate(values):
        yield Bar(
            name=names[position] if position < len(names) else str(position + 1),
            text=number(value),
            length=round(100 * abs(value) / most, 2) if most and _is_number(value) else None,
        )


def _line(points: Sequence[Sequence[float]]) -> str:
    horizontal, vertical = zip(*points, strict=True)
    return " ".join(
        f"{_place(x, horizontal, 100):g},{40 - _place(y, vertical, 40):g}"
        for x, y in zip(horizontal, vertical, strict=True)
    )


def _place(value: float, among: Sequence[float], length: float) -> float:
    """How far along an axis of a length a value lies, from the least to the greatest of all."""
    span = max(among) - min(among)
    return round(length * (value - min(among)) / span, 2) if span else length / 2


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
