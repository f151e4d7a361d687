"""Hosting: an endpoint answers with a real process, and is served by no one who may not."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.sagemaker_support import (
    IMAGE,
    WITHOUT_INDEX,
    archive,
    document,
    execution_role,
    make_bucket,
    put,
    read,
    refused,
    settled,
    unique,
)
from tests.emulator.support import Emulator, allow

INFERENCE = """
import json, pathlib

def model_fn(model_dir):
    return int(pathlib.Path(model_dir, "factor.txt").read_text())

def input_fn(body, content_type):
    if content_type != "text/csv":
        raise ValueError("only text/csv, please")
    return [float(value) for value in body.split(",")]

def predict_fn(data, model):
    return [value * model for value in data]

def output_fn(prediction, accept):
    return json.dumps({"predictions": prediction}), "application/json"
"""

KNOWS_CREDENTIALS = INFERENCE.replace(
    "value * model for value in data", "float('AWS_ACCESS_KEY_ID' in __import__('os').environ)"
)
BROKEN = "raise RuntimeError('no such package')\n"


def artifact(factor: int, inference: str = INFERENCE) -> bytes:
    return archive({"factor.txt": str(factor), "code/inference.py": inference})


class Stage:
    """An account with a bucket of models and an execution role."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.account = emulator.test
        self.sagemaker = emulator.client("sagemaker", account=self.account)
        self.runtime = emulator.client("sagemaker-runtime", account=self.account)
        self.bucket = make_bucket(emulator, self.account)
        self.role = execution_role(emulator, self.bucket, account=self.account)
        self.endpoints: list[str] = []

    def put(self, name: str, content: bytes) -> str:
        return put(self.emulator, self.bucket, name, content, self.account)

    def model(
        self,
        uri: str,
        role: str | None = None,
        variables: Mapping[str, str] | None = None,
        *,
        isolated: bool = False,
        image: str = IMAGE,
    ) -> str:
        name = unique("model")
        container = {
            "Image": image,
            "ModelDataUrl": uri,
            "Environment": {**WITHOUT_INDEX, **(variables or {})},
        }
        self.sagemaker.create_model(
            ModelName=name,
            PrimaryContainer=container,
            ExecutionRoleArn=role or self.role,
            EnableNetworkIsolation=isolated,
        )
        return name

    def configuration(self, model: str, **fields: Any) -> str:
        name = unique("configuration")
        variant = {
            "VariantName": "AllTraffic",
            "ModelName": model,
            "InstanceType": "ml.m5.large",
            "InitialInstanceCount": 1,
        }
        self.sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant], **fields)
        return name

    def endpoint(self, configuration: str) -> str:
        name = unique("endpoint")
        self.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=configuration)
        self.endpoints.append(name)
        self.settled(name)
        return name

    def settled(self, name: str) -> Mapping[str, Any]:
        return settled(
            lambda: self.sagemaker.describe_endpoint(EndpointName=name),
            "EndpointStatus",
            ("Creating", "Updating"),
        )

    def ask(self, endpoint: str, body: str, content_type: str = "text/csv") -> Any:
        answer = self.runtime.invoke_endpoint(EndpointName=endpoint, Body=body, ContentType=content_type)
        assert answer["InvokedProductionVariant"] == "AllTraffic"
        assert answer["ContentType"] == "application/json"
        return json.loads(answer["Body"].read())


@pytest.fixture(scope="module")
def stage(emulator: Emulator) -> Iterator[Stage]:
    made = Stage(emulator)
    yield made
    for name in made.endpoints:
        made.sagemaker.delete_endpoint(EndpointName=name)


@pytest.fixture(scope="module")
def doubling(stage: Stage) -> str:
    """An endpoint that doubles numbers."""
    return stage.endpoint(stage.configuration(stage.model(stage.put("two.tar.gz", artifact(2)))))


