"""Release opens what is approved, closes what is not, and says so once the artifact can be read."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from registry.functions.model_registry.errors import RegistryError
from registry.functions.model_registry.events import StateChange
from registry.functions.model_registry.release.release import Release
from tests.registry.cloud import HUB, REGISTRY_BUCKET, TEAM, Cloud, client, state_change
from tests.registry.versions import (
    APPROVER,
    GROUP,
    ML_ENGINEER,
    PROMOTED,
    book,
    promoted_version,
    receipt,
    tags,
)

Call = Callable[[], dict[str, Any]]


def follow(release: Release, event: dict[str, Any]) -> str:
    return release.follow(StateChange.parse(event))


def approve(cloud: Cloud, arn: str, status: str = "Approved") -> dict[str, Any]:
    return cloud.approve(arn, status, who=ML_ENGINEER)


def test_an_approved_version_is_opened_and_then_announced(cloud: Cloud, release: Release) -> None:
    arn = promoted_version(cloud)

    said = follow(release, approve(cloud, arn))

    assert said == f"{arn} is released to the workload accounts."
    assert tags(cloud) == {"approval-status": "Approved"}
    (event,) = cloud.events
    assert event["Source"] == "mlplatform.registry"
    assert event["DetailType"] == "Model Version Released"
    assert event["Resources"] == [arn]
    assert json.loads(event["Detail"]) == {
        "ModelPackageGroupName": GROUP,
        "ModelPackageArn": arn,
        "ModelPackageVersion": 1,
        "ModelApprovalStatus": "Approved",
    }
    assert cloud.calls.index("PutObjectTagging") < cloud.calls.index("PutEvents")


def test_who_has_approved_is_recorded(cloud: Cloud, release: Release) -> None:
    arn = promoted_version(cloud)
    event = cloud.approve(arn, who=ML_ENGINEER, description="Good enough.")
    approved = cloud.versions[arn]["LastModifiedTime"]

    follow(release, event)

    (decision,) = book().decisions(receipt(cloud, arn))
    assert (decision.kind, decision.by) == ("central-approval", APPROVER)
    assert decision.time == f"{approved:%Y-%m-%dT%H:%M:%SZ}"
    assert decision.details == {"approval_description": "Good enough."}


def test_reports_stay_closed(cloud: Cloud, release: Release) -> None:
    follow(release, approve(cloud, promoted_version(cloud)))
    assert tags(cloud, "evaluation.json") == {}


@pytest.mark.parametrize("status", ["Rejected", "PendingManualApproval"])
def test_another_status_closes_and_announces_nothing(cloud: Cloud, release: Release, status: str) -> None:
    arn = promoted_version(cloud)
    follow(release, approve(cloud, arn))
    tags(cloud)["production-status"] = "Admitted"
    cloud.events.clear()

    said = follow(release, approve(cloud, arn, status))

    assert tags(cloud) == {"approval-status": status}
    assert cloud.events == []
    assert "nothing is announced" in said


def test_other_tags_are_kept(cloud: Cloud, release: Release) -> None:
    arn = promoted_version(cloud)
    tags(cloud).update({"production-status": "Admitted", "cost-center": "research"})

    follow(release, approve(cloud, arn))

    assert tags(cloud) == {
        "approval-status": "Approved",
        "production-status": "Admitted",
        "cost-center": "research",
    }


def test_tags_that_are_right_are_not_written(cloud: Cloud, release: Release) -> None:
    arn = promoted_version(cloud)
    tags(cloud)["approval-status"] = "Approved"
    follow(release, approve(cloud, arn))
    assert "PutObjectTagging" not in cloud.calls


def test_approving_again_releases_again(cloud: Cloud, release: Release) -> None:
    arn = promoted_version(cloud)
    for _ in range(2):
        follow(release, approve(cloud, arn))
    assert len(cloud.events) == 2
    assert len(book().decisions(receipt(cloud, arn))) == 2


def test_an_approval_that_was_withdrawn_before_its_event_arrived_is_not_announced(
    cloud: Cloud, release: Release
) -> None:
    arn = promoted_version(cloud)
    approval, rejection = approve(cloud, arn), approve(cloud, arn, "Rejected")

    for late in (rejection, approval):
        follow(release, late)

    assert tags(cloud) == {"approval-status": "Rejected"}
    assert cloud.events == []


def test_a_rejection_while_tagging_wins(cloud: Cloud, release: Release) -> None:
    arn = promoted_version(cloud)
    event = approve(cloud, arn)

    def interfere(_number: int, operation: str, call: Call) -> dict[str, Any]:
        if operation == "PutObjectTagging":
            approve(cloud, arn, "Rejected")
        return call()

    cloud.interfere = interfere
    follow(release, event)

    assert tags(cloud) == {"approval-status": "Rejected"}
    assert cloud.events == []


FILES = ("large/config.json", "large/weights/part-1")


def uncompressed_version(cloud: Cloud) -> str:
    for name in FILES:
        cloud.put(REGISTRY_BUCKET, f"{PROMOTED}{name}", b"x")
    source = {
        "S3Uri": f"s3://{REGISTRY_BUCKET}/{PROMOTED}large/",
        "S3DataType": "S3Prefix",
        "CompressionType": "None",
    }
    container = {"Image": "image", "ModelDataSource": {"S3DataSource": source}}
    return promoted_version(cloud, InferenceSpecification={"Containers": [container]})


def test_every_file_of_an_uncompressed_model_is_opened(cloud: Cloud, release: Release) -> None:
    follow(release, approve(cloud, uncompressed_version(cloud)))
    for name in FILES:
        assert tags(cloud, name) == {"approval-status": "Approved"}


def test_a_file_that_was_taken_away_is_missed(cloud: Cloud, release: Release) -> None:
    event = approve(cloud, uncompressed_version(cloud))
    del cloud.objects[REGISTRY_BUCKET, f"{PROMOTED}{FILES[1]}"]
    with pytest.raises(RegistryError, match=r"part-1 is not what .* says \(it does not serve any more\)"):
        follow(release, event)
    assert tags(cloud, FILES[0]) == {}


LOOPS = {
    "life cycle": ["ModelLifeCycle"],
    "metadata": ["CustomerMetadataProperties"],
    "several": ["ModelLifeCycle", "CustomerMetadataProperties"],
}


@pytest.mark.parametrize("fields", LOOPS.values(), ids=list(LOOPS))
def test_what_the_registry_changes_itself_releases_nothing(
    cloud: Cloud, release: Release, fields: list[str]
) -> None:
    event = approve(cloud, promoted_version(cloud))
    event["detail"]["UpdatedModelPackageFields"] = fields

    said = follow(release, event)

    assert said.endswith("nothing to do.")
    assert cloud.calls == []


def test_an_approval_that_names_its_field_is_released(cloud: Cloud, release: Release) -> None:
    event = approve(cloud, promoted_version(cloud))
    event["detail"]["UpdatedModelPackageFields"] = ["ApprovalDescription", "ModelApprovalStatus"]
    follow(release, event)
    assert len(cloud.events) == 1


def test_an_approval_that_comes_days_late_restarts_no_pipeline(cloud: Cloud, release: Release) -> None:
    arn = promoted_version(cloud)
    event = approve(cloud, arn)
    follow(release, event)
    book().decide(
        receipt(cloud, arn),
        "test",
        "execution",
        by="arn:aws:sts::222222222222:assumed-role/mlplatform-stages/session",
        time=cloud.now(),
        details={},
    )
    client("sagemaker").update_model_package(
        ModelPackageArn=arn, ModelLifeCycle={"Stage": "QA", "StageStatus": "InProgress"}
    )

    said = follow(release, event)

    assert said == f"{arn} is released already, and a deploy pipeline has taken it up."
    assert len(cloud.events) == 1


def without_receipt(cloud: Cloud, arn: str) -> None:
    del cloud.versions[arn]["CustomerMetadataProperties"]["receipt_uri"]


def receipt_changed(cloud: Cloud, _arn: str) -> None:
    cloud.put(REGISTRY_BUCKET, f"{PROMOTED}receipt.json", b"{}")


def artifact_changed(cloud: Cloud, _arn: str) -> None:
    cloud.put(REGISTRY_BUCKET, f"{PROMOTED}model.tar.gz", b"changed")


def artifact_larger(cloud: Cloud, _arn: str) -> None:
    cloud.put(REGISTRY_BUCKET, f"{PROMOTED}model.tar.gz", b"many weights")


def artifact_gone(cloud: Cloud, _arn: str) -> None:
    del cloud.objects[REGISTRY_BUCKET, f"{PROMOTED}model.tar.gz"]


def another_artifact(cloud: Cloud, arn: str) -> None:
    uri = cloud.put(REGISTRY_BUCKET, f"{PROMOTED}other.tar.gz", b"weights")
    cloud.versions[arn]["InferenceSpecification"] = {"Containers": [{"Image": "i", "ModelDataUrl": uri}]}


def one_more_artifact(cloud: Cloud, arn: str) -> None:
    uri = cloud.put(REGISTRY_BUCKET, f"{PROMOTED}other.tar.gz", b"weights")
    containers = cloud.versions[arn]["InferenceSpecification"]["Containers"]
    specification = {"Containers": [*containers, {"Image": "i", "ModelDataUrl": uri}]}
    cloud.versions[arn]["InferenceSpecification"] = specification


def artifact_elsewhere(cloud: Cloud, arn: str) -> None:
    container = {"Image": "i", "ModelDataUrl": "s3://elsewhere/model.tar.gz"}
    cloud.versions[arn]["InferenceSpecification"] = {"Containers": [container]}


def approved_by_nobody(cloud: Cloud, arn: str) -> None:
    del cloud.versions[arn]["LastModifiedBy"]


def approved_by_the_team(cloud: Cloud, arn: str) -> None:
    by = f"arn:aws:sts::{TEAM}:assumed-role/lead/session"
    cloud.versions[arn]["LastModifiedBy"] = {"IamIdentity": {"Arn": by}}


def changed_by_promotion(cloud: Cloud, arn: str) -> None:
    by = f"arn:aws:sts::{HUB}:assumed-role/mlplatform-promotion/session"
    cloud.versions[arn]["LastModifiedBy"] = {"IamIdentity": {"Arn": by}}


REFUSED = {
    "a promoted version without a receipt": (without_receipt, "has no receipt yet, which promotion writes"),
    "a receipt that was changed": (receipt_changed, "was tampered with; do not deploy"),
    "an artifact that was overwritten": (artifact_changed, r"is not what the receipt .* says \(its version"),
    "an artifact of another size": (artifact_larger, r"says \(7 bytes, and now 12\): do not deploy"),
    "an artifact that was deleted": (artifact_gone, "is gone: do not deploy"),
    "another artifact than the receipt knows": (another_artifact, "it does not serve any more"),
    "one more artifact than the receipt knows": (one_more_artifact, "which does not know it"),
    "an artifact in another bucket": (artifact_elsewhere, "which is not in the registry's bucket"),
    "approved since its registration": (approved_by_nobody, "by nobody of account 222222222222"),
    "approved by another account": (approved_by_the_team, "who is not of account 222222222222"),
    "approved before its receipt was there": (changed_by_promotion, "approve it once more"),
}


@pytest.mark.parametrize(("spoil", "sentence"), REFUSED.values(), ids=list(REFUSED))
def test_what_is_not_sound_is_not_released(
    cloud: Cloud, release: Release, spoil: Callable[[Cloud, str], None], sentence: str
) -> None:
    arn = promoted_version(cloud)
    event = approve(cloud, arn)
    spoil(cloud, arn)

    with pytest.raises(RegistryError, match=sentence):
        follow(release, event)

    assert all(not item.tags for item in cloud.objects.values())
    assert cloud.events == []


def test_a_promoted_version_that_waits_for_approval_needs_no_receipt_yet(
    cloud: Cloud, release: Release
) -> None:
    arn = promoted_version(cloud)
    without_receipt(cloud, arn)
    follow(release, state_change(arn, "PendingManualApproval"))
    assert tags(cloud) == {"approval-status": "PendingManualApproval"}


def test_a_version_that_is_gone_is_said(cloud: Cloud, release: Release) -> None:
    arn = f"arn:aws:sagemaker:eu-west-1:{HUB}:model-package/{GROUP}/9"
    with pytest.raises(RegistryError, match="does not exist any more"):
        follow(release, state_change(arn, "Approved"))


def test_an_event_that_eventbridge_does_not_take_is_an_error(cloud: Cloud, release: Release) -> None:
    event = approve(cloud, promoted_version(cloud))
    refused = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure", "ErrorMessage": "later"}]}
    cloud.interfere = lambda _n, operation, call: refused if operation == "PutEvents" else call()

    with pytest.raises(RegistryError, match="InternalFailure: later"):
        follow(release, event)
