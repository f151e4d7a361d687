"""What a delivery gives a deploy project."""

from collections.abc import Mapping
from typing import Literal, Protocol

from base.names import ProjectNames
from pipelines.context import ProjectContext

StageName = Literal["test", "production"]


class Delivery(Protocol):
    """A way to put a model to use in the target accounts, such as behind a real-time endpoint.

    Attributes:
        kind: One word, or several with hyphens, for the names of stacks, templates and roles.
        subject: What a stack of this kind brings up, in sentences.
        stages: The accounts that a version goes through, in their order. The first one is where it is tested;
            a person approves each further one.
        layers: The layers of the code that a team begins with, the base first.
    """

    @property
    def kind(self) -> str:
        """For names."""

    @property
    def subject(self) -> str:
        """For sentences."""

    @property
    def stages(self) -> tuple[StageName, ...]:
        """The accounts in their order."""

    @property
    def layers(self) -> tuple[str, ...]:
        """The code that a team begins with."""

    def test_environment(self, names: ProjectNames) -> Mapping[str, str]:
        """Variables by which the integration tests find what they test.

        Args:
            names: The project's names.
        """

    def answer(self, project: ProjectContext) -> None:
        """Tell the team where to find what the pipeline brings up.

        Args:
            project: The project.
        """
