"""Jobs and endpoints of an image that a team has built: its own program answers, in its own packages."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.ecr.conftest import Docker, name_of, policy
from tests.emulator.sagemaker_support import (
    PULL,
    execution_role,
    make_bucket,
    put,
    settled,
    unique,
)
from tests.emulator.support import Emulator, allow

ENTRY = """
import http.server, importlib.util, json, os, pathlib, sys
base = pathlib.Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
if sys.argv[1] == "train":
    given = json.loads((base / "input/config/hyperparameters.json").read_text())
    rows = len((base / "input/data/train/train.csv").read_text().splitlines())
    import iniconfig
    model = {**given, "rows": rows, "greeting": os.environ["GREETING"], "directory": os.getcwd(),
             "xgboost": importlib.util.find_spec("xgboost") is not None}
    (base / "model/model.json").write_text(json.dumps(model))
    sys.exit()

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/ping" else 404)
        self.end_headers()

    def do_POST(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        model = json.loads((base / "model/model.json").read_text())
        self.wfile.write(json.dumps({**model, "address": server.server_address[0]}).encode())

assert sys.argv[1] == "serve"
server = http.server.HTTPServer(("0.0.0.0", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler)
server.serve_forever()
"""


@pytest.fixture
def image(emulator: Emulator, docker: Docker, repository: str) -> str:
    """URI by digest of an image that is in the repository."""
    ecr = emulator.client("ecr")
    docker.build(f"{repository}:one", {"program/entry.py": ENTRY}, "--output", "type=docker")
    docker.login(ecr)
    assert docker.run("push", f"{repository}:one").returncode == 0
    (pushed,) = ecr.describe_images(repositoryName=name_of(repository))["imageDetails"]
    return f"{repository}@{pushed['imageDigest']}"


@pytest.fixture
def bucket(emulator: Emulator) -> str:
    name = make_bucket(emulator)
    put(emulator, name, "train/train.csv", "1\n2\n3\n")
    return name


def may_pull(repository: str) -> Any:
    name = name_of(repository.partition("@")[0])
    return allow(PULL, f"arn:aws:ecr:eu-west-1:*:repository/{name}")


def train(emulator: Emulator, image: str, bucket: str, role: str) -> Any:
    sagemaker, name = emulator.client("sagemaker"), unique("train")
    uri = f"s3://{bucket}/train/"
    sagemaker.create_training_job(
        TrainingJobName=name,
        RoleArn=role,
        AlgorithmSpecification={"TrainingImage": image, "TrainingInputMode": "File"},
        HyperParameters={"depth": "3"},
        InputDataConfig=[
            {"ChannelName": "train", "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}}}
        ],
        OutputDataConfig={"S3OutputPath": f"s3://{bucket}/models"},
        ResourceConfig={"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 10},
        StoppingCondition={"MaxRuntimeInSeconds": 600},
    )
    return settled(
        lambda: sagemaker.describe_training_job(TrainingJobName=name), "TrainingJobStatus", ("InProgress",)
    )


def test_an_image_trains_and_serves_by_its_own_program(
    emulator: Emulator, image: str, bucket: str, tmp_path: Path
) -> None:
    role = execution_role(emulator, bucket, may_pull(image))
    described = train(emulator, image, bucket, role)
    assert described["TrainingJobStatus"] == "Completed", described["FailureReason"]

    sagemaker = emulator.client("sagemaker")
    name = unique("own")
    sagemaker.create_model(
        ModelName=name,
        PrimaryContainer={
            "Image": image,
            "ModelDataUrl": described["ModelArtifacts"]["S3ModelArtifacts"],
        },
        ExecutionRoleArn=role,
    )
    variant = {"VariantName": "a", "ModelName": name, "InstanceType": "ml.m5.large"}
    sagemaker.create_endpoint_config(
        EndpointConfigName=name, ProductionVariants=[{**variant, "InitialInstanceCount": 1}]
    )
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    stands = settled(lambda: sagemaker.describe_endpoint(EndpointName=name), "EndpointStatus", ("Creating",))
    assert stands["EndpointStatus"] == "InService", stands["FailureReason"]
    answer = emulator.client("sagemaker-runtime").invoke_endpoint(EndpointName=name, Body=b"1")
    said = json.loads(answer["Body"].read())
    sagemaker.delete_endpoint(EndpointName=name)
    assert said.pop("directory").endswith("/image/opt/program")
    # It asks for all interfaces, and gets the loopback interface.
    assert said == {
        "depth": "3",
        "rows": 3,
        "greeting": "hello",
        "xgboost": False,
        "address": "127.0.0.1",
    }


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda uri: uri[:-4] + "0000", "not found"),
        (lambda uri: uri.partition("@")[0] + ":two", "not found"),
    ],
)
def test_an_image_that_is_not_there(
    emulator: Emulator, image: str, bucket: str, change: Any, says: str
) -> None:
    described = train(emulator, change(image), bucket, execution_role(emulator, bucket, may_pull(image)))
    assert described["TrainingJobStatus"] == "Failed"
    assert says in described["FailureReason"]


def test_an_image_in_the_format_of_oci_is_refused(
    emulator: Emulator, docker: Docker, repository: str, bucket: str
) -> None:
    docker.build(f"{repository}:oci", {"program/entry.py": ENTRY})
    docker.login(emulator.client("ecr"))
    docker.run("push", f"{repository}:oci")
    role = execution_role(emulator, bucket, may_pull(repository))
    described = train(emulator, f"{repository}:oci", bucket, role)
    assert "Unsupported manifest media type" in described["FailureReason"]


def test_a_role_that_may_not_pull(emulator: Emulator, image: str, bucket: str) -> None:
    described = train(emulator, image, bucket, execution_role(emulator, bucket))
    assert "ecr:BatchCheckLayerAvailability" in described["FailureReason"]


def test_an_image_of_another_account_without_its_grant(emulator: Emulator, image: str) -> None:
    """The role may pull from wherever it is let; the repository's policy lets it only then."""
    bucket = make_bucket(emulator, emulator.test)
    role = execution_role(emulator, bucket, may_pull(image), account=emulator.test)
    sagemaker = emulator.client("sagemaker", account=emulator.test)
    for allowed in (False, True):
        if allowed:
            emulator.client("ecr").set_repository_policy(
                repositoryName=name_of(image.partition("@")[0]), policyText=policy(role, *PULL)
            )
        name = unique("foreign")
        sagemaker.create_model(ModelName=name, PrimaryContainer={"Image": image}, ExecutionRoleArn=role)
        variant = {"VariantName": "a", "ModelName": name, "InstanceType": "ml.m5.large"}
        sagemaker.create_endpoint_config(
            EndpointConfigName=name, ProductionVariants=[{**variant, "InitialInstanceCount": 1}]
        )
        sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
        stands = settled(
            lambda name=name: sagemaker.describe_endpoint(EndpointName=name),  # type: ignore[misc]
            "EndpointStatus",
            ("Creating",),
        )
        if not allowed:
            assert "ecr:BatchCheckLayerAvailability" in stands["FailureReason"]
        else:
            assert stands["EndpointStatus"] == "InService", stands["FailureReason"]
        sagemaker.delete_endpoint(EndpointName=name)
