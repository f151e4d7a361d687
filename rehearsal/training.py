"""A team's pipeline from a commit to a version that waits for approval."""

import json
from typing import Any
from urllib.parse import urlsplit

from rehearsal.record import PipelineRun
from rehearsal.story import ActError, Candidate, Project, Story
from rehearsal.waiting import PipelineWatch, finished_training, newest_execution


def follow(story: Story, project: Project, known: set[str], *, central: bool = False) -> Candidate:
    """Follow the next run of a project's pipelines to the version that waits for approval.

    Args:
        story: The story.
        project: A project of the build product.
        known: Executions of its CodePipeline pipeline that are over.
        central: Whether the version is registered in the central registry, where the ML engineer reads it.
    """
    scientist = story.people.data_scientist
    title = project.names.title
    execution_id = newest_execution(story, scientist, title, known)
    PipelineWatch(story, scientist, title, execution_id).finish()

    sagemaker = story.acting_as(scientist, "sagemaker")
    execution_arn = sagemaker.list_pipeline_executions(
        PipelineName=title, SortBy="CreationTime", SortOrder="Descending"
    )["PipelineExecutionSummaries"][0]["PipelineExecutionArn"]
    steps = finished_training(story, scientist, execution_arn)
    definition = json.loads(
        sagemaker.describe_pipeline_definition_for_execution(PipelineExecutionArn=execution_arn)[
            "PipelineDefinition"
        ]
    )
    reader = story.people.ml_engineer if central else scientist
    package = _newest_package(story.acting_as(reader, "sagemaker"), title)
    if package["ModelApprovalStatus"] != "PendingManualApproval":
        raise ActError(
            f"version {package['ModelPackageVersion']} is {package['ModelApprovalStatus']} and not "
            "PendingManualApproval"
        )
    properties = package.get("CustomerMetadataProperties", {})
    return Candidate(
        arn=package["ModelPackageArn"],
        version=package["ModelPackageVersion"],
        metrics=_metrics(story.acting_as(reader, "s3"), package),
        problem_type=properties.get("problem_type", ""),
        primary_metric=properties.get("primary_metric", ""),
        run=PipelineRun(version=package["ModelPackageVersion"], definition=definition, steps=steps),
    )


def _newest_package(sagemaker: Any, group: str) -> dict[str, Any]:
    summaries = sagemaker.list_model_packages(
        ModelPackageGroupName=group, SortBy="CreationTime", SortOrder="Descending"
    )["ModelPackageSummaryList"]
    if not summaries:
        raise ActError(f"training succeeded and registered no version in group {group}")
    newest = max(summaries, key=lambda summary: summary["ModelPackageVersion"])
    package: dict[str, Any] = sagemaker.describe_model_package(ModelPackageName=newest["ModelPackageArn"])
    return package


def _metrics(s3: Any, package: dict[str, Any]) -> dict[str, float]:
    """Read the metrics where the version says they are."""
    location = urlsplit(package["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"])
    evaluation = json.loads(s3.get_object(Bucket=location.netloc, Key=location.path[1:])["Body"].read())
    return {name: metric["value"] for name, metric in evaluation["metrics"].items()}
