"""What promotion brings over, besides the artifacts, and how it follows the status of its source."""

import hashlib

import pytest

from registry.functions.model_registry.card_content import digest
from registry.functions.model_registry.cards import Cards
from registry.functions.model_registry.group_policy import group_policy
from registry.functions.model_registry.promotion.promote import Promotion
from tests.registry.cloud import (
    HUB,
    OTHER_TEAM,
    REGION,
    REGISTRY_BUCKET,
    TEAM,
    Call,
    Cloud,
    Parameters,
    client,
    failure,
    policy,
)
from tests.registry.promoting import (
    AWS_IMAGE,
    EVALUATION,
    GROUP,
    READERS,
    central_objects,
    only_central_version,
    promote,
    simple_version,
)


def test_an_approved_version_waits_in_the_central_registry(cloud: Cloud, promotion: Promotion) -> None:
    arn = simple_version(cloud)

    said = promote(promotion, arn)

    version = only_central_version(cloud)
    assert said == f"{arn} is promoted to {version['ModelPackageArn']}."
    assert version["ModelApprovalStatus"] == "PendingManualApproval"
    assert version["ModelPackageDescription"].startswith(f"Promoted from {arn}, created ")
    folder = f"s3://{REGISTRY_BUCKET}/models/{TEAM}/{GROUP}/1/"
    artifact = version["InferenceSpecification"]["Containers"][0]["ModelDataUrl"]
    report = version["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"]
    assert artifact.startswith(folder)
    assert artifact.endswith("/model.tar.gz")
    assert cloud.body(artifact) == b"the model"
    assert report.startswith(folder)
    assert cloud.body(report) == EVALUATION
    metadata = version["CustomerMetadataProperties"]
    created = metadata.pop("source_created")
    assert f"/{created}/" in artifact
    assert metadata.pop("receipt_uri") == f"{folder}{created}/receipt.json"
    assert len(metadata.pop("receipt_sha256")) == 64
    assert metadata == {
        "commit": "abc123",
        "source_model_package_arn": arn,
        "source_account": TEAM,
        "artifact_sha256": hashlib.sha256(b"the model").hexdigest(),
    }


