"""A thing on the way back from an endpoint, what it came of, and why the way may end."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from registry.functions.model_registry.errors import DENIED, RegistryError, error_code, is_missing

Answer = TypeVar("Answer")


class GapError(Exception):
    """Why a trace cannot go on at some place: a sentence that the trace shows there."""


@dataclass(kw_only=True)
class Node:
    """A thing on the way back, with what it came of.

    Attributes:
        kind: What it is, such as ``Endpoint``.
        name: Its name, for people.
        identifier: Its ARN, or its URI in S3 or in a repository; empty if it has none.
        account: The account that owns it; empty if that is unknown.
        time: When it was made, or last changed.
        facts: What else there is to say, by name.
        gap: Why the way back ends here, or is in doubt; empty if it does not.
        sources: What it came of.
    """

    kind: str
    name: str
    identifier: str = ""
    account: str = ""
    time: datetime | None = None
    facts: dict[str, str] = field(default_factory=dict)
    gap: str = ""
    sources: list["Node"] = field(default_factory=list)

    def walk(self, depth: int = 0) -> Iterator[tuple[int, "Node"]]:
        """This node and all below it, each with its depth, in the order of reading."""
        yield depth, self
        for source in self.sources:
            yield from source.walk(depth + 1)

    def as_json(self) -> dict[str, Any]:
        """The node as JSON; what is empty is left out."""
        described: dict[str, Any] = {
            "kind": self.kind,
            "name": self.name,
            "identifier": self.identifier,
            "account": self.account,
            "time": written(self.time),
            "facts": self.facts,
            "gap": self.gap,
            "sources": [source.as_json() for source in self.sources],
        }
        return {name: value for name, value in described.items() if value}


class Gap:
    """Notes on a node why the way back ends within the block, if it does."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def __enter__(self) -> None:
        return None

    def __exit__(self, _type: object, error: BaseException | None, _traceback: object) -> bool:
        if not isinstance(error, GapError | RegistryError):
            return False
        self._node.gap = str(error)
        return True


def ask(question: Callable[[], Answer]) -> Answer:
    """Ask AWS.

    Raises:
        GapError: If it does not answer.
    """
    try:
        return question()
    except ClientError as error:
        message = error.response.get("Error", {}).get("Message", "")
        if error_code(error) in DENIED:
            raise GapError(f"It is not shown to this role ({message}).") from error
        if is_missing(error) or "could not find" in message.lower():
            raise GapError("It is not there any more.") from error
        raise GapError(f"AWS does not tell ({error_code(error)}: {message}).") from error


def written(time: datetime | None) -> str:
    """A time as people and receipts write it, such as ``2026-11-21T09:15:00Z``; empty if there is none."""
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if time else ""
