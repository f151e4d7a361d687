"""What every service of the cloud in memory shares: who calls, in which order, and what goes wrong."""

import itertools
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

HUB = "222222222222"
TEAM = "333333333333"
OTHER_TEAM = "666666666666"
REGION = "eu-west-1"

Parameters = dict[str, Any]
Call = Callable[[], Parameters]


class Killed(BaseException):
    """The process ends here, without a chance to clean up."""


def failure(operation: str, code: str, message: str, status: int = 400) -> ClientError:
    """An error as AWS answers it."""
    answer: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, operation)


def paged(items: Sequence[Any], token: str, size: int) -> tuple[list[Any], str | None]:
    """One page of a list, and the token of the next if there are more.

    Args:
        items: The whole list.
        token: Where the page begins, as this function gave it; ``0`` at first.
        size: How many items the page has at most.
    """
    start, end = int(token), int(token) + size
    return list(items[start:end]), str(end) if end < len(items) else None


class Core:
    """Several accounts in one Region.

    Attributes:
        calls: Every operation, in the order of arrival.
        interfere: Called with the number of a call, from 0, its operation, and the call itself; it may raise
            instead of calling, or afterwards.
        denied: Operations that AWS denies, such as ``s3:GetObject``.
        feared: Keys of the assumptions that do not hold here (`assumptions.table`).
    """

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.interfere: Callable[[int, str, Call], Parameters] = lambda _n, _o, call: call()
        self.denied: set[str] = set()
        self.feared: set[str] = set()
        self._lock = threading.RLock()
        self._clock = itertools.count(1)

    def now(self) -> datetime:
        """A clock that shows another second at each look."""
        return datetime(2026, 11, 21, 9, tzinfo=UTC) + timedelta(seconds=next(self._clock))

    def answer(self, service: str, operation: str, parameters: Parameters) -> Parameters:
        """Carry out one operation, as the method named after its service and itself does it."""

        def call() -> Parameters:
            if f"{service}:{operation}" in self.denied:
                raise failure(
                    operation, "AccessDenied", f"not authorized to perform: {service}:{operation}", 403
                )
            method = getattr(self, f"{service}_{operation}")
            return method(**parameters)  # type: ignore[no-any-return]

        with self._lock:
            number = len(self.calls)
            self.calls.append(operation)
            return self.interfere(number, operation, call)
