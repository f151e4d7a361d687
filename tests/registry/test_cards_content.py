"""What a model card may say: held against the provider's schema, and judged field by field."""

import copy
import functools
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from base.contracts.model_card import FIELDS, has_card_field
from registry.functions.model_registry.card_content import (
    MAXIMUM_CONTENT,
    check,
    digest,
    missing_fields,
    refuse_mistakes,
    to_json,
    warning,
    where_to_write,
)
from registry.functions.model_registry.card_fields import (
    Choice,
    Items,
    Kind,
    Metric,
    Names,
    Number,
    Scalar,
    Section,
    Text,
)
from registry.functions.model_registry.card_schema import CONTENT
from registry.functions.model_registry.errors import RegistryError
from tests.registry.cards import full_content

# The schema that cfn-lint brings, in the words of the API.


@functools.cache
def provider_schema() -> dict[str, Any]:
    schema: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(
        "eu-west-1", "AWS::SageMaker::ModelCard"
    ).schema
    return schema


def snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def kind_of(schema: dict[str, Any]) -> Kind:
    """What CloudFormation's schema says of a field, as this bundle says it."""
    if "$ref" in schema:
        return kind_of(provider_schema()["definitions"][schema["$ref"].rpartition("/")[2]])
    return one_of_several(schema) if {"anyOf", "enum"} & schema.keys() else BY_TYPE[schema["type"]](schema)


def one_of_several(schema: dict[str, Any]) -> Kind:
    if "enum" in schema:
        return Choice(tuple(schema["enum"]))
    if "$ref" in schema["anyOf"][0]:
        sections = [kind_of(item) for item in schema["anyOf"]]
        return Metric({kind: own for section in sections for kind, own in by_type(section)})
    text = next(value for value in schema["anyOf"] if value["type"] == "string")
    return Scalar(text.get("maxLength"), boolean={"type": "boolean"} in schema["anyOf"])


def section(schema: dict[str, Any]) -> Kind:
    if "patternProperties" in schema:
        ((pattern, text),) = schema["patternProperties"].items()
        return Names(text["maxLength"], pattern)
    return Section(
        {snake_case(name): kind_of(item) for name, item in schema["properties"].items()},
        required=frozenset(map(snake_case, schema.get("required", []))),
    )


def items(schema: dict[str, Any]) -> Kind:
    of = schema["items"]
    # Four maxima stand one level too deep in the schema, at things that are no lists.
    misplaced = None if of.get("type") == "array" else of.get("maxItems")
    return Items(kind_of(of), schema.get("maxItems", misplaced), schema.get("minItems", 0))


def text(schema: dict[str, Any]) -> Kind:
    lengths = re.fullmatch(r"\.\{(\d+),(\d+)\}", schema.get("pattern", ""))
    if lengths:
        return Text(int(lengths[2]), int(lengths[1]))
    return Text(schema.get("maxLength"), schema.get("minLength", 0))


BY_TYPE: dict[str, Callable[[dict[str, Any]], Kind]] = {
    "object": section,
    "array": items,
    "string": text,
    "number": lambda schema: Number(schema.get("minimum")),
}


def by_type(section: Kind) -> Iterator[tuple[str, Section]]:
    """A section for each of the types that it allows."""
    assert isinstance(section, Section)
    types = section.fields["type"]
    assert isinstance(types, Choice)
    for word in types.words:
        yield word, Section({**section.fields, "type": Choice((word,))}, section.required)


def leaves(kind: Kind, path: str = "") -> Iterator[tuple[str, Kind]]:
    """Every field by its path, with the kinds of lists and maps that hold others."""
    match kind:
        case Section():
            yield f"{path}!", Names(0, ",".join(sorted(kind.required)))
            for name, item in kind.fields.items():
                yield from leaves(item, f"{path}.{name}".removeprefix("."))
        case Items():
            yield f"{path}[]", Text(kind.maximum, kind.minimum)
            yield from leaves(kind.of, f"{path}[]")
        case Metric():
            for word, section in kind.types.items():
                yield from leaves(section, f"{path}<{word}>")
        case _:
            yield path, kind


