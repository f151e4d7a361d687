"""The platform engineer deploys the bundle to the shared services account."""

from rehearsal import cdk, readme
from rehearsal.story import Act, Story


def play(story: Story) -> str:
    """Bootstrap the account, and deploy all stacks, by the commands of the README."""
    credentials = story.accounts.credentials(story.people.platform_engineer)
    lines = readme.follow(story, readme.ADOPT, "Deploy", credentials)
    stacks = list(dict.fromkeys(cdk.deployed(lines)))
    story.add_holding("shared_services", "both portfolios")
    story.add_holding("shared_services", "central model registry")
    return f"cdk bootstrap and cdk deploy brought up {', '.join(stacks)}."


ACT = Act(
    name="Publish",
    actor="Platform engineer",
    account="shared_services",
    play=play,
    next=("Look in which accounts the platform stands, and why not in others: `scripts/catalog accounts`."),
)
