"""An image that the project builds itself, of whatever its repository says."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from base.grants.images import PULL_IMAGE, PUSH_IMAGE, READ_SCAN
from base.grants.reasons import NOTHING_NARROWER
from base.roles import Permission
from pipelines.algorithms.algorithm import Image
from pipelines.build_project import BuildProject
from pipelines.code_pipeline import build_action, stage
from pipelines.context import ProjectContext
from pipelines.image_repository import ImageRepository

IMAGE = "Image"
"""The stage of the pipeline, its action, and the namespace of its variables."""

IMAGE_URI = "IMAGE_URI"
"""What the action hands on: the image by its digest. The seed's buildspecs name it so."""


@dataclass(frozen=True, kw_only=True)
class OwnContainer:
    """An algorithm in an image that a stage of the project's pipeline builds, once for each commit.

    The build runs in privileged mode, which docker needs
    (https://docs.aws.amazon.com/codebuild/latest/userguide/sample-docker.html), and under a role of its own,
    which can push to this one repository and start nothing. Tools that build without a daemon are no choice:
    kaniko is archived, and buildah needs the same privileges in a container.

    Attributes:
        layers: As in `Algorithm`.
    """

    layers: tuple[str, ...]
    central_registration: str = (
        "its image lies in the team's account, where production cannot pull it, and promotion alone copies it"
    )

    def image(self, project: ProjectContext, *, promotion: iam.PrincipalBase) -> Image:
        """Define the repository, and the stage that builds the image; see `Algorithm`."""
        names = project.names
        repository = ImageRepository(
            project.stack, "Images", names=names, key=project.storage.key, reader=promotion
        )
        build = BuildProject(
            project.stack,
            "ImageBuild",
            names=names,
            purpose="image",
            description=f"Builds the container image of {names.project_name}",
            storage=project.storage,
            build_spec="buildspec-image.yml",
            environment={"IMAGE_REPOSITORY_URI": repository.uri},
            permissions=[
                project.storage.artifact_reading,
                Permission(actions=(*PUSH_IMAGE, *READ_SCAN), resources=(repository.arn,)),
                Permission(
                    actions=("ecr:GetAuthorizationToken",), resources=("*",), because=NOTHING_NARROWER
                ),
            ],
            timeout=cdk.Duration.minutes(60),
            privileged=True,
        )
        return Image(
            pull=Permission(actions=PULL_IMAGE, resources=(repository.arn,)),
            builds=[build],
            stages=[stage(IMAGE, build_action(IMAGE, build))],
            environment={IMAGE_URI: f"#{{{IMAGE}.{IMAGE_URI}}}"},
        )


OWN_CONTAINER = OwnContainer(layers=("build/container",))
