"""Pipelines: a definition is kept, and its executions run real jobs on the pipeline's role."""

import json
import time
from collections.abc import Mapping
from typing import Any

import pytest

from tests.emulator.sagemaker_support import (
    IMAGE,
    SAGEMAKER,
    WITHOUT_INDEX,
    archive,
    execution_role,
    make_bucket,
    put,
    refused,
    settled,
    unique,
)
from tests.emulator.support import Emulator, allow, trust
from tests.hangs import HANGS

PREPROCESS = """
import os, pathlib
base = pathlib.Path(os.environ["SAGEMAKER_BASE_DIR"], "processing")
(base / "train" / "train.csv").write_text((base / "input" / "data.csv").read_text())
"""

TRAIN = """
import os, pathlib
rows = pathlib.Path(os.environ["SM_CHANNEL_TRAIN"], "train.csv").read_text().split()
pathlib.Path(os.environ["SM_MODEL_DIR"], "model.txt").write_text(str(sum(map(int, rows))))
"""

EVALUATE = """
import json, os, pathlib, tarfile
base = pathlib.Path(os.environ["SAGEMAKER_BASE_DIR"], "processing")
with tarfile.open(base / "model" / "model.tar.gz") as archive:
    value = int(archive.extractfile("model.txt").read())
(base / "evaluation" / "evaluation.json").write_text(json.dumps({"metrics": {"sum": {"value": value}}}))
"""

WAIT = "import time\ntime.sleep(60)\n"
CLUSTER = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 10}


def get(reference: str) -> dict[str, str]:
    return {"Get": reference}


def join(*values: Any) -> dict[str, Any]:
    return {"Std:Join": {"On": "/", "Values": list(values)}}


def processing(
    name: str, role: str, script: str, inputs: Mapping[str, Any], output: str, **fields: Any
) -> dict[str, Any]:
    """A processing step whose script is `code/<script>.py` of the pipeline's bucket."""
    bucket = fields.pop("bucket")
    sources = {"code": f"s3://{bucket}/code/{script}.py", **inputs}
    target = join(f"s3://{bucket}/runs", get("Execution.PipelineExecutionId"), output)
    place = {"S3Uri": target, "LocalPath": f"/opt/ml/processing/{output}", "S3UploadMode": "EndOfJob"}
    return {
        "Name": name,
        "Type": "Processing",
        "Arguments": {
            "RoleArn": role,
            "AppSpecification": {
                "ImageUri": IMAGE,
                "ContainerEntrypoint": ["python3", f"/opt/ml/processing/code/{script}.py"],
            },
            "ProcessingInputs": [
                {
                    "InputName": key,
                    "S3Input": {
                        "S3Uri": uri,
                        "LocalPath": f"/opt/ml/processing/{key}",
                        "S3DataType": "S3Prefix",
                        "S3InputMode": "File",
                    },
                }
                for key, uri in sources.items()
            ],
            "ProcessingOutputConfig": {"Outputs": [{"OutputName": output, "S3Output": place}]},
            "ProcessingResources": {"ClusterConfig": CLUSTER},
        },
        **fields,
    }


