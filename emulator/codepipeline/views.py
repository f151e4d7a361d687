"""Pipelines and executions as CodePipeline's API describes them."""

from collections.abc import Iterator, Mapping
from typing import Any

from emulator.codepipeline.execution import Execution
from emulator.codepipeline.pipeline import Pipeline
from emulator.codepipeline.records import ActionExecution, StageExecution
from emulator.core.switches import feared


def pipeline_summary(pipeline: Pipeline) -> dict[str, Any]:
    """Describe a pipeline as ListPipelines does."""
    return {
        "name": pipeline.name.name,
        "version": pipeline.version,
        "pipelineType": pipeline.definition["pipelineType"],
        "executionMode": pipeline.definition["executionMode"],
        "created": pipeline.created,
        "updated": pipeline.updated,
    }


def execution(found: Execution) -> dict[str, Any]:
    """Describe an execution as GetPipelineExecution does."""
    return {
        "pipelineName": found.pipeline.name.name,
        "pipelineVersion": found.version,
        "pipelineExecutionId": found.identifier,
        "status": found.status,
        "artifactRevisions": [
            {
                "name": artifact,
                "revisionId": identifier,
                "revisionSummary": summary,
                "created": action.updated,
            }
            for action, (identifier, summary) in _revisions(found)
            for artifact in action.outputs
        ],
        "variables": [
            {"name": name, "resolvedValue": value} for name, value in found.variables["variables"].items()
        ],
        "trigger": _trigger(found),
        "executionMode": found.definition["executionMode"],
        "executionType": "STANDARD",
    }


def execution_summary(found: Execution) -> dict[str, Any]:
    """Describe an execution as ListPipelineExecutions does."""
    return {
        "pipelineExecutionId": found.identifier,
        "status": found.status,
        "startTime": found.started,
        "lastUpdateTime": found.updated,
        "sourceRevisions": [
            {"actionName": action.name, "revisionId": identifier, "revisionSummary": summary}
            for action, (identifier, summary) in _revisions(found)
        ],
        "trigger": _trigger(found),
        "stopTrigger": {"reason": found.stop_reason} if found.stop_reason else None,
        "executionMode": found.definition["executionMode"],
        "executionType": "STANDARD",
    }


def action_details(found: Execution, action: ActionExecution) -> dict[str, Any]:
    """Describe an action's run as ListActionExecutions does."""
    definition = action.definition
    identifier, url = action.external or (None, None)
    return {
        "pipelineExecutionId": found.identifier,
        "actionExecutionId": action.identifier,
        "pipelineVersion": found.version,
        "stageName": action.stage,
        "actionName": action.name,
        "startTime": action.started,
        "lastUpdateTime": action.updated,
        "updatedBy": action.approval.by if action.approval and not feared("approval-updated-by") else None,
        "status": action.status,
        "input": {
            "actionTypeId": definition["actionTypeId"],
            "configuration": definition.get("configuration", {}),
            "resolvedConfiguration": action.configuration,
            "roleArn": definition.get("roleArn"),
            "region": definition.get("region", found.pipeline.name.region),
            "namespace": definition.get("namespace"),
            "inputArtifacts": _artifacts(action.inputs),
        },
        "output": {
            "outputArtifacts": _artifacts(action.outputs),
            "executionResult": {
                "externalExecutionId": identifier,
                "externalExecutionUrl": url,
                "externalExecutionSummary": action.summary or None,
                "errorDetails": action.error,
            },
            "outputVariables": action.variables,
        },
    }


def state(pipeline: Pipeline) -> dict[str, Any]:
    """Describe a pipeline as GetPipelineState does."""
    return {
        "pipelineName": pipeline.name.name,
        "pipelineVersion": pipeline.version,
        "stageStates": [_stage_state(pipeline, stage) for stage in pipeline.definition["stages"]],
        "created": pipeline.created,
        "updated": pipeline.updated,
    }


def _stage_state(pipeline: Pipeline, stage: Mapping[str, Any]) -> dict[str, Any]:
    name = stage["name"]
    described: dict[str, Any] = {
        "stageName": name,
        "inboundTransitionState": {"enabled": True},
        "actionStates": [_action_state(pipeline, name, action) for action in stage["actions"]],
    }
    waiting = [_stage_execution(each, "InProgress") for each in pipeline.waiting.get(name, [])]
    if waiting:
        described |= {"inboundExecution": waiting[-1], "inboundExecutions": waiting}
    latest = pipeline.entered.get(name)
    if latest is not None and name in latest.stages:
        run = latest.stages[name]
        described["latestExecution"] = _stage_execution(latest, run.status)
        if run.conditions:
            described["beforeEntryConditionState"] = _condition_state(run)
    return described


def _condition_state(run: StageExecution) -> dict[str, Any]:
    conditions = [
        {
            "latestExecution": {"status": _status(all(check.passed for check in checks))},
            "ruleStates": [
                {
                    "ruleName": check.rule,
                    "latestExecution": {"status": _status(check.passed), "summary": check.summary},
                }
                for check in checks
            ],
        }
        for checks in run.conditions
    ]
    passed = all(check.passed for checks in run.conditions for check in checks)
    return {"latestExecution": {"status": _status(passed)}, "conditionStates": conditions}


def _action_state(pipeline: Pipeline, stage: str, definition: Mapping[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {"actionName": definition["name"]}
    action = pipeline.latest_action(stage, definition["name"])
    if action is None:
        return described
    identifier, url = action.external or (None, None)
    waits = action.approval is not None and action.status == "InProgress"
    described["latestExecution"] = {
        "actionExecutionId": action.identifier,
        "status": action.status,
        "summary": action.summary or None,
        "lastStatusChange": action.updated,
        "token": action.approval.token if action.approval and waits else None,
        "lastUpdatedBy": action.approval.by if action.approval else None,
        "externalExecutionId": identifier,
        "externalExecutionUrl": url,
        "errorDetails": action.error,
    }
    described["entityUrl"] = action.configuration.get("ExternalEntityLink", url)
    if action.revision:
        described["currentRevision"] = {
            "revisionId": action.revision[0],
            "revisionChangeId": action.identifier,
            "created": action.updated,
        }
    return described


def _stage_execution(found: Execution, status: str) -> dict[str, str]:
    return {"pipelineExecutionId": found.identifier, "status": status, "type": "STANDARD"}


def _status(passed: bool) -> str:
    return "Succeeded" if passed else "Failed"


def _trigger(found: Execution) -> dict[str, str]:
    kind, detail = found.trigger
    return {"triggerType": kind, "triggerDetail": detail}


def _revisions(found: Execution) -> Iterator[tuple[ActionExecution, tuple[str, str]]]:
    for action in found.actions:
        if action.revision:
            yield action, action.revision


def _artifacts(locations: Mapping[str, tuple[str, str]]) -> list[dict[str, Any]]:
    return [
        {"name": name, "s3location": {"bucket": bucket, "key": key}}
        for name, (bucket, key) in locations.items()
    ]
