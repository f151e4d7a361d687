"""The templates of both stages, as the build writes them."""

import json
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

import app
from conftest import ENVIRONMENT
from deploy.configuration import StageConfiguration
from deploy.project import StageName
from templates import ACCOUNTS, TITLE, Templates, read, resource


def model(template: dict[str, Any]) -> dict[str, Any]:
    return resource(template, "AWS::SageMaker::Model")


def schedule(template: dict[str, Any]) -> dict[str, Any]:
    return resource(template, "AWS::Scheduler::Schedule")


def job(template: dict[str, Any]) -> dict[str, Any]:
    """The request that the schedule makes, once CloudFormation has filled in what it knows."""
    ((_, (separator, parts)),) = schedule(template)["Target"]["Input"].items()
    # What CloudFormation fills in is the partition, and the name of the model.
    texts = [part if isinstance(part, str) else part.get("Fn::GetAtt", ["aws"])[0] for part in parts]
    request: dict[str, Any] = json.loads(separator.join(texts))
    return request


def test_each_stage_gets_its_own_configuration(templates: Templates, stage: StageName) -> None:
    configuration = StageConfiguration.load(stage)
    template = templates[stage]
    assert schedule(template)["ScheduleExpression"] == configuration.schedule
    assert schedule(template)["ScheduleExpressionTimezone"] == configuration.time_zone
    assert schedule(template)["State"] == ("ENABLED" if configuration.enabled else "DISABLED")
    assert model(template)["EnableNetworkIsolation"] is configuration.network_isolation
    assert job(template)["TransformResources"] == {
        "InstanceType": configuration.instance_type,
        "InstanceCount": configuration.instance_count,
    }


def test_only_production_runs_on_schedule_from_the_beginning(templates: Templates) -> None:
    states = {stage: schedule(template)["State"] for stage, template in templates.items()}
    assert states == {"test": "DISABLED", "production": "ENABLED"}


def test_the_schedule_starts_the_version_that_was_approved(templates: Templates, stage: StageName) -> None:
    template = templates[stage]
    assert model(template)["Containers"] == [{"ModelPackageName": ENVIRONMENT["MODEL_PACKAGE_ARN"]}]
    ((logical_id, _),) = [
        pair for pair in template["Resources"].items() if pair[1]["Type"] == "AWS::SageMaker::Model"
    ]
    assert job(template)["ModelName"] == logical_id
    assert schedule(template)["Target"]["Arn"] == "arn:aws:scheduler:::aws-sdk:sagemaker:createTransformJob"


def test_the_request_is_one_that_sagemaker_takes(templates: Templates, stage: StageName) -> None:
    service = botocore.session.get_session().get_service_model("sagemaker")
    shape = service.operation_model("CreateTransformJob").input_shape
    report = ParamValidator().validate(job(templates[stage]), shape)
    assert report.generate_report() == ""


@pytest.mark.parametrize("execution", ["d32c5kddcf5bb8c3", "0a1b2c3d-0000-4111-8222-333333333333"])
def test_the_name_of_a_job_fits_with_the_longest_project_id(templates: Templates, execution: str) -> None:
    name = job(templates["test"])["TransformJobName"].replace("<aws.scheduler.execution-id>", execution)
    assert name.endswith(execution)
    assert len(name) <= 63


def test_input_and_output_are_the_projects_folders(templates: Templates, stage: StageName) -> None:
    request = job(templates[stage])
    folder = f"s3://acme-ml-batch-{ACCOUNTS[stage]}-eu-west-1/{TITLE}"
    assert request["TransformInput"]["DataSource"]["S3DataSource"] == {
        "S3DataType": "S3Prefix",
        "S3Uri": f"{folder}/input/",
    }
    assert request["TransformOutput"]["S3OutputPath"] == f"{folder}/output/"
    key = f"arn:aws:kms:eu-west-1:{ACCOUNTS[stage]}:alias/acme-ml-batch"
    assert request["TransformOutput"]["KmsKeyId"] == key


def test_a_stage_stays_in_its_account(templates: Templates, stage: StageName) -> None:
    account = ACCOUNTS[stage]
    (other,) = set(ACCOUNTS.values()) - {account}
    assert other not in json.dumps(templates[stage])
    roles = (model(templates[stage])["ExecutionRoleArn"], schedule(templates[stage])["Target"]["RoleArn"])
    expected = [
        {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, f":iam::{account}:role/acme-ml-{name}"]]}
        for name in ("batch-transform", "batch-schedule")
    ]
    assert list(roles) == expected


def test_model_and_jobs_are_tagged(templates: Templates, stage: StageName) -> None:
    tags = [
        {"Key": "sagemaker:project-id", "Value": ENVIRONMENT["SAGEMAKER_PROJECT_ID"]},
        {"Key": "sagemaker:project-name", "Value": ENVIRONMENT["SAGEMAKER_PROJECT_NAME"]},
    ]
    assert model(templates[stage])["Tags"] == tags
    assert sorted(job(templates[stage])["Tags"], key=str) == tags


def test_what_is_replaced_has_no_fixed_name(templates: Templates, stage: StageName) -> None:
    """CloudFormation cannot replace a resource with a name of its own."""
    assert "ModelName" not in model(templates[stage])


def test_folders_of_ones_own_take_the_place_of_the_projects(
    project: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = StageConfiguration.load("test").model_copy(
        update={"input_uri": "s3://acme-data/in/", "output_uri": "s3://acme-data/out/"}
    )
    monkeypatch.setattr(StageConfiguration, "load", lambda stage: own)
    monkeypatch.setenv("CDK_OUTDIR", str(tmp_path))
    assert app.main() == 0
    request = job(read(tmp_path, "test"))
    assert request["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"] == "s3://acme-data/in/"
    assert request["TransformOutput"]["S3OutputPath"] == "s3://acme-data/out/"
    assert "KmsKeyId" not in request["TransformOutput"]
