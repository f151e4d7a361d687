"""What a source of data gives a build project."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from aws_cdk import aws_iam as iam

from base.roles import Permission
from pipelines.context import ProjectContext


@dataclass(frozen=True, kw_only=True)
class Data:
    """The data of one project, as its team has described it in the form.

    Attributes:
        address: One URI that says where the data lies. The repository gets it as ``INPUT_DATA_URI`` and
            writes it into the metadata of each model version, from which receipt, lineage and model card
            quote it.
        permissions: What the jobs of the project's SageMaker pipeline need to read the data.
        environment: Variables of the project's build besides the address. Those that begin with
            ``INPUT_DATA_`` say what else is known of the data, and go the same way as the address.
        grant_to: Grants their role what no policy of IAM does, once the role is there.
    """

    address: str
    permissions: tuple[Permission, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    grant_to: Callable[[iam.Role], None] | None = None


class DataSource(Protocol):
    """A kind of place that data comes from, such as S3.

    Attributes:
        layers: The layers of code that read it, on what every build repository has.
    """

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers of code."""

    def ask(self, project: ProjectContext) -> Data:
        """Declare the parameters that describe the data.

        Args:
            project: The project, whose form asks for them.

        Returns:
            What the project's builds and jobs get and may do.
        """
