"""What the lake keeps from people is tried, and refused for the right reason."""

from rehearsal.acts.refuse import try_all
from rehearsal.denials.lake import ROWS
from rehearsal.story import Act, Story


def play(story: Story) -> str:
    """Try every row of the table."""
    return try_all(story, ROWS)


ACT = Act(
    name="Refuse what must not work",
    actor="Everyone",
    account="shared_services",
    play=play,
    next="Read who may do what in `docs/access_matrix.md`, which is computed from the policies themselves.",
)
