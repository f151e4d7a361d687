"""Hosting: models, endpoint configurations, and endpoints that really answer.

Source: the API reference of each operation, such as
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html.
"""

import logging
import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.emulator import credentials
from rehearsal.emulator.sagemaker_capture import DataCapture
from rehearsal.emulator.sagemaker_containers import FAILURE_REASON_LENGTH, ContainerError
from rehearsal.emulator.sagemaker_registry import check_use, version_at
from rehearsal.emulator.sagemaker_service import PRINCIPAL, check_pass_role, check_tagging, sagemaker
from rehearsal.emulator.sagemaker_serving import Answer, ModelServer, ServedModel
from rehearsal.emulator.sagemaker_storage import Storage, StorageError
from rehearsal.emulator.sagemaker_store import Table, listed, tags
from rehearsal.emulator.service import Request, ServiceError

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class Model:
    """A model: its description, as DescribeModel answers it, and what an endpoint serves."""

    description: dict[str, Any]
    served: ServedModel


models: Table[Model] = Table(
    "model",
    missing='Could not find model "{arn}".',
    duplicate='Cannot create already existing model "{arn}".',
)
configurations: Table[dict[str, Any]] = Table(
    "endpoint-config",
    missing='Could not find endpoint configuration "{arn}".',
    duplicate='Cannot create already existing endpoint configuration "{arn}".',
)


# Models.


@sagemaker.operation("CreateModel", resource=models.resource("ModelName"))
def _create_model(request: Request) -> dict[str, Any]:
    given = request.parameters
    containers = given.get("Containers") or [given.get("PrimaryContainer")]
    if len(containers) != 1 or containers[0] is None:
        raise ServiceError("UnsupportedOperation", "The emulator serves models of exactly one container.")
    check_pass_role(request, given["ExecutionRoleArn"])
    model_arn = models.arn(request, given["ModelName"])
    check_tagging(request, model_arn)
    served = _served(request, containers[0], given["ExecutionRoleArn"])
    _check_artifact(served)
    description = {key: value for key, value in given.items() if key != "Tags"}
    description |= {"ModelArn": model_arn, "CreationTime": time.time()}
    models.add(request.account, request.region, given["ModelName"], Model(description, served))
    tags.put(model_arn, given.get("Tags", []))
    return {"ModelArn": model_arn}


def _served(request: Request, container: Mapping[str, Any], role_arn: str) -> ServedModel:
    """What a container definition serves, read from the model package if it names one."""
    environment = dict(container.get("Environment", {}))
    if package_arn := container.get("ModelPackageName"):
        check_use(request, package_arn)
        package = version_at(package_arn)
        if package["ModelApprovalStatus"] != "Approved":
            raise ServiceError(
                "ValidationException",
                f"Cannot create a model from model package {package_arn}, whose approval status is "
                f"{package['ModelApprovalStatus']}: it must be Approved.",
            )
        container = package.get("InferenceSpecification", {}).get("Containers", [{}])[0]
        environment = {**container.get("Environment", {}), **environment}
    if "Image" not in container:
        raise ServiceError("ValidationException", "The container definition has no Image.")
    return ServedModel(
        image=container["Image"],
        artifact=_artifact(container),
        environment=environment,
        role_arn=role_arn,
        region=request.region,
    )


def _artifact(container: Mapping[str, Any]) -> str | None:
    source = container.get("ModelDataSource", {}).get("S3DataSource")
    if source is None:
        url: str | None = container.get("ModelDataUrl")
        return url
    if source["S3DataType"] != "S3Object" or source["CompressionType"] != "Gzip":
        raise ServiceError(
            "UnsupportedOperation", "The emulator serves artifacts that are one gzipped tar archive."
        )
    return str(source["S3Uri"])


def _check_artifact(model: ServedModel) -> None:
    """Check what SageMaker checks when a model is created: that its role can read its artifact."""
    try:
        role = credentials.service_role_credentials(model.role_arn, PRINCIPAL, "SageMaker")
        if model.artifact:
            Storage(credentials.client("s3", role, model.region)).check(model.artifact)
    except (StorageError, ServiceError) as error:
        raise ServiceError(
            "ValidationException",
            f"Could not access model data at {model.artifact}. Please ensure that the role {model.role_arn} "
            'exists and that its trust relationship policy allows the action "sts:AssumeRole" for the '
            f'service principal "{PRINCIPAL}". Also ensure that the role has "s3:GetObject" permissions and '
            f"that the object is located in {model.region}. ({error})",
        ) from error


