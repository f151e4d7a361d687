"""Where services keep what they have: by account, Region and name."""

import threading
from typing import Generic, TypeVar

from emulator.core.service import ServiceError

Item = TypeVar("Item")


class Store(Generic[Item]):
    """The things of one kind, in all accounts and Regions.

    Services differ in what they answer about a thing that is missing or already there, so the wording is
    given with the kind. `{name}`, `{account}` and `{arn}` stand for the thing's.

    Attributes:
        lock: Held while things come and go.
    """

    def __init__(
        self, arn: str, *, missing: str, duplicate: str, missing_code: str, duplicate_code: str
    ) -> None:
        """Make an empty store.

        Args:
            arn: What ARNs look like, with `{region}`, `{account}` and `{name}`.
            missing: Message about a thing that does not exist.
            duplicate: Message about a name that is taken.
            missing_code: Error code for the former.
            duplicate_code: Error code for the latter.
        """
        self.lock = threading.RLock()
        self._arn = arn
        self._missing = (missing_code, missing)
        self._duplicate = (duplicate_code, duplicate)
        self._items: dict[tuple[str, str, str], Item] = {}

    def arn_of(self, account: str, region: str, name: str) -> str:
        """ARN of a thing, whether there is one or not."""
        return self._arn.format(account=account, region=region, name=name)

    def check_free(self, account: str, region: str, name: str) -> None:
        """Check that a name can be given.

        Raises:
            ServiceError: It is taken.
        """
        if (account, region, name) in self._items:
            raise self._error(self._duplicate, account, region, name)

    def add(self, account: str, region: str, name: str, item: Item) -> Item:
        """Keep a new thing.

        Raises:
            ServiceError: The name is taken.
        """
        with self.lock:
            self.check_free(account, region, name)
            self._items[account, region, name] = item
        return item

    def get(self, account: str, region: str, name: str) -> Item:
        """Find a thing.

        Raises:
            ServiceError: There is none.
        """
        try:
            return self._items[account, region, name]
        except KeyError:
            raise self._error(self._missing, account, region, name) from None

    def find(self, account: str, region: str, name: str) -> Item | None:
        """Find a thing that may not exist."""
        return self._items.get((account, region, name))

    def remove(self, account: str, region: str, name: str) -> Item:
        """Forget a thing.

        Raises:
            ServiceError: There is none.
        """
        with self.lock:
            item = self.get(account, region, name)
            del self._items[account, region, name]
        return item

    def discard(self, account: str, region: str, name: str) -> Item | None:
        """Forget a thing that may not exist."""
        with self.lock:
            return self._items.pop((account, region, name), None)

    def all(self, account: str, region: str) -> list[Item]:
        """All things of an account in a Region, in the order of their creation."""
        with self.lock:
            return [item for key, item in self._items.items() if key[:2] == (account, region)]

    def everywhere(self) -> list[Item]:
        """The things of all accounts and Regions, in the order of their creation."""
        with self.lock:
            return list(self._items.values())

    def _error(self, wording: tuple[str, str], account: str, region: str, name: str) -> ServiceError:
        code, message = wording
        return ServiceError(
            code, message.format(arn=self.arn_of(account, region, name), name=name, account=account)
        )
