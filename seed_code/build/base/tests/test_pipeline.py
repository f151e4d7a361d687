"""The pipeline's definition and the calls to AWS, with every call recorded and none made.

The SageMaker SDK takes seconds to import, so only this module does it.
"""

import functools
import json
import os
import shutil
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import botocore.client
import botocore.model
import botocore.validate
import pytest
from botocore.exceptions import ClientError

from pipelines import run
from pipelines.configuration import Configuration, Project
from pipelines.images import Images
from pipelines.source import CardTexts, Source

PIPELINE_ARN = "arn:aws:sagemaker:eu-west-1:333333333333:pipeline/flowers"
EXECUTION_ARN = f"{PIPELINE_ARN}/execution/abcdefghijkl"
ENVIRONMENT = {
    "SAGEMAKER_PROJECT_NAME": "a-project-of-thirty-two-letters0",
    "SAGEMAKER_PROJECT_ID": "p-abcdefghijkl",
    "AWS_REGION": "eu-west-1",
    "PIPELINE_NAME": "flowers",
    "PIPELINE_ROLE_ARN": "arn:aws:iam::333333333333:role/training",
    "ARTIFACT_BUCKET": "flowers-bucket",
    "KMS_KEY_ARN": "arn:aws:kms:eu-west-1:333333333333:key/11111111-2222-3333-4444-555555555555",
    "MODEL_PACKAGE_GROUP_NAME": "flowers",
    "MODEL_CARD_ARN": "arn:aws:sagemaker:eu-west-1:222222222222:model-card/flowers",
    "INPUT_DATA_URI": "s3://team-data/flowers/",
    "TARGET_COLUMN": "species",
    # Of a project that builds its own image.
    "IMAGE_URI": f"333333333333.dkr.ecr.eu-west-1.amazonaws.com/images/p-abcdefghijkl@sha256:{'0' * 64}",
    "CODEBUILD_RESOLVED_SOURCE_VERSION": "0123456789abcdef0123456789abcdef01234567",
}

# What else a project has whose versions are registered in a central registry.
CENTRAL = {
    "MODEL_PACKAGE_GROUP_NAME": "arn:aws:sagemaker:eu-west-1:222222222222:model-package-group/flowers",
    "ARTIFACT_LOCATION": "s3://central-bucket/registered/333333333333/p-abcdefghijkl",
    "ARTIFACT_KMS_KEY_ARN": "arn:aws:kms:eu-west-1:222222222222:alias/registry",
}
REGISTRATIONS: dict[str, dict[str, str]] = {"team": {}, "central": CENTRAL}

# What boto3 reads: credentials that open nothing, and the Region that the SDK needs while it is imported.
CLIENT = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}

FOREIGN = ("ARTIFACT_", "AWS_", "CODEBUILD_", "IMAGE_", "INPUT_DATA_")
"""How variables of the build begin that the tests give themselves."""

