"""What stays when the platform is left, as `docs/what_stays.md` promises it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from base.places import REPOSITORY
from rehearsal.inventory import Thing
from rehearsal.people import ACCOUNTS, AccountKey
from rehearsal.story import ActError

PAGE = REPOSITORY / "docs" / "what_stays.md"

_ROW = re.compile(r"^\| (?P<where>[^|]+) \| (?P<what>[^|]+) \| (?P<name>[^|]+) \|", re.MULTILINE)
_NAME = re.compile(r"`([^`]+)`")
_PLACEHOLDER = re.compile(r"<(?P<name>[^>]+)>")
_VALUES = {
    "account": r"\d{12}",
    "generated": r"[\w-]+",
    "project": r"[A-Za-z0-9-]+",
    "project id": r"p-[a-z0-9]+",
    "purpose": r"[a-z-]+",
    "Region": r"[a-z]{2}(-[a-z]+)+-\d",
}
"""What may stand for each placeholder of a name."""


@dataclass(frozen=True)
class Promise:
    """One name in a row of the table.

    Attributes:
        accounts: Names of the accounts.
        kind: What stays.
        pattern: What its name looks like.
        row: The row itself.
    """

    accounts: tuple[str, ...]
    kind: str
    pattern: re.Pattern[str]
    row: str

    def covers(self, thing: Thing) -> bool:
        """Whether a thing is one of those promised to stay."""
        return (
            thing.account in self.accounts
            and thing.kind == self.kind
            and self.pattern.fullmatch(thing.name) is not None
        )


def promised(played: Sequence[AccountKey] = ACCOUNTS) -> list[Promise]:
    """Return the rows of the page's table, one for each name in a row.

    Args:
        played: The accounts there are; a row of none of them is left out.

    Raises:
        ActError: A row names no account.
    """
    found: list[Promise] = []
    for row in _ROW.finditer(PAGE.read_text(encoding="utf-8")):
        if row["where"] == "Account" or row["where"].startswith("-"):
            continue
        accounts = tuple(each for each in ACCOUNTS if each.replace("_", " ") in row["where"])
        if not accounts:
            raise ActError(f"This row of what_stays.md names no account: {row[0]}")
        if not set(accounts) & set(played):
            continue
        names = _NAME.findall(row["name"])
        found += [Promise(accounts, row["what"], _pattern(name), row[0]) for name in names]
    return found


def _pattern(name: str) -> re.Pattern[str]:
    parts = _PLACEHOLDER.split(name)  # Names of placeholders at the odd places.
    return re.compile(
        "".join(f"(?:{_VALUES[part]})" if place % 2 else re.escape(part) for place, part in enumerate(parts))
    )


def mistakes(left: Iterable[Thing], promises: Sequence[Promise]) -> list[str]:
    """Return a sentence for each thing that nobody promised, and each promise that holds for nothing.

    Args:
        left: What is left.
        promises: What the page says stays.
    """
    left = sorted(left)
    return unexpected(left, promises) + empty(left, promises)


def unexpected(left: Iterable[Thing], promises: Sequence[Promise]) -> list[str]:
    """Return a sentence for each thing that nobody promised."""
    return [
        f"Left, and not named in docs/what_stays.md: {thing.kind} {thing.name} in {thing.account}"
        for thing in sorted(left)
        if not any(promise.covers(thing) for promise in promises)
    ]


def empty(left: Iterable[Thing], promises: Sequence[Promise]) -> list[str]:
    """Return a sentence for each promise that holds for nothing."""
    left = tuple(left)
    return [
        f"Named in docs/what_stays.md, and not left: {promise.row}"
        for promise in promises
        if not any(promise.covers(thing) for thing in left)
    ]
