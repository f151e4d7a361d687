"""How a function responds to CloudFormation, which waits for it at an address in each request.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
"""

import json
import urllib.request
from collections.abc import Mapping
from typing import Any

IDENTIFYING = ("StackId", "RequestId", "LogicalResourceId")
"""What each answer repeats of its request, beside the physical id."""

# An answer has 4,096 bytes at most.
MAXIMUM_REASON = 1024


def answer(
    request: dict[str, Any],
    *,
    physical_id: str,
    failure: str = "",
    attributes: Mapping[str, str] | None = None,
) -> str:
    """Send CloudFormation the outcome of a request.

    Args:
        request: The request of CloudFormation, or as much of it as `identity` keeps.
        physical_id: The resource's physical id.
        failure: Why it failed; empty for success.
        attributes: What `Fn::GetAtt` returns.

    Returns:
        The status that was sent.
    """
    body: dict[str, Any] = {key: request[key] for key in IDENTIFYING} | {
        "PhysicalResourceId": physical_id,
        "Status": "FAILED" if failure else "SUCCESS",
        "Reason": failure[:MAXIMUM_REASON],
    }
    if attributes:
        body["Data"] = dict(attributes)
    # The address comes from CloudFormation, which signed it without a content type.
    call = urllib.request.Request(  # noqa: S310
        request["ResponseURL"], data=json.dumps(body).encode(), method="PUT", headers={"Content-Type": ""}
    )
    with urllib.request.urlopen(call, timeout=30):  # noqa: S310
        return str(body["Status"])


def identity(request: dict[str, Any]) -> dict[str, str]:
    """What of a request a later answer needs."""
    return {key: str(request[key]) for key in ("ResponseURL", *IDENTIFYING)}