Calls = list[tuple[str, dict[str, Any]]]
_create_client = boto3.Session.client


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables of a build, and no others."""
    for name in [name for name in os.environ if name.startswith(FOREIGN)]:
        monkeypatch.delenv(name)
    for name, value in (ENVIRONMENT | CLIENT).items():
        monkeypatch.setenv(name, value)


@pytest.fixture(autouse=True)
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """Record calls to AWS; refuse any other connection, such as the SDK's telemetry."""
    recorded: Calls = []

    def answer(client: Any, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        recorded.append((operation, parameters))
        if operation == "CreatePipeline" and [name for name, _ in recorded].count("CreatePipeline") > 1:
            details = {"Code": "ValidationException", "Message": f"Pipeline already exists: {PIPELINE_ARN}"}
            raise ClientError({"Error": details}, operation)
        return {"PipelineArn": PIPELINE_ARN, "PipelineExecutionArn": EXECUTION_ARN, "Tags": []}

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("nothing may connect to the network")

    def reuse(session: boto3.Session, service: str, region_name: str | None = None, **_: Any) -> Any:
        return client(service, region_name or session.region_name)

    monkeypatch.setattr(boto3.Session, "client", reuse)
    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", answer)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    return recorded


def own_images() -> Images:
    """The images that the algorithm names for a project."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name, value in CLIENT.items():
            monkeypatch.setenv(name, value)
        from pipelines.image import images  # noqa: PLC0415

        return images(Project.from_environment(ENVIRONMENT))


def build(configuration: Configuration | None = None, changes: Mapping[str, str] | None = None) -> str:
    """The definition of the pipeline, for a project with some variables changed."""
    from pipelines.definition import PipelineBuilder  # noqa: PLC0415

    configuration = configuration or Configuration.load()
    text: str = PipelineBuilder(
        project=Project.from_environment({**os.environ, **(changes or {})}),
        configuration=configuration,
        source=Source.pack(),
        texts=CardTexts.of(configuration.model_card),
        boto_session=session(),
    ).pipeline.definition()
    return text


@functools.cache
def session() -> boto3.Session:
    """One session, which reads the descriptions of AWS's services once."""
    return boto3.Session(region_name="eu-west-1")


@functools.cache
def client(service: str, region: str) -> Any:
    """One client of a service: the SDK creates dozens, each from a description of hundreds of operations."""
    return _create_client(session(), service, region_name=region)


@functools.cache
def definition(registration: str = "team") -> str:
    """The definition of the pipeline as it is, built once for each way of registering."""
    return build(changes=REGISTRATIONS[registration])


def every_step(steps: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for step in steps:
        yield step
        for branch in ("IfSteps", "ElseSteps"):
            yield from every_step(step["Arguments"].get(branch, []))


def steps_by_name(text: str) -> dict[str, dict[str, Any]]:
    return {step["Name"]: step for step in every_step(json.loads(text)["Steps"])}


def resolved(value: Any, parameters: dict[str, Any]) -> Any:
    """Put something of the right type in the place of what the service fills in."""
    if isinstance(value, list):
        return [resolved(item, parameters) for item in value]
    if not isinstance(value, dict):
        return value
    if "Get" in value:
        return parameters.get(value["Get"].removeprefix("Parameters."), "filled-in")
    if "Std:Join" in value or "Std:JsonGet" in value:
        return "filled-in"
    return {key: resolved(item, parameters) for key, item in value.items()}


def test_equal_code_gives_an_equal_definition(calls: Calls) -> None:
    assert build() == definition()
    assert calls == []


def test_a_definition_follows_from_nothing_but_the_project(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    copied = shutil.copytree(Path(run.__file__).parent.parent / "src", tmp_path / "src")
    for path in copied.iterdir():
        os.utime(path, (0, 0))
    assert Source.pack(copied).digest == Source.pack().digest
    monkeypatch.setenv("USER", "someone-else")
    monkeypatch.chdir(tmp_path)
    assert build() == definition()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"CODEBUILD_RESOLVED_SOURCE_VERSION": "f" * 40}, id="commit"),
        pytest.param({"TARGET_COLUMN": "weight"}, id="target"),
    ],
)
def test_another_project_gives_another_definition(change: dict[str, str]) -> None:
    assert build(changes=change) != definition()


def test_a_changed_hyperparameter_changes_one_line() -> None:
    configuration = Configuration.load()
    name = next(name for name, value in configuration.hyperparameters.items() if isinstance(value, int))
    other = configuration.model_copy(update={"hyperparameters": {**configuration.hyperparameters, name: 987}})
    before, after = (
        json.dumps(json.loads(text), indent=1).splitlines() for text in (definition(), build(other))
    )
    assert [line for line in after if line not in before] == ['   "DefaultValue": 987']
    assert len(before) == len(after)


def test_each_hyperparameter_is_a_parameter_of_the_pipeline_and_reaches_the_job_as_a_text() -> None:
    configuration = Configuration.load()
    parameters = {item["Name"]: item for item in json.loads(definition())["Parameters"]}
    given = steps_by_name(definition())["Train"]["Arguments"]["HyperParameters"]
    own = {name: value for name, value in given.items() if not name.startswith("sagemaker_")}
    assert own.keys() == configuration.hyperparameters.keys()
    for name, value in configuration.hyperparameters.items():
        assert parameters[name]["DefaultValue"] == value
        assert parameters[name]["Type"] == {int: "Integer", float: "Float", str: "String"}[type(value)]
        # CreateTrainingJob takes nothing but texts, and a reference to a number is filled in as one.
        reference = {"Get": f"Parameters.{name}"}
        as_text = reference if isinstance(value, str) else {"Std:Join": {"On": "", "Values": [reference]}}
        assert own[name] == as_text


