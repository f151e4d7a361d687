"""Everybody leaves; the images stay where they are, as docs/what_stays.md says."""

from dataclasses import replace

from rehearsal import images
from rehearsal.acts import leave
from rehearsal.inventory import Thing
from rehearsal.story import ActError, Story

REPOSITORY = "image repository"


def play(story: Story) -> str:
    """Follow the README's section to its end, and see that both repositories of images are left."""
    places = {
        Thing("development", REPOSITORY, images.of_team(story).repository),
        Thing("shared_services", REPOSITORY, images.of_registry(story, story.versions[-1]).repository),
    }
    told = leave.leave(story, ("test",), also=places)
    for thing in places:
        if f"{thing.account.replace('_', ' ')}: {thing.kind} {thing.name}" not in story.left:
            raise ActError(f"the {thing.kind} {thing.name} of {thing.account} is gone")
    return told


ACT = replace(leave.ACT, play=play)
