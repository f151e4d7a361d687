"""What a project registers in the central registry itself gets its receipt from release, or is refused."""

from collections.abc import Callable
from typing import Any

import pytest

from registry.functions.model_registry.errors import RegistryError
from registry.functions.model_registry.events import StateChange
from registry.functions.model_registry.release.release import Release
from tests.registry.cloud import HUB, REGISTRY_BUCKET, TEAM, Cloud, state_change
from tests.registry.versions import (
    APPROVER,
    GROUP,
    ML_ENGINEER,
    REGISTERED,
    book,
    receipt,
    registered_version,
    tags,
)


def follow(release: Release, event: dict[str, Any]) -> str:
    return release.follow(StateChange.parse(event))


def approve(cloud: Cloud, arn: str, status: str = "Approved") -> dict[str, Any]:
    return cloud.approve(arn, status, who=ML_ENGINEER)


def test_a_directly_registered_version_gets_its_receipt_at_once(cloud: Cloud, release: Release) -> None:
    metadata = {"commit": "4f2c", "project_name": "churn"}
    arn = registered_version(cloud, CustomerMetadataProperties=metadata)

    follow(release, state_change(arn, "PendingManualApproval"))

    written = receipt(cloud, arn)
    assert written.folder == f"{REGISTERED}version-1/"
    assert written.content["source_model_package_arn"] == arn
    assert written.content["commit"] == "4f2c"
    assert written.content["metrics"] == {"rmse": 2.5}
    assert written.content["approved_by"] is None
    assert written.content["model_card"] is None
    (image,) = written.content["images"]
    assert (image["source"], image["digest"]) == (image["image"], None)
    (artifact,) = written.artifacts
    assert (artifact.uri, artifact.size) == (f"s3://{REGISTRY_BUCKET}/{REGISTERED}model.tar.gz", 7)
    assert artifact.version_id is not None
    assert cloud.versions[arn]["CustomerMetadataProperties"].items() >= metadata.items()
    (change,) = cloud.state_changes
    assert change["detail"]["UpdatedModelPackageFields"] == ["CustomerMetadataProperties"]


def test_a_directly_registered_version_is_released_like_any_other(cloud: Cloud, release: Release) -> None:
    arn = registered_version(cloud)
    follow(release, state_change(arn, "PendingManualApproval"))

    follow(release, approve(cloud, arn))

    assert tags(cloud, folder=REGISTERED) == {"approval-status": "Approved"}
    (decision,) = book().decisions(receipt(cloud, arn))
    assert decision.by == APPROVER
    assert len(cloud.events) == 1


def test_an_approval_that_overtakes_the_registration_is_not_lost(cloud: Cloud, release: Release) -> None:
    arn = registered_version(cloud)
    registration = state_change(arn, "PendingManualApproval")
    approval = approve(cloud, arn)

    for event in (registration, approval, registration):
        follow(release, event)

    (decision,) = book().decisions(receipt(cloud, arn))
    assert decision.by == APPROVER
    assert len(cloud.events) == 1


def no_direct_group(cloud: Cloud, _arn: str) -> None:
    cloud.groups[HUB, GROUP].tags = {"source-account": TEAM}


def of_another_account(cloud: Cloud, _arn: str) -> None:
    cloud.groups[HUB, GROUP].tags["source-account"] = "666666666666"


def artifact_elsewhere(cloud: Cloud, arn: str) -> None:
    container = {"Image": "i", "ModelDataUrl": "s3://elsewhere/model.tar.gz"}
    cloud.versions[arn]["InferenceSpecification"] = {"Containers": [container]}


def report_elsewhere(cloud: Cloud, arn: str) -> None:
    quality = {"Statistics": {"ContentType": "application/json", "S3Uri": "s3://elsewhere/evaluation.json"}}
    cloud.versions[arn]["ModelMetrics"] = {"ModelQuality": quality}


def beside_the_account(cloud: Cloud, arn: str) -> None:
    source = {
        "S3Uri": f"s3://{REGISTRY_BUCKET}/registered/{TEAM}/",
        "S3DataType": "S3Prefix",
        "CompressionType": "None",
    }
    container = {"Image": "i", "ModelDataSource": {"S3DataSource": source}}
    cloud.versions[arn]["InferenceSpecification"] = {"Containers": [container]}


def no_artifact(cloud: Cloud, arn: str) -> None:
    cloud.versions[arn]["InferenceSpecification"] = {"Containers": [{"Image": "i"}]}


UNREGISTERED = {
    "a group that takes no direct registration": (no_direct_group, "nobody registers into the group"),
    "an artifact of another account": (of_another_account, "where account 666666666666 registers"),
    "an artifact in another bucket": (artifact_elsewhere, "refers to s3://elsewhere/model.tar.gz"),
    "a report in another bucket": (report_elsewhere, "refers to s3://elsewhere/evaluation.json"),
    "the whole folder of the account": (beside_the_account, "and not to a place below"),
    "no artifact": (no_artifact, "has no artifact"),
}


@pytest.mark.parametrize(("spoil", "sentence"), UNREGISTERED.values(), ids=list(UNREGISTERED))
@pytest.mark.parametrize("status", ["PendingManualApproval", "Approved"])
def test_what_is_registered_wrongly_gets_no_receipt(
    cloud: Cloud, release: Release, spoil: Callable[[Cloud, str], None], sentence: str, status: str
) -> None:
    arn = registered_version(cloud)
    spoil(cloud, arn)

    with pytest.raises(RegistryError, match=sentence):
        follow(release, approve(cloud, arn, status))

    assert "receipt_uri" not in cloud.versions[arn]["CustomerMetadataProperties"]
    assert all(not key.endswith("receipt.json") for key in cloud.keys(REGISTRY_BUCKET))
    assert cloud.events == []


def test_a_project_that_approves_its_own_version_releases_nothing(cloud: Cloud, release: Release) -> None:
    arn = registered_version(cloud, ModelApprovalStatus="Approved")

    with pytest.raises(RegistryError, match="set it to PendingManualApproval"):
        follow(release, state_change(arn, "Approved"))

    assert tags(cloud, folder=REGISTERED) == {}
    assert cloud.events == []
