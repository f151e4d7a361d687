"""AWS CodePipeline: pipelines, and executions that really run.

Operations and errors: https://docs.aws.amazon.com/codepipeline/latest/APIReference/Welcome.html.
"""

import json
from datetime import UTC, datetime
from typing import Any

from emulator.codepipeline import views
from emulator.codepipeline.execution import Execution
from emulator.codepipeline.pipeline import Pipeline
from emulator.codepipeline.pipelines import create, delete, find, pipelines, start, update
from emulator.codepipeline.records import ActionExecution, PipelineName
from emulator.codepipeline.service import codepipeline
from emulator.core.service import NotOfferedError, Request, ServiceError, authorize
from emulator.core.switches import feared
from emulator.iam import credentials
from emulator.services.event_delivery import Delivery, register_event_target

__all__ = ["codepipeline"]

MAXIMUM_RESULTS = 100

_rules: dict[str, str] = {}
"""ARN of the rule whose target's role a session belongs to, by the session's access key."""
_started: dict[tuple[PipelineName, str], str] = {}
"""Execution by pipeline and client request token."""


def _named(request: Request) -> PipelineName:
    parameters = request.parameters
    name = parameters.get("pipelineName") or parameters.get("name") or parameters["pipeline"]["name"]
    return PipelineName(request.account, request.region, name)


def _arn(request: Request) -> str:
    return _named(request).arn


def _stage_arn(request: Request) -> str:
    return f"{_arn(request)}/{request.parameters['stageName']}"


def _action_arn(request: Request) -> str:
    return f"{_stage_arn(request)}/{request.parameters['actionName']}"


def _pipeline(request: Request) -> Pipeline:
    return find(_named(request))


def _execution(request: Request) -> Execution:
    identifier = request.parameters["pipelineExecutionId"]
    execution = _pipeline(request).executions.get(identifier)
    if execution is None:
        raise ServiceError(
            "PipelineExecutionNotFoundException", f"The pipeline has no execution with id {identifier}"
        )
    return execution


@codepipeline.operation("CreatePipeline", resource=_arn)
def _create_pipeline(request: Request) -> dict[str, Any]:
    _authorize_roles(request)
    tags = request.parameters.get("tags", [])
    pipeline = create(_named(request), request.parameters["pipeline"], tags)
    start(pipeline, trigger=("CreatePipeline", request.caller_arn))
    return {"pipeline": _definition(pipeline), "tags": tags}


@codepipeline.operation("GetPipeline", resource=_arn)
def _get_pipeline(request: Request) -> dict[str, Any]:
    pipeline = _pipeline(request)
    return {
        "pipeline": _definition(pipeline),
        "metadata": {
            "pipelineArn": pipeline.name.arn,
            "created": pipeline.created,
            "updated": pipeline.updated,
        },
    }


@codepipeline.operation("UpdatePipeline", resource=_arn)
def _update_pipeline(request: Request) -> dict[str, Any]:
    _authorize_roles(request)
    pipeline = update(_named(request), request.parameters["pipeline"])
    return {"pipeline": _definition(pipeline)}


@codepipeline.operation("DeletePipeline", resource=_arn)
def _delete_pipeline(request: Request) -> dict[str, Any]:
    delete(_named(request))
    return {}


@codepipeline.operation("ListPipelines")
def _list_pipelines(request: Request) -> dict[str, Any]:
    found = sorted(pipelines.all(request.account, request.region), key=lambda pipeline: pipeline.name)
    return {"pipelines": [views.pipeline_summary(pipeline) for pipeline in found]}


@codepipeline.operation("ListTagsForResource", resource=lambda request: request.parameters["resourceArn"])
def _list_tags_for_resource(request: Request) -> dict[str, Any]:
    for pipeline in pipelines.everywhere():
        if pipeline.name.arn == request.parameters["resourceArn"]:
            return {"tags": pipeline.tags}
    raise ServiceError("ResourceNotFoundException", f"There is no {request.parameters['resourceArn']}")


@codepipeline.operation("StartPipelineExecution", resource=_arn)
def _start_pipeline_execution(request: Request) -> dict[str, Any]:
    pipeline, parameters = _pipeline(request), request.parameters
    token = parameters.get("clientRequestToken")
    if token and (pipeline.name, token) in _started:
        return {"pipelineExecutionId": _started[pipeline.name, token]}
    if "sourceRevisions" in parameters:
        raise NotOfferedError("sourceRevisions of StartPipelineExecution")
    variables = {variable["name"]: variable["value"] for variable in parameters.get("variables", [])}
    declared = {variable["name"] for variable in pipeline.definition.get("variables", [])}
    for name in variables.keys() - declared:
        raise ServiceError(
            "ValidationException", f"The pipeline {pipeline.name.name} declares no variable {name}"
        )
    rule = _rules.get(request.access_key)
    execution = start(
        pipeline,
        trigger=("CloudWatchEvent", rule) if rule else ("StartPipelineExecution", request.caller_arn),
        variables=variables,
    )
    if token:
        _started[pipeline.name, token] = execution.identifier
    return {"pipelineExecutionId": execution.identifier}


