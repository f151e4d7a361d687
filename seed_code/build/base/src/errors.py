"""What a person can correct."""


class DataError(ValueError):
    """The data cannot be used; the message tells a person why, and what to do."""


class UsageError(ValueError):
    """A step was started with wrong arguments; the message tells which."""


class RowError(ValueError):
    """A row does not fit the columns of the model.

    Attributes:
        row: The position of the row among those that were given, from 0.
        reason: Why, as a sentence without the row's number.
    """

    def __init__(self, row: int, reason: str) -> None:
        super().__init__(f"Row {row + 1}: {reason}")
        self.row = row
        self.reason = reason


def shortened(names: "tuple[str, ...] | list[str]", most: int = 12) -> str:
    """Name the first of many columns or files."""
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest:,} more" if rest > 0 else "")
