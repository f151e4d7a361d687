"""The data scientist creates a project that builds its own image; its pipelines begin to work."""

from dataclasses import replace

from rehearsal import images
from rehearsal.acts import create_project
from rehearsal.story import Story


def play(story: Story) -> str:
    """Create the project from the product of own containers."""
    return create_project.create(story, images.BUILD_PROJECT)


ACT = replace(
    create_project.ACT,
    play=play,
    next="Clone the project's repository, change its `Dockerfile` or what is in `src`, and push.",
)
