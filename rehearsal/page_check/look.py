"""Look at a page and its neighbours, as on a phone, on a tablet, on a desk and on paper."""

import base64
import json
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from rehearsal.page_check.browser import Browser

WIDTHS = (375, 768, 1280)
SCHEMES = ("light", "dark")
HEIGHT = 900
PAPER_WIDTH = 680

_ID = re.compile(r"""\sid=["']([^"']+)["']""")


def problems(chromium: Browser, page: Path, pictures: Path | None = None) -> list[str]:
    """Look at a page and its neighbours: all pages that can be reached from it by links to files.

    Args:
        chromium: A running Chromium.
        page: The HTML file.
        pictures: Where to keep a picture of each page, width and scheme; none are kept if left out.

    Returns:
        What is wrong, one sentence each.
    """
    waiting, seen, found = [page.resolve()], set[Path](), []
    while waiting:
        next_page = waiting.pop(0)
        seen.add(next_page)
        links, wrong = _look_at(chromium, next_page, pictures)
        found += [f"{next_page.name}: {problem}." for problem in wrong]
        for link in links:
            target, missing = _resolve(next_page, link)
            if missing:
                found.append(f"{next_page.name}: {missing}.")
            elif target is not None and target.suffix == ".html" and target not in {*seen, *waiting}:
                waiting.append(target)
    return found


def _look_at(chromium: Browser, page: Path, pictures: Path | None) -> tuple[list[str], list[str]]:
    """Return the links of a page, and what is wrong with it."""
    found: list[str] = []
    chromium.send("Emulation.setScrollbarsHidden", hidden=True)  # They lie over the page on a phone.
    for state, (width, scheme) in enumerate(product(WIDTHS, SCHEMES)):
        _dress(chromium, width, scheme)
        if state == 0:
            chromium.open(page.as_uri())
        found += [f"At {width} px, {scheme}: {problem}" for problem in _run(chromium, "faults", "screen")]
        if pictures is not None:
            _take_picture(chromium, pictures / f"{page.stem}-{width}-{scheme}.png")
    found += [f"On loading: {problem}" for problem in _complaints(chromium.events, page.as_uri())]
    links: list[str] = _run(chromium, "links")
    _run(chromium, "unfold")
    for width, scheme in product(WIDTHS, SCHEMES):
        _dress(chromium, width, scheme)
        found += [
            f"At {width} px, {scheme}, unfolded: {problem}" for problem in _run(chromium, "faults", "screen")
        ]
    _dress(chromium, PAPER_WIDTH, "light", medium="print")
    found += [f"On paper: {problem}" for problem in _run(chromium, "faults", "print")]
    return links, _once(found)


def _dress(chromium: Browser, width: int, scheme: str, *, medium: str = "screen") -> None:
    """Make the window as wide as a device's, and let it prefer a colour scheme."""
    preference = {"name": "prefers-color-scheme", "value": scheme}
    chromium.send("Emulation.setEmulatedMedia", media=medium, features=[preference])
    chromium.send(
        "Emulation.setDeviceMetricsOverride", width=width, height=HEIGHT, deviceScaleFactor=1, mobile=False
    )


def _run(chromium: Browser, name: str, *arguments: str) -> Any:
    """Call the function in a file beside this one on the page."""
    function = Path(__file__).with_name(f"{name}.js").read_text(encoding="utf-8")
    function = function[function.index("\n(") :]  # Without the comment above it.
    return chromium.evaluate(f"({function.strip()})({', '.join(map(json.dumps, arguments))})")


def _once(found: list[str]) -> list[str]:
    """Keep what is wrong in the first place where it is: the other places repeat it."""
    first: dict[str, str] = {}
    for sentence in found:
        first.setdefault(sentence.partition(": ")[2], sentence)
    return list(first.values())


def _resolve(page: Path, link: str) -> tuple[Path | None, str]:
    """Return the file that a link leads to, if to one, and what is wrong with the link, if anything."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or not parts.path:
        return None, ""  # Of another machine; or of this page, where its anchors are looked at.
    target = (page.parent / unquote(parts.path)).resolve()
    if not target.is_file():
        return None, f"the link {link} leads to no file"
    if parts.fragment and parts.fragment not in _ID.findall(target.read_text(encoding="utf-8")):
        return None, f"the link {link} leads to no place of that page"
    return target, ""


def _take_picture(chromium: Browser, path: Path) -> None:
    picture = chromium.send("Page.captureScreenshot", format="png", captureBeyondViewport=True)
    path.write_bytes(base64.b64decode(picture["data"]))


def _complaints(events: list[dict[str, Any]], url: str) -> Iterator[str]:
    """Yield what the page says on the console, and what it asks of anyone else."""
    for event in events:
        details = event.get("params", {})
        if event["method"] == "Runtime.exceptionThrown":
            yield f"an exception: {details['exceptionDetails']['text']}"
        elif event["method"] == "Runtime.consoleAPICalled" and details["type"] in ("error", "assert"):
            yield f"on the console: {' '.join(str(argument.get('value')) for argument in details['args'])}"
        elif event["method"] == "Log.entryAdded" and details["entry"]["level"] == "error":
            yield f"on the console: {details['entry']['text']}"
        elif event["method"] == "Network.requestWillBeSent":
            asked = details["request"]["url"]
            if asked != url and not asked.startswith("data:"):
                yield f"it asks for {asked}"
