"""The governance officer writes the pages that the report links, from what production serves in the end."""

from pydantic import TypeAdapter

from rehearsal import commands
from rehearsal.story import Act, ActError, Story, built
from scripts.lineage.node import Node


def play(story: Story) -> str:
    """Trace the endpoint, and write its lineage, the receipt of its version and the card as pages."""
    officer = story.people.governance_officer
    serving = next((version for version in story.versions if version.number == story.serving), None)
    if serving is None:
        raise ActError("production serves no version of the story")
    story.lineage = _lineage(story)
    traced = {node.identifier for _, node in story.lineage.walk()}
    if serving.central_arn not in traced:
        raise ActError(f"the lineage of production does not name {serving.central_arn}, which it serves")
    page = story.document(f"Receipt of version {serving.number}, which production serves", "receipt.html")
    commands.catalog(story, officer, "receipt", serving.central_arn, "--output", page)
    title = built(story.build_project).names.title
    page = story.document("Model card", "card.html")
    commands.catalog(story, officer, "card", "export", "--group", title, "--output", page)
    return (
        f"Production serves version {serving.number}. Its lineage, its receipt and the model card are pages "
        "beside this one, as they are now."
    )


def _lineage(story: Story) -> Node:
    """Trace the endpoint in production, as the governance officer."""
    page = story.document("Lineage of the endpoint in production", "lineage.html")
    lines = commands.catalog(
        story,
        story.people.governance_officer,
        *("lineage", "--endpoint", built(story.deploy_project).names.title),
        *("--account", story.accounts.account_id("production"), "--json", "--output", page),
    )
    return TypeAdapter(Node).validate_json("\n".join(lines))


ACT = Act(
    name="Look back",
    actor="Governance officer",
    account="shared_services",
    play=play,
    next="Send these pages on: each is one file that loads nothing from anywhere.",
)
