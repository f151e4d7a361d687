"""Pipeline definitions: what is refused, and what expressions are worth."""

import json
from datetime import timedelta
from typing import Any

import pytest

from emulator.sagemaker.pipelines.definition import duration, parse
from emulator.sagemaker.pipelines.expressions import DefinitionError, Values

PARAMETERS = [
    {"Name": "Rows", "Type": "Integer", "DefaultValue": 3},
    {"Name": "Share", "Type": "Float", "DefaultValue": 0.25},
    {"Name": "Shuffle", "Type": "Boolean", "DefaultValue": True},
    {"Name": "Status", "Type": "String", "DefaultValue": "Approved", "EnumValues": ["Approved", "Rejected"]},
    {"Name": "Input", "Type": "String"},
]


def definition(*steps: dict[str, Any], **overrides: Any) -> str:
    return json.dumps({"Version": "2020-12-01", "Parameters": PARAMETERS, "Steps": steps, **overrides})


def step(name: str, kind: str = "Processing", **fields: Any) -> dict[str, Any]:
    return {"Name": name, "Type": kind, "Arguments": {}, **fields}


def values(**overrides: Any) -> Values:
    fields: dict[str, Any] = {
        "parameters": {"Rows": 3, "Share": 0.25, "Shuffle": True, "Status": "Approved", "Input": "s3://b/k"},
        "execution": {"PipelineName": "iris", "PipelineExecutionId": "abc123"},
        "read_property_file": lambda _step, _file: {"metrics": {"rmse": {"value": 1.5}}, "folds": [1, 2]},
        "read_json": lambda uri: {"uri": uri},
        "properties": {
            "Preprocess": {
                "ProcessingOutputConfig": {"Outputs": {"train": {"S3Output": {"S3Uri": "s3://b/t"}}}}
            },
            "Train": {"InputDataConfig": [{"ChannelName": "train"}]},
        },
    }
    return Values(**{**fields, **overrides})


def get(reference: str) -> dict[str, str]:
    return {"Get": reference}


