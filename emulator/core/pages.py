"""Lists in pages, as AWS cuts them."""

from collections.abc import Sequence
from typing import Any

from emulator.core.service import Request, ServiceError


def page(
    request: Request,
    items: Sequence[Any],
    *,
    default: int,
    refusal: ServiceError,
    lower_case: bool = False,
) -> tuple[list[Any], dict[str, str]]:
    """Cut a list as a request asks for.

    Args:
        request: The request.
        items: The whole list.
        default: How many items a page has if the request does not say.
        refusal: The service's error about a token that this function did not give.
        lower_case: Whether the service writes `nextToken` and `maxResults`, not `NextToken` and `MaxResults`.

    Returns:
        The items of the page, and the token of the next page if there is one.

    Raises:
        ServiceError: `refusal`.
    """
    token, size = ("nextToken", "maxResults") if lower_case else ("NextToken", "MaxResults")
    given = request.parameters.get(token, "0")
    if not given.isdecimal():
        raise refusal
    start, end = int(given), int(given) + int(request.parameters.get(size, default))
    return list(items[start:end]), {token: str(end)} if end < len(items) else {}
