"""Everybody leaves: the project goes before the feature group, and the group before the lake."""

from dataclasses import replace

from rehearsal import features
from rehearsal.acts.lake import leave
from rehearsal.story import Story


def play(story: Story) -> str:
    """Leave as in the lake's story, with the feature group first."""
    return leave.play(story, first=features.GROUP)


ACT = replace(leave.ACT, play=play)
