"""moto, called in this process, for operations that the overlay leaves to it."""

import threading
from functools import cache
from typing import Any

_importing = threading.Lock()


@cache
def _wsgi() -> Any:
    from moto.moto_server.werkzeug_app import (  # noqa: PLC0415  takes a second, and not every run needs it
        DomainDispatcherApplication,
        create_backend_app,
    )
    from werkzeug.test import Client  # noqa: PLC0415

    return Client(DomainDispatcherApplication(create_backend_app))


def call(
    service: str, target: str, body: bytes, account: str, region: str
) -> tuple[int, dict[str, str], bytes]:
    """Send a request of a JSON service to moto's state of an account.

    Args:
        service: Name of the service in host names, such as `sagemaker`.
        target: The `X-Amz-Target` header.
        body: JSON.
        account: The account.
        region: The Region.

    Returns:
        Status, headers and body of the answer.
    """
    with _importing:
        client = _wsgi()
    scope = f"Credential=AKIA/20260101/{region}/{service}/aws4_request"
    answer = client.post(
        "/",
        data=body,
        headers={
            "X-Amz-Target": target,
            "Content-Type": "application/x-amz-json-1.1",
            "x-moto-account-id": account,
            "Host": f"{service}.{region}.amazonaws.com",
            "Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=none",
        },
    )
    return answer.status_code, {"Content-Type": "application/x-amz-json-1.1"}, answer.data