def test_the_steps_stand_in_their_order() -> None:
    names = list(steps_by_name(definition()))
    # What comes before fetches the data, and belongs to the source.
    assert names[names.index("Preprocess") :] == [
        "Preprocess",
        "Train",
        "Evaluate",
        "CheckQuality",
        "Register",
        "Document",
        "CheckQualityTooLow",
        "QualityTooLow",
        "CheckWorseThanProduction",
        "WorseThanProduction",
    ]


@pytest.mark.parametrize(
    ("step", "operation", "name"),
    [
        ("Preprocess", "CreateProcessingJob", "ProcessingJobName"),
        ("Train", "CreateTrainingJob", "TrainingJobName"),
        ("Evaluate", "CreateProcessingJob", "ProcessingJobName"),
        ("Register", "CreateModelPackage", None),
        ("Document", "CreateProcessingJob", "ProcessingJobName"),
    ],
)
def test_the_arguments_of_a_step_are_those_of_its_operation(
    step: str, operation: str, name: str | None
) -> None:
    parameters = {item["Name"]: item["DefaultValue"] for item in json.loads(definition())["Parameters"]}
    arguments = resolved(steps_by_name(definition())[step]["Arguments"], parameters)
    if name:
        arguments[name] = "given-by-the-service"
    model = session().client("sagemaker").meta.service_model
    report = botocore.validate.ParamValidator().validate(
        arguments, model.operation_model(operation).input_shape
    )
    assert not report.has_errors(), report.generate_report()


@pytest.mark.parametrize("step", ["Preprocess", "Train", "Evaluate", "Document"])
@pytest.mark.parametrize("registration", REGISTRATIONS)
def test_everything_a_step_keeps_is_encrypted_tagged_and_in_its_place(step: str, registration: str) -> None:
    changes = REGISTRATIONS[registration]
    arguments = steps_by_name(definition(registration))[step]["Arguments"]
    resources = arguments.get("ResourceConfig") or arguments["ProcessingResources"]["ClusterConfig"]
    assert resources["VolumeKmsKeyId"] == ENVIRONMENT["KMS_KEY_ARN"]
    assert {tag["Key"]: tag["Value"] for tag in arguments["Tags"]} == {
        "sagemaker:project-name": ENVIRONMENT["SAGEMAKER_PROJECT_NAME"],
        "sagemaker:project-id": ENVIRONMENT["SAGEMAKER_PROJECT_ID"],
    }
    kept = arguments.get("OutputDataConfig") or arguments.get("ProcessingOutputConfig")
    if step == "Document":
        assert kept is None
        return
    location, key = f"s3://{ENVIRONMENT['ARTIFACT_BUCKET']}/runs", ENVIRONMENT["KMS_KEY_ARN"]
    if step != "Preprocess":
        location = changes.get("ARTIFACT_LOCATION", f"s3://{ENVIRONMENT['ARTIFACT_BUCKET']}/models")
        key = changes.get("ARTIFACT_KMS_KEY_ARN", key)
    assert kept["KmsKeyId"] == key
    for uri in [item["S3Output"]["S3Uri"] for item in kept.get("Outputs", [])] or [kept["S3OutputPath"]]:
        assert uri["Std:Join"]["Values"][:2] == [location, {"Get": "Execution.PipelineExecutionId"}]


def test_the_images_are_those_that_the_algorithm_names() -> None:
    named = own_images()
    steps = steps_by_name(definition())
    (container,) = steps["Register"]["Arguments"]["InferenceSpecification"]["Containers"]
    assert (container["Image"], container.get("Environment", {})) == (
        named.endpoint,
        named.endpoint_environment,
    )
    train = steps["Train"]["Arguments"]
    assert train["AlgorithmSpecification"]["TrainingImage"] == named.jobs
    assert train.get("Environment", {}) == named.job_environment
    for step in ("Preprocess", "Evaluate", "Document"):
        assert steps[step]["Arguments"]["AppSpecification"]["ImageUri"] == named.jobs


