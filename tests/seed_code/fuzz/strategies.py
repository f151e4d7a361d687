"""Tables and requests of every kind, and of none."""

import csv
import gzip
import io
import json
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

MARKS = ("", "NA", "?", "None", "-", ".", "#N/A", "unknown", "nan", "\\N")
ODD = ("\r", "\n", '"', "'", ",", ";", "\t", "|", "\ufeff", "\u2028", "\x85", "\\", "é", "я", "日", "😀", "=")

texts = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8),
    st.text(st.sampled_from((*ODD, "a", "1", " ")), max_size=6),
    st.sampled_from(MARKS),
)
numbers = st.one_of(
    st.integers(-50, 50), st.floats(), st.integers(), st.floats(-1e3, 1e3).map(lambda x: round(x, 2))
)


def _grouped(number: float) -> str:
    return f"{number:,.2f}"


written = st.one_of(
    numbers.map(str),
    numbers.map(repr),
    st.floats(-1e6, 1e6).map(_grouped),
    st.floats(-1e6, 1e6).map(lambda number: f"${number:,.2f}"),
    st.floats(-1e6, 1e6).map(lambda number: f"{number:.2f}".replace(".", ",")),
    st.floats(-1e3, 1e3).map(lambda number: f"{number:.1f}%"),
    st.integers(0, 99).map(lambda number: f"{number:02}"),
    st.integers(10**15, 10**80).map(str),
)
WORDS = (
    "yes",
    "no",
    "TRUE",
    "False",
    "a",
    "B",
    "1",
    "1.0",
    "01",
    "1A",
    "9007199254740993",
    "9007199254740992",
    "ü",
)


@dataclass(frozen=True)
class TableCase:
    """A generated table.

    Attributes:
        files: Its files.
        target: The column to predict.
        options: Arguments of Preprocess.
    """

    files: dict[str, bytes]
    target: str
    options: tuple[str, ...]


@st.composite
def columns(draw: st.DrawFn, rows: int) -> list[str]:
    """The cells of a column: numbers, words, free text, few values, and what does not fit among them."""
    kind = draw(st.sampled_from(("number", "count", "word", "text", "written", "mixed")))
    if kind == "count":
        start, step = draw(st.integers(-5, 5)), draw(st.sampled_from((1, 0.25, 1e-50, 1e40, 1e300)))
        cells = [repr(start + number * step) for number in range(rows)]
    else:
        one = {
            "number": numbers.map(str),
            "word": st.sampled_from(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4))),
            "text": texts,
            "written": written,
            "mixed": st.one_of(written, texts, st.sampled_from(WORDS)),
        }[kind]
        # A few drawn values that repeat: quick to draw, and as tables are.
        few = draw(st.lists(one, min_size=1, max_size=12))
        shift = draw(st.integers(1, 7))
        cells = [few[(number * shift + number // 5) % len(few)] for number in range(rows)]
    for _ in range(draw(st.integers(0, 2)) if rows else 0):
        cells[draw(st.integers(0, rows - 1))] = draw(st.one_of(st.sampled_from(MARKS), texts))
    return cells


@st.composite
def tables(draw: st.DrawFn) -> TableCase:
    """A table in some dialect, sometimes damaged."""
    rows = draw(st.sampled_from((33, 40, 60, 90, 30, 60, 40, 1)))
    width = draw(st.sampled_from((2, 3, 4, 5, 3, 1)))
    header = draw(st.lists(texts, min_size=width, max_size=width))
    if draw(st.integers(0, 9)) < 9:
        header = [f"{number} {name}".strip() for number, name in enumerate(header)]
    data = [draw(columns(rows)) for _ in range(width)]
    target = draw(st.sampled_from(header)).strip() if draw(st.integers(0, 19)) < 19 else draw(texts)
    lines = io.StringIO()
    csv.writer(
        lines,
        delimiter=draw(st.sampled_from(",,,;\t|")),
        quoting=draw(st.sampled_from((csv.QUOTE_ALL,) * 5 + (csv.QUOTE_MINIMAL,))),
        lineterminator=draw(st.sampled_from(("\n", "\r\n", "\r"))),
    ).writerows([header, *zip(*data, strict=True)] if rows else [header])
    encoding = draw(st.sampled_from(("utf-8",) * 8 + ("utf-8-sig", "utf-16", "cp1252", "cp1251")))
    content = lines.getvalue().encode(
        encoding, errors="replace" if encoding.startswith("cp") else "surrogatepass"
    )
    damage = draw(st.sampled_from((9,) * 12 + (0, 1, 2)))
    if damage == 0:
        content = content[: draw(st.integers(0, len(content)))]
    elif damage == 1:
        position = draw(st.integers(0, len(content)))
        content = content[:position] + draw(st.binary(min_size=1, max_size=4)) + content[position:]
    elif damage == 2:
        content = gzip.compress(content, mtime=0)
    files = {draw(st.sampled_from(("a.csv", "a.csv.gz", "part-00000", "x.txt"))): content}
    if draw(st.integers(0, 9)) == 9:
        files |= {"_SUCCESS": b"", "part-00001.csv": draw(st.sampled_from((content, b"", b"a\n")))}
    options = draw(
        st.sampled_from(
            (
                (),
                (),
                ("--problem-type", "classification"),
                ("--problem-type", "regression"),
                ("--decimal-mark", ","),
                ("--never-missing", '["NA", "?"]'),
                ("--split-seed", "-7"),
            )
        )
    )
    return TableCase(files, target, options)


@st.composite
def requests(draw: st.DrawFn, width: int) -> tuple[bytes, str]:
    """A body, and its content type."""
    cell = st.one_of(texts, written, st.sampled_from(WORDS))
    json_cell = st.one_of(cell, numbers, st.none(), st.booleans(), st.just([]))
    kind = draw(st.integers(0, 9))
    if kind < 4:
        lines = io.StringIO()
        wide = st.sampled_from((width,) * 6 + (width - 1, width + 1, 0))
        rows = [
            draw(st.lists(cell, min_size=count, max_size=count)) for count in draw(st.lists(wide, max_size=4))
        ]
        csv.writer(lines, lineterminator=draw(st.sampled_from(("\n", "\r\n")))).writerows(rows)
        return lines.getvalue().encode("utf-8", "surrogatepass"), "text/csv"
    if kind < 8:
        instance: Any = st.one_of(
            st.lists(json_cell, min_size=width, max_size=width),
            st.dictionaries(st.sampled_from(("number", "word", "text", "other")), json_cell),
            json_cell,
        )
        return json.dumps({"instances": draw(st.lists(instance, max_size=4))}).encode(), "application/json"
    body = draw(st.one_of(st.binary(max_size=40), texts.map(lambda text: text.encode("utf-8", "replace"))))
    return body, draw(
        st.sampled_from(("text/csv", "application/json", "text/csv; charset=utf-8", "", "image/png"))
    )
