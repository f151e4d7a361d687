"""What the emulator does not offer says so in one sentence, whichever part would have had to offer it.

Without this, ministack says ``InvalidAction`` of an operation that it does not know, as if AWS did not know
it either, and gives an error without code and message for a whole service that it does not have.
"""

import json
import re
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from ministack import app

from emulator.core import wire
from emulator.core.protocols import Answer, HttpRequest, RestJson

CODE = "UnsupportedOperation"

_SCOPE = re.compile(r"Credential=[^/]+/[^/]+/[^/]+/([^/]+)/")
_UNKNOWN_OPERATION = re.compile(
    r"Unknown (?:\w+ )?action: [\w.]+"
    r"|The action \w+ is not valid for this (?:endpoint|web service)\."
    r"|Operation '\w+' not implemented"
    r"|No route for [A-Z]+ [^\s\"<]+",
    re.ASCII,
)
_UNKNOWN_SERVICE = re.compile(r'\{"error": "Unsupported service: [^"]*"\}')
_CODE = re.compile(r"InvalidAction|InvalidOperationException|InvalidRequestException|ValidationException")

_OF_ERRORS = frozenset({"content-length", "x-amzn-errortype", "x-amzn-query-error"})
_BAD_REQUEST = 400

_dispatch = app._dispatch_service_request


def sentence(what: str) -> str:
    """What the emulator says of something that it does not offer.

    Args:
        what: Such as an operation, `codepipeline:ListWebhooks`, or a choice, `the execution mode QUEUED`.
    """
    return f"The emulator does not offer {what}; AWS does."


def operation_of(scope: str, request: HttpRequest) -> str:
    """The operation that a request is for; its method and path if no model of botocore knows them.

    Args:
        scope: The service in the credential scope, which several services may share.
        request: The request.
    """
    if target := request.headers.get("x-amz-target"):
        return target.rpartition(".")[2]
    if action := re.search(rb"(?:^|&)Action=(\w+)", request.body):
        return action[1].decode()
    if action_in_query := request.query.get("Action"):
        return str(action_in_query[0])
    path = f"{request.method} {request.path}"
    found = (protocol.operation(request) for protocol in _rest_protocols(scope))
    return next((name for name in found if name != path), path)


def install() -> None:
    """Put the sentence in place of ministack's errors."""
    app._dispatch_service_request = _answer


async def _answer(  # noqa: PLR0917  ministack's signature
    method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any], request_id: str
) -> Answer:
    answer: Answer = await _dispatch(method, path, headers, body, query, request_id)
    status, answered_headers, content = answer
    if status != _BAD_REQUEST:
        return answer
    text = content.decode(errors="replace")
    scope = _SCOPE.search(headers.get("authorization", ""))
    if scope is None or not (_UNKNOWN_OPERATION.search(text) or _UNKNOWN_SERVICE.fullmatch(text)):
        return answer
    said = sentence(f"{scope[1]}:{operation_of(scope[1], HttpRequest(method, path, headers, body, query))}")
    if _UNKNOWN_SERVICE.fullmatch(text):
        return _unknown_service(said, headers.get("content-type", ""))
    # The envelope is the one of the service's protocol: it stays.
    in_text = escape(said) if text.lstrip().startswith("<") else said
    replaced = _CODE.sub(CODE, _UNKNOWN_OPERATION.sub(lambda _: in_text, text))
    kept = {name: value for name, value in answered_headers.items() if name.lower() not in _OF_ERRORS}
    return status, kept | {"x-amzn-errortype": CODE}, replaced.encode()


def _unknown_service(said: str, content_type: str) -> Answer:
    """The error in the envelope that the request's protocol has."""
    if content_type.startswith("application/x-www-form-urlencoded"):
        error = f"<Type>Sender</Type><Code>{CODE}</Code><Message>{escape(said)}</Message>"
        xml = f"<ErrorResponse><Error>{error}</Error></ErrorResponse>"
        return _BAD_REQUEST, {"Content-Type": "text/xml"}, xml.encode()
    headers = {"Content-Type": "application/json", "x-amzn-errortype": CODE}
    return _BAD_REQUEST, headers, json.dumps({"__type": CODE, "message": said}).encode()


@cache
def _rest_protocols(scope: str) -> tuple[RestJson, ...]:
    """The REST services that are signed alike: `sagemaker`, its runtime and its feature store's runtime."""
    names = [name for name in wire.service_names() if name == scope or name.startswith(f"{scope}-")]
    models = [wire.service_model(name) for name in names]
    return tuple(RestJson(model) for model in models if model.metadata["protocol"].startswith("rest"))
