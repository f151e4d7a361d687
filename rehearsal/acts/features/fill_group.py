"""A producer fills the feature group, and later corrects records and deletes some."""

from rehearsal import features
from rehearsal.story import Act, Story


def play(story: Story) -> str:
    """Ingest, put the corrected table, and ingest again."""
    first = features.ingest(story, late=False)
    story.tell(f"{first:,} records are in the offline store")
    features.put_records(story, late=True)
    last = features.ingest(story, late=True)
    gone = features.Specimens(story.data).gone
    return (
        f"{first:,} records went from the lake into the group. After a correction, {last - first - gone:,} "
        f"were put again with their old event time, and {gone:,} were deleted; the offline store keeps all "
        f"{last:,}."
    )


ACT = Act(
    name="Fill the feature group",
    actor="Data producer",
    account="data",
    play=play,
    next="Correct a row of the lake's table, and invoke the function again.",
)