def test_the_central_group_is_shared_with_the_serving_roles_of_the_organisation(
    cloud: Cloud, promotion: Promotion
) -> None:
    promote(promotion, simple_version(cloud))

    group, versions = policy(cloud, GROUP)["Statement"]
    assert group["Action"] == ["sagemaker:DescribeModelPackageGroup"]
    assert group["Resource"] == cloud.groups[HUB, GROUP.lower()].arn
    assert versions["Action"] == [
        "sagemaker:CreateModel",
        "sagemaker:DescribeModelPackage",
        "sagemaker:ListModelPackages",
    ]
    assert versions["Resource"] == f"arn:aws:sagemaker:{REGION}:{HUB}:model-package/{GROUP.lower()}/*"
    for statement in (group, versions):
        assert statement["Principal"] == {"AWS": "*"}
        assert statement["Condition"] == {
            "StringEquals": {"aws:PrincipalOrgID": "o-mlplatform1"},
            "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["o-mlplatform1/*/ou-ml01-test0001/*"]},
            "ArnLike": {
                "aws:PrincipalArn": [
                    "arn:aws:iam::*:role/mlplatform-deployment-cloudformation",
                    "arn:aws:iam::*:role/mlplatform-endpoint",
                ]
            },
        }


def test_the_receipt_says_what_was_promoted_and_who_had_approved_it(
    cloud: Cloud, promotion: Promotion
) -> None:
    arn = simple_version(cloud)
    cloud.approve(arn, who="lead", description="Better than the last one.")

    promote(promotion, arn)

    version = only_central_version(cloud)
    receipt = promotion.receipts.read(version)
    (artifact,) = receipt.artifacts
    assert artifact.uri == version["InferenceSpecification"]["Containers"][0]["ModelDataUrl"]
    assert artifact.size == len(b"the model")
    assert artifact.sha256 == hashlib.sha256(b"the model").hexdigest()
    assert set(artifact.checksums) == {"CRC64NVME"}
    assert artifact.version_id is not None
    assert receipt.model_package_arns == {arn, version["ModelPackageArn"]}
    assert receipt.content["approved_by"] == f"arn:aws:sts::{TEAM}:assumed-role/lead/session"
    assert receipt.content["approval_description"] == "Better than the last one."
    assert receipt.content["commit"] == "abc123"
    assert receipt.content["metrics"] == {"rmse": 2.5}
    assert receipt.content["images"] == [{"source": AWS_IMAGE, "image": AWS_IMAGE, "digest": None}]
    assert receipt.content["model_card"] is None


def test_the_receipt_names_the_model_card_that_speaks_for_the_version(
    cloud: Cloud, promotion: Promotion
) -> None:
    arn = simple_version(cloud)
    cards = Cards(sagemaker=client("sagemaker"))
    card = cards.create(GROUP, {"model_package_details": {"model_package_arn": arn}}, {})

    promote(promotion, arn)

    receipt = promotion.receipts.read(only_central_version(cloud))
    assert receipt.content["model_card"] == {"arn": card.arn, "content_sha256": digest(card.content)}


def test_a_tag_that_a_team_sets_does_not_open_the_central_copy(cloud: Cloud, promotion: Promotion) -> None:
    arn = simple_version(cloud)
    for item in cloud.objects.values():
        item.tags = {"approval-status": "Approved"}

    promote(promotion, arn)

    assert all(item.tags == {} for (bucket, _), item in cloud.objects.items() if bucket == REGISTRY_BUCKET)


TAGS = {
    "no tags": ({}, {}),
    "a tag of the team": ({"cost-center": "research"}, {"cost-center": "research"}),
    "a tag that the platform sets": ({"source-account": OTHER_TEAM, "registers-directly": "intruder"}, {}),
    "a tag that AWS sets": ({"aws:cloudformation:stack-name": "churn"}, {}),
    "more than a group can have": (
        {f"key-{number:02}": "value" for number in range(50)},
        {f"key-{number:02}": "value" for number in range(49)},
    ),
}


@pytest.mark.parametrize(("theirs", "expected"), TAGS.values(), ids=list(TAGS))
def test_the_central_group_takes_over_the_tags_of_the_teams(
    cloud: Cloud, promotion: Promotion, theirs: dict[str, str], expected: dict[str, str]
) -> None:
    arn = simple_version(cloud)
    cloud.groups[TEAM, GROUP.lower()].tags = theirs

    promote(promotion, arn)

    assert cloud.groups[HUB, GROUP.lower()].tags == {"source-account": TEAM, **expected}


def test_tags_that_have_changed_come_with_the_next_version(cloud: Cloud, promotion: Promotion) -> None:
    team = {"cost-center": "research", "owner": "ada"}
    first = simple_version(cloud)
    cloud.groups[TEAM, GROUP.lower()].tags = team
    promote(promotion, first)
    cloud.groups[TEAM, GROUP.lower()].tags = {"cost-center": "sales"}

    promote(promotion, simple_version(cloud, b"second"))

    central = cloud.groups[HUB, GROUP.lower()].tags
    assert central == {"source-account": TEAM, "cost-center": "sales", "owner": "ada"}


def test_tags_that_a_team_does_not_show_are_done_without(cloud: Cloud, promotion: Promotion) -> None:
    arn = simple_version(cloud)
    theirs = cloud.groups[TEAM, GROUP.lower()]
    theirs.tags = {"cost-center": "research"}

    def interfere(_number: int, operation: str, call: Call) -> Parameters:
        if operation == "ListTags" and cloud.calls.count("ListTags") == 2:
            raise failure(operation, "AccessDeniedException", "not authorized", 403)
        return call()

    cloud.interfere = interfere

    promote(promotion, arn)

    assert cloud.groups[HUB, GROUP.lower()].tags == {"source-account": TEAM}


def test_the_policy_keeps_a_group_open_to_the_role_that_registers_into_it(
    cloud: Cloud, promotion: Promotion
) -> None:
    cloud.register(HUB, GROUP)
    tags = {"source-account": TEAM, "registers-directly": "mlplatform-training-p-abc"}
    cloud.groups[HUB, GROUP.lower()].tags = tags

    promote(promotion, simple_version(cloud))

    statements = policy(cloud, GROUP)["Statement"]
    assert statements == group_policy(cloud.groups[HUB, GROUP.lower()].arn, tags, READERS)["Statement"]
    (registering,) = (each for each in statements if "sagemaker:CreateModelPackage" in each["Action"])
    assert registering["Principal"] == {"AWS": f"arn:aws:iam::{TEAM}:root"}


# The status of the source.


def test_a_rejected_source_rejects_the_central_version(cloud: Cloud, promotion: Promotion) -> None:
    arn = simple_version(cloud)
    promote(promotion, arn)
    cloud.approve(arn, "Rejected")

    promote(promotion, arn)

    version = only_central_version(cloud)
    assert version["ModelApprovalStatus"] == "Rejected"
    assert arn in version["ApprovalDescription"]


def test_approving_a_rejected_source_again_asks_the_central_approvers_again(
    cloud: Cloud, promotion: Promotion
) -> None:
    arn = simple_version(cloud)
    for status in ("Approved", "Rejected", "Approved"):
        cloud.approve(arn, status)
        promote(promotion, arn)

    version = only_central_version(cloud)
    assert version["ModelApprovalStatus"] == "PendingManualApproval"
    assert arn in version["ApprovalDescription"]


def test_a_version_that_the_central_approvers_rejected_stays_rejected(
    cloud: Cloud, promotion: Promotion
) -> None:
    arn = simple_version(cloud)
    promote(promotion, arn)
    version = only_central_version(cloud)
    version.update(ModelApprovalStatus="Rejected", ApprovalDescription="Not fair to tenants.")

    promote(promotion, arn)

    assert version["ModelApprovalStatus"] == "Rejected"


@pytest.mark.parametrize("status", ["Rejected", "PendingManualApproval"])
def test_only_an_approved_version_is_promoted(cloud: Cloud, promotion: Promotion, status: str) -> None:
    arn = simple_version(cloud)
    cloud.approve(arn, status)

    promote(promotion, arn)

    assert cloud.versions_of(HUB, GROUP) == []
    assert central_objects(cloud) == {}


# Archived at the source.


def archive(cloud: Cloud, arn: str) -> None:
    cloud.versions[arn]["ModelLifeCycle"] = {"Stage": "Archived", "StageStatus": "Retired"}


def test_an_archived_version_is_not_promoted(cloud: Cloud, promotion: Promotion) -> None:
    arn = simple_version(cloud)
    archive(cloud, arn)

    promote(promotion, arn)

    assert cloud.versions_of(HUB, GROUP) == []
    assert central_objects(cloud) == {}


def test_archiving_the_source_rejects_the_central_version(cloud: Cloud, promotion: Promotion) -> None:
    arn = simple_version(cloud)
    promote(promotion, arn)
    archive(cloud, arn)

    promote(promotion, arn)

    version = only_central_version(cloud)
    assert version["ModelApprovalStatus"] == "Rejected"
    assert version["ApprovalDescription"] == f"The version it was promoted from is archived: {arn}"


def test_what_production_runs_stays_approved_when_its_source_is_archived(
    cloud: Cloud, promotion: Promotion
) -> None:
    arn = simple_version(cloud)
    promote(promotion, arn)
    version = only_central_version(cloud)
    version["ModelLifeCycle"] = {"Stage": "Production", "StageStatus": "Approved"}
    cloud.approve(version["ModelPackageArn"])
    archive(cloud, arn)

    said = promote(promotion, arn)

    assert version["ModelApprovalStatus"] == "Approved"
    assert "production runs it" in said


def test_taking_a_source_from_the_archive_asks_the_central_approvers_again(
    cloud: Cloud, promotion: Promotion
) -> None:
    arn = simple_version(cloud)
    promote(promotion, arn)
    archive(cloud, arn)
    promote(promotion, arn)
    cloud.versions[arn]["ModelLifeCycle"] = {"Stage": "Development", "StageStatus": "Approved"}

    promote(promotion, arn)

    assert only_central_version(cloud)["ModelApprovalStatus"] == "PendingManualApproval"
