"""The query's step in the definition of the pipeline."""

import json
from typing import Any

import botocore.validate

import test_pipeline as pipeline
from pipelines.source import Source

# Fixtures that hold for each test here, too: a build's variables, and no call to AWS.
environment, calls = pipeline.environment, pipeline.calls


def step(name: str) -> dict[str, Any]:
    found: dict[str, Any] = pipeline.steps_by_name(pipeline.definition())[name]["Arguments"]
    return found


def test_the_query_comes_before_all_else() -> None:
    assert next(iter(pipeline.steps_by_name(pipeline.definition()))) == "Query"


def test_its_arguments_are_those_of_a_processing_job() -> None:
    parameters = {
        item["Name"]: item["DefaultValue"] for item in json.loads(pipeline.definition())["Parameters"]
    }
    arguments = pipeline.resolved(step("Query"), parameters) | {"ProcessingJobName": "given"}
    shape = pipeline.session().client("sagemaker").meta.service_model.operation_model("CreateProcessingJob")
    report = botocore.validate.ParamValidator().validate(arguments, shape.input_shape)
    assert not report.has_errors(), report.generate_report()


def test_it_is_told_the_source_as_a_parameter_and_what_belongs_to_the_project() -> None:
    arguments = step("Query")["AppSpecification"]["ContainerArguments"]
    assert dict(zip(arguments[::2], arguments[1::2], strict=True)) == {
        "--source": {"Get": "Parameters.InputDataUri"},
        "--database": "project_p_abcdefghijkl",
        "--work-group": "flowers",
        "--unload-to": "s3://flowers-bucket/runs/unloaded",
        "--region": "eu-west-1",
    }


def test_what_it_keeps_is_encrypted_and_what_preprocess_reads() -> None:
    kept = step("Query")["ProcessingOutputConfig"]
    assert kept["KmsKeyId"] == pipeline.ENVIRONMENT["KMS_KEY_ARN"]
    (output,) = kept["Outputs"]
    assert output["OutputName"] == "queried"
    (data,) = (
        item["S3Input"]["S3Uri"]
        for item in step("Preprocess")["ProcessingInputs"]
        if item["InputName"] == "data"
    )
    # With a slash at its end: that folder, and none that begins alike.
    assert data == {
        "Std:Join": {
            "On": "/",
            "Values": [
                {"Get": "Steps.Query.ProcessingOutputConfig.Outputs['queried'].S3Output.S3Uri"},
                "",
            ],
        }
    }


def test_the_query_goes_along_with_the_scripts() -> None:
    files = Source.pack().files
    assert "query.sql" in files
    assert "query.py" in files
