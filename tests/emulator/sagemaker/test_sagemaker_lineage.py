"""Lineage: what SageMaker notes by itself, what users add, what queries find, and who may ask."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.emulator.sagemaker_support import (
    IMAGE,
    WITHOUT_INDEX,
    archive,
    execution_role,
    make_bucket,
    put,
    refused,
    settled,
    unique,
)
from tests.emulator.support import Emulator, allow

PREPARE = """
import os, pathlib
base = pathlib.Path(os.environ["SAGEMAKER_BASE_DIR"], "processing")
(base / "output" / "train.csv").write_text((base / "input" / "raw.csv").read_text())
"""
TRAIN = """
import os, pathlib
pathlib.Path(os.environ["SM_MODEL_DIR"], "model").write_text("weights")
"""
INFERENCE = """
def model_fn(model_dir): return None
def predict_fn(data, model): return data
"""


@dataclass
class Story:
    """A model on its way from raw data to an endpoint.

    Attributes:
        bucket: Where its data are.
        preparation: ARN of the processing job.
        training: ARN of the training job.
        model: URI of the artifact.
        version: ARN of the model package.
        endpoint: ARN of the endpoint.
    """

    sagemaker: Any
    bucket: str
    preparation: str
    training: str
    model: str
    version: str
    endpoint: str

    @property
    def raw(self) -> str:
        return f"s3://{self.bucket}/raw/"

    @property
    def prepared(self) -> str:
        return f"s3://{self.bucket}/prepared"

    def artifact(self, uri: str) -> str:
        """ARN of the one artifact with this source."""
        (found,) = self.sagemaker.list_artifacts(SourceUri=uri)["ArtifactSummaries"]
        return str(found["ArtifactArn"])

    def context(self, uri: str) -> str:
        """ARN of the one context with this source."""
        (found,) = self.sagemaker.list_contexts(SourceUri=uri)["ContextSummaries"]
        return str(found["ContextArn"])

    def component(self, job: str) -> str:
        """ARN of the trial component of a job."""
        (found,) = self.sagemaker.list_trial_components(SourceArn=job)["TrialComponentSummaries"]
        return str(found["TrialComponentArn"])

    def source(self, arn: str) -> str:
        """What an entity stands for."""
        describe: dict[str, Callable[[], Mapping[str, Any]]] = {
            "artifact": lambda: self.sagemaker.describe_artifact(ArtifactArn=arn),
            "context": lambda: self.sagemaker.describe_context(ContextName=arn.rpartition("/")[2]),
            "action": lambda: self.sagemaker.describe_action(ActionName=arn.rpartition("/")[2]),
            "experiment-trial-component": lambda: self.sagemaker.describe_trial_component(
                TrialComponentName=arn.rpartition("/")[2]
            ),
        }
        source = describe[arn.split(":")[5].partition("/")[0]]()["Source"]
        return str(source.get("SourceUri") or source["SourceArn"])

    def query(self, arn: str, **parameters: Any) -> set[tuple[str, str]]:
        """Type and source of all that a query finds."""
        found: list[dict[str, Any]] = []
        token: dict[str, str] = {}
        while True:
            answer = self.sagemaker.query_lineage(StartArns=[arn], **parameters, **token)
            found += answer["Vertices"]
            if "NextToken" not in answer:
                return {(each["Type"], self.source(each["Arn"])) for each in found}
            token = {"NextToken": answer["NextToken"]}


@pytest.fixture(scope="module")
def story(emulator: Emulator) -> Iterator[Story]:
    sagemaker, bucket = emulator.client("sagemaker"), make_bucket(emulator)
    role = execution_role(emulator, bucket)
    put(emulator, bucket, "raw/raw.csv", "1\n")
    put(emulator, bucket, "code/prepare.py", PREPARE)
    put(emulator, bucket, "code/sourcedir.tar.gz", archive({"train.py": TRAIN}))
    resources = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 10}
    preparation, training, group, endpoint = (unique(word) for word in ("prepare", "train", "group", "serve"))

    def place(name: str, uri: str) -> dict[str, str]:
        return {"S3Uri": uri, "LocalPath": f"/opt/ml/processing/{name}"}

    sagemaker.create_processing_job(
        ProcessingJobName=preparation,
        RoleArn=role,
        AppSpecification={
            "ImageUri": IMAGE,
            "ContainerEntrypoint": ["python3", "/opt/ml/processing/code/prepare.py"],
        },
        ProcessingInputs=[
            {
                "InputName": name,
                "S3Input": place(name, uri) | {"S3DataType": "S3Prefix", "S3InputMode": "File"},
            }
            for name, uri in {
                "input": f"s3://{bucket}/raw/",
                "code": f"s3://{bucket}/code/prepare.py",
            }.items()
        ],
        ProcessingOutputConfig={
            "Outputs": [
                {
                    "OutputName": "train",
                    "S3Output": place("output", f"s3://{bucket}/prepared") | {"S3UploadMode": "EndOfJob"},
                }
            ]
        },
        ProcessingResources={"ClusterConfig": resources},
    )
    prepared = settled(
        lambda: sagemaker.describe_processing_job(ProcessingJobName=preparation),
        "ProcessingJobStatus",
        ("InProgress",),
    )
    assert prepared["ProcessingJobStatus"] == "Completed", prepared.get("FailureReason")
    channel = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{bucket}/prepared"}
    sagemaker.create_training_job(
        TrainingJobName=training,
        RoleArn=role,
        AlgorithmSpecification={"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        Environment=WITHOUT_INDEX,
        HyperParameters={
            "sagemaker_program": "train.py",
            "sagemaker_submit_directory": f"s3://{bucket}/code/sourcedir.tar.gz",
        },
        InputDataConfig=[{"ChannelName": "train", "DataSource": {"S3DataSource": channel}}],
        OutputDataConfig={"S3OutputPath": f"s3://{bucket}/models"},
        ResourceConfig=resources,
        StoppingCondition={"MaxRuntimeInSeconds": 600},
    )
    trained = settled(
        lambda: sagemaker.describe_training_job(TrainingJobName=training),
        "TrainingJobStatus",
        ("InProgress",),
    )
    model = trained["ModelArtifacts"]["S3ModelArtifacts"]
    sagemaker.create_model_package_group(ModelPackageGroupName=group)
    version = sagemaker.create_model_package(
        ModelPackageGroupName=group,
        InferenceSpecification={
            "Containers": [{"Image": IMAGE, "ModelDataUrl": model, "Environment": WITHOUT_INDEX}]
        },
    )["ModelPackageArn"]
    sagemaker.update_model_package(ModelPackageArn=version, ModelApprovalStatus="Approved")
    sagemaker.create_model(
        ModelName=endpoint, ExecutionRoleArn=role, PrimaryContainer={"ModelPackageName": version}
    )
    sagemaker.create_endpoint_config(
        EndpointConfigName=endpoint,
        ProductionVariants=[
            {
                "VariantName": "All",
                "ModelName": endpoint,
                "InstanceType": "ml.m5.large",
                "InitialInstanceCount": 1,
            }
        ],
    )
    endpoint_arn = sagemaker.create_endpoint(EndpointName=endpoint, EndpointConfigName=endpoint)[
        "EndpointArn"
    ]
    yield Story(
        sagemaker,
        bucket,
        prepared["ProcessingJobArn"],
        trained["TrainingJobArn"],
        model,
        version,
        endpoint_arn,
    )
    sagemaker.delete_endpoint(EndpointName=endpoint)


def test_a_job_is_noted_with_what_it_read_and_wrote(story: Story) -> None:
    component = story.component(story.training)
    described = story.sagemaker.describe_trial_component(TrialComponentName=component.rpartition("/")[2])
    assert described["Source"] == {"SourceArn": story.training, "SourceType": "SageMakerTrainingJob"}
    assert described["Status"] == {"PrimaryStatus": "Completed"}

    def ends(end: str, **given: str) -> set[tuple[str, str, str]]:
        summaries = story.sagemaker.list_associations(**given)["AssociationSummaries"]
        return {(each["AssociationType"], each[f"{end}Type"], each[f"{end}Arn"]) for each in summaries}

    assert ends("Source", DestinationArn=component) == {
        ("ContributedTo", "DataSet", story.artifact(story.prepared)),
        ("ContributedTo", "Image", story.artifact(IMAGE)),
    }
    assert ends("Destination", SourceArn=component) == {("Produced", "Model", story.artifact(story.model))}
    data = story.artifact(story.prepared)
    assert ends("Destination", SourceArn=data, DestinationType="SageMakerTrainingJob") == {
        ("ContributedTo", "SageMakerTrainingJob", component)
    }


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        pytest.param(
            {"Direction": "Ascendants", "Filters": {"Types": ["DataSet"]}},
            lambda story: {
                ("DataSet", story.raw),
                ("DataSet", f"s3://{story.bucket}/code/prepare.py"),
                ("DataSet", story.prepared),
            },
            id="all data",
        ),
        pytest.param(
            {"Direction": "Ascendants", "Filters": {"LineageTypes": ["TrialComponent"]}},
            lambda story: {("TrainingJob", story.training), ("ProcessingJob", story.preparation)},
            id="all jobs",
        ),
        pytest.param(
            {"Direction": "Ascendants", "MaxDepth": 1},
            lambda story: {("Model", story.model), ("Image", IMAGE), ("Approval", story.version)},
            id="what led to it directly",
        ),
        pytest.param(
            {"Direction": "Descendants", "Filters": {"LineageTypes": ["Context"]}},
            lambda story: {
                ("ModelGroup", story.version.replace("package/", "package-group/").rpartition("/")[0]),
                ("Endpoint", story.endpoint),
            },
            id="where it serves",
        ),
        pytest.param(
            {"Direction": "Descendants", "Filters": {"Types": ["ModelDeployment"]}},
            lambda story: {("ModelDeployment", story.endpoint)},
            id="who deployed it",
        ),
        pytest.param(
            {"Direction": "Both", "Filters": {"Types": ["Checkpoint"]}}, lambda _: set(), id="nothing"
        ),
    ],
)
def test_a_version_is_traced(
    parameters: Mapping[str, Any], expected: Callable[[Story], set[tuple[str, str]]], story: Story
) -> None:
    assert story.query(story.artifact(story.version), **parameters) == expected(story)


def test_an_endpoint_leads_back_to_the_raw_data(story: Story) -> None:
    found = story.query(story.context(story.endpoint), Direction="Ascendants")
    assert ("DataSet", story.raw) in found
    assert ("TrainingJob", story.training) in found
    # Both decisions about the version, the one that came with it and the lead's.
    approvals = story.sagemaker.query_lineage(
        StartArns=[story.artifact(story.version)], Filters={"Types": ["Approval"]}, MaxDepth=1
    )
    assert len(approvals["Vertices"]) == 2


def test_a_query_comes_in_pages_with_its_edges(story: Story) -> None:
    start = story.artifact(story.version)
    query = {"StartArns": [start], "Direction": "Ascendants", "MaxDepth": 1}
    first = story.sagemaker.query_lineage(**query, MaxResults=2)
    rest = story.sagemaker.query_lineage(**query, MaxResults=50, NextToken=first["NextToken"])
    vertices = [each["Arn"] for page in (first, rest) for each in page["Vertices"]]
    edges = [(each["SourceArn"], each["DestinationArn"]) for page in (first, rest) for each in page["Edges"]]
    assert sorted(edges) == sorted((arn, start) for arn in vertices)
    assert "Edges" not in story.sagemaker.query_lineage(**query, IncludeEdges=False)


def test_users_add_what_sagemaker_does_not_know(emulator: Emulator) -> None:
    sagemaker, commit = emulator.client("sagemaker"), unique("commit")
    source = {"SourceUri": f"codecommit://{commit}"}
    code = sagemaker.create_artifact(
        ArtifactName="code", Source=source, ArtifactType="Code", Properties={"commit": commit}
    )["ArtifactArn"]
    # The same source is the same artifact.
    assert sagemaker.create_artifact(Source=source, ArtifactType="Code")["ArtifactArn"] == code
    review = sagemaker.create_action(
        ActionName=unique("review"), ActionType="Review", Source={"SourceUri": "pull-request"}
    )["ActionArn"]
    project = sagemaker.create_context(
        ContextName=unique("project"), ContextType="Project", Source={"SourceUri": "team"}
    )["ContextArn"]
    sagemaker.add_association(SourceArn=code, DestinationArn=review, AssociationType="ContributedTo")
    sagemaker.add_association(SourceArn=review, DestinationArn=project)

    found = sagemaker.query_lineage(
        StartArns=[project], Direction="Ascendants", Filters={"Properties": {"commit": commit}}
    )
    assert found["Vertices"] == [{"Arn": code, "Type": "Code", "LineageType": "Artifact"}]

    assert "has associations" in refused(sagemaker.delete_artifact, ArtifactArn=code)[1]
    sagemaker.delete_association(SourceArn=code, DestinationArn=review)
    sagemaker.delete_artifact(ArtifactArn=code)
    assert refused(sagemaker.describe_artifact, ArtifactArn=code)[0] == "ResourceNotFound"
    code, _ = refused(sagemaker.add_association, SourceArn=code, DestinationArn=review)
    assert code == "ResourceNotFound"


def test_lineage_ends_at_the_account(story: Story, emulator: Emulator) -> None:
    elsewhere = emulator.client("sagemaker", account=emulator.hub)
    assert elsewhere.list_artifacts(SourceUri=story.model)["ArtifactSummaries"] == []
    start = story.artifact(story.version)
    assert refused(elsewhere.query_lineage, StartArns=[start])[0] == "ResourceNotFound"


@pytest.mark.parametrize(
    ("operation", "parameters", "action"),
    [
        pytest.param("query_lineage", {"StartArns": ["ARN"]}, "QueryLineage", id="query"),
        pytest.param("list_artifacts", {}, "ListArtifacts", id="list"),
        pytest.param("describe_artifact", {"ArtifactArn": "ARN"}, "DescribeArtifact", id="describe"),
        pytest.param(
            "create_artifact",
            {"Source": {"SourceUri": "a"}, "ArtifactType": "Code"},
            "CreateArtifact",
            id="create",
        ),
        pytest.param(
            "add_association", {"SourceArn": "ARN", "DestinationArn": "ARN"}, "AddAssociation", id="associate"
        ),
        pytest.param("list_associations", {}, "ListAssociations", id="list associations"),
        pytest.param("list_trial_components", {}, "ListTrialComponents", id="list trial components"),
        pytest.param(
            "describe_context", {"ContextName": "other"}, "DescribeContext", id="describe a context"
        ),
    ],
)
def test_each_operation_asks_for_its_permission(
    operation: str, parameters: Mapping[str, Any], action: str, story: Story, emulator: Emulator
) -> None:
    arn = story.artifact(story.version)
    given = {
        key: [arn] if value == ["ARN"] else arn if value == "ARN" else value
        for key, value in parameters.items()
    }
    stranger = emulator.client("sagemaker", role=emulator.role(allow("sagemaker:DescribeModelPackage")))
    code, message = refused(getattr(stranger, operation), **given)
    assert code == "AccessDeniedException"
    assert f"not authorized to perform: sagemaker:{action} on resource: " in message
