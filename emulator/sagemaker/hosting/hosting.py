"""Hosting: models, endpoint configurations, and endpoints that really answer.

Source: the API reference of each operation, such as
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emulator.core.service import Request, ServiceError
from emulator.iam import credentials
from emulator.sagemaker.hosting.endpoint import Endpoint
from emulator.sagemaker.hosting.serving import ServedModel
from emulator.sagemaker.lineage.tracking import track_deployment
from emulator.sagemaker.registry.versions import check_use, version_at
from emulator.sagemaker.service import PRINCIPAL, check_pass_role, check_tagging, sagemaker
from emulator.sagemaker.storage import Storage, StorageError
from emulator.sagemaker.store import Table, listed, tags


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
    containers = _containers(given)
    if len(containers) != 1:
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


def _containers(model: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The containers of a model, which has several or a primary one."""
    primary = model.get("PrimaryContainer")
    return model.get("Containers") or ([primary] if primary else [])


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
        isolated=bool(request.parameters.get("EnableNetworkIsolation")),
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


endpoints: Table[Endpoint] = Table(
    "endpoint",
    missing='Could not find endpoint "{arn}".',
    duplicate='Cannot create already existing endpoint "{arn}".',
)


def _served_by(configuration: Mapping[str, Any], request: Request) -> dict[str, ServedModel]:
    """The model of each variant of a configuration; one may have been deleted since."""
    return {
        variant["VariantName"]: models.get(request.account, request.region, variant["ModelName"]).served
        for variant in configuration["ProductionVariants"]
    }


def _track(endpoint: Endpoint, configuration: Mapping[str, Any], request: Request) -> None:
    deployed = [
        models.get(request.account, request.region, variant["ModelName"])
        for variant in configuration["ProductionVariants"]
    ]
    packages = [
        container["ModelPackageName"]
        for model in deployed
        for container in _containers(model.description)
        if "ModelPackageName" in container
    ]
    containers = [(model.served.image, model.served.artifact) for model in deployed]
    track_deployment(endpoint.arn, containers, packages)


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
    models_of_variants = _served_by(configuration, request)
    endpoint = Endpoint(given["EndpointName"], endpoint_arn)
    endpoints.add(request.account, request.region, given["EndpointName"], endpoint)
    tags.put(endpoint_arn, given.get("Tags", []))
    endpoint.deploy(configuration, models_of_variants)
    _track(endpoint, configuration, request)
    return {"EndpointArn": endpoint_arn}


@sagemaker.operation("UpdateEndpoint", resource=_endpoint_resources)
def _update_endpoint(request: Request) -> dict[str, Any]:
    endpoint = endpoints.get(request.account, request.region, request.parameters["EndpointName"])
    configuration = configurations.get(
        request.account, request.region, request.parameters["EndpointConfigName"]
    )
    endpoint.deploy(configuration, _served_by(configuration, request))
    _track(endpoint, configuration, request)
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
