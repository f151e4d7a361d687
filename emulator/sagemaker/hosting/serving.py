"""A model behind an endpoint: its artifact fetched with the execution role, its process, its answers."""

import http.client
import secrets
import shutil
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from emulator.core import state
from emulator.iam import credentials
from emulator.sagemaker.artifacts import unpack
from emulator.sagemaker.jobs.containers import (
    BASE,
    Container,
    ContainerError,
    container_of,
)
from emulator.sagemaker.service import PRINCIPAL, check_image_pull
from emulator.sagemaker.storage import Storage

MODEL = f"{BASE}/model"
STARTUP_SECONDS = 480
"""How long a container may take to answer its first ping: SageMaker's own default of 8 minutes."""
INVOCATION_SECONDS = 60
"""How long a container may take to answer
(https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html)."""


@dataclass(frozen=True, kw_only=True)
class ServedModel:
    """What is served.

    Attributes:
        image: URI of the container image.
        artifact: S3 URI of the model's `model.tar.gz`, if it has one.
        environment: Variables of the container.
        isolated: Whether the container gets no credentials, as it may reach no network.
        role_arn: The execution role.
    """

    image: str
    artifact: str | None
    environment: Mapping[str, str]
    isolated: bool
    role_arn: str
    region: str


@dataclass(frozen=True)
class Answer:
    """What a container answered."""

    status: int
    body: bytes
    content_type: str


class ModelServer:
    """A process that serves one model."""

    def __init__(self, model: ServedModel) -> None:
        """Prepare a server.

        Args:
            model: What it is to serve.
        """
        self.model = model
        self._folder = state.folder("sagemaker", "endpoint", secrets.token_hex(6))
        self._container: Container | None = None
        self._port = 0

    def start(self) -> None:
        """Fetch the artifact, start the process and wait until it answers.

        Raises:
            ServiceError: The execution role cannot be assumed by SageMaker.
            StorageError: The execution role cannot read the artifact.
            ArtifactError: The artifact cannot be unpacked.
            ContainerError: The process ended or did not answer in time.
        """
        role = credentials.service_role_credentials(self.model.role_arn, PRINCIPAL, "SageMaker")
        check_image_pull(self.model.role_arn, self.model.image, self.model.region)
        self._container = container = container_of(self.model.image, self._folder)
        container.path(MODEL).mkdir(exist_ok=True)
        if self.model.artifact:
            archive = self._folder / "model.tar.gz"
            storage = Storage(credentials.client("s3", role, self.model.region))
            storage.download_object(self.model.artifact, archive)
            unpack(archive, container.path(MODEL), self.model.artifact)
        self._port = _free_port()
        own = container.own
        toolkit = {"SAGEMAKER_PROGRAM": "inference.py", "SAGEMAKER_SUBMIT_DIRECTORY": f"{MODEL}/code"}
        container.start(
            ["python3", str(container.program("serve"))] if own is None else [*own.entrypoint, "serve"],
            {
                **({} if self.model.isolated else credentials.environment(role, self.model.region)),
                **(toolkit if own is None else {}),
                **self.model.environment,
                "SAGEMAKER_BIND_TO_PORT": str(self._port),
            },
            None if own is None else container.path(own.directory),
        )
        self._wait_for_ping(container)

    def invoke(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a request to the container.

        Args:
            body: The body.
            headers: `Content-Type`, `Accept` and SageMaker's own.

        Raises:
            OSError: The container does not answer.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=INVOCATION_SECONDS)
        try:
            connection.request("POST", "/invocations", body=body, headers=dict(headers))
            response = connection.getresponse()
            return Answer(response.status, response.read(), response.getheader("Content-Type", ""))
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()

    def stop(self) -> None:
        """End the process and remove its folder. Safe to repeat."""
        if self._container is not None:
            self._container.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _wait_for_ping(self, container: Container) -> None:
        """Ping until the container answers, as SageMaker does."""
        deadline = time.monotonic() + STARTUP_SECONDS
        pause = threading.Event()
        while container.running() and time.monotonic() < deadline:
            if self._pings():
                return
            pause.wait(0.05)
        raise ContainerError(
            f"The primary container did not pass the ping health check. {container.last_lines()}".strip()
        )

    def _pings(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=2)
        try:
            connection.request("GET", "/ping")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
