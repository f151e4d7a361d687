"""What of a pipeline's definition the emulator runs. It refuses the rest, rather than to pass over it.

The whole is in https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-pipeline-structure.html.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from emulator.core import not_offered
from emulator.core.service import NotOfferedError, ServiceError

PIPELINE_TYPE = "V2"
EXECUTION_MODE = "SUPERSEDED"
CONDITION_RESULT = "SKIP"
OPERATOR = "NE"

_PIPELINE = frozenset(
    {"name", "roleArn", "pipelineType", "executionMode", "artifactStore", "stages", "variables", "version"}
)
_STAGE = frozenset({"name", "actions", "beforeEntry"})
_ACTION = frozenset(
    {
        "name",
        "actionTypeId",
        "runOrder",
        "configuration",
        "inputArtifacts",
        "outputArtifacts",
        "roleArn",
        "namespace",
    }
)
_CONFIGURATIONS: Mapping[tuple[str, str], frozenset[str]] = {
    ("Source", "CodeCommit"): frozenset({"RepositoryName", "BranchName", "PollForSourceChanges"}),
    ("Source", "CodeStarSourceConnection"): frozenset(
        {"ConnectionArn", "FullRepositoryId", "BranchName", "DetectChanges", "OutputArtifactFormat"}
    ),
    ("Build", "CodeBuild"): frozenset({"ProjectName", "EnvironmentVariables"}),
    ("Deploy", "CloudFormation"): frozenset({"ActionMode", "RoleArn", "StackName", "TemplatePath"}),
    ("Invoke", "Lambda"): frozenset({"FunctionName", "UserParameters"}),
    ("Approval", "Manual"): frozenset({"CustomData", "ExternalEntityLink"}),
}
"""The kinds of action, by category and provider, with the configuration of each."""
_ACTION_MODES = ("CREATE_UPDATE", "REPLACE_ON_FAILURE")


def check(definition: Mapping[str, Any]) -> None:
    """Check that the emulator runs all of a definition as AWS does.

    Raises:
        ServiceError: UnsupportedOperation, with one sentence about the first thing that it does not run.
    """
    for what in _missing(definition):
        raise NotOfferedError(what)
    for action in definition["stages"][0]["actions"]:
        polls = action.get("configuration", {}).get("PollForSourceChanges", "true") != "false"
        if polls and action["actionTypeId"]["provider"] == "CodeCommit":
            raise ServiceError(
                not_offered.CODE,
                f"The emulator does not poll for changes: set PollForSourceChanges of {action['name']} to "
                "false, and let an EventBridge rule start the pipeline",
            )


def _missing(definition: Mapping[str, Any]) -> Iterator[str]:
    yield from _others(definition, _PIPELINE, "pipelines")
    if (kind := definition.get("pipelineType", "V1")) != PIPELINE_TYPE:
        yield f"pipelines of type {kind}"
    if (mode := definition.get("executionMode", EXECUTION_MODE)) != EXECUTION_MODE:
        yield f"the execution mode {mode}"
    for stage in definition["stages"]:
        yield from _others(stage, _STAGE, "stages")
        for condition in stage.get("beforeEntry", {}).get("conditions", []):
            yield from _missing_of_condition(condition)
        for action in stage["actions"]:
            yield from _missing_of_action(action)


def _missing_of_condition(condition: Mapping[str, Any]) -> Iterator[str]:
    if (result := condition.get("result", "FAIL")) != CONDITION_RESULT:
        yield f"conditions with the result {result}"
    for rule in condition["rules"]:
        if (provider := rule["ruleTypeId"]["provider"]) != "VariableCheck":
            yield f"rules of {provider}"
        elif (operator := rule["configuration"].get("Operator")) != OPERATOR:
            yield f"the operator {operator} of VariableCheck"


def _missing_of_action(action: Mapping[str, Any]) -> Iterator[str]:
    yield from _others(action, _ACTION, "actions")
    kind = (action["actionTypeId"]["category"], action["actionTypeId"]["provider"])
    named = f"{kind[0]} actions of {kind[1]}"
    if kind not in _CONFIGURATIONS:
        yield named
        return
    configuration = action.get("configuration", {})
    yield from _others(configuration, _CONFIGURATIONS[kind], named)
    if (mode := configuration.get("ActionMode", _ACTION_MODES[0])) not in _ACTION_MODES:
        yield f"ActionMode {mode} of {named}"
    if kind == ("Invoke", "Lambda") and (action.get("inputArtifacts") or action.get("outputArtifacts")):
        yield f"artifacts of {named}"
    if kind == ("Build", "CodeBuild") and len(action.get("inputArtifacts", ())) > 1:
        yield f"several input artifacts of {named}"


def _others(given: Mapping[str, Any], offered: Iterable[str], of: str) -> Iterator[str]:
    """The properties that are not offered, in their order."""
    for name in given:
        if name not in offered:
            yield f"{name} of {of}"