def test_an_endpoint_answers(stage: Stage, doubling: str) -> None:
    assert stage.settled(doubling)["EndpointStatus"] == "InService"
    assert stage.ask(doubling, "1,2.5") == {"predictions": [2.0, 5.0]}
    summary = stage.sagemaker.list_endpoints(NameContains=doubling)["Endpoints"]
    assert [each["EndpointStatus"] for each in summary] == ["InService"]


def test_the_scripts_error_reaches_the_client(stage: Stage, doubling: str) -> None:
    with pytest.raises(ClientError) as caught:
        stage.ask(doubling, "{}", "application/json")
    response: dict[str, Any] = {**caught.value.response}
    assert response["Error"]["Code"] == "ModelError"
    assert response["OriginalStatusCode"] == 500
    assert json.loads(response["OriginalMessage"]) == {
        "error": "ValueError",
        "message": "only text/csv, please",
    }


def test_an_update_swaps_models_and_a_failed_one_does_not(stage: Stage) -> None:
    name = stage.endpoint(stage.configuration(stage.model(stage.put("three.tar.gz", artifact(3)))))
    better = stage.configuration(stage.model(stage.put("four.tar.gz", artifact(4))))
    broken = stage.configuration(stage.model(stage.put("broken.tar.gz", artifact(5, BROKEN))))
    assert stage.ask(name, "1") == {"predictions": [3.0]}

    stage.sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=better)
    assert stage.settled(name)["EndpointConfigName"] == better
    assert stage.ask(name, "1") == {"predictions": [4.0]}

    stage.sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=broken)
    described = stage.settled(name)
    assert (described["EndpointStatus"], described["EndpointConfigName"]) == ("InService", better)
    assert "RuntimeError: no such package" in described["FailureReason"]
    assert stage.ask(name, "1") == {"predictions": [4.0]}


def test_an_endpoint_that_cannot_start_says_why(stage: Stage) -> None:
    uri = stage.put("empty.tar.gz", archive({"code/inference.py": "def model_fn(model_dir): return 1\n"}))
    described = stage.settled(stage.endpoint(stage.configuration(stage.model(uri))))
    assert described["EndpointStatus"] == "Failed"
    assert "did not pass the ping health check" in described["FailureReason"]
    assert "does not define input_fn, predict_fn, output_fn" in described["FailureReason"]


def test_an_endpoint_that_needs_a_package_index_does_not_start(stage: Stage) -> None:
    with_index = {"PIP_NO_INDEX": "0", "PIP_NO_BUILD_ISOLATION": "1", "PIP_RETRIES": "0"}
    model = stage.model(stage.put("three.tar.gz", artifact(3)), variables=with_index)
    described = stage.settled(stage.endpoint(stage.configuration(model)))
    assert described["EndpointStatus"] == "Failed"
    assert "InstallModuleError" in described["FailureReason"]