PROPERTY_FILE = get("Steps.Evaluate.PropertyFiles.Report")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("{", "is not JSON", id="not JSON"),
        pytest.param("[]", "must be an object of version", id="not an object"),
        pytest.param(definition(step("A"), Version="2019-01-01"), "version 2020-12-01", id="another version"),
        pytest.param(definition(), "has no step", id="no step"),
        pytest.param(definition({"Type": "Fail"}), "has no name", id="step without a name"),
        pytest.param(definition(step("A"), step("A")), "Two steps are named A", id="name used twice"),
        pytest.param(definition(step("A", "Lambda")), "Step A is of type Lambda", id="type not run here"),
        pytest.param(definition(step("A", DependsOn=["B"])), "refers to step B", id="unknown step"),
        pytest.param(
            definition(step("A", Arguments={"x": get("Parameters.Nope")})),
            "parameter Nope",
            id="unknown parameter",
        ),
        pytest.param(
            definition(step("A", Arguments={"x": get("Execution.Nope")})),
            "Execution.Nope",
            id="unknown variable",
        ),
        pytest.param(
            definition(step("A", Arguments={"x": get("Nope.A")})),
            "malformed reference",
            id="unknown namespace",
        ),
        pytest.param(
            definition(step("Evaluate"), step("A", Arguments={"x": PROPERTY_FILE})),
            "no property file Report",
            id="unknown property file",
        ),
        pytest.param(
            definition(step("A", DependsOn=["B"]), step("B", DependsOn=["A"])), "in a cycle", id="cycle"
        ),
        pytest.param(
            definition(step("A", CacheConfig={"Enabled": True, "ExpireAfter": "30 days"})),
            "CacheConfig.ExpireAfter of step A must be an ISO 8601 duration",
            id="malformed cache period",
        ),
        pytest.param(
            definition(step("A"), Parameters=[{"Name": "P", "Type": "List"}]),
            "unknown type List",
            id="parameter type",
        ),
        pytest.param(
            definition(step("A"), Parameters=[{"Name": "P", "Type": "Integer", "DefaultValue": "x"}]),
            "cannot take the value 'x'",
            id="default of another type",
        ),
    ],
)
def test_malformed_definitions_are_refused(text: str, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        parse(text)


def test_branches_and_references_make_dependencies() -> None:
    parsed = parse(
        definition(
            step(
                "Check",
                "Condition",
                Arguments={
                    "Conditions": [{"Type": "Equals", "LeftValue": get("Steps.Train.X"), "RightValue": 1}],
                    "IfSteps": [step("Register", "RegisterModel", Arguments={"Url": get("Steps.Train.Y")})],
                    "ElseSteps": [step("Stop", "Fail", DependsOn=["Preprocess"])],
                },
            ),
            step("Train", "Training", Arguments={"Input": get("Steps.Preprocess.Z")}),
            step("Preprocess", CacheConfig={"Enabled": True, "ExpireAfter": "P30D"}),
        )
    )
    assert {name: set(s.depends_on) for name, s in parsed.steps.items()} == {
        "Preprocess": set(),
        "Train": {"Preprocess"},
        "Check": {"Train"},
        "Register": {"Train", "Check"},
        "Stop": {"Preprocess", "Check"},
    }
    assert list(parsed.steps)[:3] == ["Preprocess", "Train", "Check"]
    assert parsed.steps["Preprocess"].cache_period == timedelta(days=30)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({"Input": "s3://b/k"}, {"Rows": 3, "Input": "s3://b/k"}, id="defaults"),
        pytest.param({"Input": "", "Rows": "7"}, {"Rows": 7, "Input": ""}, id="integer from a string"),
        pytest.param({"Input": "", "Share": "1e-3"}, {"Share": 0.001}, id="float from a string"),
        pytest.param({"Input": "", "Shuffle": "False"}, {"Shuffle": False}, id="boolean from a string"),
    ],
)
def test_parameter_values(given: dict[str, str], expected: dict[str, Any]) -> None:
    assert parse(definition(step("A"))).parameter_values(given).items() >= expected.items()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param({}, "Parameter Input has no default", id="missing"),
        pytest.param({"Input": "", "Nope": "1"}, "has no parameter Nope", id="unknown"),
        pytest.param({"Input": "", "Rows": "1.5"}, "of type Integer", id="not an integer"),
        pytest.param({"Input": "", "Shuffle": "yes"}, "of type Boolean", id="not a boolean"),
        pytest.param({"Input": "", "Status": "Maybe"}, "takes one of", id="not in the enumeration"),
    ],
)
def test_parameter_values_are_checked(given: dict[str, str], message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        parse(definition(step("A"))).parameter_values(given)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        pytest.param(get("Parameters.Rows"), 3, id="parameter"),
        pytest.param(get("Execution.PipelineName"), "iris", id="execution variable"),
        pytest.param(
            get("Steps.Preprocess.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri"),
            "s3://b/t",
            id="by key",
        ),
        pytest.param(get("Steps.Train.InputDataConfig[0].ChannelName"), "train", id="by index"),
        pytest.param(
            {
                "Std:Join": {
                    "On": "/",
                    "Values": ["s3://b", get("Parameters.Rows"), get("Parameters.Shuffle")],
                }
            },
            "s3://b/3/true",
            id="join",
        ),
        pytest.param(
            {"Std:JsonGet": {"PropertyFile": PROPERTY_FILE, "Path": "metrics.rmse.value"}},
            1.5,
            id="property file",
        ),
        pytest.param(
            {"Std:JsonGet": {"PropertyFile": PROPERTY_FILE, "Path": "folds[1]"}}, 2, id="list in a file"
        ),
        pytest.param(
            {"Std:JsonGet": {"S3Uri": {"Std:Join": {"On": "", "Values": ["s3://", "x"]}}, "Path": "uri"}},
            "s3://x",
            id="JSON object in S3",
        ),
        pytest.param({"a": [get("Parameters.Share")]}, {"a": [0.25]}, id="nested"),
        pytest.param(
            {"Get": "Parameters.Rows", "b": 1}, {"Get": "Parameters.Rows", "b": 1}, id="not a reference"
        ),
    ],
)
def test_expressions(expression: Any, expected: Any) -> None:
    assert values().resolve(expression) == expected


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        pytest.param(get("Steps.Train.ModelArtifacts"), "leads nowhere", id="no such property"),
        pytest.param(get("Steps.Evaluate.X"), "has not succeeded", id="step has not run"),
        pytest.param(get("Steps.Train.InputDataConfig[4]"), "leads nowhere", id="no such index"),
        pytest.param(
            {"Std:JsonGet": {"PropertyFile": PROPERTY_FILE, "Path": "metrics.mae"}},
            "metrics.mae in property file Report of Evaluate leads nowhere",
            id="no such key in a file",
        ),
        pytest.param(
            {"Std:JsonGet": {"PropertyFile": "Report", "Path": "a"}}, "does not name", id="not a file"
        ),
    ],
)
def test_expressions_that_lead_nowhere(expression: Any, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        values().resolve(expression)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"Type": "Equals", "LeftValue": get("Parameters.Rows"), "RightValue": 3}, True),
        ({"Type": "GreaterThan", "LeftValue": 1, "RightValue": 1}, False),
        ({"Type": "GreaterThanOrEqualTo", "LeftValue": 1, "RightValue": 1}, True),
        ({"Type": "LessThan", "LeftValue": 1, "RightValue": 1.5}, True),
        ({"Type": "LessThanOrEqualTo", "LeftValue": 2, "RightValue": 1.5}, False),
        ({"Type": "In", "QueryValue": "a", "Values": ["a", "b"]}, True),
        ({"Type": "Not", "Expression": {"Type": "Equals", "LeftValue": 1, "RightValue": 1}}, False),
        (
            {
                "Type": "Or",
                "Conditions": [
                    {"Type": "Equals", "LeftValue": 1, "RightValue": 2},
                    {"Type": "Equals", "LeftValue": 1, "RightValue": 1},
                ],
            },
            True,
        ),
    ],
    ids=lambda value: value["Type"] if isinstance(value, dict) else str(value),
)
def test_conditions(condition: dict[str, Any], expected: bool) -> None:
    assert values().is_met(condition) is expected


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        pytest.param(
            {"Type": "LessThan", "LeftValue": "1", "RightValue": 1}, "cannot compare", id="text and number"
        ),
        pytest.param(
            {"Type": "Between", "LeftValue": 1, "RightValue": 1}, "type Between is unknown", id="unknown"
        ),
    ],
)
def test_conditions_that_cannot_be_evaluated(condition: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        values().is_met(condition)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("P30D", timedelta(days=30)),
        ("PT30M", timedelta(minutes=30)),
        ("T30m", timedelta(minutes=30)),
        ("12h", timedelta(hours=12)),
        ("30 days", None),
        ("P1DT2H", timedelta(days=1, hours=2)),
        ("P", None),
        ("", None),
    ],
)
def test_durations(text: str, expected: timedelta | None) -> None:
    if expected is None:
        with pytest.raises(DefinitionError, match="ISO 8601"):
            duration(text, "It")
    else:
        assert duration(text, "It") == expected
