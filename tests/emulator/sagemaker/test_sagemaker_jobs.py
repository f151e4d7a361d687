"""Processing and training jobs: real scripts, with no more rights than their role has."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.emulator.sagemaker_support import (
    IMAGE,
    PULL,
    SAGEMAKER,
    UNKNOWN_IMAGE,
    WITHOUT_INDEX,
    archive,
    execution_role,
    make_bucket,
    names_in,
    put,
    read,
    refused,
    settled,
    unique,
)
from tests.emulator.support import Emulator, allow, trust

COUNT = """
import os, pathlib, sys
base = pathlib.Path(os.environ["SAGEMAKER_BASE_DIR"], "processing")
lines = sum(len(file.read_text().splitlines()) for file in (base / "input").rglob("*.csv"))
assert sys.argv[1] == str(base / "output"), sys.argv
text = f"{lines} {os.environ['UNIT']} {os.environ['OMP_NUM_THREADS']}"
pathlib.Path(sys.argv[1], "count.txt").write_text(text)
print("counted", lines)
"""

FAIL = """
print("reading")
raise ValueError("column price is missing")
"""

WAIT = """
import time
time.sleep(60)
"""

TRAIN = """
import argparse, json, os, pathlib
parser = argparse.ArgumentParser()
parser.add_argument("--max_depth", type=int)
parser.add_argument("--objective")
arguments = parser.parse_args()
rows = pathlib.Path(os.environ["SM_CHANNEL_TRAIN"], "train.csv").read_text().splitlines()
model = {"depth": arguments.max_depth, "objective": arguments.objective, "rows": len(rows),
         "hyperparameters": json.loads(os.environ["SM_HPS"]), "job": os.environ["TRAINING_JOB_NAME"]}
