"""Release opens what is approved, closes what is not, and says so once the artifact can be read."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError

from registry.functions.model_registry.errors import RegistryError
from registry.functions.model_registry.events import StateChange
from registry.functions.model_registry.release.release import Release
from tests.registry.cloud import HUB, REGISTRY_BUCKET, Cloud, Killed, failure, state_change

GROUP = "churn-p-abc"
PREFIX = f"models/333333333333/{GROUP}/1/20261121T091500Z/"
Call = Callable[[], dict[str, Any]]


def central_version(cloud: Cloud, **fields: Any) -> str:
    """A promoted version with one artifact and one report."""
    artifact = cloud.put(REGISTRY_BUCKET, f"{PREFIX}model.tar.gz", b"weights")
    report = cloud.put(REGISTRY_BUCKET, f"{PREFIX}evaluation.json", b"{}")
    given = {
        "InferenceSpecification": {"Containers": [{"Image": "image", "ModelDataUrl": artifact}]},
        "ModelMetrics": {
            "ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": report}}
        },
    }
    return cloud.register(HUB, GROUP, **given | fields)


def follow(release: Release, event: dict[str, Any]) -> str:
    return release.follow(StateChange.parse(event))


def tags(cloud: Cloud, name: str = "model.tar.gz") -> dict[str, str]:
    return cloud.objects[REGISTRY_BUCKET, f"{PREFIX}{name}"].tags


def test_an_approved_version_is_opened_and_then_announced(cloud: Cloud, release: Release) -> None:
    arn = central_version(cloud)

    said = follow(release, cloud.approve(arn))

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


def test_reports_stay_closed(cloud: Cloud, release: Release) -> None:
    follow(release, cloud.approve(central_version(cloud)))
    assert tags(cloud, "evaluation.json") == {}


@pytest.mark.parametrize("status", ["Rejected", "PendingManualApproval"])
def test_another_status_closes_and_announces_nothing(cloud: Cloud, release: Release, status: str) -> None:
    arn = central_version(cloud)
    follow(release, cloud.approve(arn))
    cloud.events.clear()

    said = follow(release, cloud.approve(arn, status))

    assert tags(cloud) == {"approval-status": status}
    assert cloud.events == []
    assert "nothing is announced" in said


def test_approving_again_releases_again(cloud: Cloud, release: Release) -> None:
    arn = central_version(cloud)
    for _ in range(2):
        follow(release, cloud.approve(arn))
    assert len(cloud.events) == 2


def test_an_approval_that_was_withdrawn_before_its_event_arrived_is_not_announced(
    cloud: Cloud, release: Release
) -> None:
    arn = central_version(cloud)
    approval, rejection = cloud.approve(arn), cloud.approve(arn, "Rejected")

    for late in (rejection, approval):
        follow(release, late)

    assert tags(cloud) == {"approval-status": "Rejected"}
    assert cloud.events == []


def test_a_rejection_while_tagging_wins(cloud: Cloud, release: Release) -> None:
    arn = central_version(cloud)
    event = cloud.approve(arn)

    def interfere(_number: int, operation: str, call: Call) -> dict[str, Any]:
        if operation == "PutObjectTagging":
            cloud.approve(arn, "Rejected")
        return call()

    cloud.interfere = interfere
    follow(release, event)

    assert tags(cloud) == {"approval-status": "Rejected"}
    assert cloud.events == []


def test_every_file_of_an_uncompressed_model_is_opened(cloud: Cloud, release: Release) -> None:
    for name in ("large/config.json", "large/weights/part-1"):
        cloud.put(REGISTRY_BUCKET, f"{PREFIX}{name}", b"x")
    source = {
        "S3Uri": f"s3://{REGISTRY_BUCKET}/{PREFIX}large/",
        "S3DataType": "S3Prefix",
        "CompressionType": "None",
    }
    container = {"Image": "image", "ModelDataSource": {"S3DataSource": source}}
    arn = central_version(cloud, InferenceSpecification={"Containers": [container]})

    follow(release, cloud.approve(arn))

    for name in ("large/config.json", "large/weights/part-1"):
        assert tags(cloud, name) == {"approval-status": "Approved"}


def test_objects_outside_the_central_bucket_are_left_alone(cloud: Cloud, release: Release) -> None:
    cloud.owners["elsewhere"] = HUB
    artifact = cloud.put("elsewhere", "model.tar.gz", b"x")
    container = {"Image": "image", "ModelDataUrl": artifact}
    arn = central_version(cloud, InferenceSpecification={"Containers": [container]})

    follow(release, cloud.approve(arn))

    assert cloud.objects["elsewhere", "model.tar.gz"].tags == {}
    assert "PutObjectTagging" not in cloud.calls


def killed_before(_operation: str, _call: Call) -> dict[str, Any]:
    raise Killed


def killed_after(_operation: str, call: Call) -> dict[str, Any]:
    call()
    raise Killed


def throttled(operation: str, _call: Call) -> dict[str, Any]:
    raise failure(operation, "ThrottlingException", "Rate exceeded")


CALLS = ("DescribeModelPackage", "PutObjectTagging", "DescribeModelPackage", "PutEvents")
FAULTS = {"killed before": killed_before, "killed after": killed_after, "throttled": throttled}


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        pytest.param(number, fault, id=f"{number + 1} {operation} {name}")
        for number, operation in enumerate(CALLS)
        for name, fault in FAULTS.items()
    ],
)
def test_a_replay_completes(
    cloud: Cloud, release: Release, number: int, fault: Callable[[str, Call], dict[str, Any]]
) -> None:
    event = cloud.approve(central_version(cloud))
    cloud.interfere = lambda n, operation, call: fault(operation, call) if n == number else call()
    with suppress(Killed, ClientError):
        follow(release, event)
    assert len(cloud.calls) == number + 1

    follow(release, event)

    assert tuple(cloud.calls[number + 1 :]) == CALLS
    assert tags(cloud) == {"approval-status": "Approved"}
    assert cloud.events


def test_an_event_that_eventbridge_does_not_take_is_an_error(cloud: Cloud, release: Release) -> None:
    event = cloud.approve(central_version(cloud))
    refused = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure", "ErrorMessage": "later"}]}
    cloud.interfere = lambda _n, operation, call: refused if operation == "PutEvents" else call()

    with pytest.raises(RegistryError, match="InternalFailure: later"):
        follow(release, event)


def test_a_version_that_is_gone_is_said(cloud: Cloud, release: Release) -> None:
    arn = f"arn:aws:sagemaker:eu-west-1:{HUB}:model-package/{GROUP}/9"
    with pytest.raises(RegistryError, match="does not exist any more"):
        follow(release, state_change(arn, "Approved"))
