# ruff: noqa: N802, N803  (operations and parameters have the names that AWS gave them)
"""AWS Lambda: functions that are invoked, and waited for or not."""

import io
import json
from collections.abc import Callable
from typing import Any

from botocore.response import StreamingBody

from .core import Core, Parameters, failure


class Functions(Core):
    """The functions of the hub.

    Attributes:
        functions: By name: what takes the event, and returns or raises.
        queued: Name and event of each asynchronous invocation that nobody has carried out yet.
        busy: Whether the account's functions take no more.
    """

    def __init__(self) -> None:
        super().__init__()
        self.functions: dict[str, Callable[[Any], Any]] = {}
        self.queued: list[tuple[str, Any]] = []
        self.busy = False

    def lambda_Invoke(self, *, FunctionName: str, InvocationType: str, Payload: bytes) -> Parameters:
        if self.busy:
            raise failure("Invoke", "TooManyRequestsException", "Rate Exceeded.", 429)
        if InvocationType == "Event":
            self.queued.append((FunctionName, json.loads(Payload)))
            return {"StatusCode": 202}
        try:
            answer: Parameters = {"StatusCode": 200}
            returned = self.functions[FunctionName](json.loads(Payload))
        except Exception as error:
            answer = {"StatusCode": 200, "FunctionError": "Unhandled"}
            returned = {"errorMessage": str(error), "errorType": type(error).__name__}
        body = json.dumps(returned).encode()
        return answer | {"Payload": StreamingBody(io.BytesIO(body), len(body))}
