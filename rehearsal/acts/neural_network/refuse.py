"""Whoever trains registers and does not approve: it is tried, and refused for the right reason."""

from dataclasses import replace

from rehearsal.acts import refuse
from rehearsal.denials.neural_network import ROWS
from rehearsal.story import Story


def play(story: Story) -> str:
    """Try every row of the table."""
    return refuse.try_all(story, ROWS)


ACT = replace(refuse.ACT, play=play)
