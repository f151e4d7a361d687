"""Definitions: what is refused at creation, and how variables resolve."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from emulator.codepipeline.definition import (
    DefinitionError,
    UnresolvedVariableError,
    check,
    resolve,
)


def action(name: str, category: str, provider: str, **more: Any) -> dict[str, Any]:
    kind = {"category": category, "owner": "AWS", "provider": provider, "version": "1"}
    return {"name": name, "actionTypeId": kind, **more}


VALID: dict[str, Any] = {
    "name": "pipeline",
    "roleArn": "arn:aws:iam::111111111111:role/pipeline",
    "pipelineType": "V2",
    "artifactStore": {"type": "S3", "location": "bucket"},
    "variables": [{"name": "ModelPackageArn", "defaultValue": "none"}],
    "stages": [
        {
            "name": "Source",
            "actions": [action("Code", "Source", "CodeCommit", outputArtifacts=[{"name": "Code"}])],
        },
        {
            "name": "Build",
            "actions": [
                action(
                    "Build",
                    "Build",
                    "CodeBuild",
                    namespace="Build",
                    inputArtifacts=[{"name": "Code"}],
                    outputArtifacts=[{"name": "Templates"}],
                    configuration={"EnvironmentVariables": "#{variables.ModelPackageArn}"},
                )
            ],
        },
        {
            "name": "Deploy",
            "beforeEntry": {
                "conditions": [{"rules": [{"configuration": {"Variable": "#{Build.MODEL_PACKAGE_ARN}"}}]}]
            },
            "actions": [action("Deploy", "Deploy", "CloudFormation", inputArtifacts=[{"name": "Templates"}])],
        },
    ],
}


def test_accepts_a_valid_definition() -> None:
    check(VALID)


def _delete(key: str) -> Callable[[dict[str, Any]], Any]:
    return lambda definition: definition.pop(key)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param(_delete("artifactStore"), "needs an artifactStore", id="no artifact store"),
        pytest.param(
            lambda each: each["stages"].__delitem__(slice(1, 3)), "at least two stages", id="one stage"
        ),
        pytest.param(
            lambda each: each["stages"].append({"name": "Build", "actions": []}),
            "More than one stage is called Build",
            id="stage twice",
        ),
        pytest.param(
            lambda each: each["stages"][1]["actions"].append(each["stages"][1]["actions"][0]),
            "More than one action in stage Build is called Build",
            id="action twice",
        ),
        pytest.param(
            lambda each: each["stages"][1]["actions"].append(action("More", "Source", "S3")),
            "Source actions stand in the first stage, and only they: see action More",
            id="late source",
        ),
        pytest.param(
            lambda each: each["stages"][0]["actions"].append(action("Early", "Build", "CodeBuild")),
            "see action Early of stage Source",
            id="early build",
        ),
        pytest.param(
            lambda each: each["stages"][2]["actions"][0].update(inputArtifacts=[{"name": "Gone"}]),
            "Deploy takes the artifact Gone, which no earlier action gives",
            id="unknown artifact",
        ),
        pytest.param(
            lambda each: each["stages"][1]["actions"][0].update(outputArtifacts=[{"name": "Code"}]),
            "Two actions give the artifact Code",
            id="artifact twice",
        ),
        pytest.param(
            lambda each: each["stages"][2]["actions"][0].update(namespace="Build"),
            "More than one namespace is called Build",
            id="namespace twice",
        ),
        pytest.param(
            lambda each: each["stages"][1]["actions"][0].update(namespace="Other"),
            r"#\{Build.MODEL_PACKAGE_ARN\}: no action has the namespace Build",
            id="unknown namespace",
        ),
        pytest.param(
            lambda each: each["variables"].clear(),
            r"#\{variables.ModelPackageArn\}: the pipeline declares no variable ModelPackageArn",
            id="undeclared variable",
        ),
    ],
)
def test_refuses_what_cannot_run(change: Callable[[dict[str, Any]], Any], sentence: str) -> None:
    definition = copy.deepcopy(VALID)
    change(definition)
    with pytest.raises(DefinitionError, match=sentence):
        check(definition)


def test_resolves_every_reference() -> None:
    variables = {"Build": {"ARN": "arn:1"}, "variables": {"Stage": "test"}}

    assert (
        resolve('{"a": "#{Build.ARN}", "b": "#{variables.Stage}"} #{', variables)
        == '{"a": "arn:1", "b": "test"} #{'
    )
    with pytest.raises(UnresolvedVariableError, match=r"#\{Build.VERSION\} is not known here"):
        resolve("#{Build.VERSION}", variables)
