"""Versions to promote, what promoting them calls, and how it must have ended."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from registry.functions.model_registry.errors import RegistryError
from registry.functions.model_registry.promotion import copying, image_copying, multipart
from registry.functions.model_registry.promotion.promote import Promotion
from registry.functions.model_registry.promotion.time_limit import TimeLimit
from tests.registry.cloud import HUB, TEAM, TEAM_BUCKET, Cloud
from tests.registry.faults import FAULTS
from tests.registry.promoting import central_objects, container, inference, promote
from tests.registry.versions import artifacts

Make = Callable[["Scenario"], str]

GROUP = "churn-p-abc"
WEIGHTS = b"twenty bytes of data"
REPORT = b'{"metrics":{"rmse":2.5}}'
REPOSITORY = f"mlplatform-models/{TEAM}/{GROUP}"


def approved_version(cloud: Cloud, image: str | None = None, part_size: int | None = None) -> str:
    """A version with an artifact, a report, a tag, and an image of its own if it is given one."""
    uri = cloud.put(TEAM_BUCKET, "models/model.tar.gz", WEIGHTS, part_size=part_size, algorithm="CRC32")
    report = cloud.put(TEAM_BUCKET, "runs/evaluation.json", REPORT)
    arn = cloud.register(
        TEAM,
        GROUP,
        InferenceSpecification=inference(container(uri, **({"Image": image} if image else {}))),
        ModelMetrics={"ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": report}}},
    )
    cloud.groups[TEAM, GROUP].tags = {"cost-center": "research"}
    cloud.approve(arn)
    return arn


def with_image(cloud: Cloud) -> str:
    return approved_version(cloud, cloud.push(TEAM, "churn", "1", b"system", b"the model's server"))


def with_images_for_two_platforms(cloud: Cloud) -> str:
    return approved_version(cloud, cloud.push_index(TEAM, "churn", "1", (b"amd64",), (b"arm64",)))


def assert_promoted_once(cloud: Cloud, promotion: Promotion, arn: str) -> None:
    (version,) = cloud.versions_of(HUB, GROUP)
    (inferring,) = version["InferenceSpecification"]["Containers"]
    assert cloud.body(inferring["ModelDataUrl"]) == WEIGHTS
    metadata = version["CustomerMetadataProperties"]
    assert metadata["source_model_package_arn"] == arn
    assert metadata["artifact_sha256"] == hashlib.sha256(WEIGHTS).hexdigest()
    assert version["ModelApprovalStatus"] == "PendingManualApproval"
    receipt = promotion.receipts.read(version)
    artifacts().check(version, receipt)
    assert receipt.content["central_model_package_arn"] == version["ModelPackageArn"]
    assert receipt.content["approved_by"].endswith(":assumed-role/lead-data-scientist/session")
    assert receipt.content["metrics"] == {"rmse": 2.5}
    assert cloud.groups[HUB, GROUP].tags == {"source-account": TEAM, "cost-center": "research"}
    assert "aws:PrincipalOrgID" in cloud.groups[HUB, GROUP].policy
    assert cloud.uploads == {}
    assert sorted(central_objects(cloud).values()) == sorted([WEIGHTS, REPORT])
    if cloud.repositories:
        assert_image_is_whole(cloud, inferring["Image"], inferring["ImageDigest"])


def assert_image_is_whole(cloud: Cloud, uri: str, digest: str) -> None:
    assert uri == f"{HUB}.dkr.ecr.eu-west-1.amazonaws.com/{REPOSITORY}@{digest}"
    theirs, ours = cloud.repositories[TEAM, "churn"], cloud.repositories[HUB, REPOSITORY]
    assert digest == theirs.tags["1"]
    assert ours.manifests == theirs.manifests
    assert ours.layers == theirs.layers
    assert ours.policy["Statement"][0]["Condition"]["StringEquals"] == {"aws:PrincipalOrgID": "o-mlplatform1"}


# What one promotion calls, in its order; the first test of each table checks that this is still so.
PREPARE = (
    "DescribeModelPackage",
    "ListModelPackages",
    "DescribeModelPackageGroup",
    "CreateModelPackageGroup",
    "ListTags",
    "ListTags",
    "AddTags",
    "PutModelPackageGroupPolicy",
)
LAYER = ("GetDownloadUrlForLayer", "InitiateLayerUpload", "Download")
IMAGE = (
    "BatchGetImage",
    "CreateRepository",
    "SetRepositoryPolicy",
    "BatchGetImage",
    "BatchCheckLayerAvailability",
    *LAYER,
    *("UploadLayerPart",) * 4,
    "CompleteLayerUpload",
    *LAYER,
    "UploadLayerPart",
    "CompleteLayerUpload",
    *LAYER,
    *("UploadLayerPart",) * 3,
    "CompleteLayerUpload",
    "PutImage",
)
ONE_OF_A_LIST = (
    "BatchGetImage",
    "BatchGetImage",
    "BatchCheckLayerAvailability",
    *LAYER,
    *("UploadLayerPart",) * 4,
    "CompleteLayerUpload",
    *LAYER,
    "UploadLayerPart",
    "CompleteLayerUpload",
    "PutImage",
)
LIST_OF_IMAGES = (
    "BatchGetImage",
    "CreateRepository",
    "SetRepositoryPolicy",
    "BatchGetImage",
    *ONE_OF_A_LIST,
    # The second image has the same configuration as the first.
    *ONE_OF_A_LIST[:3],
    *ONE_OF_A_LIST[-6:],
    "PutImage",
)
COPY = ("HeadObject", "HeadObject", "CopyObject", "HeadObject")
BY_PARTS = (
    "HeadObject",
    "HeadObject",
    "ListMultipartUploads",
    "CreateMultipartUpload",
    "ListParts",
    *("UploadPartCopy",) * 4,
    "CompleteMultipartUpload",
    "HeadObject",
)
LIKE_THE_ORIGINAL = ("HeadObject", "HeadObject", *BY_PARTS[1:5], *BY_PARTS[6:])
REGISTER = (
    "GetObject",
    "ListObjectsV2",
    "ListMultipartUploads",
    "ListModelCardVersions",
    "GetObject",
    "PutObject",
    "CreateModelPackage",
    "PutObject",
    "UpdateModelPackage",
    "DescribeModelPackage",
)


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A version, and what promoting it calls.

    Attributes:
        version: Makes the version.
        calls: The operations, in their order.
        small: The largest object that is copied at once, in bytes.
    """

    version: Callable[[Cloud], str]
    calls: tuple[str, ...]
    small: int = 1000