@sagemaker.operation("DescribeModel", resource=models.resource("ModelName"))
def _describe_model(request: Request) -> dict[str, Any]:
    return models.get(request.account, request.region, request.parameters["ModelName"]).description


@sagemaker.operation("ListModels")
def _list_models(request: Request) -> dict[str, Any]:
    described = [model.description for model in models.all(request.account, request.region)]
    found, rest = listed(request, described, name="ModelName", descending=True)
    return {
        "Models": [{key: each[key] for key in ("ModelName", "ModelArn", "CreationTime")} for each in found],
        **rest,
    }


@sagemaker.operation("DeleteModel", resource=models.resource("ModelName"))
def _delete_model(request: Request) -> dict[str, Any]:
    models.remove(request.account, request.region, request.parameters["ModelName"])
    return {}


# Endpoint configurations.


@sagemaker.operation("CreateEndpointConfig", resource=configurations.resource("EndpointConfigName"))
def _create_configuration(request: Request) -> dict[str, Any]:
    given = request.parameters
    configuration_arn = configurations.arn(request, given["EndpointConfigName"])
    check_tagging(request, configuration_arn)
    for variant in given["ProductionVariants"]:
        if "ModelName" not in variant or "ServerlessConfig" in variant:
            raise ServiceError("UnsupportedOperation", "The emulator serves models on instances only.")
        models.get(request.account, request.region, variant["ModelName"])
    description = {key: value for key, value in given.items() if key != "Tags"}
    description |= {"EndpointConfigArn": configuration_arn, "CreationTime": time.time()}
    configurations.add(request.account, request.region, given["EndpointConfigName"], description)
    tags.put(configuration_arn, given.get("Tags", []))
    return {"EndpointConfigArn": configuration_arn}


@sagemaker.operation("DescribeEndpointConfig", resource=configurations.resource("EndpointConfigName"))
def _describe_configuration(request: Request) -> dict[str, Any]:
    return configurations.get(request.account, request.region, request.parameters["EndpointConfigName"])


@sagemaker.operation("ListEndpointConfigs")
def _list_configurations(request: Request) -> dict[str, Any]:
    described = configurations.all(request.account, request.region)
    found, rest = listed(request, described, name="EndpointConfigName", descending=True)
    shown = ("EndpointConfigName", "EndpointConfigArn", "CreationTime")
    return {"EndpointConfigs": [{key: each[key] for key in shown} for each in found], **rest}


@sagemaker.operation("DeleteEndpointConfig", resource=configurations.resource("EndpointConfigName"))
def _delete_configuration(request: Request) -> dict[str, Any]:
    configurations.remove(request.account, request.region, request.parameters["EndpointConfigName"])
    return {}


# Endpoints.


