"""A model behind a real-time endpoint."""

from collections.abc import Mapping
from dataclasses import dataclass

from base.names import ProjectNames
from pipelines.context import ProjectContext
from pipelines.deliveries.delivery import StageName


@dataclass(frozen=True, kw_only=True)
class RealTimeEndpoint:
    """A SageMaker endpoint, which has the name of its project in each account."""

    kind: str = "endpoint"
    subject: str = "endpoint"
    stages: tuple[StageName, ...] = ("test", "production")
    layers: tuple[str, ...] = ("deploy/base", "deploy/realtime")

    def test_environment(self, names: ProjectNames) -> Mapping[str, str]:
        """The endpoint's name.

        Args:
            names: The project's names.
        """
        return {"ENDPOINT_NAME": names.title}

    def answer(self, project: ProjectContext) -> None:
        """Tell the team the endpoint's name.

        Args:
            project: The project.
        """
        project.form.answer(
            "EndpointName", project.names.title, "The endpoint has this name in both accounts."
        )
