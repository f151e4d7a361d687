"""Endpoints at work: deployments that start, answer, give way to the next, and end."""

import logging
import random
import threading
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from emulator.core.service import ServiceError
from emulator.sagemaker.artifacts import ArtifactError
from emulator.sagemaker.hosting.capture import DataCapture
from emulator.sagemaker.hosting.serving import INVOCATION_SECONDS, Answer, ModelServer, ServedModel
from emulator.sagemaker.jobs.containers import FAILURE_REASON_LENGTH, ContainerError
from emulator.sagemaker.storage import StorageError

_LOGGER = logging.getLogger(__name__)


class Deployment:
    """An endpoint configuration in service: a server for each of its variants, and its data capture."""

    def __init__(
        self, endpoint: str, configuration: Mapping[str, Any], models: Mapping[str, ServedModel]
    ) -> None:
        """Prepare the servers.

        Args:
            endpoint: Name of the endpoint.
            configuration: The description of the endpoint configuration.
            models: The model of each of its variants.
        """
        self.configuration = configuration
        self._endpoint = endpoint
        self._variants = {variant["VariantName"]: variant for variant in configuration["ProductionVariants"]}
        self._servers = {name: ModelServer(model) for name, model in models.items()}
        self._capture: DataCapture | None = None
        self._since = time.time()
        self._idle = threading.Condition()
        self._answering = 0

    def start(self) -> None:
        """Start every server and wait until all answer; none is left running if one does not.

        Raises:
            ServiceError: An execution role cannot be assumed by SageMaker.
            StorageError: An execution role cannot read its artifact.
            ArtifactError: An artifact cannot be unpacked.
            ContainerError: A container cannot be started.
        """
        try:
            for server in self._servers.values():
                server.start()
        except Exception:
            self.stop()
            raise
        config = self.configuration.get("DataCaptureConfig", {})
        if config.get("EnableCapture"):
            model = next(iter(self._servers.values())).model
            self._capture = DataCapture(config, self._endpoint, model.role_arn, model.region)

    def stop(self) -> None:
        """Finish the answers that are under way, and end. Safe to repeat."""
        with self._idle:
            self._idle.wait_for(lambda: self._answering == 0, timeout=INVOCATION_SECONDS)
        for server in self._servers.values():
            server.stop()
        if self._capture is not None:
            self._capture.close()

    def invoke(self, body: bytes, headers: Mapping[str, str], target: str | None) -> tuple[str, Answer]:
        """Answer a request; see `Endpoint.invoke`."""
        variant = self._choose(target)
        answer = self._servers[variant].invoke(body, headers)
        if self._capture is not None and answer.status == HTTPStatus.OK:
            asked = body, headers.get("Content-Type", "")
            self._capture.capture(variant, asked, (answer.body, answer.content_type))
        return variant, answer

    def enter(self) -> None:
        """Count an answer that begins; the endpoint calls this while it still holds the deployment."""
        with self._idle:
            self._answering += 1

    def leave(self) -> None:
        """Count an answer that has ended."""
        with self._idle:
            self._answering -= 1
            self._idle.notify_all()

    def described(self) -> dict[str, Any]:
        """What DescribeEndpoint answers about variants and data capture."""
        variants = [
            {
                "VariantName": name,
                "DeployedImages": [
                    {"SpecifiedImage": self._servers[name].model.image, "ResolutionTime": self._since}
                ],
                "CurrentWeight": variant.get("InitialVariantWeight", 1.0),
                "DesiredWeight": variant.get("InitialVariantWeight", 1.0),
                "CurrentInstanceCount": variant.get("InitialInstanceCount", 1),
                "DesiredInstanceCount": variant.get("InitialInstanceCount", 1),
            }
            for name, variant in self._variants.items()
        ]
        capture = self.configuration.get("DataCaptureConfig")
        if capture is None:
            return {"ProductionVariants": variants}
        summary = {
            "EnableCapture": capture.get("EnableCapture", False),
            "CaptureStatus": "Started" if capture.get("EnableCapture") else "Stopped",
            "CurrentSamplingPercentage": capture["InitialSamplingPercentage"],
            "DestinationS3Uri": capture["DestinationS3Uri"],
            "KmsKeyId": capture.get("KmsKeyId", ""),
        }
        return {"ProductionVariants": variants, "DataCaptureConfig": summary}

    def _choose(self, target: str | None) -> str:
        """The variant that the client asks for, or else one by weight."""
        if target is None:
            weights = [variant.get("InitialVariantWeight", 1.0) for variant in self._variants.values()]
            target = str(random.choices(list(self._variants), weights)[0])  # noqa: S311 (shares load, no secret)
        elif target not in self._variants:
            raise ServiceError("ValidationError", f"Variant {target} was not found.")
        return target


