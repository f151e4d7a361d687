"""The data that the pipeline learns from: a file in S3, or the files of a folder."""

from typing import Any

from sagemaker.core.workflow.parameters import ParameterString
from sagemaker.mlops.workflow.steps import Step

from pipelines.configuration import Project
from pipelines.jobs import Jobs


class InputData:
    """Where the data lies, as a parameter of the pipeline.

    Attributes:
        location: The S3 URI of the file, or of the folder, with a slash at its end.
        parameters: The parameters that the pipeline takes of its data.
        steps: What fetches the data; nothing has to.
        files: Where Preprocess finds it.
    """

    def __init__(self, project: Project, jobs: Jobs) -> None:  # noqa: ARG002  (the sources' common signature)
        self.location = ParameterString("InputDataUri", default_value=project.input_data_uri)
        self.parameters = [self.location]
        self.steps: list[Step] = []
        self.files = self.location

    @property
    def metadata(self) -> dict[str, Any]:
        """What a version says of the data that it learned from."""
        return {"input_data_uri": self.location}
