"""A headless Chromium, driven by its DevTools protocol over a pipe.

The protocol (https://chromedevtools.github.io/devtools-protocol/) opens no port and needs no library.
"""

import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from emulator.machine.isolation import clean_environment

NAMES = ("chromium", "chromium-browser", "google-chrome")
ANSWER_SECONDS = 30


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
        return answer["result"].get("value")

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
    raise BrowserError(
        "There is no Chromium to look at the page with; `apt-get install chromium` installs it."
    )
