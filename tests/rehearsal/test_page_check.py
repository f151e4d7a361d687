from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal import page_check
from rehearsal.page_check import Browser, BrowserError, browser, find_browser, problems
from rehearsal.report import write
from tests.rehearsal.example import page


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A running Chromium; machines without one have `make test-page` say so, and look at no page here."""
    try:
        executable = find_browser()
    except BrowserError as error:
        pytest.skip(str(error))
    with browser(executable) as running:
        yield running


def test_the_report_is_well(chromium: Browser, tmp_path: Path) -> None:
    write(page(), tmp_path)
    assert problems(chromium, tmp_path / "index.html", tmp_path) == []
    assert {picture.name for picture in tmp_path.glob("*.png")} == {
        f"page-{width}.png" for width in page_check.WIDTHS
    }


def test_a_report_of_a_failed_story_is_well(chromium: Browser, tmp_path: Path) -> None:
    write(page(failed_act=0), tmp_path)
    assert problems(chromium, tmp_path / "index.html") == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param("<p style='width:600px'>wide</p>", "At 375 px: <p> wide reaches", id="sticks out"),
        pytest.param(
            "<div style='width:100px;overflow:hidden'><p style='width:200px'>hidden</p></div>",
            "is cut off by 100 px",
            id="cut off",
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
        pytest.param("<a href='#absent'>there</a>", "#absent leads nowhere", id="anchor"),
        pytest.param("<script>console.error('broken')</script>", "on the console: broken", id="console"),
        pytest.param("<script>absent()</script>", "an exception", id="exception"),
        pytest.param("<img src='http://192.0.2.1/a.png'>", "asks for http://192.0.2.1/a.png", id="request"),
    ],
)
def test_what_is_wrong_is_found(chromium: Browser, tmp_path: Path, body: str, says: str) -> None:
    path = tmp_path / "page.html"
    path.write_text(f"<!doctype html><html><body>{body}</body></html>", encoding="utf-8")
    assert any(says in problem for problem in problems(chromium, path))


def test_without_chromium_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BrowserError, match="apt-get install chromium"):
        find_browser()
