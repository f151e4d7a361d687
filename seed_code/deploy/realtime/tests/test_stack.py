"""The templates of both stages, as the build writes them."""

import json
from pathlib import Path
from typing import Any

import pytest

import app
from conftest import ENVIRONMENT
from deploy.configuration import StageConfiguration
from deploy.project import StageName
from templates import ACCOUNTS, TITLE, Templates, read
from templates import resource as properties_of


def resource(template: dict[str, Any], kind: str) -> dict[str, Any]:
    """The properties of the one resource of a type of SageMaker."""
    return properties_of(template, f"AWS::SageMaker::{kind}")


def test_each_stage_gets_its_own_configuration(templates: Templates, stage: StageName) -> None:
    configuration = StageConfiguration.load(stage)
    endpoint_configuration = resource(templates[stage], "EndpointConfig")
    (variant,) = endpoint_configuration["ProductionVariants"]
    assert variant["InstanceType"] == configuration.instance_type
    assert variant["InitialInstanceCount"] == configuration.instance_count
    assert resource(templates[stage], "Model")["EnableNetworkIsolation"] is configuration.network_isolation
    capture = endpoint_configuration["DataCaptureConfig"]
    assert capture["InitialSamplingPercentage"] == configuration.data_capture_percentage


def test_the_stages_differ_as_their_files_do(templates: Templates) -> None:
    """Guards the test above: with equal files, it would pass whichever file were read."""
    assert StageConfiguration.load("test") != StageConfiguration.load("production")
    assert templates["test"] != templates["production"]


def test_both_stages_serve_the_same_version_under_the_same_name(
    templates: Templates, stage: StageName
) -> None:
    assert resource(templates[stage], "Model")["Containers"] == [
        {"ModelPackageName": ENVIRONMENT["MODEL_PACKAGE_ARN"]}
    ]
    assert resource(templates[stage], "Endpoint")["EndpointName"] == TITLE
    assert len(TITLE) == 53


def test_a_stage_stays_in_its_account(templates: Templates, stage: StageName) -> None:
    account = ACCOUNTS[stage]
    text = json.dumps(templates[stage])
    (other,) = set(ACCOUNTS.values()) - {account}
    assert account in text
    assert other not in text
    role = resource(templates[stage], "Model")["ExecutionRoleArn"]
    assert role == {
        "Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, f":iam::{account}:role/acme-ml-endpoint"]]
    }


def test_requests_and_answers_are_captured_encrypted(templates: Templates, stage: StageName) -> None:
    capture = resource(templates[stage], "EndpointConfig")["DataCaptureConfig"]
    account = ACCOUNTS[stage]
    assert capture["EnableCapture"] is True
    assert capture["DestinationS3Uri"] == f"s3://acme-ml-data-capture-{account}-eu-west-1/{TITLE}"
    assert {option["CaptureMode"] for option in capture["CaptureOptions"]} == {"Input", "Output"}
    key = f":kms:eu-west-1:{account}:alias/acme-ml-data-capture"
    assert capture["KmsKeyId"] == {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, key]]}


@pytest.mark.parametrize("kind", ["Model", "EndpointConfig", "Endpoint"])
def test_everything_is_tagged(templates: Templates, stage: StageName, kind: str) -> None:
    assert resource(templates[stage], kind)["Tags"] == [
        {"Key": "sagemaker:project-id", "Value": ENVIRONMENT["SAGEMAKER_PROJECT_ID"]},
        {"Key": "sagemaker:project-name", "Value": ENVIRONMENT["SAGEMAKER_PROJECT_NAME"]},
    ]


@pytest.mark.parametrize("kind", ["Model", "EndpointConfig"])
def test_what_is_replaced_has_no_fixed_name(templates: Templates, stage: StageName, kind: str) -> None:
    """CloudFormation cannot replace a resource with a name of its own."""
    assert f"{kind}Name" not in resource(templates[stage], kind)


def test_the_template_needs_no_bootstrap(templates: Templates, stage: StageName) -> None:
    assert set(templates[stage]) == {"Description", "Resources"}


def test_nothing_is_captured_at_zero_percent_and_isolation_can_be_left_out(
    project: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    none = StageConfiguration(
        instance_type="ml.m5.large", instance_count=1, data_capture_percentage=0, network_isolation=False
    )
    monkeypatch.setattr(StageConfiguration, "load", lambda stage: none)
    monkeypatch.setenv("CDK_OUTDIR", str(tmp_path))
    assert app.main() == 0
    template = read(tmp_path, "test")
    assert "DataCaptureConfig" not in resource(template, "EndpointConfig")
    assert resource(template, "Model")["EnableNetworkIsolation"] is False