def test_a_step_reads_what_it_names_and_nothing_that_begins_alike() -> None:
    """A URI of a step's input is a key prefix: `train` would read `training/` as well."""
    outputs = [
        output["OutputName"]
        for step in every_step(json.loads(definition())["Steps"])
        for output in step["Arguments"].get("ProcessingOutputConfig", {}).get("Outputs", [])
    ]
    assert outputs
    for name in outputs:
        assert [other for other in outputs if other.startswith(name)] == [name]
    for step in ("Preprocess", "Evaluate", "Document"):
        (code,) = (
            item["S3Input"]["S3Uri"]
            for item in steps_by_name(definition())[step]["Arguments"]["ProcessingInputs"]
            if item["InputName"] == "code"
        )
        assert code.endswith("/src/")


@pytest.mark.parametrize("registration", REGISTRATIONS)
def test_a_good_version_is_registered_in_the_group_of_the_project(registration: str) -> None:
    steps = json.loads(definition(registration))["Steps"]
    (check,) = (step for step in steps if step["Type"] == "Condition" and step["Arguments"]["IfSteps"])
    measured = {
        condition["LeftValue"]["Std:JsonGet"]["Path"]: condition["RightValue"]
        for condition in check["Arguments"]["Conditions"]
    }
    assert measured == {
        "metrics.skill_score.value": {"Get": "Parameters.MinimumSkillScore"},
        "production.change": {"Get": "Parameters.MinimumChange"},
    }
    # Either reason ends the execution by itself, and no condition stands in another: SageMaker takes none.
    for number, (name, bound) in enumerate(
        (("QualityTooLow", "MinimumSkillScore"), ("WorseThanProduction", "MinimumChange"))
    ):
        (reason,) = (step for step in steps if step["Name"] == f"Check{name}")
        assert reason["Arguments"]["Conditions"] == [check["Arguments"]["Conditions"][number]]
        (end,) = reason["Arguments"]["ElseSteps"]
        assert (end["Name"], end["Type"], reason["Arguments"]["IfSteps"]) == (name, "Fail", [])
        assert end["Arguments"]["ErrorMessage"]["Std:Join"]["Values"][-1] == {"Get": f"Parameters.{bound}"}
    register = check["Arguments"]["IfSteps"][0]["Arguments"]
    assert (
        register["ModelPackageGroupName"]
        == (ENVIRONMENT | REGISTRATIONS[registration])["MODEL_PACKAGE_GROUP_NAME"]
    )


def test_the_card_is_told_which_version_to_describe() -> None:
    arguments = steps_by_name(definition())["Document"]["Arguments"]["AppSpecification"]["ContainerArguments"]
    options = dict(zip(arguments[::2], arguments[1::2], strict=True))
    assert options == {
        "--card": ENVIRONMENT["MODEL_CARD_ARN"],
        "--model-package": {"Get": "Steps.Register.ModelPackageArn"},
        "--execution": {"Get": "Execution.PipelineExecutionArn"},
        "--endpoint-image": own_images().endpoint,
        "--training-job": {"Get": "Steps.Train.TrainingJobArn"},
        "--evaluation-job": {"Get": "Steps.Evaluate.ProcessingJobArn"},
        "--report": {
            "Std:Join": {
                "On": "/",
                "Values": [
                    {"Get": "Steps.Evaluate.ProcessingOutputConfig.Outputs['evaluation'].S3Output.S3Uri"},
                    "report.html",
                ],
            }
        },
        "--input-data": {"Get": "Parameters.InputDataUri"},
        "--test-data": {"Get": "Steps.Preprocess.ProcessingOutputConfig.Outputs['test'].S3Output.S3Uri"},
    }


def test_other_words_for_the_card_change_one_line() -> None:
    configuration = Configuration.load()
    worded = configuration.model_copy(
        update={"model_card": configuration.model_card.model_copy(update={"purpose_of_model": "Other."})}
    )
    before, after = steps_by_name(definition()), steps_by_name(build(worded))
    texts = [
        next(
            item
            for item in steps["Document"]["Arguments"]["ProcessingInputs"]
            if item["InputName"] == "texts"
        )
        for steps in (before, after)
    ]
    first, second = (item["S3Input"].pop("S3Uri") for item in texts)
    assert first != second
    assert before == after