class Workshop:
    """A bucket, a role, a model package group, and a pipeline over them."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.sagemaker = emulator.client("sagemaker")
        self.bucket = make_bucket(emulator)
        self.group = unique("group")
        self.sagemaker.create_model_package_group(ModelPackageGroupName=self.group)
        scripts = {"preprocess": PREPROCESS, "evaluate": EVALUATE, "wait": WAIT}
        for name, text in scripts.items():
            put(emulator, self.bucket, f"code/{name}.py", text)
        put(emulator, self.bucket, "code/sourcedir.tar.gz", archive({"train.py": TRAIN}))
        put(emulator, self.bucket, "data.csv", "1\n2\n3\n")
        self.role = self.make_role()

    def make_role(self, *leaving_out: str) -> str:
        """The pipeline's role, which is also its jobs', without some actions."""
        actions = {
            "sagemaker:AddTags",
            "sagemaker:CreateProcessingJob",
            "sagemaker:CreateTrainingJob",
            "sagemaker:CreateModelPackage",
            "iam:PassRole",
        } - set(leaving_out)
        return execution_role(self.emulator, self.bucket, allow(sorted(actions)))

    def definition(self, role: str | None = None, **parameters: Any) -> str:
        role = role or self.role
        cached = {"CacheConfig": {"Enabled": True, "ExpireAfter": "P1D"}, "bucket": self.bucket}
        source = f"s3://{self.bucket}/code/sourcedir.tar.gz"
        train_uri = get("Steps.Preprocess.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri")
        artifact = get("Steps.Train.ModelArtifacts.S3ModelArtifacts")
        train = {
            "Name": "Train",
            "Type": "Training",
            "CacheConfig": cached["CacheConfig"],
            "Arguments": {
                "RoleArn": role,
                "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
                "Environment": WITHOUT_INDEX,
                "HyperParameters": {
                    "sagemaker_program": "train.py",
                    "sagemaker_submit_directory": source,
                },
                "InputDataConfig": [
                    {
                        "ChannelName": "train",
                        "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": train_uri}},
                    }
                ],
                "OutputDataConfig": {"S3OutputPath": f"s3://{self.bucket}/models"},
                "ResourceConfig": CLUSTER,
                "StoppingCondition": {"MaxRuntimeInSeconds": 600},
            },
        }
        report = {"PropertyFileName": "Report", "OutputName": "evaluation", "FilePath": "evaluation.json"}
        value = {
            "Std:JsonGet": {
                "PropertyFile": get("Steps.Evaluate.PropertyFiles.Report"),
                "Path": "metrics.sum.value",
            }
        }
        register = {
            "Name": "Register",
            "Type": "RegisterModel",
            "Arguments": {
                "ModelPackageGroupName": self.group,
                "InferenceSpecification": {
                    "Containers": [{"Image": IMAGE, "ModelDataUrl": artifact}],
                    "SupportedContentTypes": ["text/csv"],
                    "SupportedResponseMIMETypes": ["text/csv"],
                },
                "CustomerMetadataProperties": {
                    "execution": get("Execution.PipelineExecutionArn"),
                    "sum": {"Std:Join": {"On": "", "Values": [value]}},
                },
            },
        }
        too_low = {
            "Name": "TooLow",
            "Type": "Fail",
            "Arguments": {"ErrorMessage": {"Std:Join": {"On": " ", "Values": ["The sum is", value]}}},
        }
        check = {
            "Name": "Check",
            "Type": "Condition",
            "Arguments": {
                "Conditions": [
                    {
                        "Type": "GreaterThanOrEqualTo",
                        "LeftValue": value,
                        "RightValue": get("Parameters.Minimum"),
                    }
                ],
                "IfSteps": [register],
                "ElseSteps": [too_low],
            },
        }
        return json.dumps(
            {
                "Version": "2020-12-01",
                "Parameters": [
                    {"Name": "Minimum", "Type": "Float", "DefaultValue": 5.5},
                    {"Name": "Input", "Type": "String", "DefaultValue": f"s3://{self.bucket}/data.csv"},
                ],
                "Steps": [
                    processing(
                        "Preprocess",
                        role,
                        "preprocess",
                        {"input": get("Parameters.Input")},
                        "train",
                        **cached,
                    ),
                    train,
                    processing(
                        "Evaluate",
                        role,
                        "evaluate",
                        {"model": artifact},
                        "evaluation",
                        bucket=self.bucket,
                        PropertyFiles=[report],
                    ),
                    check,
                ],
                **parameters,
            }
        )

    def pipeline(self, definition: str | None = None, role: str | None = None) -> str:
        """Create a pipeline and return its name."""
        name = unique("pipeline")
        self.sagemaker.create_pipeline(
            PipelineName=name,
            ClientRequestToken=unique("create-token-of-a-pipeline"),
            RoleArn=role or self.role,
            PipelineDefinition=definition or self.definition(role),
        )
        return name

    def run(self, pipeline: str, **parameters: str) -> "Run":
        """Execute a pipeline to its end."""
        given = [{"Name": key, "Value": value} for key, value in parameters.items()]
        arn = self.sagemaker.start_pipeline_execution(PipelineName=pipeline, PipelineParameters=given)
        return self.finished(arn["PipelineExecutionArn"])

    def finished(self, arn: str) -> "Run":
        described = settled(
            lambda: self.sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn),
            "PipelineExecutionStatus",
            ("Executing", "Stopping"),
        )
        steps = self.sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn, SortOrder="Ascending")
        return Run(described, {step["StepName"]: step for step in steps["PipelineExecutionSteps"]})


class Run:
    """An execution that has ended."""

    def __init__(self, described: Mapping[str, Any], steps: dict[str, Any]) -> None:
        self.arn = described["PipelineExecutionArn"]
        self.status = described["PipelineExecutionStatus"]
        self.reason = described.get("FailureReason", "")
        self.steps = steps

    @property
    def statuses(self) -> dict[str, str]:
        return {name: step["StepStatus"] for name, step in self.steps.items()}


@pytest.fixture(scope="module")
def workshop(emulator: Emulator) -> Workshop:
    return Workshop(emulator)


def test_an_execution_runs_from_data_to_a_registered_version(workshop: Workshop) -> None:
    run = workshop.run(workshop.pipeline())
    assert run.status == "Succeeded", run.steps
    assert run.statuses == dict.fromkeys(
        ("Preprocess", "Train", "Evaluate", "Check", "Register"), "Succeeded"
    )
    assert run.steps["Check"]["Metadata"]["Condition"]["Outcome"] == "True"
    version = workshop.sagemaker.describe_model_package(
        ModelPackageName=run.steps["Register"]["Metadata"]["RegisterModel"]["Arn"]
    )
    assert version["ModelApprovalStatus"] == "PendingManualApproval"
    assert version["CustomerMetadataProperties"] == {"execution": run.arn, "sum": "6"}
    job = run.steps["Train"]["Metadata"]["TrainingJob"]["Arn"]
    tags = {tag["Key"]: tag["Value"] for tag in workshop.sagemaker.list_tags(ResourceArn=job)["Tags"]}
    assert tags == {"sagemaker:pipeline-execution-arn": run.arn, "sagemaker:pipeline-step-name": "Train"}


def test_equal_steps_are_reused_and_others_run_again(workshop: Workshop) -> None:
    pipeline = workshop.pipeline()
    first, second = workshop.run(pipeline), workshop.run(pipeline)
    changed = workshop.run(
        pipeline, Input=put(workshop.emulator, workshop.bucket, "more/data.csv", "10\n20\n")
    )
    assert second.steps["Train"]["CacheHitResult"] == {"SourcePipelineExecutionArn": first.arn}
    assert second.steps["Train"]["Metadata"] == first.steps["Train"]["Metadata"]
    assert [name for name, step in second.steps.items() if "CacheHitResult" in step] == [
        "Preprocess",
        "Train",
    ]
    assert [name for name, step in changed.steps.items() if "CacheHitResult" in step] == []


def test_a_fail_step_ends_the_execution_with_its_message(workshop: Workshop) -> None:
    run = workshop.run(workshop.pipeline(), Minimum="7")
    assert (run.status, run.reason) == ("Failed", "Step failure: One or multiple steps failed.")
    assert run.steps["TooLow"]["FailureReason"] == "The sum is 6"
    assert "Register" not in run.steps


def test_a_failed_job_tells_why_and_stops_what_depends_on_it(workshop: Workshop) -> None:
    uri = put(workshop.emulator, workshop.bucket, "text/data.csv", "one\ntwo\n")
    run = workshop.run(workshop.pipeline(), Input=uri)
    assert run.status == "Failed"
    assert run.statuses == {"Preprocess": "Succeeded", "Train": "Failed"}
    assert "ValueError: invalid literal for int() with base 10: 'one'" in run.steps["Train"]["FailureReason"]


@pytest.mark.parametrize(
    ("action", "step"),
    [
        ("sagemaker:CreateProcessingJob", "Preprocess"),
        ("iam:PassRole", "Preprocess"),
        ("sagemaker:AddTags", "Preprocess"),
        ("sagemaker:CreateTrainingJob", "Train"),
        ("sagemaker:CreateModelPackage", "Register"),
    ],
)
def test_steps_have_no_more_rights_than_the_pipelines_role(
    workshop: Workshop, action: str, step: str
) -> None:
    run = workshop.run(workshop.pipeline(role=workshop.make_role(action)))
    assert run.statuses[step] == "Failed"
    assert f"is not authorized to perform: {action} on resource" in run.steps[step]["FailureReason"]


def test_a_role_that_does_not_trust_sagemaker_fails_the_execution(workshop: Workshop) -> None:
    role = workshop.emulator.role(allow("s3:*"), trusting=trust(Service="ec2.amazonaws.com"))
    run = workshop.run(workshop.pipeline(role=role))
    assert run.status == "Failed"
    assert f"{SAGEMAKER} is not authorized to perform: sts:AssumeRole" in run.reason


def test_arguments_are_checked_as_the_api_checks_them(workshop: Workshop) -> None:
    definition = json.loads(workshop.definition())
    definition["Steps"][1]["Arguments"]["HyperParameters"]["max_depth"] = 3
    run = workshop.run(workshop.pipeline(json.dumps(definition)))
    assert run.statuses["Train"] == "Failed"
    assert "Invalid type for parameter HyperParameters.max_depth" in run.steps["Train"]["FailureReason"]


def test_independent_steps_run_at_the_same_time_and_an_execution_is_stopped(workshop: Workshop) -> None:
    steps = [
        processing(name, workshop.role, "wait", {}, "nothing", bucket=workshop.bucket)
        for name in ("One", "Two")
    ]
    pipeline = workshop.pipeline(json.dumps({"Version": "2020-12-01", "Steps": steps}))
    arn = workshop.sagemaker.start_pipeline_execution(PipelineName=pipeline)["PipelineExecutionArn"]
    deadline = time.monotonic() + HANGS
    while time.monotonic() < deadline:
        found = workshop.sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)[
            "PipelineExecutionSteps"
        ]
        if len(found) == 2 and all("Metadata" in step for step in found):
            break
        time.sleep(0.02)
    workshop.sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn, ClientRequestToken=unique("t" * 30))
    run = workshop.finished(arn)
    assert run.status == "Stopped"
    assert run.statuses == {"One": "Stopped", "Two": "Stopped"}


def test_a_step_that_outlasts_its_time_stops_the_execution(workshop: Workshop) -> None:
    step = processing("Wait", workshop.role, "wait", {}, "nothing", bucket=workshop.bucket)
    step["Arguments"]["StoppingCondition"] = {"MaxRuntimeInSeconds": 1}
    after = {"Name": "After", "Type": "Fail", "Arguments": {"ErrorMessage": "Never"}, "DependsOn": ["Wait"]}
    run = workshop.run(workshop.pipeline(json.dumps({"Version": "2020-12-01", "Steps": [step, after]})))
    assert (run.status, run.statuses) == ("Stopped", {"Wait": "Stopped"})


def test_a_pipeline_is_kept_updated_and_deleted(workshop: Workshop) -> None:
    sagemaker, name = workshop.sagemaker, workshop.pipeline()
    run = workshop.run(name, Minimum="7")
    changed = workshop.definition(Parameters=[{"Name": "Minimum", "Type": "Float", "DefaultValue": 1}, {
        "Name": "Input", "Type": "String", "DefaultValue": f"s3://{workshop.bucket}/data.csv"}])  # fmt: skip
    sagemaker.update_pipeline(PipelineName=name, PipelineDefinition=changed, PipelineDescription="Changed")
    described = sagemaker.describe_pipeline(PipelineName=name)
    assert (described["PipelineDefinition"], described["PipelineDescription"]) == (changed, "Changed")
    assert described["RoleArn"] == workshop.role
    old = sagemaker.describe_pipeline_definition_for_execution(PipelineExecutionArn=run.arn)
    assert old["PipelineDefinition"] == workshop.definition()
    given = sagemaker.list_pipeline_parameters_for_execution(PipelineExecutionArn=run.arn)
    assert given["PipelineParameters"] == [{"Name": "Minimum", "Value": "7"}]
    listed = sagemaker.list_pipeline_executions(PipelineName=name)["PipelineExecutionSummaries"]
    assert [each["PipelineExecutionArn"] for each in listed] == [run.arn]
    assert name in [
        each["PipelineName"]
        for each in sagemaker.list_pipelines(PipelineNamePrefix=name)["PipelineSummaries"]
    ]
    sagemaker.delete_pipeline(PipelineName=name, ClientRequestToken=unique("delete-token-of-a-pipeline"))
    assert refused(sagemaker.describe_pipeline, PipelineName=name)[0] == "ResourceNotFound"


def test_a_request_token_starts_one_execution(workshop: Workshop) -> None:
    steps = [{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "Enough"}}]
    name = workshop.pipeline(json.dumps({"Version": "2020-12-01", "Steps": steps}))
    token = unique("start-token-of-an-execution")
    started = [
        workshop.sagemaker.start_pipeline_execution(PipelineName=name, ClientRequestToken=token)
        for _ in range(2)
    ]
    assert started[0]["PipelineExecutionArn"] == started[1]["PipelineExecutionArn"]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        pytest.param({"Nope": "1"}, "has no parameter Nope", id="unknown"),
        pytest.param({"Minimum": "much"}, "of type Float", id="of another type"),
    ],
)
def test_parameters_are_checked_before_anything_starts(
    workshop: Workshop, parameters: dict[str, str], message: str
) -> None:
    name = workshop.pipeline()
    given = [{"Name": key, "Value": value} for key, value in parameters.items()]
    start = workshop.sagemaker.start_pipeline_execution
    assert message in refused(start, PipelineName=name, PipelineParameters=given)[1]


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("start_pipeline_execution", {}),
        ("update_pipeline", {"PipelineDescription": "Changed"}),
        ("describe_pipeline", {}),
        ("list_pipeline_executions", {}),
    ],
)
def test_who_may_use_a_pipeline(workshop: Workshop, operation: str, arguments: dict[str, str]) -> None:
    name = workshop.pipeline()
    stranger = workshop.emulator.client(
        "sagemaker", role=workshop.emulator.role(allow("sagemaker:ListPipelines"))
    )
    code, message = refused(getattr(stranger, operation), PipelineName=name, **arguments)
    assert code == "AccessDeniedException"
    assert f":pipeline/{name}" in message
