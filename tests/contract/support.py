"""What scenarios ask of a cloud."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

Refusal = tuple[str, int]
"""The code and the HTTP status of an error."""


def refusal(call: Callable[..., Any], **parameters: Any) -> Refusal:
    """Why a call is refused; it must be."""
    with pytest.raises(ClientError) as raised:
        call(**parameters)
    response = raised.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def pages(
    call: Callable[..., Any], key: str, token: str = "NextToken", **parameters: Any
) -> Iterator[list[Any]]:
    """All pages of a list."""
    answer = call(**parameters)
    yield answer[key]
    while answer.get(token):
        answer = call(**parameters, **{token: answer[token]})
        yield answer[key]
