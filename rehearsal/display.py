"""What a person sees on the terminal while the story plays."""

import time
from collections import deque
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from rehearsal.record import ActRecord

SHOWN_LINES = 5
MARKS = {"ok": ("✓", "green"), "failed": ("✗", "bold red")}


def duration(seconds: float) -> str:
    """Return seconds as people read them: `0.4 s`, `12.3 s`, `2 min 5 s`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


class Display:
    """One line an act. On a terminal the act's progress moves below it; in a log it is written out."""

    def __init__(self, console: Console) -> None:
        """Prepare the display.

        Args:
            console: Where to write.
        """
        self.console = console
        self._headline = ""
        self._started = time.monotonic()
        self._recent: deque[str] = deque(maxlen=SHOWN_LINES)
        self._spinner = Spinner("dots")
        self._live = Live(get_renderable=self._render, console=console, refresh_per_second=8, transient=True)

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._headline = ""
        self._live.stop()

    def begin(self, headline: str) -> None:
        """Say what is going on from now on."""
        self._headline = headline
        self._started = time.monotonic()
        self._recent.clear()
        if not self.console.is_terminal:
            self.console.print(Text(f"     {headline}", style="dim"))

    def tell(self, line: str) -> None:
        """Show a line of progress."""
        elapsed = duration(time.monotonic() - self._started)
        self._recent.append(f"{elapsed:>8}  {line}")
        if not self.console.is_terminal:
            self.console.print(Text(f"     {self._recent[-1]}", style="dim"), soft_wrap=True)

    def act(self, number: int, record: ActRecord) -> None:
        """Write the line of an act that ended."""
        self._headline = ""
        mark, style = MARKS[record.status]
        line = Text.assemble(
            (f" {mark} ", style),
            (f"{number}  {record.name:<26}", "bold"),
            f"{record.actor:<22}",
            (f"{record.account:<32}", "dim"),
            f"{duration(record.seconds):>10}",
        )
        self.console.print(line, soft_wrap=True)

    def reason(self, text: str) -> None:
        """Write why an act failed, below its line."""
        for line in text.splitlines():
            self.console.print(Text(f"       {line}", style="red"), soft_wrap=True)

    def _render(self) -> Group | Text:
        if not self._headline:
            return Text("")
        elapsed = duration(time.monotonic() - self._started)
        self._spinner.update(text=Text.assemble((self._headline, "bold"), (f"  {elapsed}", "dim")))
        width = max(self.console.width - 8, 20)
        below = [Text(f"     {line[:width]}", style="dim", no_wrap=True) for line in self._recent]
        return Group(self._spinner, *below)
