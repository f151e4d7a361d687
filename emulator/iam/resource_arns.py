"""On what a request to one of ministack's services is authorized, where ministack names something else.

A service registers one function; whatever has none keeps the ARN that ministack finds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ministack.core import iam_actions


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a request asks for.

    Attributes:
        found: The ARN that ministack finds.
        operation: The operation, of a service whose requests name it in a header; else empty.
        body: The body.
        query: Parameters of a query.
        account: The caller's account.
        region: The Region of the request.
    """

    found: str
    operation: str
    body: bytes
    query: dict[str, Any]
    account: str
    region: str


_extract = iam_actions.extract_resource_arn
_of_service: dict[str, Callable[[Asked], str]] = {}


def install() -> None:
    """Put the registered functions between ministack's gate and what it finds."""
    iam_actions.extract_resource_arn = resource_arn


def register(service: str, arn_of: Callable[[Asked], str]) -> None:
    """Decide on what the requests to a service are authorized.

    Args:
        service: The service, as ministack calls it.
        arn_of: Gives the ARN.
    """
    _of_service[service] = arn_of


def resource_arn(  # noqa: PLR0917  ministack's signature
    service: str,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
    query_params: dict[str, Any],
    region: str,
    account_id: str,
) -> str:
    """The ARN on which a request is authorized."""
    found: str = _extract(service, method, path, headers, body, query_params, region, account_id)
    if (arn_of := _of_service.get(service)) is None:
        return found
    return arn_of(
        Asked(
            found=found,
            operation=headers.get("x-amz-target", "").rpartition(".")[2],
            body=body,
            query=query_params,
            account=account_id,
            region=region,
        )
    )