pathlib.Path(os.environ["SM_MODEL_DIR"], "model.json").write_text(json.dumps(model))
pathlib.Path(os.environ["SM_OUTPUT_DATA_DIR"], "log.txt").write_text("done")
"""


@pytest.fixture(scope="module")
def bucket(emulator: Emulator) -> str:
    name = make_bucket(emulator)
    for part in ("a", "b"):
        put(emulator, name, f"data/{part}.csv", "1,2\n3,4\n")
    for script, text in {"count": COUNT, "fail": FAIL, "wait": WAIT}.items():
        put(emulator, name, f"code/{script}.py", text)
    put(emulator, name, "code/sourcedir.tar.gz", archive({"train.py": TRAIN}))
    put(emulator, name, "train/train.csv", "1\n2\n3\n")
    return name


@pytest.fixture(scope="module")
def role(emulator: Emulator, bucket: str) -> str:
    return execution_role(emulator, bucket)


def processing(bucket: str, role: str, script: str = "count", **fields: Any) -> dict[str, Any]:
    def source(name: str, key: str) -> dict[str, Any]:
        place = {
            "S3Uri": f"s3://{bucket}/{key}",
            "LocalPath": f"/opt/ml/processing/{name}",
            "S3DataType": "S3Prefix",
        }
        return {"InputName": name, "S3Input": place | {"S3InputMode": "File"}}

    output = {
        "S3Uri": f"s3://{bucket}/out",
        "LocalPath": "/opt/ml/processing/output",
        "S3UploadMode": "EndOfJob",
    }
    cluster = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 10}
    return {
        "ProcessingJobName": unique("count"),
        "RoleArn": role,
        "AppSpecification": {
            "ImageUri": IMAGE,
            "ContainerEntrypoint": ["python3", f"/opt/ml/processing/code/{script}.py"],
            "ContainerArguments": ["/opt/ml/processing/output"],
        },
        "Environment": {"UNIT": "rows"},
        "ProcessingInputs": [source("code", f"code/{script}.py"), source("input", "data/")],
        "ProcessingOutputConfig": {"Outputs": [{"OutputName": "count", "S3Output": output}]},
        "ProcessingResources": {"ClusterConfig": cluster},
        **fields,
    }


def training(bucket: str, role: str, **fields: Any) -> dict[str, Any]:
    uri = f"s3://{bucket}/train/"
    return {
        "TrainingJobName": unique("train"),
        "RoleArn": role,
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "Environment": WITHOUT_INDEX,
        "HyperParameters": {
            "max_depth": "3",
            "objective": json.dumps("reg:squarederror"),
            "sagemaker_program": json.dumps("train.py"),
            "sagemaker_submit_directory": json.dumps(f"s3://{bucket}/code/sourcedir.tar.gz"),
        },
        "InputDataConfig": [
            {"ChannelName": "train", "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}}}
        ],
        "OutputDataConfig": {"S3OutputPath": f"s3://{bucket}/models"},
        "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 10},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        **fields,
    }


def processed(emulator: Emulator, job: Mapping[str, Any]) -> Mapping[str, Any]:
    sagemaker = emulator.client("sagemaker")
    sagemaker.create_processing_job(**job)
    name = job["ProcessingJobName"]
    return settled(
        lambda: sagemaker.describe_processing_job(ProcessingJobName=name),
        "ProcessingJobStatus",
        ("InProgress",),
    )


def trained(emulator: Emulator, job: Mapping[str, Any]) -> Mapping[str, Any]:
    sagemaker = emulator.client("sagemaker")
    sagemaker.create_training_job(**job)
    name = job["TrainingJobName"]
    return settled(
        lambda: sagemaker.describe_training_job(TrainingJobName=name), "TrainingJobStatus", ("InProgress",)
    )


def test_processing_copies_in_runs_and_copies_out(emulator: Emulator, bucket: str, role: str) -> None:
    job = processing(bucket, role)
    described = processed(emulator, job)
    assert described["ProcessingJobStatus"] == "Completed", described.get("FailureReason")
    assert read(emulator, f"s3://{bucket}/out/count.txt") == b"4 rows 2"
    events = emulator.client("logs").filter_log_events(logGroupName="/aws/sagemaker/ProcessingJobs")["events"]
    name = job["ProcessingJobName"]
    # Jobs of other tests log into the same group.
    own = [event["message"] for event in events if event["logStreamName"].startswith(name)]
    assert own == ["counted 4"]


def test_training_runs_a_script_and_keeps_its_model(emulator: Emulator, bucket: str, role: str) -> None:
    job = training(bucket, role)
    described = trained(emulator, job)
    assert described["TrainingJobStatus"] == "Completed", described.get("FailureReason")
    artifact = described["ModelArtifacts"]["S3ModelArtifacts"]
    assert artifact == f"s3://{bucket}/models/{job['TrainingJobName']}/output/model.tar.gz"
    assert names_in(read(emulator, artifact)) == ["model.json"]
    assert names_in(read(emulator, artifact.replace("model.tar.gz", "output.tar.gz"))) == ["log.txt"]


@pytest.mark.parametrize(
    "variables",
    [
        pytest.param({}, id="neither"),
        pytest.param({"PIP_NO_BUILD_ISOLATION": "0", "PIP_NO_INDEX": "0"}, id="requirements of its own"),
    ],
)
def test_training_that_needs_a_package_index_fails(
    emulator: Emulator, bucket: str, role: str, variables: dict[str, str]
) -> None:
    needs = archive({"train.py": TRAIN, "requirements.txt": "tomli-w\n"})
    job = training(bucket, role, Environment={"PIP_RETRIES": "0"} | variables)
    if variables:
        source = put(emulator, bucket, "code/needs/sourcedir.tar.gz", needs)
        job["HyperParameters"]["sagemaker_submit_directory"] = json.dumps(source)
    described = trained(emulator, job)
    assert described["TrainingJobStatus"] == "Failed"
    assert described["FailureReason"].startswith("AlgorithmError: InstallModuleError: ")


def test_jobs_are_listed(emulator: Emulator, bucket: str, role: str) -> None:
    sagemaker = emulator.client("sagemaker")
    job = training(bucket, role)
    trained(emulator, job)
    found = sagemaker.list_training_jobs(NameContains=job["TrainingJobName"])["TrainingJobSummaries"]
    assert [(each["TrainingJobName"], each["TrainingJobStatus"]) for each in found] == [
        (job["TrainingJobName"], "Completed")
    ]
    assert sagemaker.list_training_jobs(StatusEquals="Failed", NameContains=job["TrainingJobName"])[
        "TrainingJobSummaries"
    ] == []  # fmt: skip


def test_a_failure_says_what_the_script_said_last(emulator: Emulator, bucket: str, role: str) -> None:
    described = processed(emulator, processing(bucket, role, "fail"))
    assert described["ProcessingJobStatus"] == "Failed"
    assert "ValueError: column price is missing, exit code: 1" in described["FailureReason"]


def test_a_job_is_stopped(emulator: Emulator, bucket: str, role: str) -> None:
    sagemaker = emulator.client("sagemaker")
    name = sagemaker.create_processing_job(**processing(bucket, role, "wait"))["ProcessingJobArn"].split("/")[
        1
    ]
    sagemaker.stop_processing_job(ProcessingJobName=name)
    described = settled(
        lambda: sagemaker.describe_processing_job(ProcessingJobName=name),
        "ProcessingJobStatus",
        ("InProgress", "Stopping"),
    )
    assert described["ProcessingJobStatus"] == "Stopped"


def test_a_job_ends_with_its_time(emulator: Emulator, bucket: str, role: str) -> None:
    job = processing(bucket, role, "wait", StoppingCondition={"MaxRuntimeInSeconds": 1})
    assert processed(emulator, job)["ProcessingJobStatus"] == "Stopped"


def test_an_unknown_image_fails_the_job(emulator: Emulator, bucket: str, role: str) -> None:
    specification = {"TrainingImage": UNKNOWN_IMAGE, "TrainingInputMode": "File"}
    described = trained(emulator, training(bucket, role, AlgorithmSpecification=specification))
    assert described["TrainingJobStatus"] == "Failed"
    assert f"No environment on this machine stands for image {UNKNOWN_IMAGE}" in described["FailureReason"]


@pytest.mark.parametrize(
    ("statements", "reason"),
    [
        pytest.param(
            [allow("ecr:*"), allow("s3:*", "arn:aws:s3:::another/*")], "s3:ListBucket", id="list the input"
        ),
        pytest.param(
            [allow("ecr:*"), allow(["s3:ListBucket", "s3:GetObject"])], "s3:PutObject", id="write the output"
        ),
        pytest.param([allow("s3:*")], "ecr:GetAuthorizationToken", id="pull the image"),
        pytest.param([allow("s3:*"), allow("ecr:GetAuthorizationToken")], PULL[0], id="pull this image"),
    ],
)
def test_a_job_has_no_more_rights_than_its_role(
    emulator: Emulator, bucket: str, statements: list[Any], reason: str
) -> None:
    role = emulator.role(*statements, trusting=trust(Service=SAGEMAKER))
    described = processed(emulator, processing(bucket, role))
    assert described["ProcessingJobStatus"] == "Failed"
    assert f"is not authorized to perform: {reason}" in described["FailureReason"]


def test_a_role_that_does_not_trust_sagemaker_fails_the_job(emulator: Emulator, bucket: str) -> None:
    described = processed(
        emulator, processing(bucket, execution_role(emulator, bucket, trusting="ec2.amazonaws.com"))
    )
    assert described["ProcessingJobStatus"] == "Failed"
    assert (
        "sagemaker.amazonaws.com is not authorized to perform: sts:AssumeRole" in described["FailureReason"]
    )


@pytest.mark.parametrize(
    ("allowed", "action"),
    [
        pytest.param(["logs:*"], "sagemaker:CreateProcessingJob", id="the operation"),
        pytest.param(["sagemaker:CreateProcessingJob"], "iam:PassRole", id="passing the role"),
        pytest.param(["sagemaker:CreateProcessingJob", "iam:PassRole"], "sagemaker:AddTags", id="tags"),
    ],
)
def test_who_may_create_a_job(
    emulator: Emulator, bucket: str, role: str, allowed: list[str], action: str
) -> None:
    caller = emulator.client("sagemaker", role=emulator.role(allow(allowed)))
    job = processing(bucket, role, Tags=[{"Key": "team", "Value": "churn"}])
    code, message = refused(caller.create_processing_job, **job)
    assert code == "AccessDeniedException"
    assert f"is not authorized to perform: {action} on resource" in message


def test_names_are_not_used_twice(emulator: Emulator, bucket: str, role: str) -> None:
    job = processing(bucket, role)
    processed(emulator, job)
    assert refused(emulator.client("sagemaker").create_processing_job, **job)[0] == "ResourceInUse"


def test_processing_stays_below_its_folder(emulator: Emulator, bucket: str, role: str) -> None:
    job = processing(bucket, role)
    job["ProcessingInputs"][0]["S3Input"]["LocalPath"] = "/etc"
    code, message = refused(emulator.client("sagemaker").create_processing_job, **job)
    assert code == "ValidationException"
    assert "LocalPath /etc must be /opt/ml/processing or a folder below it" in message
