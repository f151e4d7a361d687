"""Acting on a status that may change in the meantime."""

from collections.abc import Callable
from typing import TypeVar

from .errors import RegistryError

ROUNDS = 5

Version = TypeVar("Version")
Settled = TypeVar("Settled")


def settle(
    *,
    arn: str,
    look: Callable[[], Version],
    status: Callable[[Version], str],
    act: Callable[[Version], Settled],
) -> tuple[Version, Settled]:
    """Act on a version as it is now, and again if its approval status has changed by then.

    Events come late, together and out of order. Whoever acts last has thus looked last, and what remains is
    what the last status asks for, even if a slower run acted on an older one.

    Args:
        arn: The version, for the message.
        look: Describes the version as it is now.
        status: Gives the approval status of a description.
        act: Does what a description asks for; safe to repeat.

    Returns:
        The description last acted on, and the outcome of that.

    Raises:
        RegistryError: If the status changed during each of five rounds.
    """
    version = look()
    for _ in range(ROUNDS):
        outcome = act(version)
        now = look()
        if status(now) == status(version):
            return version, outcome
        version = now
    raise RegistryError(
        f"The approval status of {arn} changed {ROUNDS} times while it was being handled: "
        "decide on a status, and set it once more."
    )
