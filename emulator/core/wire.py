"""Turns requests and answers of the wire into what boto3 takes and returns, by botocore's models."""

import base64
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import botocore.session
from botocore.model import ServiceModel, Shape
from botocore.validate import ParamValidator


@cache
def service_model(service: str) -> ServiceModel:
    """Return botocore's model of a service."""
    return ServiceModel(_description(service), service_name=service)


@cache
def service_names() -> tuple[str, ...]:
    """Return the names of all services that botocore has a model of."""
    loader = botocore.session.Session().get_component("data_loader")
    return tuple(loader.list_available_services("service-2"))


@cache
def _description(service: str) -> dict[str, Any]:
    loader = botocore.session.Session().get_component("data_loader")
    found: dict[str, Any] = loader.load_service_model(service, "service-2")
    return found


def parse(value: Any, shape: Any) -> Any:
    """Turn a value of the wire into what boto3's users pass; unknown members are dropped, as AWS does.

    Args:
        value: From JSON.
        shape: What botocore's model says of it.
    """
    match shape.type_name:
        case "structure" if isinstance(value, dict):
            members = shape.members
            return {
                key: parse(item, members[key])
                for key, item in value.items()
                if key in members and item is not None
            }
        case "list" if isinstance(value, list):
            return [parse(item, shape.member) for item in value]
        case "map" if isinstance(value, dict):
            return {key: parse(item, shape.value) for key, item in value.items()}
        case "blob" if isinstance(value, str):
            return base64.b64decode(value)
        case "timestamp" if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC)
    return value


def parse_texts(texts: list[str], shape: Any) -> Any:
    """Turn the texts of a parameter that stands in a path, a query or a header into what boto3's users pass.

    Args:
        texts: Of a list all its items, else one.
        shape: What botocore's model says of it.
    """
    if shape.type_name == "list":
        return [parse_texts([text], shape.member) for text in texts]
    text = texts[-1]
    match shape.type_name:
        case "boolean":
            return text == "true"
        case "integer" | "long" if text.removeprefix("-").isdigit():
            return int(text)
        case "timestamp":
            return datetime.fromisoformat(text)
    return text


def serialize(value: Any, shape: Any) -> Any:
    """Turn an answer into values of the wire; what the model does not know is left out.

    Args:
        value: As boto3 returns it; times as datetime or in seconds since 1970.
        shape: What botocore's model says of it.
    """
    match shape.type_name:
        case "structure" if isinstance(value, Mapping):
            return {
                key: serialize(value[key], member)
                for key, member in shape.members.items()
                if value.get(key) is not None
            }
        case "list":
            return [serialize(item, shape.member) for item in value]
        case "map" if isinstance(value, Mapping):
            return {key: serialize(item, shape.value) for key, item in value.items()}
        case "blob":
            return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()
        case "timestamp" if isinstance(value, datetime):
            return value.timestamp()
    return value


def problems(parameters: dict[str, Any], shape: Shape) -> str | None:
    """Return what is wrong with the parameters of a request, as the API says it, or None.

    Args:
        parameters: As `parse` returns them.
        shape: The input of the operation.
    """
    report = ParamValidator().validate(parameters, shape)
    if report.has_errors():
        text: str = report.generate_report()
        return text
    found = _violations(parameters, shape, "")
    if not found:
        return None
    return f"{len(found)} validation error{'s' if len(found) > 1 else ''} detected: {'; '.join(found)}"


def _violations(value: Any, shape: Any, path: str) -> list[str]:
    """Check what botocore leaves to the service: patterns, lengths and enumerations."""
    match shape.type_name:
        case "structure":
            found = [_violations(item, shape.members[key], f"{path}.{key}") for key, item in value.items()]
        case "list":
            found = [
                _violations(item, shape.member, f"{path}.{number}.member")
                for number, item in enumerate(value, 1)
            ]
        case "map":
            found = [_violations(item, shape.value, f"{path}.{key}") for key, item in value.items()]
        case _:
            found = []
    constraint = _broken_constraint(value, shape.metadata)
    own = (
        [f"Value at '{path.lstrip('.')}' failed to satisfy constraint: Member must {constraint}"]
        if constraint
        else []
    )
    return own + [problem for problems in found for problem in problems]


def _broken_constraint(value: Any, constraints: Mapping[str, Any]) -> str | None:
    maximum = constraints.get("max")
    if maximum is not None and isinstance(value, str | list | dict | bytes) and len(value) > maximum:
        return f"have length less than or equal to {maximum}"
    if isinstance(value, str):
        allowed = constraints.get("enum")
        if allowed and value not in allowed:
            return f"satisfy enum value set: [{', '.join(allowed)}]"
        pattern = constraints.get("pattern")
        if pattern and not _matches(pattern, value):
            return f"satisfy regular expression pattern: {pattern}"
    return None


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.search(f"^(?:{pattern})$", value) is not None
    except re.error:  # A construct of Java's that Python does not know, such as \p{L}.
        return True


def serialize_query(
    service: str, operation: str, result: dict[str, Any]
) -> tuple[int, dict[str, str], bytes]:
    """Return an answer of the query protocol, for actions added to a service of ministack that speaks it.

    Args:
        service: Name of the service in botocore.
        operation: Name of the operation.
        result: The answer as boto3 returns it.
    """
    from moto.core.model import ServiceModel as MotoModel  # noqa: PLC0415  takes half a second
    from moto.core.serialize import QuerySerializer  # noqa: PLC0415

    model = MotoModel(_description(service), service_name=service)
    answer = QuerySerializer(operation_model=model.operation_model(operation)).serialize(result)
    body = answer["body"]
    return (
        answer["status_code"],
        dict(answer["headers"]),
        body.encode() if isinstance(body, str) else body,
    )
