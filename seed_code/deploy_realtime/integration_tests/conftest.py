"""The endpoint under test, and the request and answer that were registered with its model version."""

import base64
import json
import os
import time
import zlib
from dataclasses import dataclass
from typing import Any

import boto3
import pytest


@dataclass(frozen=True)
class Endpoint:
    """An endpoint in the account of its stage.

    Attributes:
        name: Its name.
        session: The session of the role that may ask it.
    """

    name: str
    session: Any

    @property
    def status(self) -> str:
        """Its state, ``InService`` when it answers."""
        details = self.session.client("sagemaker").describe_endpoint(EndpointName=self.name)
        return str(details["EndpointStatus"])

    def ask(self, body: str, content_type: str) -> dict[str, Any]:
        """Ask for predictions, and print how long the answer took."""
        started = time.perf_counter()
        answer = self.session.client("sagemaker-runtime").invoke_endpoint(
            EndpointName=self.name, Body=body.encode(), ContentType=content_type, Accept="application/json"
        )
        content: dict[str, Any] = json.loads(answer["Body"].read())
        print(f"{content_type}: {1000 * (time.perf_counter() - started):.0f} ms")
        return content


@dataclass(frozen=True)
class Sample:
    """A request with the answer that the model gave when it was evaluated.

    Attributes:
        row: The request as a CSV row.
        prediction: The label or the number.
        probability: The probability of the label; None for a regression.
    """

    row: str
    prediction: str | float
    probability: float | None


def variable(name: str) -> str:
    """An environment variable that the build sets."""
    value = os.environ.get(name, "")
    if not value:
        pytest.exit(f"Set {name}; the project's build does it (README.md).", returncode=2)
    return value


@pytest.fixture(scope="session")
def endpoint() -> Endpoint:
    """The endpoint, asked under the role that the stage's account keeps for these tests."""
    region = variable("AWS_REGION")
    credentials = boto3.client("sts", region_name=region).assume_role(
        RoleArn=variable("INTEGRATION_TEST_ROLE_ARN"), RoleSessionName="integration-test"
    )["Credentials"]
    session = boto3.Session(
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        region_name=region,
    )
    return Endpoint(variable("ENDPOINT_NAME"), session)


@pytest.fixture(scope="session")
def sample() -> Sample:
    """The sample of the model version, from the central registry."""
    arn = variable("MODEL_PACKAGE_ARN")
    client = boto3.client("sagemaker", region_name=variable("AWS_REGION"))
    metadata = client.describe_model_package(ModelPackageName=arn).get("CustomerMetadataProperties", {})
    if not {"sample_request", "sample_prediction"} <= metadata.keys():
        pytest.fail(f"{arn} was registered without sample_request and sample_prediction (README.md).")
    row, answer = (
        zlib.decompress(base64.b64decode(metadata[name])).decode()
        for name in ("sample_request", "sample_prediction")
    )
    expected = json.loads(answer)
    return Sample(row, expected["prediction"], expected.get("probability"))
