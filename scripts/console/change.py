"""What an operator's command did, or would do, to one thing: the same words everywhere."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """The whole vocabulary of the command line's output; with `--pretend` each follows "would"."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    IDENTICAL = "identical"
    UNCHECKED = "unchecked"


@dataclass(frozen=True)
class Change:
    """One thing, and what became of it."""

    outcome: Outcome
    subject: str


class OperatorError(Exception):
    """Something an operator can correct: one sentence with what is wrong, where, and what to do."""
