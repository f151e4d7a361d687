"""The lead data scientist approves; promotion brings the version to the central registry."""

from rehearsal import commands, promotion
from rehearsal.story import Act, Story


def play(story: Story) -> str:
    """Approve in the development account, wait for the central version, and read its receipt."""
    candidate = story.candidates[-1]
    promotion.approve_in_development(story, candidate)
    version = promotion.promoted(story, candidate)
    digest = story.models[-1].digest
    page = story.document(f"The receipt of version {version.number}", "receipt.html")
    commands.catalog(story, story.people.governance_officer, "receipt", version.central_arn, "--output", page)
    return (
        f"The approval crossed to the shared services account as an event; promotion copied the artifact "
        f"and registered version {version.number} in the central registry. Both artifacts have SHA-256 "
        f"{digest[:12]}…, and the version's receipt says so."
    )


ACT = Act(name="Approve and promote", actor="Lead data scientist", account="development", play=play)
