"""A transform of the sample that was registered with the model version, by what the schedule would start."""

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from deploy import integration_test_role
from deploy.project import required
from deploy.sample import Sample

SECONDS_BETWEEN_LOOKS = float(os.environ.get("SECONDS_BETWEEN_LOOKS", "15"))
ENDED = ("Completed", "Failed", "Stopped")


@dataclass(frozen=True)
class Transform:
    """A transform job that has ended.

    Attributes:
        status: How.
        reason: Why it failed, if it did.
        seconds: How long it took.
        output: What it has written; nothing if it failed.
    """

    status: str
    reason: str
    seconds: float
    output: str


@pytest.fixture(scope="session")
def sample() -> Sample:
    """The sample of the model version, from the central registry."""
    return Sample.registered()


@pytest.fixture(scope="session")
def session() -> Any:
    """The session of the role that the stage's account keeps for these tests."""
    return integration_test_role.assume(os.environ)


@pytest.fixture(scope="session")
def scheduled(session: Any) -> dict[str, Any]:
    """The request that the schedule makes."""
    (name,) = required(os.environ, ["SCHEDULE_NAME"])
    found = session.client("scheduler").get_schedule(Name=name)
    request: dict[str, Any] = json.loads(found["Target"]["Input"])
    return request


@pytest.fixture(scope="session")
def transform(
    session: Any,
    scheduled: dict[str, Any],
    sample: Sample,
    record_testsuite_property: Callable[[str, object], None],
) -> Transform:
    """The same request for three rows of the sample, in a folder of its own."""
    prefix, account, project, identifier, region = required(
        os.environ,
        ["NAME_PREFIX", "STAGE_ACCOUNT_ID", "SAGEMAKER_PROJECT_NAME", "SAGEMAKER_PROJECT_ID", "AWS_REGION"],
    )
    bucket = f"{prefix}-batch-{account}-{region}"
    folder = f"integration-tests/{project}-{identifier}/{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}"
    job = f"{identifier}-test-{time.time_ns()}"
    session.client("s3").put_object(Bucket=bucket, Key=f"{folder}/input/rows.csv", Body=3 * f"{sample.row}\n")
    request = {**scheduled, "TransformJobName": job}
    request["TransformInput"] = {
        **request["TransformInput"],
        "ContentType": "text/csv",
        "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{bucket}/{folder}/input/"}},
    }
    request["TransformOutput"] = {
        "Accept": "application/json",
        "AssembleWith": "Line",
        "S3OutputPath": f"s3://{bucket}/{folder}/output/",
        "KmsKeyId": f"arn:aws:kms:{region}:{account}:alias/{prefix}-batch",
    }
    sagemaker = session.client("sagemaker")
    started = time.monotonic()
    sagemaker.create_transform_job(**request)
    details = sagemaker.describe_transform_job(TransformJobName=job)
    while details["TransformJobStatus"] not in ENDED:
        time.sleep(SECONDS_BETWEEN_LOOKS)
        details = sagemaker.describe_transform_job(TransformJobName=job)
    seconds = time.monotonic() - started
    record_testsuite_property("transform_seconds", round(seconds))
    status, output = details["TransformJobStatus"], ""
    if status == "Completed":
        written = session.client("s3").get_object(Bucket=bucket, Key=f"{folder}/output/rows.csv.out")
        output = written["Body"].read().decode()
    return Transform(status, details.get("FailureReason", ""), seconds, output)
