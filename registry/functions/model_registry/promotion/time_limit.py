"""How long a run may go on before Lambda ends it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

# A step that has begun is finished. The longest is one copy by S3 of 5 GB.
MARGIN_MS = 120_000


class OutOfTimeError(Exception):
    """The run stops here, between two steps, and another one goes on."""


@dataclass(kw_only=True)
class TimeLimit:
    """What is left of the time that one invocation of a function has.

    Attributes:
        started: When the invocation began.
        remaining_ms: Gives the milliseconds until Lambda ends the invocation.
        progress: Whether a step was finished whose outcome the next run finds.
    """

    started: datetime
    remaining_ms: Callable[[], int]
    progress: bool = False

    def check(self) -> None:
        """Go on only if there is time for another step.

        Raises:
            OutOfTimeError: If there is not.
        """
        if self.remaining_ms() < MARGIN_MS:
            raise OutOfTimeError

    def step_done(self) -> None:
        """Note that a step is finished."""
        self.progress = True