@pytest.mark.parametrize(("isolated", "has_credentials"), [(True, 0.0), (False, 1.0)])
def test_an_isolated_container_gets_no_credentials(
    stage: Stage, *, isolated: bool, has_credentials: float
) -> None:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/mkt-algo-model-internet-free.html"""
    model = stage.model(stage.put("knows.tar.gz", artifact(1, KNOWS_CREDENTIALS)), isolated=isolated)
    name = stage.endpoint(stage.configuration(model))
    assert stage.ask(name, "1") == {"predictions": [has_credentials]}


def test_captured_data_is_written_by_the_execution_role(stage: Stage) -> None:
    capture = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": f"s3://{stage.bucket}/capture",
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        "CaptureContentTypeHeader": {
            "CsvContentTypes": ["text/csv"],
            "JsonContentTypes": ["application/json"],
        },
    }
    model = stage.model(stage.put("two.tar.gz", artifact(2)))
    name = stage.endpoint(stage.configuration(model, DataCaptureConfig=capture))
    assert (
        stage.sagemaker.describe_endpoint(EndpointName=name)["DataCaptureConfig"]["CaptureStatus"]
        == "Started"
    )
    for body in ("1", "2"):
        stage.ask(name, body)
    stage.sagemaker.delete_endpoint(EndpointName=name)
    stage.endpoints.remove(name)

    s3 = stage.emulator.client("s3", account=stage.account)
    found = s3.list_objects_v2(Bucket=stage.bucket, Prefix=f"capture/{name}/AllTraffic/")["Contents"]
    lines = [
        json.loads(line)
        for item in found
        for line in read(stage.emulator, f"s3://{stage.bucket}/{item['Key']}", stage.account).splitlines()
    ]
    assert [line["captureData"] for line in sorted(lines, key=lambda line: str(line["captureData"]))] == [
        {
            "endpointInput": {
                "observedContentType": "text/csv", "mode": "INPUT", "data": body, "encoding": "CSV"
            },
            "endpointOutput": {
                "observedContentType": "application/json",
                "mode": "OUTPUT",
                "data": json.dumps({"predictions": [float(body) * 2]}),
                "encoding": "JSON",
            },
        }
        for body in ("1", "2")
    ]  # fmt: skip
    assert {line["eventVersion"] for line in lines} == {"0"}


def test_who_may_invoke(stage: Stage, doubling: str) -> None:
    arn = stage.sagemaker.describe_endpoint(EndpointName=doubling)["EndpointArn"]
    role = stage.emulator.role(allow("sagemaker:InvokeEndpoint", f"{arn}-other"), account=stage.account)
    stranger = stage.emulator.client("sagemaker-runtime", account=stage.account, role=role)
    code, message = refused(stranger.invoke_endpoint, EndpointName=doubling, Body=b"1")
    assert code == "AccessDeniedException"
    assert f"is not authorized to perform: sagemaker:InvokeEndpoint on resource: {arn} " in message


def test_another_account_does_not_find_the_endpoint(stage: Stage, doubling: str) -> None:
    elsewhere = stage.emulator.client("sagemaker-runtime", account=stage.emulator.production)
    code, message = refused(elsewhere.invoke_endpoint, EndpointName=doubling, Body=b"1")
    assert (code, "not found" in message) == ("ValidationError", True)


@pytest.mark.parametrize(
    ("allowed", "action"),
    [
        pytest.param(["s3:*"], "sagemaker:CreateModel", id="the operation"),
        pytest.param(["sagemaker:CreateModel"], "iam:PassRole", id="passing the role"),
    ],
)
def test_who_may_create_a_model(stage: Stage, allowed: list[str], action: str) -> None:
    role = stage.emulator.role(allow(allowed), account=stage.account)
    caller = stage.emulator.client("sagemaker", account=stage.account, role=role)
    code, message = refused(
        caller.create_model,
        ModelName=unique("model"),
        PrimaryContainer={"Image": IMAGE, "ModelDataUrl": stage.put("two.tar.gz", artifact(2))},
        ExecutionRoleArn=stage.role,
    )
    assert code == "AccessDeniedException"
    assert f"is not authorized to perform: {action} on resource" in message


def test_the_execution_role_must_be_able_to_read_the_artifact(stage: Stage) -> None:
    role = execution_role(stage.emulator, "another", account=stage.account)
    uri = stage.put("two.tar.gz", artifact(2))
    with pytest.raises(ClientError, match="Could not access model data at") as caught:
        stage.model(uri, role)
    assert caught.value.response["Error"]["Code"] == "ValidationException"


def test_a_configuration_needs_a_model_and_an_endpoint_a_configuration(stage: Stage) -> None:
    with pytest.raises(ClientError, match="Could not find model"):
        stage.configuration("nothing")
    _, message = refused(
        stage.sagemaker.create_endpoint, EndpointName=unique("endpoint"), EndpointConfigName="nothing"
    )
    assert "Could not find endpoint configuration" in message


class Registry:
    """A central version in the hub, and its artifact, which is open to the stage by tag only."""

    def __init__(self, stage: Stage) -> None:
        self.emulator = stage.emulator
        hub = self.emulator.hub
        self.bucket = make_bucket(self.emulator, hub)
        self.s3 = self.emulator.client("s3", account=hub)
        self.sagemaker = self.emulator.client("sagemaker", account=hub)
        self.group = unique("group")
        self.uri = put(self.emulator, self.bucket, "model.tar.gz", artifact(6), hub)
        self.sagemaker.create_model_package_group(ModelPackageGroupName=self.group)
        container = {"Image": IMAGE, "ModelDataUrl": self.uri, "Environment": WITHOUT_INDEX}
        self.version = self.sagemaker.create_model_package(
            ModelPackageGroupName=self.group,
            InferenceSpecification={
                "Containers": [container],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["application/json"],
            },
        )["ModelPackageArn"]
        self.s3.put_bucket_policy(
            Bucket=self.bucket,
            Policy=document(
                allow(
                    "s3:GetObject",
                    f"arn:aws:s3:::{self.bucket}/*",
                    Principal={"AWS": f"arn:aws:iam::{stage.account}:root"},
                    Condition={"StringEquals": {"s3:ExistingObjectTag/approval-status": "Approved"}},
                )
            ),
        )

    def share(self, account: str) -> None:
        self.sagemaker.put_model_package_group_policy(
            ModelPackageGroupName=self.group,
            ResourcePolicy=document(
                allow(
                    ["sagemaker:CreateModel", "sagemaker:DescribeModelPackage"],
                    self.version.replace("/1", "/*"),
                    Principal={"AWS": f"arn:aws:iam::{account}:root"},
                )
            ),
        )

    def approve(self, status: str) -> None:
        self.sagemaker.update_model_package(ModelPackageArn=self.version, ModelApprovalStatus=status)

    def tag(self, status: str) -> None:
        tags = {"TagSet": [{"Key": "approval-status", "Value": status}]}
        self.s3.put_object_tagging(Bucket=self.bucket, Key="model.tar.gz", Tagging=tags)


def test_a_central_version_is_served_once_shared_approved_and_released(stage: Stage) -> None:
    registry = Registry(stage)
    role = execution_role(stage.emulator, registry.bucket, account=stage.account)
    deployment = stage.emulator.role(
        allow(["sagemaker:CreateModel", "sagemaker:DescribeModelPackage", "iam:PassRole"]),
        account=stage.account,
    )
    deploying = stage.emulator.client("sagemaker", account=stage.account, role=deployment)

    def create() -> str:
        name = unique("model")
        container = {"ModelPackageName": registry.version}
        deploying.create_model(ModelName=name, Containers=[container], ExecutionRoleArn=role)
        return name

    with pytest.raises(
        ClientError, match="no resource-based policy allows the sagemaker:DescribeModelPackage"
    ):
        create()
    registry.share(stage.account)
    with pytest.raises(ClientError, match="it must be Approved"):
        create()
    registry.approve("Approved")
    with pytest.raises(ClientError, match="Could not access model data"):
        create()
    registry.tag("Approved")
    endpoint = stage.endpoint(stage.configuration(create()))
    assert stage.ask(endpoint, "1") == {"predictions": [6.0]}


def test_an_endpoint_reads_its_artifact_when_it_starts(stage: Stage) -> None:
    registry = Registry(stage)
    registry.share(stage.account)
    registry.approve("Approved")
    registry.tag("Approved")
    role = execution_role(stage.emulator, registry.bucket, account=stage.account)
    configuration = stage.configuration(stage.model(registry.uri, role))
    registry.tag("Rejected")
    described = stage.settled(stage.endpoint(configuration))
    assert described["EndpointStatus"] == "Failed"
    assert "Failed to download" in described["FailureReason"]
