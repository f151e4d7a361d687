"""SageMaker pipelines: definitions that are kept, and executions that run them.

Source: the API reference of each operation, such as
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StartPipelineExecution.html.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.core.service import Request, ServiceError
from emulator.sagemaker.pipelines.cache import StepCache
from emulator.sagemaker.pipelines.definition import Definition, parse
from emulator.sagemaker.pipelines.execution import MAXIMUM_PARALLEL_STEPS, Execution
from emulator.sagemaker.pipelines.expressions import DefinitionError
from emulator.sagemaker.pipelines.plan import Plan
from emulator.sagemaker.service import check_pass_role, check_tagging, sagemaker
from emulator.sagemaker.store import Table, listed, page, tags


@dataclass
class StartedExecution:
    """An execution with what it was started with, which later updates of the pipeline do not touch."""

    execution: Execution
    request: Mapping[str, Any]
    definition_text: str
    caller_arn: str

    @property
    def description(self) -> dict[str, Any]:
        """What DescribePipelineExecution answers."""
        execution = self.execution
        by = {"IamIdentity": {"Arn": self.caller_arn}}
        return {
            "PipelineArn": execution.plan.pipeline_arn,
            "PipelineExecutionArn": execution.arn,
            "PipelineExecutionDisplayName": self.request.get(
                "PipelineExecutionDisplayName", f"execution-{int(execution.created * 1000)}"
            ),
            "PipelineExecutionStatus": execution.status,
            "CreationTime": execution.created,
            "LastModifiedTime": execution.modified,
            "CreatedBy": by,
            "LastModifiedBy": by,
        } | {
            name: value
            for name, value in {
                "PipelineExecutionDescription": self.request.get("PipelineExecutionDescription"),
                "ParallelismConfiguration": self.request.get("ParallelismConfiguration"),
                "FailureReason": execution.failure_reason,
            }.items()
            if value
        }


@dataclass
class Pipeline:
    """A pipeline.

    Attributes:
        description: What DescribePipeline answers.
        definition: Its definition, parsed.
        executions: Its executions by ARN, oldest first.
        tokens: ARN of the execution by client request token.
    """

    description: dict[str, Any]
    definition: Definition
    cache: StepCache = field(default_factory=StepCache)
    executions: dict[str, StartedExecution] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)


pipelines: Table[Pipeline] = Table(
    "pipeline",
    missing="Pipeline '{arn}' does not exist.",
    missing_code="ResourceNotFound",
    duplicate="Pipeline names must be unique within an AWS account and region. "
    "Pipeline with name ({name}) already exists.",
)


def _name(request: Request) -> str:
    """Name of the pipeline, which StartPipelineExecution and others take as an ARN as well."""
    return str(request.parameters["PipelineName"]).rpartition("/")[2]


def _resource(request: Request) -> str:
    return pipelines.arn(request, _name(request))


def _execution_resource(request: Request) -> str:
    return str(request.parameters["PipelineExecutionArn"])


def _definition(request: Request) -> Definition:
    if "PipelineDefinitionS3Location" in request.parameters:
        raise ServiceError(
            "UnsupportedOperation", "The emulator takes a pipeline's definition in PipelineDefinition."
        )
    try:
        return parse(request.parameters["PipelineDefinition"])
    except DefinitionError as error:
        raise ServiceError("ValidationException", f"Unable to parse pipeline definition. {error}") from None


def _started(request: Request) -> StartedExecution:
    execution_arn = request.parameters["PipelineExecutionArn"]
    name = execution_arn.split("/")[1] if execution_arn.count("/") == 3 else ""
    pipeline = pipelines.find(request.account, request.region, name)
    if pipeline is None or execution_arn not in pipeline.executions:
        raise ServiceError("ResourceNotFound", f"Pipeline execution with ARN {execution_arn} does not exist.")
    return pipeline.executions[execution_arn]


@sagemaker.operation("CreatePipeline", resource=_resource)
def _create(request: Request) -> dict[str, Any]:
    given = request.parameters
    check_pass_role(request, given["RoleArn"])
    check_tagging(request, _resource(request))
    now = time.time()
    by = {"IamIdentity": {"Arn": request.caller_arn}}
    description = {
        "PipelineDisplayName": given["PipelineName"],
        **{name: value for name, value in given.items() if name not in ("ClientRequestToken", "Tags")},
        "PipelineArn": _resource(request),
        "PipelineStatus": "Active",
        "CreationTime": now,
        "LastModifiedTime": now,
        "CreatedBy": by,
        "LastModifiedBy": by,
    }
    pipelines.add(
        request.account, request.region, _name(request), Pipeline(description, _definition(request))
    )
    tags.put(_resource(request), given.get("Tags", []))
    return {"PipelineArn": _resource(request)}


@sagemaker.operation("UpdatePipeline", resource=_resource)
def _update(request: Request) -> dict[str, Any]:
    given = request.parameters
    pipeline = pipelines.get(request.account, request.region, _name(request))
    if "RoleArn" in given:
        check_pass_role(request, given["RoleArn"])
    if "PipelineDefinition" in given or "PipelineDefinitionS3Location" in given:
        pipeline.definition = _definition(request)
    pipeline.description = {
        **pipeline.description,
        **given,
        "PipelineName": _name(request),
        "LastModifiedTime": time.time(),
        "LastModifiedBy": {"IamIdentity": {"Arn": request.caller_arn}},
    }
    return {"PipelineArn": _resource(request)}


@sagemaker.operation("DescribePipeline", resource=_resource)
def _describe(request: Request) -> dict[str, Any]:
    return pipelines.get(request.account, request.region, _name(request)).description


@sagemaker.operation("DeletePipeline", resource=_resource)
def _delete(request: Request) -> dict[str, Any]:
    for started in pipelines.get(request.account, request.region, _name(request)).executions.values():
        started.execution.stop()
    pipelines.remove(request.account, request.region, _name(request))
    return {"PipelineArn": _resource(request)}


@sagemaker.operation("ListPipelines")
def _list(request: Request) -> dict[str, Any]:
    prefix = request.parameters.get("PipelineNamePrefix", "")
    described = [
        pipeline.description
        for pipeline in pipelines.all(request.account, request.region)
        if pipeline.description["PipelineName"].startswith(prefix)
    ]
    found, rest = listed(request, described, name="PipelineName")
    shown = ("PipelineArn", "PipelineName", "PipelineDisplayName", "PipelineDescription", "RoleArn",
             "CreationTime", "LastModifiedTime", "LastRunTime")  # fmt: skip
    return {"PipelineSummaries": [{key: each[key] for key in shown if key in each} for each in found], **rest}


@sagemaker.operation("StartPipelineExecution", resource=_resource)
def _start(request: Request) -> dict[str, Any]:
    given = request.parameters
    with pipelines.lock:
        pipeline = pipelines.get(request.account, request.region, _name(request))
        token = given.get("ClientRequestToken")
        if token in pipeline.tokens:
            return {"PipelineExecutionArn": pipeline.tokens[token]}
        try:
            parameters = pipeline.definition.parameter_values(
                {parameter["Name"]: parameter["Value"] for parameter in given.get("PipelineParameters", [])}
            )
        except DefinitionError as error:
            raise ServiceError("ValidationException", str(error)) from None
        description = pipeline.description
        parallelism = given.get("ParallelismConfiguration") or description.get("ParallelismConfiguration", {})
        execution = Execution(
            Plan(
                pipeline_name=description["PipelineName"],
                pipeline_arn=description["PipelineArn"],
                role_arn=description["RoleArn"],
                region=request.region,
                definition=pipeline.definition,
                parameters=parameters,
                parallel_steps=parallelism.get("MaxParallelExecutionSteps", MAXIMUM_PARALLEL_STEPS),
                cache=pipeline.cache,
            )
        )
        pipeline.executions[execution.arn] = StartedExecution(
            execution, given, description["PipelineDefinition"], request.caller_arn
        )
        if token is not None:
            pipeline.tokens[token] = execution.arn
        pipeline.description = {**description, "LastRunTime": execution.created}
    execution.start()
    return {"PipelineExecutionArn": execution.arn}


@sagemaker.operation("DescribePipelineExecution", resource=_execution_resource)
def _describe_execution(request: Request) -> dict[str, Any]:
    return _started(request).description


@sagemaker.operation("ListPipelineExecutions", resource=_resource)
def _list_executions(request: Request) -> dict[str, Any]:
    pipeline = pipelines.get(request.account, request.region, _name(request))
    described = [
        {**started.description, "StartTime": started.execution.created}
        for started in pipeline.executions.values()
    ]
    found, rest = listed(
        request, described, name="PipelineExecutionArn", created="StartTime", descending=True
    )
    shown = ("PipelineExecutionArn", "StartTime", "PipelineExecutionStatus", "PipelineExecutionDescription",
             "PipelineExecutionDisplayName")  # fmt: skip
    summaries = [
        {key: each[key] for key in shown if key in each}
        | ({"PipelineExecutionFailureReason": each["FailureReason"]} if "FailureReason" in each else {})
        for each in found
    ]
    return {"PipelineExecutionSummaries": summaries, **rest}


@sagemaker.operation("ListPipelineExecutionSteps", resource=_execution_resource)
def _list_steps(request: Request) -> dict[str, Any]:
    steps = _started(request).execution.steps()
    found, rest = listed(request, steps, name="StepName", created="StartTime", descending=True)
    return {"PipelineExecutionSteps": found, **rest}


@sagemaker.operation("DescribePipelineDefinitionForExecution", resource=_execution_resource)
def _describe_definition(request: Request) -> dict[str, Any]:
    started = _started(request)
    return {"PipelineDefinition": started.definition_text, "CreationTime": started.execution.created}


@sagemaker.operation("ListPipelineParametersForExecution", resource=_execution_resource)
def _list_parameters(request: Request) -> dict[str, Any]:
    found, rest = page(request, list(_started(request).request.get("PipelineParameters", [])))
    return {"PipelineParameters": found, **rest}


@sagemaker.operation("StopPipelineExecution", resource=_execution_resource)
def _stop(request: Request) -> dict[str, Any]:
    started = _started(request)
    started.execution.stop()
    return {"PipelineExecutionArn": started.execution.arn}
