"""What the operations of AWS Resource Access Manager have in common: the shares, tokens, pages and tags."""

import functools
import re
import uuid
from collections.abc import Callable
from typing import Any

from emulator.core import pages
from emulator.core.service import Request, ServiceError
from emulator.ram.store import Share, lock, shares

Operation = Callable[[Request], dict[str, Any]]

_SHARE_ARN = re.compile(r"arn:aws:ram:[a-z0-9-]+:\d{12}:resource-share/[0-9a-f-]+", re.ASCII)

_answers: dict[tuple[str, str, str, str], tuple[dict[str, Any], dict[str, Any]]] = {}
"""By account, Region, operation and client token: the parameters and the answer."""


def share_resource(request: Request) -> str:
    """How an operation on a share finds the ARN that IAM is asked about."""
    return str(request.parameters["resourceShareArn"])


def own_share(request: Request) -> Share:
    """The share that a request names, which must be the caller's.

    Raises:
        ServiceError: It is not, or is deleted, or what is named is not a share.
    """
    arn = share_resource(request)
    if not _SHARE_ARN.fullmatch(arn):
        raise malformed(arn)
    share = shares.get(arn)
    if share is None or share.account != request.account or share.status != "ACTIVE":
        raise ServiceError("UnknownResourceException", f"ResourceShare {arn} could not be found.")
    return share


def own_shares(request: Request) -> list[Share]:
    """The caller's shares in the Region, deleted ones as well."""
    with lock:
        return [
            share
            for share in shares.values()
            if (share.account, share.region) == (request.account, request.region)
        ]


def visible_shares(request: Request) -> list[Share]:
    """The shares that `resourceOwner` asks for: the caller's own, or those that others share with it."""
    if request.parameters["resourceOwner"] == "SELF":
        return own_shares(request)
    with lock:
        here = [share for share in shares.values() if share.region == request.region]
        return [share for share in here if request.account in share.accounts()]


def malformed(arn: str) -> ServiceError:
    """The error about something that is no ARN of what is wanted."""
    return ServiceError(
        "MalformedArnException",
        f"The specified resource ARN {arn} is not valid. Verify the ARN and try again.",
    )


def idempotent(answer: Operation) -> Operation:
    """Decorate an operation that takes a `clientToken`: with the same token it is done once.

    It runs while nothing else changes.
    """

    @functools.wraps(answer)
    def once(request: Request) -> dict[str, Any]:
        token = request.parameters.get("clientToken", str(uuid.uuid4()))
        key = (request.account, request.region, request.operation, token)
        with lock:
            if key not in _answers:
                answered = {**answer(request), "clientToken": token}
                _answers[key] = request.parameters, answered
            given, answered = _answers[key]
            if given != request.parameters:
                raise ServiceError(
                    "IdempotentParameterMismatchException",
                    f"The client token {token} was used before with other parameters.",
                )
            return answered

    return once


def page(request: Request, items: list[Any]) -> tuple[list[Any], dict[str, str]]:
    """Cut a listing by `maxResults` and `nextToken`.

    Raises:
        ServiceError: The token is not one that this function gave.
    """
    refusal = ServiceError("InvalidNextTokenException", "The specified value for NextToken is not valid.")
    return pages.page(request, items, lower_case=True, default=500, refusal=refusal)


def given_tags(parameters: dict[str, Any]) -> dict[str, str]:
    """The tags among a request's parameters."""
    return {tag["key"]: tag.get("value", "") for tag in parameters.get("tags", ())}
