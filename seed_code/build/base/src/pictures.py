"""Pictures of numbers, as SVG: what an evaluation needs, and no more.

A library for pictures would be another package in the image of every step, and its files would differ with
its version. Equal numbers give equal bytes here.
"""

import html
import math
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

WIDTH, HEIGHT = 440, 320
LEFT, RIGHT, TOP, BOTTOM = 76, 26, 34, 48
TICKS = 5
COLOURS = ("#1f6fb4", "#c8443c", "#2d8a4e", "#b07d12", "#7a4fa3", "#0e8a92", "#a8527f", "#5f6b2d")
MAXIMUM_LABEL = 24
LINE = 22

# Characters that XML cannot hold: https://www.w3.org/TR/xml/#charsets
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Point = Sequence[float]


@dataclass(frozen=True)
class Axis:
    """A direction of a picture.

    Attributes:
        label: What is measured along it.
        low: The value at its beginning.
        high: The value at its end.
    """

    label: str
    low: float
    high: float

    @classmethod
    def of(cls, label: str, values: Iterable[float]) -> Self:
        """An axis for all of some values."""
        known = list(values)
        low, high = min(known), max(known)
        if low == high:
            room = abs(low) / 2 or 1.0
            return cls(label, low - room, high + room)
        return cls(label, low, high)

    def share(self, value: float) -> float:
        """Where a value lies, from 0 to 1."""
        return (value - self.low) / (self.high - self.low)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Round values to write beside the axis; its ends where no round value tells them apart."""
        apart = (self.high - self.low) / TICKS
        if apart < sys.float_info.min:
            return [(value, f"{value:.6g}") for value in (self.low, self.high)]
        unit = 10.0 ** math.floor(math.log10(apart))
        step = next(each * unit for each in (1, 2, 5, 10) if each * unit >= apart)
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        values = [number * step for number in range(first, last + 1)]
        texts = [f"{value:.9g}" for value in values]
        if len(set(texts)) < len(texts):
            texts = [f"{value:.17g}" for value in values]
        return list(zip(values, texts, strict=True))


def text(content: str, most: int = MAXIMUM_LABEL) -> str:
    """A text of the data as a picture or a page can hold it."""
    short = content if len(content) <= most else f"{content[: most - 1]}…"
    return html.escape(_FORBIDDEN.sub("\ufffd", short))


def curves(
    title: str, across: Axis, up: Axis, lines: Mapping[str, Sequence[Point]], *, even: bool = False
) -> str:
    """Lines through points, with a legend.

    Args:
        title: What the picture shows.
        across: The axis from left to right.
        up: The axis from the bottom to the top.
        lines: Pairs of values, by the name of their line.
        even: Whether to draw the line on which both values are equal.
    """
    parts = [_diagonal(across, up)] if even else []
    for number, (name, points) in enumerate(lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        places = " ".join(f"{_x(across, point[0])},{_y(up, point[1])}" for point in points)
        parts.append(f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="2"/>')
        if len(lines) > 1:
            # Below the diagonal, where curves of chances seldom are.
            y = HEIGHT - BOTTOM - 8 - 14 * (len(lines) - 1 - number)
            parts.append(
                f'<text x="{WIDTH - RIGHT - 6}" y="{y}" fill="{colour}" text-anchor="end">{text(name)}</text>'
            )
    return _framed(title, across, up, parts)


def dots(title: str, across: Axis, up: Axis, points: Sequence[Point], *, even: bool = False) -> str:
    """A dot for each pair of values; see `curves`."""
    parts = [_diagonal(across, up)] if even else []
    parts += [
        f'<circle cx="{_x(across, point[0])}" cy="{_y(up, point[1])}" r="2.5" fill="{COLOURS[0]}" '
        'fill-opacity="0.55"/>'
        for point in points
    ]
    return _framed(title, across, up, parts)


def columns(title: str, label: str, edges: Sequence[float], counts: Sequence[int]) -> str:
    """A histogram: how many values lie between each edge and the next."""
    across, up = Axis.of(label, edges), Axis("Rows", 0, max(counts))
    parts = []
    for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True):
        x, y = _x(across, low), _y(up, count)
        width = max(1.0, round(_x(across, high) - x - 1, 2))
        parts.append(
            f'<rect x="{x}" y="{y}" width="{width}" height="{round(_y(up, 0) - y, 2)}" fill="{COLOURS[0]}"/>'
        )
    return _framed(title, across, up, parts)


def bars(title: str, values: Mapping[str, float]) -> str:
    """A bar and its value for each name; no value is below 0."""
    most = max([*values.values(), 0.0]) or 1.0
    begin, room = 180, WIDTH - 180 - 74
    parts = []
    for number, (name, value) in enumerate(values.items()):
        y, width = TOP + LINE * number, round(room * value / most, 2)
        parts.append(_label(begin - 8, y + 14, text(name), "end"))
        parts.append(
            f'<rect x="{begin}" y="{y + 3}" width="{width}" height="{LINE - 8}" fill="{COLOURS[0]}"/>'
        )
        parts.append(_label(_round(begin + width + 6), y + 14, f"{value:.3g}", "start"))
    return _picture(title, TOP + LINE * len(values) + 12, parts)


def matrix(title: str, names: Sequence[str], rows: Sequence[Sequence[int]]) -> str:
    """A table of counts, the darker the larger their share of their row."""
    begin, top = 130, TOP + 18
    width = (WIDTH - begin - RIGHT) / len(names)
    height = min(LINE * 2.0, width)
    parts = []
    for number, (name, counts) in enumerate(zip(names, rows, strict=True)):
        y, total = top + height * number, sum(counts) or 1
        middle = _round(y + height / 2 + 4)
        parts.append(_label(begin - 8, middle, text(name, 16), "end"))
        for place, count in enumerate(counts):
            x, dark = begin + width * place, 0.06 + 0.84 * count / total
            parts.append(
                f'<rect x="{_round(x)}" y="{_round(y)}" width="{_round(width - 1)}" '
                f'height="{_round(height - 1)}" fill="{COLOURS[0]}" fill-opacity="{_round(dark)}"/>'
            )
            parts.append(_label(_round(x + width / 2), middle, str(count), "middle"))
    for place, name in enumerate(names):
        short = text(name, max(3, int(width / 7)))
        parts.append(_label(_round(begin + width * (place + 0.5)), TOP + 10, short, "middle"))
    bottom = _round(top + height * len(names))
    parts.append(_label(begin, bottom + 18, "down: what is right; across: what is answered", "start"))
    return _picture(title, int(bottom + 30), parts)


def _x(axis: Axis, value: float) -> float:
    return _round(LEFT + axis.share(value) * (WIDTH - LEFT - RIGHT))


def _y(axis: Axis, value: float) -> float:
    return _round(HEIGHT - BOTTOM - axis.share(value) * (HEIGHT - TOP - BOTTOM))


def _round(value: float) -> float:
    return round(value, 2)


def _diagonal(across: Axis, up: Axis) -> str:
    low, high = max(across.low, up.low), min(across.high, up.high)
    if low >= high:
        return ""
    return (
        f'<line x1="{_x(across, low)}" y1="{_y(up, low)}" x2="{_x(across, high)}" y2="{_y(up, high)}" '
        'stroke="currentColor" stroke-opacity="0.5" stroke-dasharray="4 4"/>'
    )


def _label(x: float, y: float, content: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{content}</text>'


def _framed(title: str, across: Axis, up: Axis, parts: list[str]) -> str:
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    turned = f'transform="translate(14 {(TOP + bottom) / 2}) rotate(-90)"'
    frame = [
        f'<path d="M{LEFT} {TOP}V{bottom}H{right}" fill="none" stroke="currentColor"/>',
        _label((LEFT + right) / 2, HEIGHT - 10, text(across.label, 60), "middle"),
        f'<text {turned} text-anchor="middle">{text(up.label, 40)}</text>',
    ]
    frame += [_label(_x(across, value), bottom + 16, label, "middle") for value, label in across.ticks]
    frame += [_label(LEFT - 6, _round(_y(up, value) + 4), label, "end") for value, label in up.ticks]
    return _picture(title, HEIGHT, [*frame, *parts])


def _picture(title: str, height: int, parts: list[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" role="img" font-family="sans-serif" font-size="11" fill="currentColor">'
        f'<title>{text(title, 100)}</title><text x="{WIDTH / 2}" y="18" text-anchor="middle" '
        f'font-size="13" font-weight="bold">{text(title, 60)}</text>{"".join(parts)}</svg>\n'
    )
