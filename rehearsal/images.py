"""The container images of the story: the team's own, and its copy in the shared services account."""

from typing import Any, NamedTuple

from rehearsal.people import Person
from rehearsal.story import ActError, ModelVersion, Story, built

BUILD_PROJECT = "Build a model in a container of your own"


class Image(NamedTuple):
    """An image, by its digest."""

    account: str
    repository: str
    digest: str

    @property
    def identifier(self) -> dict[str, Any]:
        """What BatchGetImage takes to name it."""
        return {
            "registryId": self.account,
            "repositoryName": self.repository,
            "imageIds": [{"imageDigest": self.digest}],
        }


def parse(uri: str) -> Image:
    """Read the URI of an image.

    Raises:
        ActError: It does not name the image by its digest.
    """
    host, _, path = uri.partition("/")
    repository, _, digest = path.partition("@")
    if not digest.startswith("sha256:"):
        raise ActError(f"{uri} does not name its image by a digest")
    return Image(host.partition(".")[0], repository, digest)


def of_version(story: Story, person: Person, version_arn: str) -> Image:
    """The image with which a version is served."""
    package = story.acting_as(person, "sagemaker").describe_model_package(ModelPackageName=version_arn)
    (container,) = package["InferenceSpecification"]["Containers"]
    return parse(container["Image"])


def of_team(story: Story) -> Image:
    """The image of the newest version in the development account, which has to be the project's own."""
    image = of_version(story, story.people.data_scientist, story.candidates[-1].arn)
    expected = (story.accounts.account_id("development"), built(story.build_project).names.image_repository)
    if image[:2] != expected:
        raise ActError(f"the version is served with {image} and not with an image of {expected[1]}")
    return image


def of_registry(story: Story, version: ModelVersion) -> Image:
    """The image of a central version, which has to be a copy in the shared services account."""
    image = of_version(story, story.people.ml_engineer, version.central_arn)
    if image.account != story.accounts.account_id("shared_services"):
        raise ActError(f"the central version is served with an image of account {image.account}")
    return image
