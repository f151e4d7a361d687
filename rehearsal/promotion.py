"""From a version of the development account to the same version in the central model registry."""

import hashlib
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from rehearsal.record import ModelRecord
from rehearsal.story import ActError, Candidate, ModelVersion, Story, built
from rehearsal.waiting import function_logs, wait_for

PROMOTION_SECONDS = 60


def approve_in_development(story: Story, candidate: Candidate) -> None:
    """As the lead data scientist, approve a version where it was trained."""
    story.acting_as(story.people.lead_data_scientist, "sagemaker").update_model_package(
        ModelPackageArn=candidate.arn,
        ModelApprovalStatus="Approved",
        ApprovalDescription="Metrics reviewed by the lead data scientist.",
    )
    story.tell(f"version {candidate.version} is approved in the development account")


def promoted(story: Story, candidate: Candidate) -> ModelVersion:
    """Wait until a version stands in the central registry, and check that its artifact is the same."""
    engineer = story.people.ml_engineer
    sagemaker = story.acting_as(engineer, "sagemaker")
    group = built(story.build_project).names.title

    def look() -> dict[str, Any] | None:
        return _central_package(sagemaker, group, candidate.arn)

    try:
        package = wait_for(f"version {candidate.version} in the central registry", look, PROMOTION_SECONDS)
    except ActError as error:
        raise ActError(f"{error}\n{function_logs(story, 'shared_services', 'promotion')}") from error
    artifact = package["InferenceSpecification"]["Containers"][0]["ModelDataUrl"]
    digest = hashlib.sha256(read_artifact(story, artifact)).hexdigest()
    _check_digest(story, candidate, digest)
    version = ModelVersion(
        number=package["ModelPackageVersion"],
        source_arn=candidate.arn,
        central_arn=package["ModelPackageArn"],
        artifact=artifact,
    )
    story.versions.append(version)
    story.models.append(ModelRecord(version=version.number, metrics=candidate.metrics, digest=digest))
    story.tell(f"version {version.number} is in the central registry, {package['ModelApprovalStatus']}")
    return version


def approve_centrally(story: Story, version: ModelVersion) -> None:
    """As the ML engineer, approve a version of the central registry."""
    story.acting_as(story.people.ml_engineer, "sagemaker").update_model_package(
        ModelPackageArn=version.central_arn,
        ModelApprovalStatus="Approved",
        ApprovalDescription="For deployment, by the ML engineer.",
    )
    story.tell(f"version {version.number} is approved in the central registry")


def read_artifact(story: Story, location: str) -> bytes:
    """Read an artifact of the central registry as the ML engineer."""
    parts = urlsplit(location)
    s3 = story.acting_as(story.people.ml_engineer, "s3")
    artifact: bytes = s3.get_object(Bucket=parts.netloc, Key=parts.path[1:])["Body"].read()
    return artifact


def _central_package(sagemaker: Any, group: str, source_arn: str) -> dict[str, Any] | None:
    try:
        summaries = sagemaker.list_model_packages(
            ModelPackageGroupName=group, SortBy="CreationTime", SortOrder="Descending"
        )["ModelPackageSummaryList"]
    except ClientError as error:
        # Promotion creates the group with the first version.
        if error.response["Error"]["Code"] in ("ValidationException", "ResourceNotFound"):
            return None
        raise
    for summary in summaries:
        package: dict[str, Any] = sagemaker.describe_model_package(
            ModelPackageName=summary["ModelPackageArn"]
        )
        if package.get("CustomerMetadataProperties", {}).get("source_model_package_arn") == source_arn:
            return package
    return None


def _check_digest(story: Story, candidate: Candidate, digest: str) -> None:
    """Compare with the artifact in the development account, read by the lead data scientist."""
    lead = story.people.lead_data_scientist
    package = story.acting_as(lead, "sagemaker").describe_model_package(ModelPackageName=candidate.arn)
    parts = urlsplit(package["InferenceSpecification"]["Containers"][0]["ModelDataUrl"])
    body = story.acting_as(lead, "s3").get_object(Bucket=parts.netloc, Key=parts.path[1:])["Body"].read()
    source = hashlib.sha256(body).hexdigest()
    if source != digest:
        raise ActError(f"the promoted artifact has digest {digest} and its source {source}")
