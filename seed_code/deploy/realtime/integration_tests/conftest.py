"""The endpoint under test, and the request and answer that were registered with its model version."""

import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from deploy import integration_test_role
from deploy.project import required
from deploy.sample import Sample


@dataclass(frozen=True)
class Endpoint:
    """An endpoint in the account of its stage.

    Attributes:
        name: Its name.
        session: The session of the role that may ask it.
        milliseconds: How long each of its answers took.
    """

    name: str
    session: Any
    milliseconds: list[float] = field(default_factory=list)

    @property
    def status(self) -> str:
        """Its state, ``InService`` when it answers."""
        details = self.session.client("sagemaker").describe_endpoint(EndpointName=self.name)
        return str(details["EndpointStatus"])

    def ask(self, body: str, content_type: str) -> dict[str, Any]:
        """Ask for predictions, and note how long the answer took."""
        started = time.perf_counter()
        answer = self.session.client("sagemaker-runtime").invoke_endpoint(
            EndpointName=self.name, Body=body.encode(), ContentType=content_type, Accept="application/json"
        )
        content: dict[str, Any] = json.loads(answer["Body"].read())
        self.milliseconds.append(1000 * (time.perf_counter() - started))
        return content


@pytest.fixture(scope="session")
def endpoint(record_testsuite_property: Callable[[str, object], None]) -> Iterator[Endpoint]:
    """The endpoint, asked under the role that the stage's account keeps for these tests.

    What is recorded of it comes into the model's card (deploy/document_validation.py).
    """
    (name,) = required(os.environ, ["ENDPOINT_NAME"])
    asked = Endpoint(name, integration_test_role.assume(os.environ))
    yield asked
    if asked.milliseconds:
        record_testsuite_property("median_latency_ms", round(statistics.median(asked.milliseconds), 1))
        record_testsuite_property("maximum_latency_ms", round(max(asked.milliseconds), 1))


@pytest.fixture(scope="session")
def sample() -> Sample:
    """The sample of the model version, from the central registry."""
    return Sample.registered()