SCENARIOS = {
    "copy at once": Scenario(version=approved_version, calls=(*PREPARE, *COPY, *COPY, *REGISTER)),
    "copy by parts": Scenario(
        version=approved_version, calls=(*PREPARE, *BY_PARTS, *BY_PARTS, *REGISTER), small=10
    ),
    "copy in the parts of the original": Scenario(
        version=lambda cloud: approved_version(cloud, part_size=8),
        calls=(*PREPARE, *LIKE_THE_ORIGINAL, *COPY, *REGISTER),
    ),
    "copy of an image": Scenario(version=with_image, calls=(*PREPARE, *IMAGE, *COPY, *COPY, *REGISTER)),
    "copy of an image for two platforms": Scenario(
        version=with_images_for_two_platforms, calls=(*PREPARE, *LIST_OF_IMAGES, *COPY, *COPY, *REGISTER)
    ),
}
EVERY_SCENARIO = pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=list(SCENARIOS))


# The one call whose denial is no failure: a team need not show the tags of its group.
TAGS_OF_THE_TEAM = PREPARE.index("ListTags") + 1


def every_call() -> list[Any]:
    """A scenario and the number of one of its calls, for every call."""
    return [
        pytest.param(scenario, number, id=f"{name}: {number + 1} {operation}")
        for name, scenario in SCENARIOS.items()
        for number, operation in enumerate(scenario.calls)
    ]


def every_call_with_every_fault() -> list[Any]:
    """A scenario, the number of one of its calls, and a fault; for every call and fault."""
    return [
        pytest.param(scenario, number, fault, id=f"{name}: {number + 1} {operation} {fault_name}")
        for name, scenario in SCENARIOS.items()
        for number, operation in enumerate(scenario.calls)
        for fault_name, fault in FAULTS.items()
        if (number, fault_name) != (TAGS_OF_THE_TEAM, "denied")
    ]


def make_version(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, scenario: Scenario) -> str:
    """Make the version of a scenario; let few bytes be many, and nothing happen at the same time."""
    monkeypatch.setattr(copying, "SINGLE_COPY_LIMIT", scenario.small)
    monkeypatch.setattr(copying, "PARALLEL_OBJECTS", 1)
    monkeypatch.setattr(image_copying, "PARALLEL_LAYERS", 1)
    monkeypatch.setattr(multipart, "PARALLEL_PARTS", 1)
    monkeypatch.setattr(multipart, "PART_SIZE", 6)
    monkeypatch.setattr(multipart, "SMALLEST_PART", 4)
    return scenario.version(cloud)


def attempt(promotion: Promotion, arn: str, time: TimeLimit | None = None) -> bool:
    """Whether following a version fails with a sentence."""
    try:
        promote(promotion, arn, time)
    except RegistryError:
        return True
    return False
