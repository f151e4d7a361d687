"""What SageMaker notes in the lineage by itself: jobs, model packages, endpoints.

https://docs.aws.amazon.com/sagemaker/latest/dg/lineage-tracking-auto-creation.html. Artifacts go by the URI
that a request gives, not by what is there. Types and kinds of associations are those that SageMaker's own
SDK reads (https://github.com/aws/sagemaker-python-sdk/tree/v2.254.1/src/sagemaker/lineage).
"""

import time
from collections.abc import Iterable, Mapping
from typing import Any

from emulator.sagemaker.lineage.graph import (
    ACTION,
    ARTIFACT,
    CONTEXT,
    TRIAL_COMPONENT,
    Entity,
    Graph,
    graph,
)

CONTRIBUTED, PRODUCED, BELONGS = "ContributedTo", "Produced", "AssociatedWith"

_OUTCOMES = {"Completed", "Failed", "Stopping", "Stopped"}


def track_job(job_arn: str, kind: str, job: Mapping[str, Any]) -> None:
    """Note a job with what it reads, and once it has completed, with what it wrote. Safe to repeat.

    Args:
        job_arn: The job.
        kind: TrainingJob or ProcessingJob.
        job: What Describe returns of it.
    """
    lineage = _graph(job_arn)
    name = job_arn.rpartition("/")[2]
    component = lineage.put(
        TRIAL_COMPONENT,
        kind,
        {
            "TrialComponentName": f"{name}-aws-{kind.removesuffix('Job').lower()}-job",
            "DisplayName": name,
            "Source": {"SourceArn": job_arn, "SourceType": f"SageMaker{kind}"},
        },
    )
    status = job[f"{kind}Status"]
    lineage.change(component, {"Status": {"PrimaryStatus": status if status in _OUTCOMES else "InProgress"}})
    read, written = (_training if kind == "TrainingJob" else _processing)(job)
    for type_, uri in read:
        lineage.associate(_artifact(lineage, type_, uri), component, CONTRIBUTED)
    if status == "Completed":
        for type_, uri in written:
            lineage.associate(component, _artifact(lineage, type_, uri), PRODUCED)


def track_version(version: Mapping[str, Any]) -> None:
    """Note a version of a model package group with its containers, and its approval status.

    Args:
        version: What DescribeModelPackage answers.
    """
    version_arn, group = version["ModelPackageArn"], version["ModelPackageGroupName"]
    lineage = _graph(version_arn)
    package = _artifact(lineage, "Model", version_arn)
    specification = version.get("InferenceSpecification", {})
    for type_, uri in _containers(specification.get("Containers", [])):
        lineage.associate(_artifact(lineage, type_, uri), package, CONTRIBUTED)
    group_arn = version_arn.replace(":model-package/", ":model-package-group/").rpartition("/")[0]
    belongs_to = lineage.put(
        CONTEXT, "ModelGroup", {"ContextName": f"{group}-aws-model-group", "Source": {"SourceUri": group_arn}}
    )
    lineage.associate(package, belongs_to, BELONGS)
    track_approval(version)


def track_approval(version: Mapping[str, Any]) -> None:
    """Note the approval status that a version has been given.

    Args:
        version: What DescribeModelPackage answers.
    """
    version_arn, status = version["ModelPackageArn"], version["ModelApprovalStatus"]
    lineage = _graph(version_arn)
    name = f"{version['ModelPackageGroupName']}-{version['ModelPackageVersion']}-{status}"
    action = lineage.put(
        ACTION,
        "Approval",
        {
            "ActionName": f"{name}-{int(time.time() * 1000)}-aws-model-package",
            "Source": {"SourceUri": version_arn},
            "Status": "Completed",
        },
    )
    lineage.associate(action, _artifact(lineage, "Model", version_arn), CONTRIBUTED)


def track_deployment(
    endpoint_arn: str, images_and_models: Iterable[tuple[str, str | None]], packages: Iterable[str]
) -> None:
    """Note an endpoint, and the models that a deployment brings to it.

    Args:
        endpoint_arn: The endpoint.
        images_and_models: Image and model artifact of each container.
        packages: ARNs of the model packages that the models were made of.
    """
    lineage = _graph(endpoint_arn)
    name = endpoint_arn.rpartition("/")[2]
    endpoint = lineage.put(
        CONTEXT, "Endpoint", {"ContextName": f"{name}-aws-endpoint", "Source": {"SourceUri": endpoint_arn}}
    )
    deployment = lineage.put(
        ACTION,
        "ModelDeployment",
        {
            "ActionName": f"{name}-{int(time.time() * 1000)}-aws-endpoint",
            "Source": {"SourceUri": endpoint_arn},
            "Status": "Completed",
        },
    )
    lineage.associate(deployment, endpoint, BELONGS)
    containers = [{"Image": image, "ModelDataUrl": model} for image, model in images_and_models]
    for type_, uri in [*_containers(containers), *(("Model", each) for each in packages)]:
        lineage.associate(_artifact(lineage, type_, uri), deployment, CONTRIBUTED)


def _graph(resource_arn: str) -> Graph:
    _, _, _, region, account, _ = resource_arn.split(":", 5)
    return graph(account, region)


def _artifact(lineage: Graph, type_: str, uri: str) -> Entity:
    return lineage.put(ARTIFACT, type_, {"Source": {"SourceUri": uri}})


_Artifacts = list[tuple[str, str]]
"""Type and URI of each."""


def _training(job: Mapping[str, Any]) -> tuple[_Artifacts, _Artifacts]:
    """What a training job reads and writes."""
    channels = [channel["DataSource"]["S3DataSource"]["S3Uri"] for channel in job.get("InputDataConfig", [])]
    image = job["AlgorithmSpecification"].get("TrainingImage")
    model = job.get("ModelArtifacts", {}).get("S3ModelArtifacts")
    return (
        [*(("DataSet", uri) for uri in channels), *([("Image", image)] if image else [])],
        [("Model", model)] if model else [],
    )


def _processing(job: Mapping[str, Any]) -> tuple[_Artifacts, _Artifacts]:
    """What a processing job reads and writes."""
    inputs = [each["S3Input"]["S3Uri"] for each in job.get("ProcessingInputs", [])]
    outputs = [each["S3Output"]["S3Uri"] for each in job.get("ProcessingOutputConfig", {}).get("Outputs", [])]
    return (
        [*(("DataSet", uri) for uri in inputs), ("Image", job["AppSpecification"]["ImageUri"])],
        [("DataSet", uri) for uri in outputs],
    )


def _containers(containers: Iterable[Mapping[str, Any]]) -> _Artifacts:
    """Image and model of containers."""
    found: _Artifacts = []
    for container in containers:
        source = container.get("ModelDataSource", {}).get("S3DataSource", {})
        if image := container.get("Image"):
            found.append(("Image", image))
        if model := container.get("ModelDataUrl") or source.get("S3Uri"):
            found.append(("Model", model))
    return found
