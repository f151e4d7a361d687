"""The lead data scientist approves; promotion copies the image as well as the artifact."""

from dataclasses import replace

from rehearsal import images
from rehearsal.acts import approve_and_promote
from rehearsal.story import ActError, Story


def play(story: Story) -> str:
    """Approve as in any story, and compare the central version's image with the team's."""
    told = approve_and_promote.play(story)
    team, central = images.of_team(story), images.of_registry(story, story.versions[-1])
    if team.digest != central.digest:
        raise ActError(f"{central.digest} serves the central version, and {team.digest} the team's")
    ecr = story.accounts.administrator("shared_services", "ecr")
    found = ecr.batch_get_image(**central.identifier)["images"]
    if [each["imageId"]["imageDigest"] for each in found] != [central.digest]:
        raise ActError(f"the repository {central.repository} has no image {central.digest}")
    story.add_holding("shared_services", f"image repository {central.repository}")
    return f"{told} The image was copied into {central.repository}, with the digest that it had."


ACT = replace(approve_and_promote.ACT, play=play)
