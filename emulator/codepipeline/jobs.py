"""Jobs: what CodePipeline hands to a worker, and the answer it waits for.

A worker answers by the id of its job, with PutJobSuccessResult or PutJobFailureResult
(https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutJobSuccessResult.html). IAM knows no
resource for these operations: whoever of the account may call them, and knows the id, may answer.
"""

import threading
import uuid
from collections.abc import Mapping
from typing import Any

from emulator.codepipeline.service import codepipeline
from emulator.core.service import NotOfferedError, Request, ServiceError

MAXIMUM_OUTPUT_BYTES = 122_880
"""Of the output variables of one action
(https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html)."""

JobAnswer = Mapping[str, Any]
"""The parameters of PutJobSuccessResult or PutJobFailureResult; the latter has `failureDetails`."""


class Job:
    """A job that waits for its worker's answer.

    Attributes:
        identifier: What the worker names.
        account: Who may answer.
    """

    def __init__(self, account: str) -> None:
        """Describe a job."""
        self.identifier = str(uuid.uuid4())
        self.account = account
        self._answer: JobAnswer | None = None
        self._changed = threading.Condition()

    def wait(self, seconds: float) -> JobAnswer | None:
        """Wait for the answer; None if there is none yet."""
        with self._changed:
            self._changed.wait_for(lambda: self._answer is not None, seconds)
            return self._answer

    def answer(self, given: JobAnswer) -> None:
        """Take the answer.

        Raises:
            ServiceError: There is one already.
        """
        with self._changed:
            if self._answer is not None:
                raise ServiceError(
                    "InvalidJobStateException", f"The job {self.identifier} has been answered already"
                )
            self._answer = given
            self._changed.notify_all()


_jobs: dict[str, Job] = {}


def open_job(account: str) -> Job:
    """Make a job for whoever of an account does it."""
    job = Job(account)
    _jobs[job.identifier] = job
    return job


def close_job(job: Job) -> None:
    """Take no answer any more."""
    del _jobs[job.identifier]


@codepipeline.operation("PutJobSuccessResult")
def _put_success(request: Request) -> dict[str, Any]:
    if "continuationToken" in request.parameters:
        raise NotOfferedError("jobs that go on (continuationToken)")
    outputs = request.parameters.get("outputVariables", {})
    size = sum(len(name.encode()) + len(value.encode()) for name, value in outputs.items())
    if size > MAXIMUM_OUTPUT_BYTES:
        raise ServiceError(
            "OutputVariablesSizeExceededException",
            f"The output variables have {size} of {MAXIMUM_OUTPUT_BYTES} bytes",
        )
    _find(request).answer(request.parameters)
    return {}


@codepipeline.operation("PutJobFailureResult")
def _put_failure(request: Request) -> dict[str, Any]:
    _find(request).answer(request.parameters)
    return {}


def _find(request: Request) -> Job:
    job = _jobs.get(request.parameters["jobId"])
    if job is None or job.account != request.account:
        raise ServiceError("JobNotFoundException", f"There is no job {request.parameters['jobId']}")
    return job
