"""What must not work is tried, and refused for the right reason."""

from collections.abc import Sequence

from rehearsal.denials import DENIALS
from rehearsal.denied import Denial, attempt
from rehearsal.story import Act, ActError, Story


def play(story: Story) -> str:
    """Try every row of the table."""
    return try_all(story, DENIALS)


def try_all(story: Story, denials: Sequence[Denial]) -> str:
    """Try rows; all are tried, even if one is not refused.

    Args:
        story: The story.
        denials: The rows.

    Returns:
        What happened, in a sentence.

    Raises:
        ActError: Some were not refused as they must be.
    """
    for denial in denials:
        record = attempt(story, denial)
        story.denials.append(record)
        story.tell(f"{record.status}: {record.actor}: {record.action}")
    failed = [record for record in story.denials if record.status == "failed"]
    if failed:
        raise ActError(
            f"{len(failed)} of {len(story.denials)} were not refused as they must be:\n"
            + "\n".join(f"{record.actor}: {record.action}: {record.observed}" for record in failed)
        )
    return (
        f"{len(story.denials)} things that must not work were tried, and each was refused for the right "
        "reason."
    )


ACT = Act(
    name="Refuse what must not work",
    actor="Everyone",
    account="shared_services",
    play=play,
    next=("Read who may do what in `docs/access_matrix.md`, which is computed from the policies themselves."),
)
