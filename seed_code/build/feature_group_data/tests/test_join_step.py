"""The join's step in the definition of the pipeline."""

import functools
import json
from typing import Any

import test_pipeline as pipeline
from pipelines.source import Source

# Fixtures that hold for each test here, too: a build's variables, and no call to AWS.
environment, calls = pipeline.environment, pipeline.calls


@functools.cache
def definition() -> str:
    return pipeline.build(changes={"INPUT_DATA_FEATURE_GROUPS": "customers+orders"})


def step(name: str) -> dict[str, Any]:
    found: dict[str, Any] = pipeline.steps_by_name(definition())[name]["Arguments"]
    return found


def test_the_join_comes_before_all_else() -> None:
    assert next(iter(pipeline.steps_by_name(definition()))) == "Join"


def test_the_groups_are_a_parameter_that_the_join_is_told() -> None:
    parameters = {item["Name"]: item for item in json.loads(definition())["Parameters"]}
    assert parameters["FeatureGroups"]["DefaultValue"] == "customers+orders"
    arguments = step("Join")["AppSpecification"]["ContainerArguments"]
    assert dict(zip(arguments[::2], arguments[1::2], strict=True)) == {
        "--source": {"Get": "Parameters.InputDataUri"},
        "--groups": {"Get": "Parameters.FeatureGroups"},
        "--database": "project_p_abcdefghijkl",
        "--work-group": "flowers",
        "--unload-to": "s3://flowers-bucket/runs/unloaded",
        "--region": "eu-west-1",
    }


def test_what_it_keeps_is_encrypted_and_what_preprocess_reads_is_a_folder() -> None:
    kept = step("Join")["ProcessingOutputConfig"]
    assert kept["KmsKeyId"] == pipeline.ENVIRONMENT["KMS_KEY_ARN"]
    assert [each["OutputName"] for each in kept["Outputs"]] == ["queried", "features"]
    (data,) = (
        item["S3Input"]["S3Uri"]
        for item in step("Preprocess")["ProcessingInputs"]
        if item["InputName"] == "data"
    )
    queried = {"Get": "Steps.Join.ProcessingOutputConfig.Outputs['queried'].S3Output.S3Uri"}
    assert data == {"Std:Join": {"On": "/", "Values": [queried, ""]}}


def test_the_version_says_the_groups_and_the_schema_of_their_features() -> None:
    told = step("Register")["CustomerMetadataProperties"]
    # As the execution has them, whatever the project was made with.
    assert told["input_data_feature_groups"] == {"Get": "Parameters.FeatureGroups"}
    schema = told["input_data_feature_schema"]["Std:JsonGet"]
    assert schema["Path"] == "registration.feature_schema"
    assert "Features" in json.dumps(schema["PropertyFile"])


def test_the_labels_go_along_with_the_scripts() -> None:
    assert {"labels.sql", "join.py", "point_in_time.py", "groups.py"} <= set(Source.pack().files)
