"""Errors that whoever runs a command can correct, apart from faults of the bundle."""

import os
import traceback


class UserError(ValueError):
    """Something is not as it must be, and the message says in a sentence where, what, and what to do.

    Commands print it without a traceback, and end with exit code 2.
    """


def trace(error: Exception) -> None:
    """Print where an error comes from, if `TRACEBACK` is set in the environment.

    Args:
        error: The error that a command is about to tell in a sentence.
    """
    if os.environ.get("TRACEBACK"):
        traceback.print_exception(error)
