"""Look at the report in headless Chromium: `python -m rehearsal.page_check [PAGE]`.

Chromium is driven by its DevTools protocol over a pipe
(https://chromedevtools.github.io/devtools-protocol/), so that no port is opened and no library is needed.
"""

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Never

import typer

from base.places import REPOSITORY
from emulator.machine.isolation import clean_environment

PAGE = REPOSITORY / "build" / "rehearsal" / "index.html"
NAMES = ("chromium", "chromium-browser", "google-chrome")
WIDTHS = (375, 768, 1280)
HEIGHT = 900
PAPER_WIDTH = 680
ANSWER_SECONDS = 30

# What sticks out of the window, or is cut off inside its own box, and links to places that are not there.
# On a screen, a box that scrolls by mouse and by keyboard cuts nothing off.
CUT_OFF = """
(() => {
  const width = document.documentElement.clientWidth;
  const found = [];
  if (document.documentElement.scrollWidth > width)
    found.push(`the page is ${document.documentElement.scrollWidth} px wide`);
  for (const element of document.body.querySelectorAll("*")) {
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    if (style.display === "none" || box.width <= 1 || box.height <= 1) continue;
    const text = (element.textContent || "").trim().slice(0, 40);
    const name = `<${element.tagName.toLowerCase()}> ${text}`;
    if (box.right > width + 1 || box.left < -1) found.push(`${name} reaches ${Math.round(box.right)} px`);
    const hidden = element.scrollWidth - element.clientWidth;
    const scrolls = style.overflowX === "auto" && element.tabIndex >= 0 && !matchMedia("print").matches;
    if (element.clientWidth && hidden > 1 && style.overflowX !== "visible" && !scrolls)
      found.push(`${name} is cut off by ${hidden} px`);
  }
  for (const link of document.querySelectorAll('a[href^="#"]'))
    if (!document.getElementById(link.hash.slice(1))) found.push(`${link.hash} leads nowhere`);
  return found;
})()
"""


class BrowserError(Exception):
    """Chromium is missing, ended, or does not answer."""


class Browser:
    """A page of a running Chromium.

    Attributes:
        events: What Chromium told without being asked, in its order.
    """

    def __init__(self, to_browser: int, from_browser: int) -> None:
        """Open a page.

        Args:
            to_browser: File descriptor that Chromium reads.
            from_browser: File descriptor that Chromium writes.
        """
        self._to = to_browser
        self._from = from_browser
        self._buffer = b""
        self._last = 0
        self._session = ""
        self.events: list[dict[str, Any]] = []
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol and return its result."""
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._last:
                if "error" in answer:
                    raise BrowserError(f"Chromium answers {method} with: {answer['error']['message']}.")
                result: dict[str, Any] = answer["result"]
                return result

    def open(self, url: str) -> None:
        """Load a page and wait until everything on it is loaded."""
        self.events.clear()
        self.send("Page.navigate", url=url)
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self._receive()

    def evaluate(self, expression: str) -> Any:
        """Evaluate JavaScript on the page and return its value."""
        answer = self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise BrowserError(f"The check itself fails on the page: {answer['exceptionDetails']}.")
        return answer["result"]["value"]

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._from], [], [], ANSWER_SECONDS)
            if not ready:
                raise BrowserError(f"Chromium has not answered for {ANSWER_SECONDS} s.")
            read = os.read(self._from, 65536)
            if not read:
                raise BrowserError("Chromium ended before it answered.")
            self._buffer += read
        text, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        if "method" in message:
            self.events.append(message)
        return message


@contextmanager
def browser(executable: str) -> Iterator[Browser]:
    """Run Chromium with a home of its own, and end it. It also ends by itself when the pipe closes."""
    child_reads, we_write = os.pipe()
    we_read, child_writes = os.pipe()

    def place_descriptors() -> None:
        # Chromium's pipe is descriptors 3 and 4; copies first, as neither may overwrite the other.
        copies = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, 10) for descriptor in (child_reads, child_writes)]
        for place, copy in zip((3, 4), copies, strict=True):
            os.dup2(copy, place)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        flags = ["--headless=new", "--remote-debugging-pipe", "--disable-gpu", "--no-first-run"]
        flags += [
            "--disable-background-networking",
            "--disable-dev-shm-usage",
            f"--user-data-dir={home}/profile",
        ]
        if os.geteuid() == 0:
            flags.append("--no-sandbox")  # The sandbox does not start for root, which most containers are.
        process = subprocess.Popen(
            [executable, *flags],
            env=clean_environment(Path(home)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            close_fds=False,
            preexec_fn=place_descriptors,  # noqa: PLW1509  This process has no threads.
            start_new_session=True,
        )
        os.close(child_reads)
        os.close(child_writes)
        try:
            yield Browser(we_write, we_read)
        finally:
            os.close(we_write)
            os.close(we_read)
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def find_browser() -> str:
    """Return the path of Chromium.

    Raises:
        BrowserError: There is none.
    """
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    raise BrowserError("There is no Chromium to look at the page with; `apt-get install chromium` brings it.")


def problems(chromium: Browser, page: Path, screenshots: Path | None = None) -> list[str]:
    """Look at a page on windows of several widths and on paper.

    Args:
        chromium: A running Chromium.
        page: The HTML file.
        screenshots: Where to keep a picture of each width; none are kept if left out.

    Returns:
        What is wrong with it, one sentence each.
    """
    url = page.resolve().as_uri()
    found: list[str] = []
    chromium.send("Emulation.setScrollbarsHidden", hidden=True)  # They lie over the page on a phone.
    chromium.send("Emulation.setEmulatedMedia", media="screen")  # The page before was left on paper.
    for width in WIDTHS:
        _resize(chromium, width)
        chromium.open(url)
        found += [f"At {width} px: {problem}." for problem in chromium.evaluate(CUT_OFF)]
        found += [f"At {width} px: {problem}." for problem in _complaints(chromium.events, url)]
        if screenshots is not None:
            _take_picture(chromium, screenshots / f"page-{width}.png")
    chromium.send("Emulation.setEmulatedMedia", media="print")
    _resize(chromium, PAPER_WIDTH)
    found += [f"On paper: {problem}." for problem in chromium.evaluate(CUT_OFF)]
    return found


def _resize(chromium: Browser, width: int) -> None:
    chromium.send(
        "Emulation.setDeviceMetricsOverride", width=width, height=HEIGHT, deviceScaleFactor=1, mobile=False
    )


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


def main(
    page: Annotated[Path, typer.Argument(help="The report.")] = PAGE,
    screenshots: Annotated[Path | None, typer.Option(help="Folder for a picture of each width.")] = None,
) -> None:
    """Look at the report: no console error, no request to anyone, nothing cut off."""
    if not page.is_file():
        _end(f"There is no report {page}; `make rehearse` writes it.", 2)
    if screenshots is not None:
        screenshots.mkdir(parents=True, exist_ok=True)
    try:
        executable = find_browser()
    except BrowserError as error:
        _end(str(error), 2)
    try:
        with browser(executable) as chromium:
            found = problems(chromium, page, screenshots)
    except BrowserError as error:
        _end(str(error), 1)
    if found:
        _end("\n".join(found), 1)
    widths = ", ".join(map(str, WIDTHS))
    print(f"{page} is well at {widths} px and on paper; it asks nothing of anyone.")  # noqa: T201


def _end(sentence: str, code: int) -> Never:
    print(sentence, file=sys.stderr)  # noqa: T201
    raise typer.Exit(code)


if __name__ == "__main__":
    typer.run(main)
