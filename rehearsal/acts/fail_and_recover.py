"""What goes wrong on AWS is brought about; the registry comes out as it must."""

from rehearsal.fault import bring_about
from rehearsal.faults import FAULTS
from rehearsal.story import Act, ActError, Story


def play(story: Story) -> str:
    """Bring about every row of the table; all are played, even if one does not come out."""
    for fault in FAULTS:
        record = bring_about(story, fault)
        story.faults.append(record)
        story.tell(f"{record.status}: {record.name}: {record.observed}")
    failed = [record for record in story.faults if record.status == "failed"]
    if failed:
        raise ActError(
            f"{len(failed)} of {len(story.faults)} did not come out as they must:\n"
            + "\n".join(f"{record.name}: {record.observed}" for record in failed)
        )
    return f"{len(story.faults)} faults were brought about, and the registry came out of each as it must."


ACT = Act(
    name="Fail and recover",
    actor="Everyone",
    account="shared_services",
    play=play,
    next=(
        "Watch the alarms of the registry, and play again what failed once its reason is removed: "
        "`scripts/catalog replay`."
    ),
)
