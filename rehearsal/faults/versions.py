"""Versions of the development account on which the faults are tried."""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from rehearsal.promotion import read_artifact
from rehearsal.story import ActError, Story, built
from rehearsal.waiting import function_logs, wait_for

SECONDS = 60

Found = TypeVar("Found")
ARTIFACT_BYTES = 200_000


@dataclass(frozen=True, kw_only=True)
class Probe:
    """A version that was registered to be promoted under a fault.

    Attributes:
        arn: The model package in the development account.
        location: Its artifact there: an object, or a prefix if it is not compressed.
        digests: SHA-256 of the artifact's files, by their names.
    """

    arn: str
    location: str
    digests: Mapping[str, str]


def register(story: Story, name: str, *, files: int = 1) -> Probe:
    """As the administrator of the account, register a version like the first, with an artifact of its own.

    Args:
        story: The story.
        name: Names the artifact.
        files: How many files it has; several make an uncompressed artifact.
    """
    project = built(story.build_project).names
    s3 = story.accounts.administrator("development", "s3")
    folder = f"models/{name}"
    digests = {}
    for number in range(files):
        file = "model.tar.gz" if files == 1 else f"part-{number:04}.bin"
        body = secrets.token_bytes(ARTIFACT_BYTES // files)
        s3.put_object(Bucket=project.bucket, Key=f"{folder}/{file}", Body=body)
        digests[file] = hashlib.sha256(body).hexdigest()
    location = f"s3://{project.bucket}/{folder}/" + ("model.tar.gz" if files == 1 else "")
    sagemaker = story.accounts.administrator("development", "sagemaker")
    first = sagemaker.describe_model_package(ModelPackageName=story.candidates[0].arn)
    container = first["InferenceSpecification"]["Containers"][0]
    answer = sagemaker.create_model_package(
        ModelPackageGroupName=project.title,
        ModelPackageDescription=name,
        ModelApprovalStatus="PendingManualApproval",
        InferenceSpecification={
            "Containers": [{"Image": container["Image"], **_artifact(location, compressed=files == 1)}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["application/json"],
        },
    )
    return Probe(arn=answer["ModelPackageArn"], location=location, digests=digests)


def _artifact(location: str, *, compressed: bool) -> dict[str, Any]:
    if compressed:
        return {"ModelDataUrl": location}
    source = {"S3Uri": location, "S3DataType": "S3Prefix", "CompressionType": "None"}
    return {"ModelDataSource": {"S3DataSource": source}}


def decide(story: Story, probe: Probe, status: str) -> None:
    """As the lead data scientist, approve or reject a version."""
    story.acting_as(story.people.lead_data_scientist, "sagemaker").update_model_package(
        ModelPackageArn=probe.arn, ModelApprovalStatus=status
    )


def central_versions(story: Story, probe: Probe) -> list[dict[str, Any]]:
    """The central versions that were promoted from a version, as the ML engineer sees them."""
    sagemaker = story.acting_as(story.people.ml_engineer, "sagemaker")
    pages = sagemaker.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=built(story.build_project).names.title
    )
    packages = [
        sagemaker.describe_model_package(ModelPackageName=summary["ModelPackageArn"])
        for page in pages
        for summary in page["ModelPackageSummaryList"]
    ]
    return [
        package
        for package in packages
        if package.get("CustomerMetadataProperties", {}).get("source_model_package_arn") == probe.arn
    ]


def promoted(story: Story, probe: Probe) -> dict[str, Any]:
    """Wait until a version is promoted and has its receipt; check that it is there once, byte for byte.

    Raises:
        ActError: It did not come, came twice, or has other bytes.
    """

    def look() -> dict[str, Any] | None:
        found = central_versions(story, probe)
        complete = [each for each in found if "receipt_sha256" in each["CustomerMetadataProperties"]]
        return complete[0] if complete else None

    package = wait_for_promotion(story, "the central version", look)
    check(story, probe)
    return package


def wait_for_promotion(story: Story, what: str, look: Callable[[], Found | None]) -> Found:
    """Wait for what the function brings about; if it does not come, tell what it logged."""
    try:
        return wait_for(what, look, SECONDS)
    except ActError as error:
        raise ActError(f"{error}\n{function_logs(story, 'shared_services', 'promotion')}") from error


def check(story: Story, probe: Probe) -> None:
    """Check that a version stands in the central registry once, with the bytes of its source."""
    found = central_versions(story, probe)
    if len(found) != 1:
        raise ActError(f"{len(found)} central versions were promoted from one")
    container = found[0]["InferenceSpecification"]["Containers"][0]
    source = container.get("ModelDataSource", {}).get("S3DataSource", {})
    location = container.get("ModelDataUrl") or source["S3Uri"]
    names = (
        {"": location} if len(probe.digests) == 1 else {name: f"{location}{name}" for name in probe.digests}
    )
    digests = {hashlib.sha256(read_artifact(story, place)).hexdigest() for place in names.values()}
    if digests != set(probe.digests.values()):
        raise ActError("the bytes of the central version are not those of its source")


def central_objects(story: Story, probe: Probe) -> int:
    """How many objects of a version are in the central bucket, finished or not."""
    number = probe.arn.rpartition("/")[2]
    group = built(story.build_project).names.title
    account = story.accounts.account_id("development")
    listed = story.accounts.administrator("shared_services", "s3").list_objects_v2(
        Bucket=story.accounts.names.registry_bucket, Prefix=f"models/{account}/{group}/{number}/"
    )
    return int(listed["KeyCount"])
