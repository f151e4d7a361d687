"""Receipts and model cards say what happened, and nobody can make them say something else."""

from rehearsal import card
from rehearsal.denied import Denial, location
from rehearsal.story import Story, built


def _folder(story: Story) -> str:
    """Where the receipt of the first version lies, and the decisions about it."""
    return location(story.versions[0])["Key"].rpartition("/")[0]


def _engineer_forges_card_approval(story: Story) -> None:
    story.acting_as(story.people.ml_engineer, "s3").put_object(
        Bucket=story.accounts.names.registry_bucket,
        Key=f"{_folder(story)}/decisions/card-approval-0000000000000000.json",
        Body=b"{}",
    )


def _officer_rewrites_receipt(story: Story) -> None:
    story.acting_as(story.people.governance_officer, "s3").put_object(
        Bucket=story.accounts.names.registry_bucket, Key=f"{_folder(story)}/receipt.json", Body=b"{}"
    )


def _engineer_replaces_digest(story: Story) -> None:
    story.acting_as(story.people.ml_engineer, "sagemaker").update_model_package(
        ModelPackageArn=story.versions[0].central_arn,
        CustomerMetadataProperties={"receipt_sha256": "0" * 64},
    )


def _engineer_declares_production(story: Story) -> None:
    story.acting_as(story.people.ml_engineer, "sagemaker").update_model_package(
        ModelPackageArn=story.versions[-1].central_arn,
        ModelLifeCycle={"Stage": "Production", "StageStatus": "Approved"},
    )


def _engineer_approves_card(story: Story) -> None:
    story.acting_as(story.people.ml_engineer, "sagemaker").update_model_card(
        ModelCardName=built(story.build_project).names.title, ModelCardStatus="Approved"
    )


def _production_changes_card(story: Story) -> None:
    """Somebody who may do everything in the production account, which the card is shared with."""
    shared = story.acting_as(story.people.production_administrator, "sagemaker")
    arn = card.look(story)["ModelCardArn"]
    shared.describe_model_card(ModelCardName=arn)
    shared.update_model_card(ModelCardName=arn, ModelCardStatus="Archived")


ROWS = (
    Denial(
        actor="ML engineer",
        action="forges the governance officer's approval of a model card",
        code="AccessDenied",
        mentions="s3:PutObject",
        attempt=_engineer_forges_card_approval,
    ),
    Denial(
        actor="Governance officer",
        action="writes a receipt anew",
        code="AccessDenied",
        mentions="s3:PutObject",
        attempt=_officer_rewrites_receipt,
    ),
    Denial(
        actor="ML engineer",
        action="replaces the receipt's digest in the central registry",
        code="AccessDeniedException",
        mentions="sagemaker:UpdateModelPackage",
        attempt=_engineer_replaces_digest,
    ),
    Denial(
        actor="ML engineer",
        action="declares a version to be the one in production",
        code="AccessDeniedException",
        mentions="sagemaker:UpdateModelPackage",
        attempt=_engineer_declares_production,
    ),
    Denial(
        actor="ML engineer",
        action="approves a model card",
        code="AccessDeniedException",
        mentions="sagemaker:UpdateModelCard",
        attempt=_engineer_approves_card,
    ),
    Denial(
        actor="Administrator of production",
        action="changes the model card that the account may read",
        code="AccessDeniedException",
        mentions="sagemaker:UpdateModelCard",
        attempt=_production_changes_card,
    ),
)
