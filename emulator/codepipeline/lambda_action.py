"""The Lambda action of CodePipeline.

The function is invoked asynchronously, and only its answer, or its silence, ends the action:
https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Lambda.html.
"""

import json
import time
from typing import Any

from emulator.codepipeline.actions import ActionFailedError, ActionResult, ActionRun
from emulator.codepipeline.jobs import JobAnswer, close_job, open_job

# https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
ANSWER_SECONDS = 20 * 60

_LOOK_SECONDS = 0.5


def run_lambda(run: ActionRun) -> ActionResult:
    """Invoke a function, and take what it answers."""
    answer = _invoke(run)
    if failure := answer.get("failureDetails"):
        raise ActionFailedError(failure["message"], failure["type"])
    details = answer.get("executionDetails", {})
    if "externalExecutionId" in details:
        run.tell(details["externalExecutionId"], _url(run))
    return ActionResult(variables=dict(answer.get("outputVariables", {})), summary=details.get("summary", ""))


def _invoke(run: ActionRun) -> JobAnswer:
    """Invoke the function as one job, and wait for the answer."""
    job = open_job(run.account)
    try:
        event = {"CodePipeline.job": {"id": job.identifier, "accountId": job.account, "data": _data(run)}}
        answer = run.client("lambda").invoke(
            FunctionName=run.require("FunctionName"), InvocationType="Event", Payload=json.dumps(event)
        )
        run.tell(answer["ResponseMetadata"].get("RequestId", job.identifier), _url(run))
        end = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < end:
            run.check_abandoned()
            if given := job.wait(_LOOK_SECONDS):
                return given
    finally:
        close_job(job)
    raise ActionFailedError(
        f"{_subject(run)} failed to return a result within {ANSWER_SECONDS // 60} minutes. Check the "
        "function to verify that it has permission to call the PutJobSuccessResult action and that it made a "
        "call to PutJobSuccessResult."
    )


def _data(run: ActionRun) -> dict[str, Any]:
    """What a job tells its worker, but for credentials of the artifact store.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-invoke-lambda-function.html#actions-invoke-lambda-function-json-event-example
    """
    return {
        "actionConfiguration": {"configuration": dict(run.configuration)},
        "inputArtifacts": [],
        "outputArtifacts": [],
    }


def _subject(run: ActionRun) -> str:
    return f"The AWS Lambda function {run.require('FunctionName')}"


def _url(run: ActionRun) -> str:
    name = run.require("FunctionName")
    return f"https://{run.region}.console.aws.amazon.com/lambda/home?region={run.region}#/functions/{name}"
