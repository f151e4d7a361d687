"""A picture is well-formed, stays in its frame, and shows its numbers: they are read back from it."""

from collections.abc import Callable
from xml.etree import ElementTree

import pytest

import pictures
from pictures import Axis

SVG = "{http://www.w3.org/2000/svg}"
POINTS = [(0.0, 0.0), (0.25, 0.75), (1.0, 1.0)]
UNIT = Axis("across", 0, 1), Axis("up", 0, 1)
# What people give to columns and classes.
NASTY = '<b> & "quoted" \x00\x1b\ud800\ufffe 価格 ' + "long" * 30

DRAWN: dict[str, Callable[[str], str]] = {
    "curves": lambda name: pictures.curves(
        name, Axis(name, 0, 1), Axis(name, 0, 1), {name: POINTS, "b": POINTS}
    ),
    "dots": lambda name: pictures.dots(name, Axis(name, 0, 1), Axis(name, 0, 1), POINTS, even=True),
    "columns": lambda name: pictures.columns(name, name, [0, 1, 2], [4, 2]),
    "bars": lambda name: pictures.bars(name, {name: 2.0, "b": 0.0}),
    "matrix": lambda name: pictures.matrix(name, [name, "b"], [[1, 2], [0, 0]]),
}


def read(picture: str) -> ElementTree.Element:
    return ElementTree.fromstring(picture)  # noqa: S314  (our own)


@pytest.mark.parametrize("kind", DRAWN)
def test_names_cannot_break_a_picture(kind: str) -> None:
    picture = DRAWN[kind](NASTY)
    assert not [each for each in read(picture).iter() if each.tag == f"{SVG}b"]
    assert picture.encode().decode() == picture
    assert picture == DRAWN[kind](NASTY)


@pytest.mark.parametrize("kind", DRAWN)
def test_everything_stays_in_the_frame(kind: str) -> None:
    root = read(DRAWN[kind]("name"))
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    for each in root.iter():
        for name, most in (("x", width), ("y", height), ("cx", width), ("cy", height)):
            assert 0 <= float(each.attrib.get(name, 0)) <= most
        right = float(each.attrib.get("x", 0)) + float(each.attrib.get("width", 0))
        assert each.tag == f"{SVG}svg" or right <= width


def test_lines_go_through_their_points() -> None:
    root = read(pictures.curves("title", *UNIT, {"a": POINTS}, even=True))
    (line,) = root.iter(f"{SVG}polyline")
    places = [tuple(map(float, place.split(","))) for place in line.attrib["points"].split()]
    (x0, y0), _, (x1, y1) = places
    assert (x1 > x0, y1 < y0) == (True, True)
    shown = [((x - x0) / (x1 - x0), (y - y0) / (y1 - y0)) for x, y in places]
    assert shown == [pytest.approx(point, abs=1e-3) for point in POINTS]
    (even,) = root.iter(f"{SVG}line")
    ends = [float(even.attrib[name]) for name in ("x1", "y1", "x2", "y2")]
    assert ends == [x0, y0, x1, y1]


def test_bars_are_as_long_as_their_values() -> None:
    bars = read(pictures.bars("title", {"a": 4.0, "b": 1.0, "c": 0.0})).iter(f"{SVG}rect")
    longest, *others = (float(bar.attrib["width"]) for bar in bars)
    assert [width / longest for width in others] == pytest.approx([0.25, 0.0])


def test_columns_are_as_high_as_their_counts() -> None:
    columns = read(pictures.columns("title", "x", [0, 1, 2, 3], [4, 1, 0])).iter(f"{SVG}rect")
    highest, *others = (float(column.attrib["height"]) for column in columns)
    assert [height / highest for height in others] == pytest.approx([0.25, 0.0])


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([3.0], id="one"),
        pytest.param([0.0], id="nothing"),
        pytest.param([5e-324], id="the smallest"),
        pytest.param([-1e150, 1e150], id="large"),
        pytest.param([1e9, 1e9 + 1], id="near"),
    ],
)
def test_an_axis_tells_values_apart(values: list[float]) -> None:
    axis = Axis.of("x", values)
    assert axis.low < axis.high
    assert all(0 <= axis.share(value) <= 1 for value in values)
    places, labels = zip(*axis.ticks, strict=True)
    assert 2 <= len(set(labels)) == len(labels) <= 11
    assert all(-1e-9 <= axis.share(place) <= 1 + 1e-9 for place in places)
    assert [float(label) for label in labels] == [pytest.approx(place) for place in places]


def test_a_matrix_shows_each_count() -> None:
    root = read(pictures.matrix("title", ["a", "b"], [[7, 1], [0, 3]]))
    shown = [each.text for each in root.iter(f"{SVG}text")]
    assert [text for text in shown if text in ("7", "1", "0", "3")] == ["7", "1", "0", "3"]
