"""The data that the pipeline learns from: what `src/query.sql` returns from the data lake."""

from typing import Any

from sagemaker.core.workflow.functions import Join
from sagemaker.core.workflow.parameters import ParameterString
from sagemaker.mlops.workflow.steps import ProcessingStep

from pipelines.configuration import Project
from pipelines.jobs import Jobs, output


class InputData:
    """Where the data comes from, as a parameter of the pipeline.

    Attributes:
        location: ``athena://account/database/table``: the account and the database of the lake, and the table
            that the query begins with.
        parameters: The parameters that the pipeline takes of its data.
        steps: What runs the query, before all else.
        files: S3 URI of the folder in which it leaves the rows.
    """

    def __init__(self, project: Project, jobs: Jobs) -> None:
        self.location = ParameterString("InputDataUri", default_value=project.input_data_uri)
        self.parameters = [self.location]
        query: ProcessingStep = jobs.processing(
            "Query",
            inputs={},
            outputs=("queried",),
            arguments={
                "source": self.location,
                # The project links to the lake's database under its own id, and has a workgroup of its name.
                "database": f"project_{project.sagemaker_project_id.replace('-', '_')}",
                "work-group": project.pipeline_name,
                "unload-to": jobs.s3("runs/unloaded"),
                "region": project.aws_region,
            },
        )
        self.steps = [query]
        # With a slash at its end: a folder.
        self.files = Join(on="/", values=[output(query, "queried"), ""])

    @property
    def metadata(self) -> dict[str, Any]:
        """What a version says of the data that it learned from."""
        return {"input_data_uri": self.location}
