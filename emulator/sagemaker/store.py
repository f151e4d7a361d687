"""Where the emulator's SageMaker keeps its resources: by account, Region and name, with their tags."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from emulator.core import pages, resource_tags
from emulator.core.service import Request, ServiceError
from emulator.core.store import Store

Item = TypeVar("Item")


def arn(region: str, account: str, resource: str) -> str:
    """ARN of a SageMaker resource.

    Args:
        region: Region of the resource.
        account: Account that owns it.
        resource: Type and name, such as `endpoint/churn`.
    """
    return f"arn:aws:sagemaker:{region}:{account}:{resource}"


class Table(Store[Item]):
    """The resources of one type, with their tags."""

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
            missing: See `Store`.
            duplicate: See `Store`.
            missing_code: See `Store`.
            duplicate_code: See `Store`.
        """
        super().__init__(
            arn("{region}", "{account}", f"{kind}/{{name}}"),
            missing=missing,
            duplicate=duplicate,
            missing_code=missing_code,
            duplicate_code=duplicate_code,
        )
        self.kind = kind

    def arn(self, request: Request, name: str) -> str:
        """ARN of a resource of the caller's account."""
        return self.arn_of(request.account, request.region, name)

    def resource(self, parameter: str) -> Callable[[Request], str]:
        """How an operation finds the ARN that IAM is asked about: from the parameter with the name."""

        def of(request: Request) -> str:
            return self.arn(request, str(request.parameters.get(parameter, "*")))

        return of

    def remove(self, account: str, region: str, name: str) -> Item:
        """Forget a resource and its tags.

        Raises:
            ServiceError: There is none.
        """
        item = super().remove(account, region, name)
        tags.forget(self.arn_of(account, region, name))
        return item


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