def test_a_version_waits_for_approval_and_says_where_it_comes_from() -> None:
    arguments = steps_by_name(definition())["Register"]["Arguments"]
    assert arguments["ModelApprovalStatus"] == "PendingManualApproval"
    # A source may say more of its data.
    told = [
        name
        for name in sorted(arguments["CustomerMetadataProperties"])
        if name == "input_data_uri" or not name.startswith("input_data_")
    ]
    assert told == [
        "commit",
        "input_data_uri",
        "pipeline_execution_arn",
        "primary_metric",
        "primary_metric_value",
        "problem_type",
        "project_id",
        "project_name",
        "sample_prediction",
        "sample_request",
        "skill_score",
    ]


def test_what_else_is_known_of_the_data_is_registered_and_documented() -> None:
    steps = steps_by_name(build(changes={"INPUT_DATA_LISTING": "abc", "INPUT_DATA_EMPTY": ""}))
    registered = steps["Register"]["Arguments"]["CustomerMetadataProperties"]
    assert registered.pop("input_data_listing") == "abc"
    known = steps_by_name(definition())
    assert registered == known["Register"]["Arguments"]["CustomerMetadataProperties"]
    option, value = steps["Document"]["Arguments"]["AppSpecification"]["ContainerArguments"][-2:]
    assert (option, json.loads(value)) == ("--data-details", {"input_data_listing": "abc"})
    assert "--data-details" not in known["Document"]["Arguments"]["AppSpecification"]["ContainerArguments"]


def test_without_a_commit_none_is_registered() -> None:
    unknown = build(changes={"CODEBUILD_RESOLVED_SOURCE_VERSION": ""})
    assert "commit" not in steps_by_name(unknown)["Register"]["Arguments"]["CustomerMetadataProperties"]


def test_upsert_stores_the_scripts_and_creates_the_pipeline_then_updates_it(calls: Calls) -> None:
    assert run.main(["upsert"]) == 0
    stored = {parameters["Key"]: parameters for operation, parameters in calls if operation == "PutObject"}
    assert [operation for operation, _ in calls if operation != "PutObject"] == ["CreatePipeline"]
    created = calls[-1][1]["PipelineDefinition"]
    for key, parameters in stored.items():
        assert key.startswith("code/")
        assert parameters["Bucket"] == ENVIRONMENT["ARTIFACT_BUCKET"]
        assert parameters["SSEKMSKeyId"] == ENVIRONMENT["KMS_KEY_ARN"]
    archive = ("sourcedir.tar.gz",) if "sagemaker_program" in created else ()
    for name in (*archive, "model_card.json"):
        (key,) = (key for key in stored if key.endswith(name))
        assert f"s3://{ENVIRONMENT['ARTIFACT_BUCKET']}/{key}" in created

    calls[:] = [("CreatePipeline", {})]
    assert run.main(["upsert"]) == 0
    operations = [operation for operation, _ in calls[1:] if operation != "PutObject"]
    assert operations == ["CreatePipeline", "UpdatePipeline", "ListTags", "AddTags"]
    assert calls[-3][1]["PipelineDefinition"] == created == definition()


def test_start_prints_the_execution_and_starts_once_for_each_build(
    calls: Calls, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CODEBUILD_BUILD_ARN", "arn:aws:codebuild:eu-west-1:333333333333:build/flowers:1")
    assert run.main(["start"]) == run.main(["start"]) == 0
    assert calls[0] == calls[1]
    operation, parameters = calls[0]
    assert operation == "StartPipelineExecution"
    assert len(parameters["ClientRequestToken"]) == 64
    assert parameters["PipelineExecutionDisplayName"] == "commit-0123456789ab"
    assert capsys.readouterr().out == f"{EXECUTION_ARN}\n" * 2


def test_missing_variables_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("KMS_KEY_ARN")
    monkeypatch.setenv("TARGET_COLUMN", "")
    assert run.main(["upsert"]) == 2
    assert (
        capsys.readouterr().err
        == "Set KMS_KEY_ARN, TARGET_COLUMN; the project's build does it (README.md).\n"
    )
