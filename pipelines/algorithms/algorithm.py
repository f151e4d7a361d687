"""What an algorithm gives a build project."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from aws_cdk import aws_iam as iam

from base.grants.images import PULL_IMAGE
from base.pseudo_parameters import PARTITION, REGION
from base.roles import Permission
from pipelines.build_project import BuildProject
from pipelines.code_pipeline import Stage
from pipelines.context import ProjectContext


@dataclass(frozen=True, kw_only=True)
class Image:
    """The container image of a project, as its pipelines use it.

    Attributes:
        pull: What a role needs to pull it, besides a token of the registry.
        builds: The CodeBuild projects that make it.
        stages: The stages that make it, before the repository's own build.
        environment: Variables of that build, known in the course of an execution.
    """

    pull: Permission
    builds: Sequence[BuildProject] = ()
    stages: Sequence[Stage] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


class Algorithm(Protocol):
    """An algorithm: its image, and the code that is its own.

    The version of the image, the hyperparameters and their defaults belong to the seed, because a team
    changes them in its repository.

    Attributes:
        layers: The layers of its code, on what every build repository has.
        central_registration: Why its projects cannot register in the central registry; empty if they can.
    """

    @property
    def layers(self) -> tuple[str, ...]: ...  # noqa: D102  the class says it

    @property
    def central_registration(self) -> str: ...  # noqa: D102  the class says it

    def image(self, project: ProjectContext, *, promotion: iam.PrincipalBase) -> Image:
        """Define what the project needs for its image.

        Args:
            project: The project.
            promotion: Who copies what makes up versions into the shared services account.
        """


@dataclass(frozen=True, kw_only=True)
class AwsImage:
    """An algorithm in an image of AWS.

    Attributes:
        image_repository: The repository of the image in the ECR registry of AWS.
        layers: As in `Algorithm`.
    """

    image_repository: str
    layers: tuple[str, ...]
    central_registration: str = ""

    def image(self, project: ProjectContext, *, promotion: iam.PrincipalBase) -> Image:  # noqa: ARG002
        """Nothing has to be defined; see `Algorithm`."""
        return Image(
            pull=Permission(
                actions=PULL_IMAGE,
                resources=(f"arn:{PARTITION}:ecr:{REGION}:*:repository/{self.image_repository}",),
                because="The account that owns AWS's image differs from Region to Region.",
            )
        )
