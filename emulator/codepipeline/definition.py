"""Definitions of pipelines: what makes one valid, and how its variables are resolved.

Structure: https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-pipeline-structure.html;
variables: https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

PIPELINE_NAMESPACE = "variables"
EXECUTION_NAMESPACE = "codepipeline"

_REFERENCE = re.compile(r"#\{(?P<namespace>[^.{}]+)\.(?P<name>[^{}]+)\}")


class DefinitionError(Exception):
    """A definition that CodePipeline would reject as an invalid structure."""


class UnresolvedVariableError(Exception):
    """A reference to a variable that no earlier action has set."""


def check(definition: Mapping[str, Any]) -> None:
    """Check what the API's own shapes do not.

    Raises:
        DefinitionError: With one sentence for the first mistake.
    """
    stages = definition["stages"]
    if "artifactStore" not in definition:
        raise DefinitionError("The pipeline needs an artifactStore")
    if len(stages) < 2:
        raise DefinitionError("Pipeline should have at least two stages")
    _refuse_repetition("stage", (stage["name"] for stage in stages))
    for position, stage in enumerate(stages):
        _refuse_repetition(
            f"action in stage {stage['name']}", (action["name"] for action in stage["actions"])
        )
        for action in stage["actions"]:
            _check_place(position, stage, action)
    actions = [action for stage in stages for action in sorted(stage["actions"], key=run_order)]
    _check_artifacts(actions)
    _check_references(definition, actions)


def run_order(action: Mapping[str, Any]) -> int:
    """Return the place of an action in its stage; actions of one place run at the same time."""
    return int(action.get("runOrder", 1))


def resolve(text: str, variables: Mapping[str, Mapping[str, str]]) -> str:
    """Replace every `#{namespace.name}` of a text.

    Args:
        text: A value of an action's or a rule's configuration.
        variables: The variables known by now, by namespace and name.

    Raises:
        UnresolvedVariableError: A variable is not known.
    """

    def replace(match: re.Match[str]) -> str:
        try:
            return variables[match["namespace"]][match["name"]]
        except KeyError:
            raise UnresolvedVariableError(
                f"The variable {match[0]} is not known here: no action before has set it"
            ) from None

    return _REFERENCE.sub(replace, text)


def _check_place(position: int, stage: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    is_source = action["actionTypeId"]["category"] == "Source"
    if is_source != (position == 0):
        place = "Source actions stand in the first stage, and only they"
        raise DefinitionError(f"{place}: see action {action['name']} of stage {stage['name']}")


def _check_artifacts(actions: Iterable[Mapping[str, Any]]) -> None:
    produced: set[str] = set()
    for action in actions:
        for artifact in action.get("inputArtifacts", []):
            if artifact["name"] not in produced:
                wanted = f"Action {action['name']} takes the artifact {artifact['name']}"
                raise DefinitionError(f"{wanted}, which no earlier action gives")
        for artifact in action.get("outputArtifacts", []):
            if artifact["name"] in produced:
                raise DefinitionError(f"Two actions give the artifact {artifact['name']}")
            produced.add(artifact["name"])


def _check_references(definition: Mapping[str, Any], actions: Iterable[Mapping[str, Any]]) -> None:
    own = [action["namespace"] for action in actions if "namespace" in action]
    namespaces = [PIPELINE_NAMESPACE, EXECUTION_NAMESPACE, *own]
    _refuse_repetition("namespace", namespaces)
    declared = {variable["name"] for variable in definition.get("variables", [])}
    for namespace, name in _references(definition["stages"]):
        if namespace not in namespaces:
            raise DefinitionError(f"#{{{namespace}.{name}}}: no action has the namespace {namespace}")
        if namespace == PIPELINE_NAMESPACE and name not in declared:
            raise DefinitionError(f"#{{{namespace}.{name}}}: the pipeline declares no variable {name}")


def _refuse_repetition(kind: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise DefinitionError(f"More than one {kind} is called {name}")
        seen.add(name)


def _references(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the namespace and name of every variable that is used anywhere below a value."""
    if isinstance(value, str):
        for match in _REFERENCE.finditer(value):
            yield match["namespace"], match["name"]
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)