OURS = dict(leaves(CONTENT))
THEIRS = dict(leaves(kind_of({"$ref": "#/definitions/Content"})))


def comparable(kind: Kind | None) -> Kind | None:
    return Choice(tuple(sorted(kind.words))) if isinstance(kind, Choice) else kind


@pytest.mark.parametrize("path", sorted(OURS.keys() | THEIRS.keys()))
def test_a_field_is_as_the_provider_schema_has_it(path: str) -> None:
    assert comparable(OURS.get(path)) == comparable(THEIRS.get(path))


def test_the_whole_is_as_long_as_the_provider_schema_has_it() -> None:
    assert provider_schema()["definitions"]["Content"]["maxLength"] == MAXIMUM_CONTENT


# Judging.


def test_a_card_with_every_field_has_no_mistake() -> None:
    content = full_content()
    assert check(content) == []
    assert set(content) == set(CONTENT.fields)


def changed(path: str, value: Any) -> dict[str, Any]:
    """A full content with one value put in."""
    content = full_content()
    at: Any = content
    *way, last = (int(step) if step.isdigit() else step for step in path.split("."))
    for step in way:
        at = at[step]
    if value is None:
        del at[last]
    else:
        at[last] = value
    return content


METRIC = "evaluation_details.0.metric_groups.0.metric_data.0"
MISTAKES = {
    "a text too long by one": (
        "business_details.business_problem",
        "x" * 2049,
        "business_details.business_problem has 2,049 characters, and a model card takes 2,048: shorten it.",
    ),
    "no text": (
        "model_overview.model_name",
        7,
        "model_overview.model_name is 7: write words there.",
    ),
    "an empty name": (
        "evaluation_details.0.name",
        "",
        "evaluation_details[0].name is empty: fill it, or leave it out.",
    ),
    "no name": (
        "evaluation_details.0.name",
        None,
        "evaluation_details[0].name is missing: add it, or leave out evaluation_details[0].",
    ),
    "an unknown field, nearly known": (
        "business_details.busines_problem",
        "x",
        "business_details.busines_problem is no field of a model card: did you mean business_problem?",
    ),
    "an unknown field": (
        "business_details.zzz",
        "x",
        (
            "business_details.zzz is no field of a model card: "
            "there are business_problem, business_stakeholders, line_of_business."
        ),
    ),
    "an unknown section": (
        "intendeduses",
        {},
        "intendeduses is no field of a model card: did you mean intended_uses?",
    ),
    "no section": ("intended_uses", "x", "intended_uses is 'x': write fields with values there."),
    "a word that is none of the choice": (
        "intended_uses.risk_rating",
        "low",
        "intended_uses.risk_rating is 'low': write one of High, Medium, Low, Unknown.",
    ),
    "a number too small": (
        "model_overview.model_version",
        0,
        "model_overview.model_version is 0, and a model card takes 1 or more: correct it.",
    ),
    "a truth for a number": (
        "model_overview.model_version",
        True,
        "model_overview.model_version is True: write a finite number there.",
    ),
    "a metric that is not finite": (
        "training_details.training_job_details.training_metrics.0.value",
        float("nan"),
        (
            "training_details.training_job_details.training_metrics[0].value is nan: "
            "write a finite number there."
        ),
    ),
    "too many items": (
        "training_details.training_job_details.training_datasets",
        ["s3://bucket"] * 16,
        (
            "training_details.training_job_details.training_datasets has 16 items, "
            "and a model card takes 15: leave some out."
        ),
    ),
    "too few items": (
        f"{METRIC.removesuffix('.0')}.4.value",
        [[1]],
        (
            "evaluation_details[0].metric_groups[0].metric_data[4].value[0] has 1 items, "
            "and a model card wants 2: add some."
        ),
    ),
    "no list": (
        "evaluation_details",
        {},
        "evaluation_details is {}: write a list there.",
    ),
    "an unknown kind of metric": (
        f"{METRIC}.type",
        "float",
        (
            "evaluation_details[0].metric_groups[0].metric_data[0].type is 'float': "
            "write one of number, string, boolean, bar_chart, linear_graph, matrix."
        ),
    ),
    "a metric of the wrong kind": (
        f"{METRIC}.value",
        [1],
        (
            "evaluation_details[0].metric_groups[0].metric_data[0].value is [1]: "
            "write a finite number or a text there."
        ),
    ),
    "a metric's text too long": (
        f"{METRIC}.value",
        "x" * 64,
        (
            "evaluation_details[0].metric_groups[0].metric_data[0].value has 64 characters, "
            "and a model card takes 63: shorten it."
        ),
    ),
    "no map": (
        "additional_information.custom_details",
        [],
        "additional_information.custom_details is []: write names with texts there.",
    ),
    "a name of a detail with a blank": (
        "additional_information.custom_details.a b",
        "x",
        (
            "additional_information.custom_details has the name 'a b': "
            "take letters, digits and underscores, not beginning with a digit."
        ),
    ),
    "a detail too long": (
        "additional_information.custom_details.long",
        "x" * 1025,
        (
            "additional_information.custom_details.long has 1,025 characters, "
            "and a model card takes 1,024: shorten it."
        ),
    ),
}


