"""Lake Formation keeps tables and columns from a team, and nobody does another's work."""

from collections.abc import Mapping
from typing import Any

from base.contracts.lake import TABLES
from rehearsal import catalog, lake
from rehearsal.denied import Denial, RefusedError
from rehearsal.story import ActError, Story, built
from rehearsal.waiting import finished_training


def trained_again(story: Story, **changes: str) -> None:
    """As the data scientist, run the pipeline again as it ran last.

    Args:
        story: The story.
        changes: Parameters with another value than last.

    Raises:
        RefusedError: It failed.
    """
    scientist = story.people.data_scientist
    sagemaker = story.acting_as(scientist, "sagemaker")
    title = built(story.build_project).names.title
    last = sagemaker.list_pipeline_executions(
        PipelineName=title, SortBy="CreationTime", SortOrder="Descending"
    )["PipelineExecutionSummaries"][0]["PipelineExecutionArn"]
    given = sagemaker.list_pipeline_parameters_for_execution(PipelineExecutionArn=last)
    parameters = {each["Name"]: each["Value"] for each in given["PipelineParameters"]} | changes
    started = sagemaker.start_pipeline_execution(
        PipelineName=title,
        PipelineParameters=[{"Name": name, "Value": value} for name, value in parameters.items()],
    )["PipelineExecutionArn"]
    try:
        finished_training(story, scientist, started)
    except ActError as error:
        raise RefusedError("Failed", str(error)) from error


def _trained_without(story: Story, resource: Mapping[str, Any]) -> None:
    """Run the pipeline again while a part of the table is for nobody."""
    with lake.kept_from_all(story, resource):
        trained_again(story)


def _trains_without_target(story: Story) -> None:
    _trained_without(story, lake.column_resource(story, story.data.target.lower()))


def _trains_without_table(story: Story) -> None:
    _trained_without(story, lake.table_resource(story))


def _scientist_launches_lake(story: Story) -> None:
    """Launch a product of the data account's portfolio, which no other account sees."""
    offered = catalog.find(story, story.people.data_engineer, lake.LAKE)
    story.acting_as(story.people.data_scientist, "servicecatalog").provision_product(
        ProductId=offered.product_id,
        ProvisioningArtifactId=offered.artifact_id,
        ProvisionedProductName="second-lake",
    )


def _scientist_becomes_engineer(story: Story) -> None:
    accounts, people = story.accounts, story.people
    accounts.assume(
        accounts.credentials(people.data_scientist), accounts.role_arn(people.data_engineer), "engineer"
    )


def _engineer_creates_project(story: Story) -> None:
    offered = catalog.find(story, story.people.data_engineer, lake.LAKE)
    story.acting_as(story.people.data_engineer, "sagemaker").create_project(
        ProjectName="own-project",
        ServiceCatalogProvisioningDetails={
            "ProductId": offered.product_id,
            "ProvisioningArtifactId": offered.artifact_id,
        },
    )


def _engineer_tags_table(story: Story) -> None:
    story.acting_as(story.people.data_engineer, "lakeformation").add_lf_tags_to_resource(
        Resource=lake.table_resource(story),
        LFTags=[{"TagKey": story.accounts.names.lake_audience_tag, "TagValues": [lake.NOBODY]}],
    )


def _scientist_reads_file(story: Story) -> None:
    story.acting_as(story.people.data_scientist, "s3").get_object(
        Bucket=lake.bucket(story), Key=f"{TABLES}/{lake.table(story.data)}/data.parquet"
    )


def _scientist_queries(story: Story) -> None:
    project = built(story.build_project)
    story.acting_as(story.people.data_scientist, "athena").start_query_execution(
        QueryString="SELECT 1", WorkGroup=project.names.title
    )


ROWS = (
    Denial(
        actor="Training role",
        action="queries a table whose column to predict is tagged for nobody",
        code="Failed",
        mentions="target column",
        attempt=_trains_without_target,
    ),
    Denial(
        actor="Training role",
        action="queries a table that is tagged for nobody",
        code="Failed",
        mentions="lacks the Lake Formation permission DESCRIBE",
        attempt=_trains_without_table,
    ),
    Denial(
        actor="Data scientist",
        action="queries in the project's workgroup, outside of the pipeline",
        code="AccessDeniedException",
        mentions="athena:StartQueryExecution",
        attempt=_scientist_queries,
    ),
    Denial(
        actor="Data scientist",
        action="reads a file of the lake without Lake Formation",
        code="AccessDenied",
        mentions="s3:GetObject",
        attempt=_scientist_reads_file,
    ),
    Denial(
        actor="Data scientist",
        action="launches a data lake",
        code="ResourceNotFoundException",
        mentions="launch path",
        attempt=_scientist_launches_lake,
    ),
    Denial(
        actor="Data scientist",
        action="assumes the data engineer's role in the data account",
        code="AccessDenied",
        mentions="sts:AssumeRole",
        attempt=_scientist_becomes_engineer,
    ),
    Denial(
        actor="Data engineer",
        action="creates a project",
        code="AccessDeniedException",
        mentions="sagemaker:CreateProject",
        attempt=_engineer_creates_project,
    ),
    Denial(
        actor="Data engineer",
        action="tags a table of the lake",
        code="AccessDeniedException",
        mentions="lakeformation:AddLFTagsToResource",
        attempt=_engineer_tags_table,
    ),
)
