from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.page_check.browser import Browser, BrowserError, browser, find_browser
from rehearsal.page_check.look import SCHEMES, WIDTHS, problems
from rehearsal.report import write
from tests.rehearsal.example import page

STYLE = "<meta name='color-scheme' content='light dark'><link rel='icon' href='data:,'>"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A running Chromium; machines without one have `make test-page` say so, and look at no page here."""
    try:
        executable = find_browser()
    except BrowserError as error:
        pytest.skip(str(error))
    with browser(executable) as running:
        yield running


def neighbours(folder: Path) -> None:
    """Write the pages that the example links."""
    for name in ("approval-1.html", "card.html"):
        save(folder / name, "<p>A neighbour</p>")


def save(path: Path, body: str) -> None:
    path.write_text(f"<!doctype html><html><head>{STYLE}</head><body>{body}</body></html>", encoding="utf-8")


def test_the_report_is_well(chromium: Browser, tmp_path: Path) -> None:
    write(page(), tmp_path)
    neighbours(tmp_path)
    assert problems(chromium, tmp_path / "index.html", tmp_path) == []
    assert {picture.name for picture in tmp_path.glob("*.png")} == {
        f"{name}-{width}-{scheme}.png"
        for name in ("index", "approval-1", "card")
        for width in WIDTHS
        for scheme in SCHEMES
    }


def test_a_report_of_a_failed_story_is_well(chromium: Browser, tmp_path: Path) -> None:
    write(page(failed_act=0), tmp_path)
    neighbours(tmp_path)
    assert problems(chromium, tmp_path / "index.html") == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param(
            "<p style='width:600px'>wide</p>", "At 375 px, light: <p> wide reaches", id="sticks out"
        ),
        pytest.param(
            "<div style='width:100px;overflow:hidden'><p style='width:200px'>hidden</p></div>",
            "is cut off by 100 px",
            id="cut off",
        ),
        pytest.param(
            "<p style='width:9px;white-space:nowrap;overflow:clip;text-overflow:ellipsis'>one two</p>",
            "is cut off by",
            id="cut off with an ellipsis",
        ),
        pytest.param(
            "<div style='height:20px;overflow:hidden'><p>one</p><p>two</p></div>",
            "px below",
            id="cut off below",
        ),
        pytest.param(
            "<details><summary>more</summary><p style='width:600px'>wide</p></details>",
            "At 375 px, light, unfolded: <p> wide reaches",
            id="sticks out once it is unfolded",
        ),
        pytest.param(
            "<pre style='width:100px;overflow-x:auto'>not to be reached with a keyboard</pre>",
            "is cut off by",
            id="scrolls by mouse alone",
        ),
        pytest.param(
            "<pre tabindex='0' style='width:100px;overflow-x:auto'>does not scroll on paper</pre>",
            "On paper: <pre>",
            id="scrolls on paper",
        ),
        pytest.param(
            "<p style='width:60px;overflow-wrap:anywhere'>extraordinarily</p>",
            "the word extraordinarily is broken in <p>",
            id="broken word",
        ),
        pytest.param(
            "<p>above</p><p style='margin-top:-36px'>below</p>", "“below” and “above” overlap", id="overlap"
        ),
        pytest.param(
            "<svg width='300' height='40'><g><rect width='40' height='30' fill='#fff'/>"
            "<text y='20'>wider than its box</text></g></svg>",
            "<text> wider than its box sticks out of its box",
            id="text out of its box",
        ),
        pytest.param(
            "<svg width='60' height='40'><text y='20'>wider than the drawing</text></svg>",
            "<text> wider than the drawing sticks out",
            id="text out of the drawing",
        ),
        pytest.param(
            "<p style='color:#aaa;background:#fff'>pale</p>", "has a contrast of 2.3", id="contrast"
        ),
        pytest.param(
            "<p style='color:#222'>dark on dark</p>", "dark: <p> dark on dark has a contrast", id="dark"
        ),
        pytest.param("<a href='#absent'>there</a>", "#absent leads nowhere", id="anchor"),
        pytest.param(
            "<nav><a href='#a'>a</a></nav><section id='a'></section><section id='b'></section>",
            "the contents do not name #b",
            id="contents",
        ),
        pytest.param("<p id='a'>a</p><p id='a'>b</p>", "#a is there twice", id="anchor twice"),
        pytest.param(
            "<a href='absent.html'>there</a>", "the link absent.html leads to no file", id="missing page"
        ),
        pytest.param(
            "<a href='other.html#absent'>there</a>",
            "the link other.html#absent leads to no place",
            id="missing place on another page",
        ),
        pytest.param("<a href='broken.html'>there</a>", "broken.html: At 375 px", id="broken neighbour"),
        pytest.param("<script>console.error('broken')</script>", "on the console: broken", id="console"),
        pytest.param("<script>absent()</script>", "an exception", id="exception"),
        pytest.param("<img src='http://192.0.2.1/a.png'>", "asks for http://192.0.2.1/a.png", id="request"),
    ],
)
def test_what_is_wrong_is_found(chromium: Browser, tmp_path: Path, body: str, says: str) -> None:
    save(tmp_path / "page.html", body)
    save(tmp_path / "other.html", "<p id='present'>there</p>")
    save(tmp_path / "broken.html", "<p style='width:600px'>wide</p>")
    found = problems(chromium, tmp_path / "page.html")
    assert any(says in problem for problem in found), found


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("<p>well-<wbr>being</p>", id="words"),
        pytest.param(
            "<p style='width:100px'>a <code>an-<wbr>identifier/<wbr>with-<wbr>parts</code></p>",
            id="identifier",
        ),
        pytest.param("<a href='other.html#present'>there</a>", id="link"),
        pytest.param("<a href='#a'>there</a><p id='a'>a</p>", id="anchor"),
        pytest.param(
            "<style>@media print { pre { white-space: pre-wrap } }</style>"
            "<pre tabindex='0' style='width:100px;overflow-x:auto'>scrolls by keyboard</pre>",
            id="scrolls",
        ),
    ],
)
def test_what_is_well_is_left_alone(chromium: Browser, tmp_path: Path, body: str) -> None:
    save(tmp_path / "page.html", body)
    save(tmp_path / "other.html", "<p id='present'>there</p>")
    assert problems(chromium, tmp_path / "page.html") == []


def test_without_chromium_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BrowserError, match="apt-get install chromium"):
        find_browser()