@pytest.mark.parametrize(("path", "value", "sentence"), MISTAKES.values(), ids=list(MISTAKES))
def test_a_mistake_is_named(path: str, value: Any, sentence: str) -> None:
    content = changed(path, value)
    assert check(content) == [sentence]
    with pytest.raises(RegistryError, match=re.escape(sentence)):
        refuse_mistakes(content)


def test_a_long_value_is_shown_in_short() -> None:
    (sentence,) = check(changed("intended_uses.risk_rating", "x" * 5000))
    assert len(sentence) < 200


def of_size(characters: int) -> dict[str, Any]:
    """A content of so many characters, none of whose texts is too long."""
    details = {f"detail_{number}": "x" * 1000 for number in range(characters // 1050)}
    content: dict[str, Any] = {"additional_information": {"custom_details": details}}
    while (missing := characters - len(to_json(content))) > 0:
        name = f"filler_{len(details)}"
        details[name] = "x" * max(0, min(1000, missing - len(f',"{name}":""')))
    return content


SIZES = {
    "nine tenths": (90_000, False, True),
    "one less": (89_999, False, False),
    "the most": (100_000, False, True),
    "one more": (100_001, True, True),
}


@pytest.mark.parametrize(("size", "refused", "warned"), SIZES.values(), ids=list(SIZES))
def test_the_whole_is_measured_in_characters(size: int, refused: bool, warned: bool) -> None:
    content = of_size(size)
    assert len(to_json(content)) == size
    expected = (
        f"The content has {size:,} characters, and a model card takes 100,000: "
        "shorten additional_information, which has the most."
    )
    assert check(content) == ([expected] if refused else [])
    said = warning(content)
    assert (said is not None) == warned
    if said:
        assert f"{size:,} of the 100,000 characters" in said
        assert "additional_information has the most" in said


def test_other_letters_count_as_one_character() -> None:
    assert to_json({"name": "Übermaß 東京"}) == '{"name":"Übermaß 東京"}'


def test_equal_contents_have_one_digest() -> None:
    content = full_content()
    other = json.loads(json.dumps(dict(reversed(content.items())), indent=4))
    assert digest(other) == digest(content)
    assert re.fullmatch("[0-9a-f]{64}", digest(content))
    assert digest(changed("model_overview.model_name", "churn")) != digest(content)


# What is missing.

EMPTY: dict[str, Any] = {
    "not there": None,
    "empty": "",
    "blanks": "  \n",
}


@pytest.mark.parametrize("value", EMPTY.values(), ids=list(EMPTY))
def test_a_field_that_says_nothing_is_missing(value: Any) -> None:
    field = "business_details.business_problem"
    assert missing_fields(changed(field, value), [field]) == [field]


REQUIRED = {
    "a text": ("intended_uses.purpose_of_model", full_content(), True),
    "a rating": ("intended_uses.risk_rating", full_content(), True),
    "an unknown rating": (
        "intended_uses.risk_rating",
        changed("intended_uses.risk_rating", "Unknown"),
        False,
    ),
    "a section": ("intended_uses", full_content(), True),
    "a section without words": ("intended_uses", changed("intended_uses", {"intended_uses": ""}), False),
    "no section": ("intended_uses.purpose_of_model", {}, False),
    "evaluations": ("evaluation_details", full_content(), True),
    "no evaluations": ("evaluation_details", changed("evaluation_details", []), False),
    "what one of the evaluations says": (
        "evaluation_details.evaluation_observation",
        changed("evaluation_details", [{"name": "a"}, {"name": "b", "evaluation_observation": "good"}]),
        True,
    ),
    "what no evaluation says": (
        "evaluation_details.evaluation_observation",
        changed("evaluation_details", [{"name": "a"}]),
        False,
    ),
    "a number of zero": ("model_overview.model_version", changed("model_overview.model_version", 0), True),
}


@pytest.mark.parametrize(("field", "content", "filled"), REQUIRED.values(), ids=list(REQUIRED))
def test_required_fields(field: str, content: dict[str, Any], filled: bool) -> None:
    assert missing_fields(content, [field]) == ([] if filled else [field])


def test_missing_fields_come_in_the_order_of_the_settings() -> None:
    required = ["training_details", "business_details.business_problem", "intended_uses.risk_rating"]
    assert missing_fields({"intended_uses": {"risk_rating": "Low"}}, required) == required[:2]


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("intended_uses.risk_rating", "[model_card] of config.toml"),
        ("business_details.business_problem", "catalog card edit"),
        ("model_overview.model_owner", "catalog card edit"),
        ("additional_information", "catalog card edit"),
        ("training_details.training_job_details.training_arn", "pipeline writes it: run it again"),
        ("evaluation_details", "integration tests of the deploy project"),
        ("model_package_details", "pipeline writes it: run it again"),
    ],
)
def test_each_field_has_its_place(field: str, words: str) -> None:
    assert words in where_to_write(field)