class Deployment:
    """An endpoint configuration in service: a server for each of its variants."""

    def __init__(self, configuration: Mapping[str, Any], account: str, region: str) -> None:
        """Prepare the servers.

        Args:
            configuration: The description of the endpoint configuration.
            account: Account of the endpoint.
            region: Region of the endpoint.

        Raises:
            ServiceError: A model has been deleted.
        """
        self.configuration = configuration
        self._variants = {variant["VariantName"]: variant for variant in configuration["ProductionVariants"]}
        self.models = {
            name: models.get(account, region, variant["ModelName"]).served
            for name, variant in self._variants.items()
        }
        self._servers = {name: ModelServer(model) for name, model in self.models.items()}
        self._since = time.time()

    def start(self) -> None:
        """Start every server and wait until all answer; none is left running if one does not.

        Raises:
            ServiceError: An execution role cannot be assumed by SageMaker.
            StorageError: An execution role cannot read its artifact.
            ContainerError: A container cannot be started.
        """
        try:
            for server in self._servers.values():
                server.start()
        except Exception:
            self.stop()
            raise

    def stop(self) -> None:
        """End every server. Safe to repeat."""
        for server in self._servers.values():
            server.stop()

    def choose(self, target: str | None) -> str:
        """Name of the variant that answers a request.

        Args:
            target: The variant that the client asks for, if any; else they share by weight.

        Raises:
            ServiceError: There is no such variant.
        """
        if target is None:
            weights = [variant.get("InitialVariantWeight", 1.0) for variant in self._variants.values()]
            target = str(random.choices(list(self._variants), weights)[0])  # noqa: S311 (shares load, no secret)
        elif target not in self._variants:
            raise ServiceError("ValidationError", f"Variant {target} was not found.")
        return target

    def invoke(self, variant: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a request to a variant's server.

        Raises:
            OSError: The server does not answer.
        """
        return self._servers[variant].invoke(body, headers)

    def summaries(self) -> list[dict[str, Any]]:
        """The variants as DescribeEndpoint answers them."""
        return [
            {
                "VariantName": name,
                "DeployedImages": [
                    {"SpecifiedImage": self.models[name].image, "ResolutionTime": self._since},
                ],
                "CurrentWeight": variant.get("InitialVariantWeight", 1.0),
                "DesiredWeight": variant.get("InitialVariantWeight", 1.0),
                "CurrentInstanceCount": variant.get("InitialInstanceCount", 1),
                "DesiredInstanceCount": variant.get("InitialInstanceCount", 1),
            }
            for name, variant in self._variants.items()
        ]


class Endpoint:
    """An endpoint.

    Attributes:
        settled: Set while the endpoint is neither being created nor updated.
    """

    def __init__(self, name: str, endpoint_arn: str, account: str, region: str) -> None:
        """Prepare an endpoint.

        Args:
            name: Its name.
            endpoint_arn: Its ARN.
            account: Its account.
            region: Its Region.
        """
        self.name = name
        self.arn = endpoint_arn
        self.settled = threading.Event()
        self._place = (account, region)
        self._lock = threading.Lock()
        self._deployment: Deployment | None = None
        self._capture: DataCapture | None = None
        self._deleted = False
        now = time.time()
        self._state: dict[str, Any] = {"CreationTime": now, "LastModifiedTime": now}

    @property
    def description(self) -> dict[str, Any]:
        """What DescribeEndpoint answers."""
        described = {"EndpointName": self.name, "EndpointArn": self.arn, **self._state}
        if (deployment := self._deployment) is None:
            return described
        described["ProductionVariants"] = deployment.summaries()
        if capture := deployment.configuration.get("DataCaptureConfig"):
            described["DataCaptureConfig"] = {
                "EnableCapture": capture.get("EnableCapture", False),
                "CaptureStatus": "Started" if capture.get("EnableCapture") else "Stopped",
                "CurrentSamplingPercentage": capture["InitialSamplingPercentage"],
                "DestinationS3Uri": capture["DestinationS3Uri"],
                "KmsKeyId": capture.get("KmsKeyId", ""),
            }
        return described

    def deploy(self, configuration: Mapping[str, Any]) -> None:
        """Bring a configuration into service in the background.

        An endpoint that serves goes on serving until the new configuration answers, and stays with the old
        one if it never does.

        Args:
            configuration: The description of the endpoint configuration.

        Raises:
            ServiceError: The endpoint is not in service, or a model has been deleted.
        """
        with self._lock:
            status = self._state.get("EndpointStatus")
            if status not in (None, "InService"):
                raise ServiceError(
                    "ValidationException",
                    f'Cannot update endpoint "{self.arn}" while its status is {status}.',
                )
            deployment = Deployment(configuration, *self._place)
            self.settled.clear()
            self._state |= {"EndpointStatus": "Updating" if status else "Creating"}
            self._state.setdefault("EndpointConfigName", configuration["EndpointConfigName"])
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
        deployment, capture = self._deployment, self._capture
        if deployment is None:
            raise ServiceError(
                "ValidationError", f"Endpoint {self.name} of account {self._place[0]} not found."
            )
        variant = deployment.choose(target)
        answer = deployment.invoke(variant, body, headers)
        if capture is not None and answer.status == 200:
            capture.capture(
                variant, (body, headers.get("Content-Type", "")), (answer.body, answer.content_type)
            )
        return variant, answer

    def delete(self) -> None:
        """Take the endpoint out of service."""
        with self._lock:
            self._deleted = True
            self._state |= {"EndpointStatus": "Deleting"}
            retired, self._deployment = self._deployment, None
        self._retire(retired)

    def _deploy(self, deployment: Deployment) -> None:
        try:
            deployment.start()
        except (ServiceError, StorageError, ContainerError) as error:
            self._settle(None, str(error))
        except Exception as error:
            _LOGGER.exception("Endpoint %s", self.name)
            self._settle(None, f"InternalServerError: {error!r}")
        else:
            self._settle(deployment)

    def _settle(self, deployment: Deployment | None, reason: str = "") -> None:
        with self._lock:
            retired = deployment if self._deleted else None
            if deployment is None:
                failed = {"FailureReason": reason[:FAILURE_REASON_LENGTH]}
                self._state |= failed | {"EndpointStatus": "InService" if self._deployment else "Failed"}
            elif not self._deleted:
                retired, self._deployment = self._deployment, deployment
                self._state |= {
                    "EndpointStatus": "InService",
                    "EndpointConfigName": deployment.configuration["EndpointConfigName"],
                }
                self._state.pop("FailureReason", None)
            self._state |= {"LastModifiedTime": time.time()}
        if deployment is not None:
            self._retire(retired)
            self._begin_capture(deployment)
        self.settled.set()

    def _begin_capture(self, deployment: Deployment) -> None:
        config = deployment.configuration.get("DataCaptureConfig", {})
        if config.get("EnableCapture") and not self._deleted:
            role_arn = next(iter(deployment.models.values())).role_arn
            self._capture = DataCapture(config, self.name, role_arn, self._place[1])

    def _retire(self, deployment: Deployment | None) -> None:
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.close()
        if deployment is not None:
            deployment.stop()


endpoints: Table[Endpoint] = Table(
    "endpoint",
    missing='Could not find endpoint "{arn}".',
    duplicate='Cannot create already existing endpoint "{arn}".',
)


def _endpoint_resources(request: Request) -> list[str]:
    return [
        endpoints.arn(request, request.parameters["EndpointName"]),
        configurations.arn(request, request.parameters["EndpointConfigName"]),
    ]


@sagemaker.operation("CreateEndpoint", resource=_endpoint_resources)
def _create_endpoint(request: Request) -> dict[str, Any]:
    given = request.parameters
    endpoint_arn = endpoints.arn(request, given["EndpointName"])
    check_tagging(request, endpoint_arn)
    configuration = configurations.get(request.account, request.region, given["EndpointConfigName"])
    endpoint = Endpoint(given["EndpointName"], endpoint_arn, request.account, request.region)
    endpoints.add(request.account, request.region, given["EndpointName"], endpoint)
    tags.put(endpoint_arn, given.get("Tags", []))
    endpoint.deploy(configuration)
    return {"EndpointArn": endpoint_arn}


@sagemaker.operation("UpdateEndpoint", resource=_endpoint_resources)
def _update_endpoint(request: Request) -> dict[str, Any]:
    endpoint = endpoints.get(request.account, request.region, request.parameters["EndpointName"])
    endpoint.deploy(
        configurations.get(request.account, request.region, request.parameters["EndpointConfigName"])
    )
    return {"EndpointArn": endpoint.arn}


@sagemaker.operation("DescribeEndpoint", resource=endpoints.resource("EndpointName"))
def _describe_endpoint(request: Request) -> dict[str, Any]:
    return endpoints.get(request.account, request.region, request.parameters["EndpointName"]).description


@sagemaker.operation("ListEndpoints")
def _list_endpoints(request: Request) -> dict[str, Any]:
    described = [endpoint.description for endpoint in endpoints.all(request.account, request.region)]
    found, rest = listed(request, described, name="EndpointName", status="EndpointStatus", descending=True)
    shown = ("EndpointName", "EndpointArn", "CreationTime", "LastModifiedTime", "EndpointStatus")
    return {"Endpoints": [{key: each[key] for key in shown} for each in found], **rest}


@sagemaker.operation("DeleteEndpoint", resource=endpoints.resource("EndpointName"))
def _delete_endpoint(request: Request) -> dict[str, Any]:
    endpoints.remove(request.account, request.region, request.parameters["EndpointName"]).delete()
    return {}
