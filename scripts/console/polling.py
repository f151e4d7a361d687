"""How a command asks again until something of AWS has ended."""

import time
from collections.abc import Iterator


def polls(seconds: float, *, pause: float, growth: float = 1.0, longest: float = 10.0) -> Iterator[None]:
    """Give the occasions to look: at once, and after each pause until the time is over.

    Leave the loop when what was awaited has come; after the loop, it has not come in time.

    Args:
        seconds: How long to look.
        pause: The first pause, in seconds.
        growth: How much longer each pause is than the one before.
        longest: The longest pause, in seconds.
    """
    deadline = time.monotonic() + seconds
    while True:
        yield
        if time.monotonic() > deadline:
            return
        time.sleep(pause)
        pause = min(pause * growth, longest)
