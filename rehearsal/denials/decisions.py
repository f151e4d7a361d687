"""Decisions belong to one profession each."""

from rehearsal import deployment
from rehearsal.denied import Denial
from rehearsal.story import Story, built


def _scientist_approves(story: Story) -> None:
    story.acting_as(story.people.data_scientist, "sagemaker").update_model_package(
        ModelPackageArn=story.candidates[-1].arn, ModelApprovalStatus="Approved"
    )


def _officer_approves_version(story: Story) -> None:
    story.acting_as(story.people.governance_officer, "sagemaker").update_model_package(
        ModelPackageArn=story.versions[-1].central_arn, ModelApprovalStatus="Approved"
    )


def _platform_engineer_approves_version(story: Story) -> None:
    story.acting_as(story.people.platform_engineer, "sagemaker").update_model_package(
        ModelPackageArn=story.versions[-1].central_arn, ModelApprovalStatus="Approved"
    )


def _engineer_approves_production(story: Story) -> None:
    story.acting_as(story.people.ml_engineer, "codepipeline").put_approval_result(
        pipelineName=built(story.deploy_project).names.title,
        stageName=deployment.APPROVAL_STAGE,
        actionName=deployment.APPROVAL_STAGE,
        token="00000000-0000-0000-0000-000000000000",  # noqa: S106  No secret: it names an approval.
        result={"status": "Approved", "summary": "By the ML engineer."},
    )


def _officer_starts_pipeline(story: Story) -> None:
    story.acting_as(story.people.governance_officer, "codepipeline").start_pipeline_execution(
        name=built(story.deploy_project).names.title
    )


ROWS = (
    Denial(
        actor="Data scientist",
        action="approves a version of the model in the development account",
        code="AccessDeniedException",
        mentions="sagemaker:UpdateModelPackage",
        attempt=_scientist_approves,
    ),
    Denial(
        actor="Governance officer",
        action="approves a version in the central registry",
        code="AccessDeniedException",
        mentions="sagemaker:UpdateModelPackage",
        attempt=_officer_approves_version,
    ),
    Denial(
        actor="Platform engineer",
        action="approves a version in the central registry",
        code="AccessDeniedException",
        mentions="sagemaker:UpdateModelPackage",
        attempt=_platform_engineer_approves_version,
    ),
    Denial(
        actor="ML engineer",
        action="approves the deployment to production",
        code="AccessDeniedException",
        mentions="codepipeline:PutApprovalResult",
        attempt=_engineer_approves_production,
    ),
    Denial(
        actor="Governance officer",
        action="starts the deploy pipeline",
        code="AccessDeniedException",
        mentions="codepipeline:StartPipelineExecution",
        attempt=_officer_starts_pipeline,
    ),
)
