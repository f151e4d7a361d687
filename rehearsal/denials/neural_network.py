"""What a project that registers centrally must not do: approve, or register in another group."""

from typing import Any

from rehearsal.denied import Denial, RefusedError
from rehearsal.story import Story, built
from rehearsal.waiting import wait_for


def _as_training_role(story: Story, name: str, call: str) -> None:
    """Run a job under the project's training role that calls SageMaker, as a changed step would.

    Raises:
        RefusedError: The job failed; with the end of what it said.
    """
    project, accounts = built(story.build_project), story.accounts
    train = next(step for step in story.candidates[-1].run.definition["Steps"] if step["Type"] == "Training")
    sagemaker = accounts.administrator("development", "sagemaker")
    title = f"{name}-{project.id}"
    sagemaker.create_processing_job(
        ProcessingJobName=title,
        RoleArn=f"arn:aws:iam::{accounts.account_id('development')}:role/{project.names.role('training')}",
        AppSpecification={
            "ImageUri": train["Arguments"]["AlgorithmSpecification"]["TrainingImage"],
            "ContainerEntrypoint": ["python3", "-c", f"import boto3; boto3.client('sagemaker').{call}"],
        },
        ProcessingResources={
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 5}
        },
    )

    def look() -> dict[str, Any] | None:
        job: dict[str, Any] = sagemaker.describe_processing_job(ProcessingJobName=title)
        return job if job["ProcessingJobStatus"] not in ("InProgress", "Stopping") else None

    ended = wait_for(f"the end of the job {title}", look)
    if ended["ProcessingJobStatus"] != "Completed":
        raise RefusedError(
            ended["ProcessingJobStatus"], ended.get("ExitMessage") or ended.get("FailureReason", "")
        )


def _training_role_approves(story: Story) -> None:
    arn = story.versions[-1].central_arn
    _as_training_role(
        story, "approve", f"update_model_package(ModelPackageArn={arn!r}, ModelApprovalStatus='Approved')"
    )


def _training_role_registers_approved(story: Story) -> None:
    group = (
        story.versions[-1].central_arn.replace(":model-package/", ":model-package-group/").rpartition("/")[0]
    )
    _as_training_role(
        story,
        "register",
        f"create_model_package(ModelPackageGroupName={group!r}, ModelApprovalStatus='Approved')",
    )


def _scientist_approves(story: Story) -> None:
    story.acting_as(story.people.data_scientist, "sagemaker").update_model_package(
        ModelPackageArn=story.versions[-1].central_arn, ModelApprovalStatus="Approved"
    )


def _lead_approves(story: Story) -> None:
    story.acting_as(story.people.lead_data_scientist, "sagemaker").update_model_package(
        ModelPackageArn=story.versions[-1].central_arn, ModelApprovalStatus="Approved"
    )


ROWS = (
    Denial(
        actor="Training role",
        action="approves the version that it has registered in the central registry",
        code="Failed",
        mentions="sagemaker:UpdateModelPackage",
        attempt=_training_role_approves,
    ),
    Denial(
        actor="Training role",
        action="registers a version that is approved from the beginning",
        code="Failed",
        mentions="sagemaker:CreateModelPackage",
        attempt=_training_role_registers_approved,
    ),
    Denial(
        actor="Data scientist",
        action="approves a version in the central registry",
        code="AccessDeniedException",
        mentions="sagemaker:UpdateModelPackage",
        attempt=_scientist_approves,
    ),
    Denial(
        actor="Lead data scientist",
        action="approves a version in the central registry",
        code="AccessDeniedException",
        mentions="sagemaker:UpdateModelPackage",
        attempt=_lead_approves,
    ),
)
