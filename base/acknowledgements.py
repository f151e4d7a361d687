"""Reasons why a rule of cdk-nag does not hold somewhere, for whoever runs cdk-nag."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import aws_cdk as cdk
from constructs import Construct

_wanted: ContextVar[bool] = ContextVar("acknowledgements are wanted", default=False)


@contextmanager
def acknowledgements() -> Iterator[None]:
    """Hand reasons to cdk-nag while stacks are composed.

    Reasons change no template, and to resolve and hand them over takes an eighth of the time of a synthesis:
    without this, `acknowledge` does nothing.
    """
    token = _wanted.set(True)
    try:
        yield
    finally:
        _wanted.reset(token)


def acknowledgements_wanted() -> bool:
    """Whether reasons are handed over."""
    return _wanted.get()


def acknowledge(construct: Construct, *, rule: str, reason: str) -> None:
    """Say why a rule does not hold for a construct and what is below it.

    Args:
        construct: The construct.
        rule: The rule of cdk-nag, such as ``AwsSolutions-L1``, and in brackets which finding of it.
        reason: Why it does not hold.
    """
    if acknowledgements_wanted():
        cdk.Validations.of(construct).acknowledge(cdk.Acknowledgment(id=rule, reason=reason))