@pytest.mark.parametrize("section", CONTENT.fields)
def test_no_section_is_without_a_place(section: str) -> None:
    assert where_to_write(section)
    assert has_card_field(section)


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("evaluation_details.metric_groups.name", True),
        ("additional_information.custom_details.contact", True),
        ("additional_information.custom_details.contact.name", False),
        ("intended_uses.risk", False),
        ("intended_uses.risk_rating.high", False),
    ],
)
def test_fields_are_known_by_their_paths(path: str, known: bool) -> None:
    assert has_card_field(path) == known


def _paths(kind: object, path: str = "") -> Iterator[str]:
    """The paths of a kind's fields, below a list those of its items."""
    while isinstance(kind, Items):
        kind = kind.of
    if isinstance(kind, Section):
        for name, field in kind.fields.items():
            yield from _paths(field, f"{path}.{name}" if path else name)
    else:
        yield f"{path}.*" if isinstance(kind, Names) else path


def test_the_catalog_file_may_require_just_the_fields_that_are_checked() -> None:
    known = [f"{section}.{field}" for section, fields in FIELDS.items() for field in fields]
    assert known == list(_paths(CONTENT))


def test_judging_changes_nothing() -> None:
    content = full_content()
    before = copy.deepcopy(content)
    check(content)
    missing_fields(content, ["evaluation_details.name"])
    assert content == before