@codepipeline.operation("StopPipelineExecution", resource=_arn)
def _stop_pipeline_execution(request: Request) -> dict[str, Any]:
    execution, parameters = _execution(request), request.parameters
    if execution.status not in ("InProgress", "Stopping"):
        raise ServiceError(
            "PipelineExecutionNotStoppableException",
            f"The execution is {execution.status} and cannot be stopped",
        )
    execution.stop(abandon=parameters.get("abandon", False), reason=parameters.get("reason", ""))
    return {"pipelineExecutionId": execution.identifier}


@codepipeline.operation("RetryStageExecution", resource=_stage_arn)
def _retry_stage_execution(request: Request) -> dict[str, Any]:
    pipeline, execution, stage = _pipeline(request), _execution(request), request.parameters["stageName"]
    _check_stage(pipeline, stage)
    run = execution.stages.get(stage)
    if run is None or run.status != "Failed" or execution.status != "Failed":
        raise ServiceError("StageNotRetryableException", f"Stage {stage} of the execution has not failed")
    if pipeline.entered[stage] is not execution:
        raise ServiceError(
            "NotLatestPipelineExecutionException", f"A later execution has entered stage {stage}"
        )
    kept: frozenset[str] = frozenset()
    if request.parameters["retryMode"] == "FAILED_ACTIONS":
        kept = frozenset(
            action.name
            for action in execution.actions
            if action.stage == stage and action.status == "Succeeded"
        )
    execution.start(pipeline.stage_names().index(stage), kept)
    return {"pipelineExecutionId": execution.identifier}


@codepipeline.operation("PutApprovalResult", resource=_action_arn)
def _put_approval_result(request: Request) -> dict[str, Any]:
    pipeline, parameters = _pipeline(request), request.parameters
    action = _latest_action(pipeline, parameters["stageName"], parameters["actionName"])
    approval = action.approval if action else None
    if approval is None or approval.token != parameters["token"]:
        raise ServiceError(
            "InvalidApprovalTokenException", "The approval token is not that of a waiting action"
        )
    result = parameters["result"]
    if not approval.decide(result["status"], result["summary"], request.caller_arn):
        raise ServiceError("ApprovalAlreadyCompletedException", "The approval has already been decided")
    return {"approvedAt": datetime.now(UTC)}


@codepipeline.operation("GetPipelineExecution", resource=_arn)
def _get_pipeline_execution(request: Request) -> dict[str, Any]:
    return {"pipelineExecution": views.execution(_execution(request))}


@codepipeline.operation("ListPipelineExecutions", resource=_arn)
def _list_pipeline_executions(request: Request) -> dict[str, Any]:
    newest_first = list(_pipeline(request).executions.values())[::-1]
    limit = request.parameters.get("maxResults", MAXIMUM_RESULTS)
    return {"pipelineExecutionSummaries": [views.execution_summary(each) for each in newest_first[:limit]]}


@codepipeline.operation("ListActionExecutions", resource=_arn)
def _list_action_executions(request: Request) -> dict[str, Any]:
    wanted = request.parameters.get("filter", {}).get("pipelineExecutionId")
    executions = [
        each for each in _pipeline(request).executions.values() if wanted in (None, each.identifier)
    ]
    details = [views.action_details(each, action) for each in executions for action in each.actions]
    return {"actionExecutionDetails": sorted(details, key=lambda each: each["startTime"], reverse=True)}


@codepipeline.operation("GetPipelineState", resource=_arn)
def _get_pipeline_state(request: Request) -> dict[str, Any]:
    return views.state(_pipeline(request))


def _authorize_roles(request: Request) -> None:
    definition = request.parameters["pipeline"]
    authorize(
        request,
        "iam:PassRole",
        definition["roleArn"],
        condition_keys={"iam:PassedToService": "codepipeline.amazonaws.com"},
    )


def _check_stage(pipeline: Pipeline, stage: str) -> None:
    if stage not in pipeline.stage_names():
        raise ServiceError("StageNotFoundException", f"Pipeline {pipeline.name.name} has no stage {stage}")


def _latest_action(pipeline: Pipeline, stage: str, name: str) -> ActionExecution | None:
    _check_stage(pipeline, stage)
    definition = next(each for each in pipeline.definition["stages"] if each["name"] == stage)
    if name not in (action["name"] for action in definition["actions"]):
        raise ServiceError("ActionNotFoundException", f"Stage {stage} has no action {name}")
    return pipeline.latest_action(stage, name)


def _definition(pipeline: Pipeline) -> dict[str, Any]:
    return {**pipeline.definition, "version": pipeline.version}


# EventBridge


def _start_by_rule(delivery: Delivery) -> None:
    """Start the pipeline that is the target of a rule, on the role of the target.

    The input of the target may carry variables, as StartPipelineExecution takes them:
    https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-trigger-source-overrides.html
    """
    _, _, _, region, _, name = delivery.target_arn.split(":", 5)
    role = delivery.credentials()
    _rules[role["AccessKeyId"]] = delivery.rule_arn
    given = json.loads(delivery.payload)
    carried = {
        key: given[key]
        for key in ("variables", "sourceRevisions")
        if isinstance(given, dict) and key in given and not feared("pipeline-start")
    }
    credentials.client("codepipeline", role, region).start_pipeline_execution(name=name, **carried)


register_event_target(lambda arn: arn.startswith("arn:aws:codepipeline:"), _start_by_rule)