class Endpoint:
    """An endpoint.

    Attributes:
        name: Its name.
        arn: Its ARN.
        settled: Set while the endpoint is neither being created nor updated.
    """

    def __init__(self, name: str, endpoint_arn: str) -> None:
        """Prepare an endpoint.

        Args:
            name: Its name.
            endpoint_arn: Its ARN.
        """
        self.name = name
        self.arn = endpoint_arn
        self.settled = threading.Event()
        self._lock = threading.Lock()
        self._deployment: Deployment | None = None
        self._deleted = False
        now = time.time()
        self._state: dict[str, Any] = {"CreationTime": now, "LastModifiedTime": now}

    @property
    def description(self) -> dict[str, Any]:
        """What DescribeEndpoint answers."""
        with self._lock:
            deployed = self._deployment.described() if self._deployment is not None else {}
            return {"EndpointName": self.name, "EndpointArn": self.arn, **self._state, **deployed}

    def deploy(self, configuration: Mapping[str, Any], models: Mapping[str, ServedModel]) -> None:
        """Bring a configuration into service in the background.

        An endpoint that serves goes on serving until the new configuration answers, and stays with the old
        one if it never does.

        Args:
            configuration: The description of the endpoint configuration.
            models: The model of each of its variants.

        Raises:
            ServiceError: The endpoint is being created, updated or deleted, or has failed.
        """
        with self._lock:
            status = self._state.get("EndpointStatus")
            if status not in (None, "InService"):
                raise ServiceError(
                    "ValidationException",
                    f'Cannot update endpoint "{self.arn}" while its status is {status}.',
                )
            self.settled.clear()
            self._state |= {"EndpointStatus": "Updating" if status else "Creating"}
            self._state.setdefault("EndpointConfigName", configuration["EndpointConfigName"])
        deployment = Deployment(self.name, configuration, models)
        threading.Thread(target=self._deploy, args=(deployment,), name=self.arn, daemon=True).start()

    def invoke(self, body: bytes, headers: Mapping[str, str], target: str | None) -> tuple[str, Answer]:
        """Answer a request.

        Args:
            body: The body.
            headers: What the container is to see.
            target: The variant that the client asks for, if any.

        Returns:
            The variant that answered, and its answer.

        Raises:
            ServiceError: The endpoint is not in service, or there is no such variant.
            OSError: The container does not answer.
        """
        with self._lock:
            deployment = self._deployment
            if deployment is None:
                raise ServiceError("ValidationError", f"Endpoint {self.name} is not in service.")
            deployment.enter()
        try:
            return deployment.invoke(body, headers, target)
        finally:
            deployment.leave()

    def delete(self) -> None:
        """Take the endpoint out of service."""
        with self._lock:
            self._deleted = True
            self._state |= {"EndpointStatus": "Deleting"}
            retired, self._deployment = self._deployment, None
        if retired is not None:
            retired.stop()

    def _deploy(self, deployment: Deployment) -> None:
        try:
            deployment.start()
        except (ServiceError, StorageError, ArtifactError, ContainerError) as error:
            self._stay(str(error))
        except Exception as error:
            _LOGGER.exception("Endpoint %s", self.name)
            self._stay(f"InternalServerError: {error!r}")
        else:
            self._replace(deployment)
        self.settled.set()

    def _stay(self, reason: str) -> None:
        """Keep the deployment in service, if there is one, and the reason why it is not another."""
        with self._lock:
            self._state |= {
                "EndpointStatus": "InService" if self._deployment is not None else "Failed",
                "FailureReason": reason[:FAILURE_REASON_LENGTH],
                "LastModifiedTime": time.time(),
            }

    def _replace(self, deployment: Deployment) -> None:
        """Put a deployment into service in place of the one that is, unless the endpoint is gone by now."""
        with self._lock:
            retired: Deployment | None = deployment
            if not self._deleted:
                retired, self._deployment = self._deployment, deployment
                self._state.pop("FailureReason", None)
                self._state |= {
                    "EndpointStatus": "InService",
                    "EndpointConfigName": deployment.configuration["EndpointConfigName"],
                    "LastModifiedTime": time.time(),
                }
        if retired is not None:
            retired.stop()
