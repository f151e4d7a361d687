"""Play the acts in their order, and keep time and memory."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import psutil
from botocore.exceptions import BotoCoreError, ClientError

from rehearsal.display import Display
from rehearsal.processes import ProcessError
from rehearsal.record import ActRecord, Status
from rehearsal.story import Act, ActError, Story

SAMPLE_SECONDS = 1.0
"""Each sample reads every process of the machine."""
EXPECTED_ERRORS = (ActError, ProcessError, ClientError, BotoCoreError)
"""What an act may end with when the platform does not do what it must. Anything else is a bug of ours."""

MEND = "Read the reason, mend what it names, and play again with `make rehearse`."


@dataclass(kw_only=True)
class Played:
    """The acts as they went.

    Attributes:
        acts: One record an act.
        starts: When each began, in seconds after the first.
    """

    acts: list[ActRecord] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every act came out as it must."""
        return all(act.status == "ok" for act in self.acts)


def play(acts: Sequence[Act], story: Story, display: Display) -> Played:
    """Play the acts until one fails; those after it are recorded as failed, because they were not reached.

    Args:
        acts: The acts in their order.
        story: What they share.
        display: Where progress is shown.
    """
    played = Played()
    beginning = time.monotonic()
    failed_at: int | None = None
    for number, act in enumerate(acts):
        started = time.monotonic()
        story.accounts.journal.begin(act.actor)
        status: Status = "ok"
        if failed_at is None:
            display.begin(f"{number}  {act.name}")
            try:
                detail = act.play(story)
            except EXPECTED_ERRORS as error:
                status, detail, failed_at = "failed", str(error), number
        else:
            status, detail = "failed", f"Not reached: act {failed_at} failed."
        record = ActRecord(
            name=act.name,
            actor=act.actor,
            account=story.accounts.account_title(act.account),
            status=status,
            seconds=round(time.monotonic() - started, 2),
            detail=detail,
            commands=story.accounts.journal.commands(),
            quotes=tuple(story.accounts.journal.quotes),
            next=act.next if status == "ok" else MEND if failed_at == number else "",
        )
        played.acts.append(record)
        played.starts.append(round(started - beginning, 2))
        display.act(number, record)
        if failed_at == number:
            display.reason(detail)
    return played


class PeakMemory:
    """Highest resident memory of this process and all its descendants together, sampled while it is open.

    Pages that processes share count once for each of them, so the figure is an upper bound.

    Attributes:
        mebibytes: The highest sum so far.
    """

    def __init__(self) -> None:
        """Prepare; sampling starts on entering the context."""
        self.mebibytes = 0
        self._process = psutil.Process()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _sample(self) -> None:
        while True:
            resident = sum(map(_resident, (self._process, *self._descendants())))
            self.mebibytes = max(self.mebibytes, resident // 2**20)
            if self._ended.wait(SAMPLE_SECONDS):
                return

    def _descendants(self) -> list[psutil.Process]:
        try:
            return self._process.children(recursive=True)
        except psutil.Error:
            return []


def _resident(process: psutil.Process) -> int:
    try:
        resident: int = process.memory_info().rss
    except psutil.Error:
        return 0
    return resident
