"""The promotion function from outside: its deliveries, and the processes it runs in."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import psutil

from rehearsal.story import ActError, Story, built


def deliver(story: Story, arn: str, times: int) -> None:
    """Start the function with the approval of a version, several times at once, and wait for all its answers.

    Raises:
        ActError: It failed on one of them.
    """
    event = {
        "version": "0",
        "id": "00000000-0000-4000-8000-000000000000",
        "detail-type": "SageMaker Model Package State Change",
        "source": "aws.sagemaker",
        "account": story.accounts.account_id("development"),
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "region": story.accounts.settings.region,
        "resources": [arn],
        "detail": {
            "ModelPackageGroupName": built(story.build_project).names.title,
            "ModelPackageArn": arn,
            "ModelApprovalStatus": "Approved",
            "UpdatedModelPackageFields": ["ModelApprovalStatus"],
        },
    }
    function = story.accounts.administrator("shared_services", "lambda")

    def invoke(_: int) -> str:
        answer = function.invoke(
            FunctionName=story.accounts.names.promotion_function, Payload=json.dumps(event).encode()
        )
        body: str = answer["Payload"].read().decode()
        return body if "FunctionError" in answer else ""

    with ThreadPoolExecutor(times) as pool:
        failures = [answer for answer in pool.map(invoke, range(times)) if answer]
    if failures:
        raise ActError(f"{len(failures)} of {times} deliveries failed: {failures[0]}")


def processes(story: Story) -> list[psutil.Process]:
    """The processes in which the function runs, or has run and waits for work."""
    # The emulator unpacks each function into a folder that carries its name.
    mark = f"lambda-{story.accounts.names.promotion_function}-"
    return [process for process in psutil.Process().children(recursive=True) if mark in _command(process)]


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
