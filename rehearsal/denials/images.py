"""Images stay what they are, and are pulled by whom their repositories let."""

from typing import Any

from rehearsal import images
from rehearsal.denied import Denial
from rehearsal.people import Person
from rehearsal.story import Story


def _pull(story: Story, person: Person, image: images.Image) -> object:
    answer = story.acting_as(person, "ecr").batch_get_image(**image.identifier)
    return [each["imageId"] for each in answer["images"]]


def _test_pulls_from_team(story: Story) -> object:
    return _pull(story, story.people.test_administrator, images.of_team(story))


def _engineer_pulls_from_team(story: Story) -> object:
    return _pull(story, story.people.ml_engineer, images.of_team(story))


def _administrator_pulls_copy(story: Story) -> object:
    central = images.of_registry(story, story.versions[-1])
    return _pull(story, story.people.production_administrator, central)


def _administrator_pushes_copy(story: Story) -> object:
    central = images.of_registry(story, story.versions[-1])
    return _put(story, story.people.development_administrator, central, "latest")


def _administrator_moves_tag(story: Story) -> object:
    """Put another image under the tag of the first one."""
    image = images.of_team(story)
    ecr = story.accounts.administrator("development", "ecr")
    (pushed,) = ecr.describe_images(repositoryName=image.repository)["imageDetails"]
    return _put(story, story.people.development_administrator, image, pushed["imageTags"][0])


def _scientist_pushes(story: Story) -> object:
    return _put(story, story.people.data_scientist, images.of_team(story), "mine")


def _put(story: Story, person: Person, image: images.Image, tag: str) -> object:
    administrator = story.accounts.administrator("development", "ecr")
    (found,) = administrator.batch_get_image(**images.of_team(story).identifier)["images"]
    changed: dict[str, Any] = story.acting_as(person, "ecr").put_image(
        registryId=image.account,
        repositoryName=image.repository,
        # A byte more makes another image of it.
        imageManifest=f"{found['imageManifest']}\n",
        imageManifestMediaType=found["imageManifestMediaType"],
        imageTag=tag,
    )["image"]
    return changed["imageId"]


ROWS = (
    Denial(
        actor="Account administrator",
        action="puts another image under the tag of a commit",
        code="ImageTagAlreadyExistsException",
        mentions="immutable",
        attempt=_administrator_moves_tag,
    ),
    Denial(
        actor="Data scientist",
        action="pushes an image that no pipeline has built",
        code="AccessDeniedException",
        mentions="ecr:PutImage",
        attempt=_scientist_pushes,
    ),
    Denial(
        actor="Account administrator of test",
        action="pulls the team's image from the development account",
        code="AccessDeniedException",
        mentions="ecr:BatchGetImage",
        attempt=_test_pulls_from_team,
    ),
    Denial(
        actor="ML engineer",
        action="pulls the team's image, of which promotion alone makes a copy",
        code="AccessDeniedException",
        mentions="ecr:BatchGetImage",
        attempt=_engineer_pulls_from_team,
    ),
    Denial(
        actor="Account administrator of production",
        action="pulls the copy by a role that serves no model",
        code="AccessDeniedException",
        mentions="ecr:BatchGetImage",
        attempt=_administrator_pulls_copy,
    ),
    Denial(
        actor="Account administrator",
        action="pushes into the shared services account's copy",
        code="AccessDeniedException",
        mentions="ecr:PutImage",
        attempt=_administrator_pushes_copy,
    ),
)
