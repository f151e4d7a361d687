"""Turns the properties of a CloudFormation resource into the parameters of the operation that creates it.

CloudFormation spells them alike but for the case of letters, and passes numbers and booleans as text.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

import botocore.session
from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.validate import ParamValidator


class PropertyError(Exception):
    """A property that the operation does not know, or a value that it does not take."""


def parameters(service: str, operation: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of an operation.

    Args:
        service: The service as botocore names it.
        operation: The operation.
        properties: The resource's properties, resolved.

    Raises:
        PropertyError: They do not fit the operation.
    """
    shape = _service_model(service).operation_model(operation).input_shape
    converted = cast("dict[str, Any]", _convert(shape, properties, "Properties"))
    report = ParamValidator().validate(converted, shape)
    if report.has_errors():
        raise PropertyError(report.generate_report())
    return converted


@cache
def _service_model(service: str) -> Any:
    return botocore.session.Session().get_service_model(service)


def _convert(shape: Shape, value: Any, where: str) -> Any:
    match shape:
        case StructureShape() if isinstance(value, Mapping):
            members = {name.lower(): (name, member) for name, member in shape.members.items()}
            converted = {}
            for key, inner in value.items():
                if key.lower() not in members:
                    raise PropertyError(f"Encountered unsupported property {key} in {where}")
                name, member = members[key.lower()]
                converted[name] = _convert(member, inner, f"{where}/{key}")
            return converted
        case ListShape() if isinstance(value, list):
            return [_convert(shape.member, inner, f"{where}/{index}") for index, inner in enumerate(value)]
        case MapShape() if isinstance(value, Mapping):
            return {key: _convert(shape.value, inner, f"{where}/{key}") for key, inner in value.items()}
        case _:
            return _scalar(shape, value)


def _scalar(shape: Shape, value: Any) -> Any:
    match shape.type_name:
        case "boolean" if isinstance(value, str):
            return value.lower() == "true"
        case "integer" | "long" if isinstance(value, str) and value.isdigit():
            return int(value)
        case "string" if isinstance(value, bool):
            return str(value).lower()
        case "string" if isinstance(value, int | float):
            return str(value)
        case _:
            return value
