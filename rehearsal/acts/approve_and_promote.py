"""The lead data scientist approves; promotion brings the version to the central registry."""

from rehearsal import promotion
from rehearsal.story import Act, Story


def play(story: Story) -> str:
    """Approve in the development account, wait for the central version, and read its receipt."""
    candidate = story.candidates[-1]
    promotion.approve_in_development(story, candidate)
    version = promotion.promoted(story, candidate)
    return (
        f"The approval crossed to the shared services account as an event; promotion copied the artifact "
        f"and registered version {version.number} in the central registry, with a receipt. Both artifacts "
        f"have the same SHA-256."
    )


ACT = Act(
    name="Approve and promote",
    actor="Lead data scientist",
    account="development",
    play=play,
    next="Read the receipt before you approve the version centrally: `scripts/catalog receipt`.",
)
