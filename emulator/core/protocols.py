"""The protocols of requests and answers that services of the overlay speak.

https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html: the operation in a header, all parameters in
the body. https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html: the operation by method and path,
parameters in the path, the query, headers and the body. Of the latter, bodies are objects of parameters, in
answers as well; no service of the overlay has another form.
"""

import json
import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple, Protocol
from urllib.parse import unquote

from botocore.model import OperationModel, ServiceModel

from emulator.core import wire

Answer = tuple[int, dict[str, str], bytes]
"""Status, headers and body."""

_LABEL = re.compile(r"\{(\w+)(\+?)\}", re.ASCII)
_FORBIDDEN = 403
_NOT_FOUND = 404
_STATUS = {"AccessDeniedException": _FORBIDDEN, "UnknownOperationException": _NOT_FOUND}
"""Of errors that every service of rest-json has, and no model lists."""


class HttpRequest(NamedTuple):
    """A request as ministack hands it over, with names of headers in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    query: dict[str, Any]


class WireProtocol(Protocol):
    """How a service's requests and answers look."""

    def operation(self, request: HttpRequest) -> str:
        """Name of the operation that a request is for, or what stands in its place if there is none."""
        ...

    def parameters(self, request: HttpRequest, model: OperationModel) -> dict[str, Any]:
        """Parameters of a request, as boto3 takes them."""
        ...

    def success(self, model: OperationModel, result: Mapping[str, Any]) -> Answer:
        """The answer that brings a result."""
        ...

    def failure(self, code: str, message: str, status: int) -> Answer:
        """The answer that brings an error."""
        ...


class AwsJson:
    """AWS JSON 1.0 and 1.1."""

    def __init__(self, model: ServiceModel) -> None:
        self._content_type = f"application/x-amz-json-{model.metadata.get('jsonVersion', '1.0')}"

    def operation(self, request: HttpRequest) -> str:
        """See `WireProtocol`."""
        return request.headers.get("x-amz-target", "").rpartition(".")[2]

    def parameters(self, request: HttpRequest, model: OperationModel) -> dict[str, Any]:
        """See `WireProtocol`."""
        if model.input_shape is None:
            return {}
        parsed: dict[str, Any] = wire.parse(json.loads(request.body or b"{}"), model.input_shape)
        return parsed

    def success(self, model: OperationModel, result: Mapping[str, Any]) -> Answer:
        """See `WireProtocol`."""
        return 200, {"Content-Type": self._content_type}, _content(model, result)

    def failure(self, code: str, message: str, status: int) -> Answer:
        """See `WireProtocol`."""
        content = {"__type": code, "message": message}
        headers = {"Content-Type": self._content_type, "x-amzn-errortype": code}
        return status, headers, json.dumps(content).encode()


class RestJson:
    """REST with JSON in bodies."""

    def __init__(self, model: ServiceModel) -> None:
        self._model = model

    def operation(self, request: HttpRequest) -> str:
        """See `WireProtocol`."""
        for method, pattern, name in self._routes:
            if method == request.method and pattern.fullmatch(request.path):
                return name
        return f"{request.method} {request.path}"

    def parameters(self, request: HttpRequest, model: OperationModel) -> dict[str, Any]:
        """See `WireProtocol`."""
        if model.input_shape is None:
            return {}
        found: dict[str, Any] = wire.parse(json.loads(request.body or b"{}"), model.input_shape)
        in_path = _in_path(request.path, model.http["requestUri"])
        for name, shape in model.input_shape.members.items():
            key = shape.serialization.get("name", name)
            match shape.serialization.get("location"):
                case "uri":
                    texts = [in_path[key]]
                case "querystring":
                    texts = request.query.get(key, [])
                case "header":
                    texts = [request.headers[key.lower()]] if key.lower() in request.headers else []
                case _:
                    continue
            if texts:
                found[name] = wire.parse_texts(texts, shape)
        return found

    def success(self, model: OperationModel, result: Mapping[str, Any]) -> Answer:
        """See `WireProtocol`."""
        status = model.http.get("responseCode", 200)
        return status, {"Content-Type": "application/json"}, _content(model, result)

    def failure(self, code: str, message: str, status: int) -> Answer:
        """See `WireProtocol`."""
        headers = {"Content-Type": "application/json", "x-amzn-errortype": code}
        return self._statuses.get(code, status), headers, json.dumps({"message": message}).encode()

    @cached_property
    def _routes(self) -> list[tuple[str, re.Pattern[str], str]]:
        """Method, form of the path and name of each operation, those with the fewest labels first."""
        operations = [self._model.operation_model(name) for name in self._model.operation_names]
        operations.sort(key=lambda each: each.http["requestUri"].count("{"))
        return [(each.http["method"], _pattern(each.http["requestUri"]), each.name) for each in operations]

    @cached_property
    def _statuses(self) -> dict[str, int]:
        listed = {
            error.metadata.get("error", {}).get("code", error.name): error.metadata.get("error", {})
            for error in self._model.error_shapes
        }
        return _STATUS | {
            code: error["httpStatusCode"] for code, error in listed.items() if "httpStatusCode" in error
        }


def protocol_of(model: ServiceModel) -> WireProtocol:
    """Return the protocol of a service.

    Raises:
        ValueError: It is one that the overlay does not speak.
    """
    match model.metadata["protocol"]:
        case "json":
            return AwsJson(model)
        case "rest-json":
            return RestJson(model)
        case other:
            raise ValueError(f"{model.service_name} speaks {other}, which the overlay does not")


def _content(model: OperationModel, result: Mapping[str, Any]) -> bytes:
    content = wire.serialize(result, model.output_shape) if model.output_shape is not None else {}
    return json.dumps(content).encode()


def _pattern(uri: str) -> re.Pattern[str]:
    """The paths of an operation; a label stands for one segment, one with a plus for several.

    ministack hands paths over decoded, so that an ARN in a label shows its slashes.
    """
    parts = _LABEL.split(uri.partition("?")[0])
    pattern = re.escape(parts[0])
    for plus, text in zip(parts[2::3], parts[3::3], strict=True):
        pattern += ("(.+)" if plus else "(arn:.+|[^/]+)") + re.escape(text)
    return re.compile(pattern)


def _in_path(path: str, uri: str) -> dict[str, str]:
    """The values of a path's labels."""
    match = _pattern(uri).fullmatch(path)
    values = match.groups() if match else ()
    names = [label[0] for label in _LABEL.findall(uri.partition("?")[0])]
    return {name: unquote(value) for name, value in zip(names, values, strict=True)}
