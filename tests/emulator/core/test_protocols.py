"""How requests become parameters and results answers, in each protocol that the overlay speaks."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from emulator.core import wire
from emulator.core.protocols import HttpRequest, protocol_of


def request(method: str, path: str, body: Any = None, **query: list[str]) -> HttpRequest:
    return HttpRequest(method, path, {}, json.dumps(body).encode() if body is not None else b"", query)


def json_request(target: str) -> HttpRequest:
    return HttpRequest("POST", "/", {"x-amz-target": target}, b'{"Filter": {}}', {})


@pytest.mark.parametrize(
    ("service", "sent", "operation"),
    [
        pytest.param(
            "organizations",
            json_request("AWSOrganizationsV20161128.ListRoots"),
            "ListRoots",
            id="json-by-its-target",
        ),
        pytest.param("organizations", json_request(""), "", id="json-without-a-target"),
        pytest.param(
            "ram", request("POST", "/createresourceshare"), "CreateResourceShare", id="rest-by-its-path"
        ),
        pytest.param(
            "ram", request("DELETE", "/deletepermission"), "DeletePermission", id="rest-by-method-and-path"
        ),
        pytest.param(
            "ram",
            request("POST", "/deletepermission"),
            "POST /deletepermission",
            id="rest-with-another-method",
        ),
        pytest.param("ram", request("POST", "/createsomething"), "POST /createsomething", id="rest-unknown"),
        pytest.param(
            "batch",
            request("GET", "/v1/tags/arn%3Aaws%3Abatch"),
            "ListTagsForResource",
            id="rest-with-a-label",
        ),
        pytest.param(
            "lambda",
            request("GET", "/2015-03-31/functions/train/policy"),
            "GetPolicy",
            id="rest-with-a-label-inside",
        ),
        pytest.param(
            "lambda",
            request("GET", "/2015-03-31/functions/a/b"),
            "GET /2015-03-31/functions/a/b",
            id="rest-label-of-one-segment",
        ),
        pytest.param(
            "eks", request("GET", "/addons/supported-versions"), "DescribeAddonVersions", id="rest-no-label"
        ),
    ],
)
def test_the_operation_is_found(service: str, sent: HttpRequest, operation: str) -> None:
    assert protocol_of(wire.service_model(service)).operation(sent) == operation


@pytest.mark.parametrize(
    ("service", "operation", "sent", "parameters"),
    [
        pytest.param(
            "ram",
            "CreateResourceShare",
            request("POST", "/createresourceshare", {"name": "a", "resourceArns": ["b"], "unknown": 1}),
            {"name": "a", "resourceArns": ["b"]},
            id="body",
        ),
        pytest.param(
            "ram",
            "DeletePermissionVersion",
            request("DELETE", "/deletepermissionversion", permissionArn=["a"], permissionVersion=["2"]),
            {"permissionArn": "a", "permissionVersion": 2},
            id="query",
        ),
        pytest.param(
            "batch",
            "UntagResource",
            request("DELETE", "/v1/tags/arn%3Aaws%3Abatch%3A%2Fx", tagKeys=["a", "b"]),
            {"resourceArn": "arn:aws:batch:/x", "tagKeys": ["a", "b"]},
            id="path-and-list-in-the-query",
        ),
        pytest.param(
            "lambda",
            "ListVersionsByFunction",
            request("GET", "/2015-03-31/functions/train/versions", MaxItems=["many"]),
            {"FunctionName": "train", "MaxItems": "many"},
            id="not-a-number",
        ),
    ],
)
def test_parameters_are_found_where_the_model_puts_them(
    service: str, operation: str, sent: HttpRequest, parameters: dict[str, Any]
) -> None:
    model = wire.service_model(service)
    assert protocol_of(model).parameters(sent, model.operation_model(operation)) == parameters


def test_a_header_is_a_parameter() -> None:
    model = wire.service_model("lambda")
    sent = HttpRequest(
        "POST", "/2015-03-31/functions/train/invocations", {"x-amz-invocation-type": "Event"}, b"", {}
    )
    assert protocol_of(model).parameters(sent, model.operation_model("Invoke")) == {
        "FunctionName": "train",
        "InvocationType": "Event",
    }


@pytest.mark.parametrize(
    ("kind", "texts", "value"),
    [
        pytest.param("boolean", ["true"], True, id="true"),
        pytest.param("boolean", ["false"], False, id="false"),
        pytest.param("integer", ["-7"], -7, id="integer"),
        pytest.param("string", ["7"], "7", id="text"),
        pytest.param(
            "timestamp", ["2026-01-02T03:04:05Z"], datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), id="time"
        ),
    ],
)
def test_texts_become_values(kind: str, texts: list[str], value: Any) -> None:
    class Shape:
        type_name = kind

    assert wire.parse_texts(texts, Shape) == value


@pytest.mark.parametrize(
    ("service", "code", "status", "content"),
    [
        pytest.param("organizations", "Any", 400, {"__type": "Any", "message": "No"}, id="json"),
        pytest.param("ram", "Any", 400, {"message": "No"}, id="rest"),
        pytest.param("ram", "AccessDeniedException", 403, {"message": "No"}, id="rest-forbidden"),
        pytest.param("ram", "PermissionAlreadyExistsException", 409, {"message": "No"}, id="rest-modelled"),
    ],
)
def test_errors_have_their_status(service: str, code: str, status: int, content: dict[str, str]) -> None:
    answered, headers, body = protocol_of(wire.service_model(service)).failure(code, "No", 400)
    assert (answered, headers["x-amzn-errortype"], json.loads(body)) == (status, code, content)


def test_a_result_is_answered_as_the_model_has_it() -> None:
    model = wire.service_model("ram")
    status, headers, body = protocol_of(model).success(
        model.operation_model("DeletePermission"), {"returnValue": True, "other": 1, "clientToken": None}
    )
    assert (status, headers["Content-Type"]) == (200, "application/json")
    assert json.loads(body) == {"returnValue": True}


def test_another_protocol_is_refused() -> None:
    with pytest.raises(ValueError, match="speaks rest-xml"):
        protocol_of(wire.service_model("s3"))
