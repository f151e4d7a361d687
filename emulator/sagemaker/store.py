"""Where the emulator's SageMaker keeps its resources: by account, Region and name, with their tags."""

import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Generic, TypeVar

from emulator.core import pages, resource_tags
from emulator.core.service import Request, ServiceError

Item = TypeVar("Item")


def arn(region: str, account: str, resource: str) -> str:
    """ARN of a SageMaker resource.

    Args:
        region: Region of the resource.
        account: Account that owns it.
        resource: Type and name, such as `endpoint/churn`.
    """
    return f"arn:aws:sagemaker:{region}:{account}:{resource}"


class Table(Generic[Item]):
    """The resources of one type, in all accounts and Regions.

    SageMaker's types differ in what they answer about a resource that is missing or already there, so
    the wording is given with the type. `{arn}` and `{name}` stand for the resource's.
    """

    def __init__(
        self,
        kind: str,
        *,
        missing: str,
        duplicate: str,
        missing_code: str = "ValidationException",
        duplicate_code: str = "ValidationException",
    ) -> None:
        """Make an empty table.

        Args:
            kind: The type as it stands in ARNs, such as `endpoint`.
            missing: Message about a resource that does not exist.
            duplicate: Message about a name that is taken.
            missing_code: Error code for the former.
            duplicate_code: Error code for the latter.
        """
        self.kind = kind
        self.lock = threading.RLock()
        self._missing = (missing_code, missing)
        self._duplicate = (duplicate_code, duplicate)
        self._items: dict[tuple[str, str, str], Item] = {}

    def arn(self, request: Request, name: str) -> str:
        """ARN of a resource of the caller's account."""
        return arn(request.region, request.account, f"{self.kind}/{name}")

    def resource(self, parameter: str) -> Callable[[Request], str]:
        """How an operation finds the ARN that IAM is asked about: from the parameter with the name."""

        def of(request: Request) -> str:
            return self.arn(request, str(request.parameters.get(parameter, "*")))

        return of

    def add(self, account: str, region: str, name: str, item: Item) -> Item:
        """Keep a new resource.

        Raises:
            ServiceError: The name is taken.
        """
        with self.lock:
            if (account, region, name) in self._items:
                raise self._error(self._duplicate, account, region, name)
            self._items[account, region, name] = item
        return item

    def get(self, account: str, region: str, name: str) -> Item:
        """Find a resource.

        Raises:
            ServiceError: There is none.
        """
        try:
            return self._items[account, region, name]
        except KeyError:
            raise self._error(self._missing, account, region, name) from None

    def find(self, account: str, region: str, name: str) -> Item | None:
        """Find a resource that may not exist."""
        return self._items.get((account, region, name))

    def remove(self, account: str, region: str, name: str) -> Item:
        """Forget a resource and its tags.

        Raises:
            ServiceError: There is none.
        """
        with self.lock:
            item = self.get(account, region, name)
            del self._items[account, region, name]
        tags.forget(arn(region, account, f"{self.kind}/{name}"))
        return item

    def all(self, account: str, region: str) -> list[Item]:
        """All resources of an account in a Region, in the order of their creation."""
        with self.lock:
            return [item for key, item in self._items.items() if key[:2] == (account, region)]

    def _error(self, wording: tuple[str, str], account: str, region: str, name: str) -> ServiceError:
        code, message = wording
        return ServiceError(
            code, message.format(arn=arn(region, account, f"{self.kind}/{name}"), name=name, kind=self.kind)
        )


class Tags:
    """Tags of every resource that has any, by ARN."""

    def __init__(self) -> None:
        self._tags: dict[str, dict[str, str]] = {}

    def put(self, resource_arn: str, given: Iterable[Mapping[str, str]]) -> None:
        """Add tags to a resource, or change their values."""
        self._tags.setdefault(resource_arn, {}).update({tag["Key"]: tag["Value"] for tag in given})

    def remove(self, resource_arn: str, keys: Iterable[str]) -> None:
        """Remove tags from a resource; keys that it does not have are ignored."""
        for key in keys:
            self._tags.get(resource_arn, {}).pop(key, None)

    def forget(self, resource_arn: str) -> None:
        """Remove all tags of a resource."""
        self._tags.pop(resource_arn, None)

    def by_key(self, resource_arn: str) -> Mapping[str, str]:
        """Values of a resource's tags, by key."""
        return self._tags.get(resource_arn, {})

    def of(self, resource_arn: str) -> list[dict[str, str]]:
        """Tags of a resource as the API lists them."""
        return [{"Key": key, "Value": value} for key, value in self.by_key(resource_arn).items()]


tags = Tags()
resource_tags.register("sagemaker", tags.by_key)


def listed(
    request: Request,
    items: Iterable[Mapping[str, Any]],
    *,
    name: str,
    status: str = "",
    created: str = "CreationTime",
    descending: bool = False,
) -> tuple[list[Mapping[str, Any]], dict[str, str]]:
    """Filter, sort and cut a listing as SageMaker's List operations do.

    Args:
        request: The request, with those of `NameContains`, `StatusEquals`, `CreationTimeAfter` or
            `CreatedAfter`, `CreationTimeBefore` or `CreatedBefore`, `SortBy`, `SortOrder`, `MaxResults` and
            `NextToken` that the operation has.
        items: Descriptions of the resources, oldest first.
        name: Key of a resource's name.
        status: Key of its status.
        created: Key of its time of creation.
        descending: The operation's default order.

    Returns:
        The page's items, and `NextToken` when there are more.

    Raises:
        ServiceError: The token is not one that this function gave.
    """
    given = request.parameters
    kept = [
        item
        for item in items
        if given.get("NameContains", "").lower() in str(item.get(name, "")).lower()
        and given.get("StatusEquals") in (None, item.get(status))
        and within(
            item[created],
            given.get("CreationTimeAfter", given.get("CreatedAfter")),
            given.get("CreationTimeBefore", given.get("CreatedBefore")),
        )
    ]
    key = {"Name": name, "Status": status}.get(given.get("SortBy", ""), created)
    order = given.get("SortOrder", "Descending" if descending else "Ascending")
    kept.sort(key=lambda item: item.get(key, ""), reverse=order == "Descending")
    return page(request, kept)


def page(request: Request, items: list[Any]) -> tuple[list[Any], dict[str, str]]:
    """Cut a listing by `MaxResults` (10 if not given) and `NextToken`.

    Raises:
        ServiceError: The token is not one that this function gave.
    """
    refusal = ServiceError("ValidationException", "NextToken is not a token that this operation returned.")
    return pages.page(request, items, default=10, refusal=refusal)


def within(moment: float, after: datetime | None, before: datetime | None) -> bool:
    """Tell whether a moment, in seconds since 1970, lies between two others, where these are given."""
    return (after is None or moment >= after.timestamp()) and (before is None or moment <= before.timestamp())
