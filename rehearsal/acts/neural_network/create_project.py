"""The data scientist creates a project that trains a neural network; its pipelines begin to train."""

from dataclasses import replace

from rehearsal.acts import create_project
from rehearsal.neural_network import BUILD_PROJECT
from rehearsal.story import Story


def play(story: Story) -> str:
    """Create the project of this story's product."""
    return create_project.create(story, BUILD_PROJECT)


ACT = replace(create_project.ACT, play=play)
