"""What somebody may do to a seed, and the check of its own that must fail."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """One change that makes a seed wrong.

    Attributes:
        name: What is wrong afterwards.
        file: The file that is changed, relative to the seed.
        old: A text that stands in it once.
        new: What replaces it.
        check: The command that must fail: one of the seed's own checks, narrowed to a file if that is faster.
    """

    name: str
    file: str
    old: str
    new: str
    check: str
