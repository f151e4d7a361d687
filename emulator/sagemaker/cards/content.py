"""What a model card may say: SageMaker's schema of a card's content, as CloudFormation's registry has it.

The registry spells the fields of AWS::SageMaker::ModelCard in CamelCase, the API in snake_case
(https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards.html#model-cards-json-schema).
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, NoReturn

from botocore import xform_name
from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError, best_match

from emulator.core.resource_schemas import schema

TYPE_NAME = "AWS::SageMaker::ModelCard"

_METADATA = {
    "intended_uses": ("risk_rating",),
    "model_overview": ("model_id", "model_name"),
    "model_package_details": ("model_package_arn", "model_package_group_name"),
}
"""Fields that are shown to whoever asks for metadata only."""

_SHOWN_CHARACTERS = 200


def problem(content: str) -> str | None:
    """Say what is wrong with a card's content, or nothing.

    Args:
        content: As the API takes it.
    """
    try:
        parsed = json.loads(content, parse_constant=_refuse_constant)
    except ValueError as error:
        return f"Model card content is not valid JSON: {error}"
    found = best_match(_validator().iter_errors(parsed))
    if found is None:
        return None
    return f"Model card content does not conform to the schema: {_sentence(_of_its_kind(found))}"


def metadata_of(content: str) -> str:
    """The part of a content that is shown to whoever asks for metadata only.

    Source: `Content` in https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeModelCard.html.
    """
    parsed = json.loads(content)
    kept = {
        section: {name: parsed[section][name] for name in names if name in parsed[section]}
        for section, names in _METADATA.items()
        if section in parsed
    }
    return json.dumps({section: fields for section, fields in kept.items() if fields})


def of_properties(content: Mapping[str, Any]) -> str:
    """A content as the API takes it, of the property of a template."""
    return json.dumps(_snake(content, {"$ref": "#/definitions/Content"}))


@cache
def _validator() -> Draft7Validator:
    definitions = {name: _snake_schema(each) for name, each in schema(TYPE_NAME)["definitions"].items()}
    return Draft7Validator({"$ref": "#/definitions/Content", "definitions": definitions})


def _snake_schema(node: Any) -> Any:
    """A schema whose fields are spelled as the API spells them."""
    if isinstance(node, list):
        return [_snake_schema(each) for each in node]
    if not isinstance(node, Mapping):
        return node
    converted = {key: _snake_schema(value) for key, value in node.items()}
    if "properties" in node:
        converted["properties"] = {
            xform_name(name): _snake_schema(value) for name, value in node["properties"].items()
        }
    if "required" in node:
        converted["required"] = [xform_name(name) for name in node["required"]]
    return converted


def _snake(value: Any, node: Mapping[str, Any]) -> Any:
    """A value whose fields are spelled as the API spells them; names of the author's choice stay."""
    node = _resolved(node)
    if isinstance(value, list):
        return [_snake(each, node.get("items", {})) for each in value]
    if not isinstance(value, Mapping) or "patternProperties" in node:
        return value
    known = node.get("properties", {})
    return {xform_name(name): _snake(each, known.get(name, {})) for name, each in value.items()}


def _resolved(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reference refers to; of the kinds of metrics the first, as their fields are spelled alike."""
    if "anyOf" in node:
        node = node["anyOf"][0]
    if "$ref" in node:
        return _resolved(schema(TYPE_NAME)["definitions"][node["$ref"].rpartition("/")[2]])
    return node


def _of_its_kind(error: ValidationError) -> ValidationError:
    """Of a metric, what is wrong with it as the type of metric that it says it is."""
    by_kind: dict[Any, list[ValidationError]] = {}
    for each in error.context:
        by_kind.setdefault(each.schema_path[0], []).append(each)
    for errors in by_kind.values():
        if all(list(each.path) != ["type"] for each in errors):
            return best_match(errors) or error
    return error


def _sentence(error: ValidationError) -> str:
    where = _path(error)
    match error.validator:
        case "additionalProperties":
            known = error.schema.get("properties", {}) if isinstance(error.schema, Mapping) else {}
            unknown = sorted(set(error.instance) - set(known))
            return f"{where} has no field {', '.join(unknown)}"
        case "maxLength":
            return f"{where} is longer than {error.validator_value} characters"
        case "enum":
            return f"{where} is not one of {', '.join(map(str, error.validator_value))}"
    return f"{where}: {error.message[:_SHOWN_CHARACTERS]}"


def _path(error: ValidationError) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path)
    return text.lstrip(".") or "the content"


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")
