"""A version on its way through a deploy pipeline, and the stage function that follows it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from registry.functions.model_registry import card_approval
from registry.functions.model_registry.card_sharing import CardSharing
from registry.functions.model_registry.cards import Cards
from registry.functions.model_registry.events import ModelVersionArn
from registry.functions.model_registry.release.approval import CentralApprovals
from registry.functions.model_registry.stages.gate import Gate
from registry.functions.model_registry.stages.job import Task, TaskName
from registry.functions.model_registry.stages.life_cycle import LifeCycle
from registry.functions.model_registry.stages.pipelines import Pipelines
from registry.functions.model_registry.stages.summary import Reviewer
from registry.functions.model_registry.stages.tasks import Stages, TaskResult
from registry.functions.model_registry.tagging import ArtifactTags
from tests.registry.cards import full_content
from tests.registry.cloud import HUB, REGION, Cloud, client
from tests.registry.versions import (
    GROUP,
    METRICS,
    ML_ENGINEER,
    PROMOTED,
    artifacts,
    book,
    promoted_version,
    receipt,
)

TEST, PRODUCTION = "444444444444", "555555555555"
PIPELINE, EXECUTION = "churn-deploy-p-xyz", "11111111-2222-4333-8444-555555555555"
PIPELINE_ARN = f"arn:aws:codepipeline:{REGION}:{HUB}:{PIPELINE}"
OFFICER = "mlplatform-governance-officer"
OFFICER_ARN = f"arn:aws:sts::{HUB}:assumed-role/{OFFICER}/grace"
REQUIRED = ("intended_uses.risk_rating", "business_details.business_problem", "evaluation_details")


def stages() -> Stages:
    """The stages in the cloud in use."""
    life_cycle = LifeCycle(sagemaker=client("sagemaker"))
    gate = Gate(
        book=book(),
        artifacts=artifacts(),
        cards=Cards(sagemaker=client("sagemaker")),
        required_fields=REQUIRED,
        officer_role=OFFICER,
    )
    return Stages(
        book=book(),
        gate=gate,
        life_cycle=life_cycle,
        pipelines=Pipelines(codepipeline=client("codepipeline")),
        reviewer=Reviewer(gate=gate, book=book(), life_cycle=life_cycle),
        sharing=CardSharing(
            ram=client("ram"),
            authors_share="mlplatform-card-authors-",
            readers_share="mlplatform-card-readers-",
            reader_permission_arn=f"arn:aws:ram:{REGION}:{HUB}:permission/mlplatform-model-card-reader",
        ),
        tags=ArtifactTags(artifacts=artifacts()),
    )


def do(arn: str, name: TaskName, execution: str = EXECUTION) -> TaskResult:
    """Run a task of the stage function."""
    return stages().do(
        Task(
            name=name,
            version=ModelVersionArn.parse(arn),
            account=TEST if name == "test" else PRODUCTION,
            pipeline=PIPELINE,
            execution=execution,
        )
    )


def released_version(cloud: Cloud, folder: str = PROMOTED, metrics: Mapping[str, float] = METRICS) -> str:
    """A promoted version that the ML engineer has approved and release has opened."""
    arn = promoted_version(cloud, folder, metrics)
    cloud.approve(arn, who=ML_ENGINEER)
    version = cloud.versions[arn]
    CentralApprovals(book=book(), functions=frozenset()).recorded(version, receipt(cloud, arn))
    ArtifactTags(artifacts=artifacts()).follow(version)
    cloud.calls.clear()
    return arn


def ready_version(cloud: Cloud, folder: str = PROMOTED, execution: str = EXECUTION) -> str:
    """A released version with a complete, approved card, whose production a person has approved."""
    arn = released_version(cloud, folder)
    cloud.write_card(GROUP, content_of(cloud, arn), "PendingReview")
    approve_card(cloud, arn)
    cloud.act(PIPELINE, execution, "DeployTest", "Succeeded")
    cloud.act(PIPELINE, execution, "ApproveProduction", "Succeeded", OFFICER_ARN)
    cloud.calls.clear()
    return arn


def content_of(cloud: Cloud, arn: str) -> dict[str, Any]:
    """The content of a complete card that speaks for a central version, by the ARN of its source."""
    return full_content(cloud.versions[arn]["CustomerMetadataProperties"]["source_model_package_arn"])


def approve_card(cloud: Cloud, arn: str, by: str = OFFICER_ARN) -> None:
    """Approve the card of a version as somebody."""
    cards = Cards(sagemaker=client("sagemaker"))
    known = receipt(cloud, arn)
    card = cards.describing(GROUP, known.model_package_arns)
    assert card is not None
    time = datetime(2026, 11, 22, 9, tzinfo=UTC)
    card_approval.approve(cards, book(), card=card, receipt=known, by=by, time=time)


def step(cloud: Cloud, arn: str) -> tuple[str, str] | None:
    """Stage and status of a version."""
    stated = cloud.versions[arn].get("ModelLifeCycle")
    return (stated["Stage"], stated["StageStatus"]) if stated else None
