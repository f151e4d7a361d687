"""The data that the pipeline learns from: labels of the data lake, joined with central feature groups."""

from typing import Any

from sagemaker.core.workflow.functions import Join, JsonGet
from sagemaker.core.workflow.parameters import ParameterString
from sagemaker.core.workflow.properties import PropertyFile
from sagemaker.mlops.workflow.steps import ProcessingStep

from pipelines.configuration import Project
from pipelines.jobs import Jobs, output

GROUPS = "input_data_feature_groups"
"""What the project and its versions call the names of the groups, a plus sign between them."""


class InputData:
    """Where the data comes from, as parameters of the pipeline.

    Attributes:
        location: ``athena://account/database/table``: the account and the database of the lake, and the table
            that the query of the labels begins with.
        parameters: The parameters that the pipeline takes of its data.
        steps: What joins labels and features, before all else.
        files: S3 URI of the folder in which it leaves the rows.
    """

    def __init__(self, project: Project, jobs: Jobs) -> None:
        self.location = ParameterString("InputDataUri", default_value=project.input_data_uri)
        self._groups = ParameterString(
            "FeatureGroups", default_value=dict(project.data_details).get(GROUPS, "none")
        )
        self.parameters = [self.location, self._groups]
        self._schema = PropertyFile(name="Features", output_name="features", path="features.json")
        self._join: ProcessingStep = jobs.processing(
            "Join",
            inputs={},
            outputs=("queried", "features"),
            arguments={
                "source": self.location,
                "groups": self._groups,
                # The project links to databases under its own id, and has a workgroup of its name.
                "database": f"project_{project.sagemaker_project_id.replace('-', '_')}",
                "work-group": project.pipeline_name,
                "unload-to": jobs.s3("runs/unloaded"),
                "region": project.aws_region,
            },
            property_files=[self._schema],
        )
        self.steps = [self._join]
        # With a slash at its end: a folder.
        self.files = Join(on="/", values=[output(self._join, "queried"), ""])

    @property
    def metadata(self) -> dict[str, Any]:
        """What a version says of the data that it learned from."""
        return {
            "input_data_uri": self.location,
            GROUPS: self._groups,
            "input_data_feature_schema": JsonGet(
                step_name=self._join.name, property_file=self._schema, json_path="registration.feature_schema"
            ),
        }
